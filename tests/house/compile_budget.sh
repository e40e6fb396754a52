#!/bin/sh
# compile_budget.sh ROOT COMPILER FLAGS…: a server program costs the compiler at most 6 times what a plain Asio echo
# server costs it, all of protocol/ at most two thirds of what <asio.hpp> costs. Processor time, at -O0; a busy machine can
# only make one try worse, so the best of three counts.
set -eu
root=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo '#include <asio.hpp>' >"$work/asio.cpp"
for header in "$root"/include/ftplike/protocol/*.hpp; do echo "#include <$header>"; done >"$work/protocol.cpp"

# The milliseconds that the compiler (given in the further arguments) takes for a file.
cost() {
  sh -c 'file=$1; shift; "$@" -std=c++20 -O0 -c -o /dev/null "$file" && times' cost "$@" | awk '
    END {
      split($0, both, " ")
      for (i = 1; i <= 2; ++i) { split(both[i], part, /[ms]/); total += 60000 * part[1] + 1000 * part[2] }
      printf "%d\n", total
    }'
}

within_budget() {
  echo=$(cost "$root/tests/house/echo_server.cpp" "$@")
  server=$(cost "$root/tests/house/ftp_server.cpp" "$@")
  asio=$(cost "$work/asio.cpp" "$@")
  protocol=$(cost "$work/protocol.cpp" "$@")
  echo "server $server ms, echo server $echo ms; protocol/ $protocol ms, <asio.hpp> $asio ms"
  [ "$echo" -gt 0 ] && [ "$server" -gt 0 ] && [ "$protocol" -gt 0 ] &&
    [ "$server" -le $((6 * echo)) ] && [ $((3 * protocol)) -le $((2 * asio)) ]
}
for try in 1 2 3; do
  if within_budget "$@"; then exit 0; fi
done
exit 1
