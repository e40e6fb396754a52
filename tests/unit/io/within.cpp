#include <ftplike/io/within.hpp>

#include <chrono>
#include <gtest/gtest.h>
#include <stdexcept>
#include <support/started.hpp>
#include <system_error>

#include <ftplike/io/run_on.hpp>
#include <ftplike/simulated/network.hpp>

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

awaitable<int> give_after(SimulatedNetwork& network, Duration time, int value) {
  co_await network.sleep_until(network.now() + time);
  co_return value;
}
awaitable<int> fail_after(SimulatedNetwork& network, Duration time) {
  co_await network.sleep_until(network.now() + time);
  throw std::runtime_error("of its own");
}

TEST(Within, GivesTheResultOfWhatEndsInTime) {
  SimulatedNetwork network{1};
  EXPECT_EQ(network.run(within(network, 10s, give_after(network, 9s, 7))), 7);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(Within, ThrowsWhatTheOperationThrows) {
  SimulatedNetwork network{1};
  EXPECT_THROW(network.run(within(network, 10s, fail_after(network, 9s))), std::runtime_error);
}

TEST(Within, EndsWhatTakesTooLong) {
  SimulatedNetwork network{1};
  Started started{network, within(network, 10s, give_after(network, 1h, 7))};
  network.advance(9s);
  EXPECT_FALSE(started.done());
  network.advance(1s);
  EXPECT_EQ(started.error(), Errc::timed_out);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(Within, IsCancelledWithItsCaller) {
  SimulatedNetwork network{1};
  Started started{network, within(network, 10s, give_after(network, 1h, 7))};
  started.cancel(network);
  EXPECT_EQ(started.error(), asio::error::operation_aborted);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(Within, HasNoLimitWhereThatIsNone) {
  SimulatedNetwork network{1};
  EXPECT_EQ(network.run(within(network, Duration::max(), give_after(network, 700h, 7))), 7);
}

awaitable<Executor> where_it_runs() { co_return co_await asio::this_coro::executor; }

TEST(RunOn, RunsAnOperationOnAnotherExecutorAndGoesOnOnItsOwn) {
  asio::io_context here, there;
  Executor inside, after;
  const Executor target = there.get_executor();
  const auto operation = [&]() -> awaitable<void> {
    const Executor found = co_await run_on(target, where_it_runs());
    const Executor back = co_await asio::this_coro::executor;
    inside = found;
    after = back;
  };
  const auto run_both = [&] {
    for (int i = 0; i < 10; ++i) {
      here.restart();
      here.poll();
      there.restart();
      there.poll();
    }
  };
  start_on(here.get_executor(), operation());
  run_both();
  EXPECT_TRUE(inside == Executor{there.get_executor()});
  EXPECT_TRUE(after == Executor{here.get_executor()});
}

TEST(RunOn, CancelsTheOperationWithItsCaller) {
  asio::io_context here, there;
  bool ended = false;
  const Executor target = there.get_executor();
  const auto wait = [&]() -> awaitable<int> {
    const Executor executor = co_await asio::this_coro::executor;
    asio::steady_timer never{executor, Time::max()};
    co_await never.async_wait(use_awaitable);
    co_return 1;
  };
  Started started{Executor{here.get_executor()}, run_on(target, wait())};
  const auto run_both = [&] {
    for (int i = 0; i < 10; ++i) {
      here.restart();
      here.poll();
      there.restart();
      there.poll();
    }
    ended = started.done();
  };
  run_both();
  EXPECT_FALSE(ended);
  started.cancel();
  run_both();
  EXPECT_TRUE(ended);
  EXPECT_EQ(started.error(), asio::error::operation_aborted);
}

}  // namespace
