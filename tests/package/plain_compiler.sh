#!/bin/sh
# plain_compiler.sh SOURCE PROGRAM COMPILER FLAG…: builds and runs a program of one file without a build system.
set -eu
source=$1
program=$2
compiler=$3
shift 3
"$compiler" -std=c++20 "$source" -o "$program" "$@"
exec "$program"
