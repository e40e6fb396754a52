#!/bin/sh
# Every `Suite.Name` in the table of SECURITY.md is a test.
set -eu
cd "$1"
tests=$(sed -n '/^| threat /,/^$/p' SECURITY.md | grep -oE '`[A-Z][A-Za-z0-9]*\.[A-Z][A-Za-z0-9]*`' | tr -d '`' | sort -u)
[ -n "$tests" ] || { echo "SECURITY.md names no test"; exit 1; }
bad=0
for test in $tests; do
  grep -rqE "^(TYPED_)?TEST(_F|_P)?\\(${test%.*}, *${test#*.}\\)" tests || { echo "SECURITY.md: there is no test $test"; bad=1; }
done
exit $bad
