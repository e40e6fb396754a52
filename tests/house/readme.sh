#!/bin/sh
# A block of code in the documents that stands under <!-- examples/NAME.cpp --> is cut from that file: from its
# "// [readme]" to its "// [/readme]", less the indentation of these marks, or the whole of it where it has none.
set -eu
cd "$1"
find . -maxdepth 2 -name '*.md' ! -path './build/*' | sort | xargs awk '
  function cut(file,    line, text, part, marked) {
    text = part = ""
    marked = 0
    while ((getline line < file) > 0) {
      if (line ~ /^ *\/\/ \[readme\]$/) {
        marked = inside = 1
        indentation = index(line, "/") - 1
        continue
      }
      if (line ~ /^ *\/\/ \[\/readme\]$/) { inside = 0; continue }
      text = text line "\n"
      if (inside) part = part substr(line, indentation + 1) "\n"
    }
    close(file)
    inside = 0
    return marked ? part : text
  }
  /^<!-- examples\/.* -->$/ { file = $2; at = FILENAME ":" FNR; next }
  /^```/ && !block { block = 1; if (file == "") ignored = 1; text = ""; next }
  /^```/ && block {
    if (!ignored) {
      ++compared
      if (text != cut(file)) { print at ": the block is not what " file " says"; bad = 1 }
    }
    block = ignored = 0
    file = ""
    next
  }
  block { text = text $0 "\n" }
  !block && file != "" && $0 !~ /^ *$/ { print at ": no block follows"; bad = 1; file = "" }
  END {
    if (FILENAME != "" && compared == 0) { print "no block of code was compared"; bad = 1 }
    exit bad
  }
'
