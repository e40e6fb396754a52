#!/bin/sh
# Asio 1.22.1 (Debian 12): any_io_executor::target<T>() gives a pointer for every T, not only for the type of what it holds, as
# std::function::target does. Who asks "is it a strand?" that way hears yes of a thread pool, and uses its memory as a strand's.
# Done: an any_io_executor of an io_context is asked for its own type, for a strand and for a thread pool's executor, and for its
# target_type. A good guess: null but for its own. Seen:
#   own type yes, strand yes, thread pool yes; target_type knows better: yes
. "$(dirname "$0")/lib.sh"
from_debian libasio-dev=1:1.22.1-1
cat >target.cpp <<'END'
#include <asio.hpp>
#include <cstdio>
#include <typeinfo>
int main() {
  asio::io_context loop;
  const asio::any_io_executor held{loop.get_executor()};
  const auto word = [](bool yes) { return yes ? "yes" : "no"; };
  std::printf("own type %s, strand %s, thread pool %s; target_type knows better: %s\n",
              word(held.target<asio::io_context::executor_type>()), word(held.target<asio::strand<asio::any_io_executor>>()),
              word(held.target<asio::thread_pool::executor_type>()),
              word(held.target_type() != typeid(asio::strand<asio::any_io_executor>)));
}
END
g++ -std=c++20 -I debian/usr/include target.cpp -o target -pthread
seen "is it" "$(./target)" 'own type yes, strand yes, thread pool yes; target_type knows better: yes'
