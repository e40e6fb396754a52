#!/bin/sh
# docs/limits.md has every limit of the structs that it names, with its default, and no option that the program does not have.
set -eu
exec python3 "$(dirname "$0")/limits.py" "$1"
