#!/bin/sh
# The blocking client has every call of the client that is awaited, and none besides but what makes it block.
set -eu
cd "$1/include/ftplike"

# The names of the public functions of a class in a file, how often each is declared, without constructors.
calls() {
  awk -v name="$2" '
    $0 ~ "class " name "( |$)" && !/;$/ { inside = 1 }
    inside && /^ private:/ { exit }
    inside && /^  [A-Za-z][A-Za-z0-9_:<>,& ]* &?[a-z_]+\(/ {
      line = $0
      sub(/\(.*/, "", line)
      sub(/.*[ &]/, "", line)
      if (line != name && line ~ /^[a-z_]+$/ && line != "requires") print line
    }
  ' "$1" | sort | uniq -c
}

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
calls client.hpp Client > "$work/awaited"
calls client/blocking.hpp BasicBlockingClient | grep -Ev ' (session|run|cancel)$' > "$work/blocking"
[ "$(wc -l < "$work/awaited")" -gt 30 ] || { echo "the calls of Client were not found"; exit 1; }
diff "$work/awaited" "$work/blocking" || { echo "< Client   > BasicBlockingClient"; exit 1; }
