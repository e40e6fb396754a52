#!/bin/sh
# asio_versions.sh FOLDER…: builds and runs the tests of the code (unit, dialogue, faults) with each of these copies of
# standalone Asio; a FOLDER has asio.hpp in it. Ends with a table of docs/portability.md's form, and with status 1 if any
# failed, or if sessions on a simulated network left another trace than with the first copy.
set -u
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { echo "usage: $0 FOLDER_WITH_ASIO_HPP…" >&2; exit 2; }
mkdir -p build
failed=0
table=
first_trace=
for folder; do
  version=$(sed -n 's/^#define ASIO_VERSION [0-9]* \/\/ //p' "$folder/asio/version.hpp")
  [ -n "$version" ] || { echo "$folder: no asio/version.hpp in it" >&2; exit 2; }
  build=build/asio-$version
  result=passed
  cmake --preset dev -B "$build" -D Asio_INCLUDE_DIR="$folder" -D CMAKE_CXX_FLAGS_DEBUG=-O0 -D FTPLIKE_TEST_PROJECT=OFF \
    -D FTPLIKE_TEST_UNDER_TLS=OFF -D FTPLIKE_UNITE_TESTS=ON -D FTPLIKE_BUILD_EXAMPLES=OFF > "$build.log" 2>&1 &&
    cmake --build "$build" --target test_unit test_dialogue test_faults >> "$build.log" 2>&1 &&
    ctest --test-dir "$build" -L 'unit|dialogue|faults' -j2 --verbose >> "$build.log" 2>&1 || result=failed
  # Of units and dialogues CTest knows two programs, not the tests in them: these tell how many they were.
  tests=$(sed -n 's/.*\[==========\] \([0-9]*\) tests* from .* ran\..*/\1/p' "$build.log" | awk '{ sum += $1 } END { print sum + 0 }')
  "$build/bin/test_dialogue" --gtest_filter='SimulatedSessions.*' --gtest_output="xml:$build/trace.xml" >> "$build.log" 2>&1
  trace=$(sed -n 's/.*name="trace" value="\([0-9]*\)".*/\1/p' "$build/trace.xml" 2>/dev/null)
  first_trace=${first_trace:-$trace}
  [ -n "$trace" ] && [ "$trace" = "$first_trace" ] || result=failed
  [ $result = passed ] || failed=1
  echo "Asio $version: $result ($build.log)"
  table="$table| $version | $tests | $result | ${trace:-none} |
"
done
printf '| Asio | tests | | trace |\n| --- | --- | --- | --- |\n%s' "$table"
exit $failed
