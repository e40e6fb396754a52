#!/bin/sh
# cpp-httplib 0.11.4 (Debian 12): two servers, listen on one address and port, both without an error, and the system deals
# out the connections to them. Its sockets have SO_REUSEPORT unless one sets socket options of one's own.
# Done: two programs that listen on 127.0.0.1:40152, then the same with a socket option that sets SO_REUSEADDR alone. A good
# guess: the second fails, as the port is taken. Seen:
#   as it comes: the second listens, too
#   with SO_REUSEADDR alone: the second does not listen
. "$(dirname "$0")/lib.sh"
from_debian libcpp-httplib-dev=0.11.4+ds-1+deb12u1 libcpp-httplib0.11=0.11.4+ds-1+deb12u1
cat >server.cpp <<'END'
#include <httplib.h>
#include <cstdio>
int main(int count, char**) {
  httplib::Server server;
  if (count > 1) server.set_socket_options([](socket_t socket) {
    int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  const bool bound = server.bind_to_port("127.0.0.1", 40152);
  std::puts(bound ? "listens" : "does not listen");
  std::fflush(stdout);
  if (bound) server.listen_after_bind();
}
END
g++ -std=c++17 -I debian/usr/include server.cpp -o server -L "$work/debian/usr/lib/$(uname -m)-linux-gnu" -lcpp-httplib -pthread
twice() {
  rm -f first.log second.log
  ./server "$@" >first.log &
  first=$!
  servers="$servers $first"
  until [ -s first.log ]; do sleep 0.05; done
  ./server "$@" >second.log &
  second=$!
  servers="$servers $second"
  until [ -s second.log ]; do sleep 0.05; done
  kill $first $second 2>/dev/null || :
  wait $first $second 2>/dev/null || :
  cat second.log
}
seen "as it comes" "$(twice)" 'listens'
seen "with SO_REUSEADDR alone" "$(twice own)" 'does not listen'
