#!/bin/sh
# plain_compiler.sh PROGRAM COMPILER FLAG…: builds and runs main.cpp without a build system.
set -eu
program=$1
compiler=$2
shift 2
"$compiler" -std=c++20 "$(dirname "$0")/main.cpp" -o "$program" "$@"
exec "$program"
