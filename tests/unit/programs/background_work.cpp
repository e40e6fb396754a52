// Work of the server program that may hang.
#include <asio/io_context.hpp>
#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "../examples/server/background_work.hpp"

namespace {

TEST(BackgroundWork, LeavesTheEventLoopFreeAndIsDoneOnceMoreHoweverOftenItIsAskedForMeanwhile) {
  asio::io_context loop;
  std::promise<void> hangs;
  std::atomic<int> begun = 0;
  int ended = 0, turns = 0;
  const auto work = [&begun, end = hangs.get_future().share()] {
    ++begun;
    end.wait();
  };
  BackgroundWork background{loop.get_executor(), work, [&] {
                              if (++ended == 2) loop.stop();
                            }};
  background.ask();
  while (begun == 0) loop.poll();
  asio::post(loop, [&turns] { ++turns; });
  background.ask();
  background.ask();
  loop.poll();
  EXPECT_EQ(turns, 1);
  EXPECT_EQ(begun, 1) << "a second worker would hang, too";
  hangs.set_value();
  loop.run();
  EXPECT_EQ(begun, 2);
}

TEST(BackgroundWork, HoldsNobodyUpWhoLeavesWhileItHangs) {
  asio::io_context loop;
  std::promise<void> hangs;
  const auto begun = std::make_shared<std::atomic<int>>(0);
  {
    BackgroundWork background{loop.get_executor(),
                              [begun, end = hangs.get_future().share()] {
                                ++*begun;
                                end.wait();
                              },
                              [] { FAIL() << "nobody is there"; }};
    background.ask();
    while (*begun == 0) loop.poll();
  }
  loop.run();
  hangs.set_value();
}

}  // namespace
