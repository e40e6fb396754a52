#include <ftplike/client/task_group.hpp>

#include <gtest/gtest.h>

#include <ftplike/simulated/network.hpp>
#include <ftplike/io/within.hpp>

using namespace ftplike;
using namespace std::chrono_literals;
using detail::TaskGroup;

namespace {

awaitable<void> count(SimulatedNetwork& network, Duration after, int& counter) {
  co_await network.sleep_until(network.now() + after);
  ++counter;
}
awaitable<void> fail(SimulatedNetwork& network, Duration after) {
  co_await network.sleep_until(network.now() + after);
  throw std::runtime_error("a worker failed");
}
awaitable<void> run_two(SimulatedNetwork& network, int& counter) {
  const Executor executor = co_await asio::this_coro::executor;
  TaskGroup tasks{executor};
  tasks.start(count(network, 1s, counter));
  tasks.start(count(network, 2s, counter));
  co_await tasks.join();
}

}  // namespace

TEST(TaskGroup, RunBesideOneAnother) {
  SimulatedNetwork network{1};
  int counter = 0;
  const Time before = network.now();
  network.run(run_two(network, counter));
  EXPECT_EQ(counter, 2);
  EXPECT_EQ(network.now() - before, 2s);
}

TEST(TaskGroup, EndWithTheFirstFailure) {
  SimulatedNetwork network{1};
  int counter = 0;
  TaskGroup tasks{network.executor()};
  tasks.start(count(network, 1s, counter));
  tasks.start(fail(network, 2s));
  tasks.start(count(network, 3s, counter));
  const Time before = network.now();
  EXPECT_THROW(network.run(tasks.join()), std::runtime_error);
  EXPECT_EQ(counter, 1);
  EXPECT_EQ(network.now() - before, 2s);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(TaskGroup, EndWhenTheOneWhoWaitsForThemIsCancelled) {
  SimulatedNetwork network{1};
  int counter = 0;
  EXPECT_THROW(network.run(within(network, 1500ms, run_two(network, counter))), std::system_error);
  EXPECT_EQ(counter, 1);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(TaskGroup, ThatAreNoneEndAtOnce) {
  SimulatedNetwork network{1};
  TaskGroup tasks{network.executor()};
  network.run(tasks.join());
}
