// What the server program does at signals.
#include <asio/io_context.hpp>
#include <csignal>

#include <gtest/gtest.h>

#include "../examples/server/signals.hpp"

namespace {

TEST(SignalsOfTheServer, ToReadAgainAreHeededUntilOneToEndAndThenNothingIsWaitedFor) {
  asio::io_context loop;
  int stopped = 0, reread = 0;
  Signals* all = nullptr;
  const auto stop = [&] {
    ++stopped;
    all->rest();
  };
  Signals signals{loop.get_executor(), SIGHUP, stop, [&] { ++reread; }};
  all = &signals;
  for (int i = 1; i <= 2; ++i) {
    std::raise(SIGHUP);
    while (loop.poll() > 0) continue;
    EXPECT_EQ(reread, i);
  }
  std::raise(SIGTERM);
  std::raise(SIGHUP);  // both are there when the loop looks
  while (loop.poll() > 0) continue;
  EXPECT_EQ(stopped, 1);
  EXPECT_EQ(reread, 2);
  EXPECT_TRUE(loop.stopped()) << "it would run for ever";
}

}  // namespace
