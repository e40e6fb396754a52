#!/bin/sh
# A block of code in the documents that stands under <!-- examples/NAME.cpp --> (or tests/…, include/…) is cut from that file: from its
# "// [readme]" to its "// [/readme]", less the indentation of these marks, or the whole of it where it has none; under
# <!-- examples/NAME.cpp [part] --> from its "// [part]" to its "// [/part]".
set -eu
cd "$1"
find . -maxdepth 3 -name '*.md' ! -path './build/*' | sort | xargs awk '
  function cut(file, name,    line, text, part, marked, mark) {
    text = part = ""
    marked = 0
    while ((getline line < file) > 0) {
      mark = line
      if (!sub(/^ *\/\/ /, "", mark)) mark = ""
      if (mark == "[" name "]") {
        marked = inside = 1
        indentation = index(line, "/") - 1
      }
      if (mark == "[/" name "]") inside = 0
      if (mark ~ /^\[\/?[a-z]+\]$/) continue
      text = text line "\n"
      if (inside) part = part substr(line, indentation + 1) "\n"
    }
    close(file)
    inside = 0
    return marked || name != "readme" ? part : text
  }
  /^<!-- (examples|tests)\/.* -->$/ || /^<!-- include\/[^ ]+ -->$/ {
    file = $2
    name = "readme"
    if ($3 ~ /^\[[a-z]+\]$/) name = substr($3, 2, length($3) - 2)
    at = FILENAME ":" FNR
    next
  }
  /^```/ && !block { block = 1; if (file == "") ignored = 1; text = ""; next }
  /^```/ && block {
    if (!ignored) {
      ++compared
      if (text != cut(file, name)) { print at ": the block is not what " file " says"; bad = 1 }
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
