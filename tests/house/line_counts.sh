#!/bin/sh
# The lengths of examples that docs/embedding.md tells are those that they have.
set -eu
cd "$1"
told=$(sed -n 's/^| `\([a-z_]*\)`[^|]*|[^|]*| \([0-9]* of [0-9]*\) |.*/\1: \2/p' docs/embedding.md)
[ -n "$told" ] || { echo "the table was not found"; exit 1; }
counted=$(for name in $(echo "$told" | cut -d: -f1); do
  file=examples/$name.cpp
  echo "$name: $(grep -vc '^ *\(//.*\)\?$' "$file") of $(wc -l < "$file" | tr -d ' ')"
done)
[ "$told" = "$counted" ] || { printf 'told:\n%s\ncounted:\n%s\n' "$told" "$counted"; exit 1; }
