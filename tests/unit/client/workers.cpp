#include <ftplike/client/workers.hpp>

#include <gtest/gtest.h>

#include <ftplike/io/simulated.hpp>
#include <ftplike/io/within.hpp>

using namespace ftplike;
using namespace std::chrono_literals;
using detail::Workers;

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
  Workers workers{executor};
  workers.start(count(network, 1s, counter));
  workers.start(count(network, 2s, counter));
  co_await workers.join();
}

}  // namespace

TEST(Workers, RunBesideOneAnother) {
  SimulatedNetwork network{1};
  int counter = 0;
  const Time before = network.now();
  network.run(run_two(network, counter));
  EXPECT_EQ(counter, 2);
  EXPECT_EQ(network.now() - before, 2s);
}

TEST(Workers, EndWithTheFirstFailure) {
  SimulatedNetwork network{1};
  int counter = 0;
  Workers workers{network.executor()};
  workers.start(count(network, 1s, counter));
  workers.start(fail(network, 2s));
  workers.start(count(network, 3s, counter));
  const Time before = network.now();
  EXPECT_THROW(network.run(workers.join()), std::runtime_error);
  EXPECT_EQ(counter, 1);
  EXPECT_EQ(network.now() - before, 2s);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(Workers, EndWhenTheOneWhoWaitsForThemIsCancelled) {
  SimulatedNetwork network{1};
  int counter = 0;
  EXPECT_THROW(network.run(within(network, 1500ms, run_two(network, counter))), std::system_error);
  EXPECT_EQ(counter, 1);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(Workers, ThatAreNoneEndAtOnce) {
  SimulatedNetwork network{1};
  Workers workers{network.executor()};
  network.run(workers.join());
}
