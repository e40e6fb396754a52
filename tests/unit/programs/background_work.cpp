// Work of the server program that may hang.
#include <asio/io_context.hpp>
#include <atomic>
#include <future>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "../examples/server/background_work.hpp"

namespace {

/// Has as much room as is told, and does what it was given when it is told to.
class PoolOfTheTest final : public ftplike::WorkerPool {
 public:
  PoolOfTheTest(std::vector<Job>& jobs, std::size_t room) : jobs_{jobs}, room_{room} {}
  bool submit(Job job, ftplike::ClientKey) override {
    if (jobs_.size() == room_) return false;
    jobs_.push_back(std::move(job));
    return true;
  }

 private:
  std::vector<Job>& jobs_;
  const std::size_t room_;
};
void use_pool(asio::io_context& loop, std::vector<ftplike::WorkerPool::Job>& jobs, std::size_t room) {
  const auto pool = [&] { return std::make_unique<PoolOfTheTest>(jobs, room); };
  asio::use_service<ftplike::BlockingWork>(loop).use(std::make_shared<ftplike::WorkerPools>(pool(), pool(), pool()));
}

TEST(BackgroundWork, TellsWhereThereIsNoRoomForIt) {
  asio::io_context loop;
  std::vector<ftplike::WorkerPool::Job> jobs;
  use_pool(loop, jobs, 0);
  std::vector<std::error_code> ends;
  BackgroundWork background{loop.get_executor(), [] { FAIL() << "there is no room"; },
                            [&](std::error_code error) { ends.push_back(error); }};
  background.ask();
  loop.poll();
  EXPECT_EQ(ends, std::vector<std::error_code>{ftplike::Errc::busy});
}

TEST(BackgroundWork, TellsNobodyWhoLeavesInTheTurnInWhichItEnds) {
  asio::io_context loop;
  std::vector<ftplike::WorkerPool::Job> jobs;
  use_pool(loop, jobs, 1);
  {
    BackgroundWork background{loop.get_executor(), [] {}, [](std::error_code) { FAIL() << "nobody is there"; }};
    background.ask();
    loop.poll();
    ASSERT_EQ(jobs.size(), 1u);
    std::exchange(jobs.front(), nullptr)();
  }
  loop.poll();
}

TEST(BackgroundWork, LeavesTheEventLoopFreeAndIsDoneOnceMoreHoweverOftenItIsAskedForMeanwhile) {
  asio::io_context loop;
  std::promise<void> hangs;
  std::atomic<int> begun = 0;
  int ended = 0, turns = 0;
  const auto work = [&begun, end = hangs.get_future().share()] {
    ++begun;
    end.wait();
  };
  BackgroundWork background{loop.get_executor(), work, [&](std::error_code) {
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
                              [](std::error_code) { FAIL() << "nobody is there"; }};
    background.ask();
    while (*begun == 0) loop.poll();
  }
  loop.run();
  hangs.set_value();
}

}  // namespace
