#!/bin/sh
# compile_budget.sh ROOT COMPILER FLAGS…: what README's own programs cost the compiler, at most, in tenths of what a plain
# Asio echo server costs it: its server 54 and its blocking client 48, or 13 and 12 where they are compiled separately;
# <ftplike/ftplike.hpp> with an empty main 14; all of protocol/ at most two thirds of what <asio.hpp> costs. Processor
# time, at -O0; a busy machine can only make one try worse, so the best of three counts. ROOT is absolute.
set -eu
root=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo '#include <asio.hpp>' >"$work/asio.cpp"
echo '#include <ftplike/ftplike.hpp>
int main() {}' >"$work/nothing.cpp"
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

# is_within MOST OF NAME: whether it costs at most so many tenths of what an echo server costs.
is_within() {
  [ "$2" -gt 0 ] && [ $((10 * $2)) -le $(($1 * echo)) ] || { echo "$3 costs more than $1 tenths"; return 1; }
}

within_budget() {
  echo=$(cost "$root/tests/house/echo_server.cpp" "$@")
  server=$(cost "$root/examples/tiny_server.cpp" "$@")
  client=$(cost "$root/examples/blocking_client.cpp" "$@")
  apart_server=$(cost "$root/examples/tiny_server.cpp" "$@" -DFTPLIKE_SEPARATE_COMPILATION)
  apart_client=$(cost "$root/examples/blocking_client.cpp" "$@" -DFTPLIKE_SEPARATE_COMPILATION)
  nothing=$(cost "$work/nothing.cpp" "$@")
  asio=$(cost "$work/asio.cpp" "$@")
  protocol=$(cost "$work/protocol.cpp" "$@")
  echo "server $server ms, client $client ms, compiled separately $apart_server and $apart_client ms;" \
       "nothing $nothing ms, echo server $echo ms;" \
       "protocol/ $protocol ms, <asio.hpp> $asio ms"
  [ "$echo" -gt 0 ] && [ "$protocol" -gt 0 ] && is_within 54 "$server" "the server" &&
    is_within 48 "$client" "the client" && is_within 13 "$apart_server" "the server, compiled separately," &&
    is_within 12 "$apart_client" "the client, compiled separately," && is_within 14 "$nothing" "nothing" &&
    [ $((3 * protocol)) -le $((2 * asio)) ]
}
for try in 1 2 3; do
  if within_budget "$@"; then exit 0; fi
done
exit 1
