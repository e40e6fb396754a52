#!/bin/sh
# CONTRIBUTING.md draws the way of a command through files that have what it names.
set -eu
exec python3 "$(dirname "$0")/walk.py" "$1"
