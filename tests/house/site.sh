#!/bin/sh
# The site is built without a warning: no link is broken, and nothing public has no docstring.
set -eu
cd "$1"
exec python3 cmake/site.py
