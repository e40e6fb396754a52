#!/bin/sh
# No co_await is spelt in a way that g++ 12 miscompiles.
set -eu
rules=$(cd "$(dirname "$0")" && pwd)

# First that the rules themselves find what they must find, and no more.
samples=$rules/co_await_samples.txt
found=$(awk -f "$rules/co_await.awk" "$samples" | sed 's/^.*txt:\([0-9]*\):.*/\1/' || :)
expected=$(grep -n 'bad(\|co_await \[' "$samples" | sed 's/:.*//')
[ "$found" = "$expected" ] || { echo "on the samples: found" $found "expected" $expected; exit 1; }

cd "$1"
find include examples tests bench -name '*.hpp' -o -name '*.cpp' | sort | xargs awk -f "$rules/co_await.awk"
