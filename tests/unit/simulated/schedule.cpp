#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <support/started.hpp>
#include <system_error>
#include <vector>

#include <ftplike/simulated/network.hpp>
#include <ftplike/simulated/schedule.hpp>
#include <ftplike/io/within.hpp>

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

using Timer = SimulatedNetwork::Timer;

TEST(SimulatedChance, IsTheSameEverywhere) {
  // The published first values of splitmix64 for this seed end in these digits.
  detail::simulated::Dice dice{1234567};
  EXPECT_EQ(dice.below(1000u), 317u);
  EXPECT_EQ(dice.below(1000u), 973u);
}

TEST(SimulatedClock, StandsStillUntilItIsTold) {
  SimulatedNetwork network{1};
  const Time begin = network.now();
  EXPECT_GT(begin, Time{});
  network.settle();
  EXPECT_EQ(network.now(), begin);
  network.advance(90s);
  EXPECT_EQ(network.now(), begin + 90s);
}

TEST(SimulatedClock, StopsAtEveryTimerOnItsWay) {
  SimulatedNetwork network{1};
  const Time begin = network.now();
  std::vector<Duration> rung;
  const auto note = [&] { rung.push_back(network.now() - begin); };
  Timer late{network, network.executor()}, early{network, network.executor()}, never{network, network.executor()};
  late.start(begin + 30s, note);
  early.start(begin + 10s, note);
  never.start(begin + 61s, note);
  network.advance(60s);
  EXPECT_EQ(rung, (std::vector<Duration>{10s, 30s}));
  EXPECT_EQ(network.now(), begin + 60s);
}

TEST(SimulatedClock, LetsEverythingSettleBeforeItMovesOn) {
  SimulatedNetwork network{1};
  const Time begin = network.now();
  std::vector<Duration> rung;
  Timer first{network, network.executor()}, second{network, network.executor()};
  first.start(begin + 10s, [&] {
    // Started only now, and due before the end of the same advance.
    second.start(network.now() + 5s, [&] { rung.push_back(network.now() - begin); });
  });
  network.advance(60s);
  EXPECT_EQ(rung, (std::vector<Duration>{15s}));
}

TEST(SimulatedClock, WakesSleepersInTheOrderOfTheirTimes) {
  SimulatedNetwork network{1};
  const Time begin = network.now();
  Started<void> late{network.executor(), network.sleep_until(begin + 2s)};
  Started<void> early{network.executor(), network.sleep_until(begin + 1s)};
  network.settle();
  EXPECT_FALSE(early.done());
  network.advance(1s);
  EXPECT_TRUE(early.done());
  EXPECT_FALSE(late.done());
  network.advance(1s);
  EXPECT_TRUE(late.done());
}

TEST(SimulatedClock, DoesNotLetASleepBeginWhoseEndHasPassed) {
  SimulatedNetwork network{1};
  Started<void> sleep{network.executor(), network.sleep_until(network.now() - 1s)};
  network.settle();
  EXPECT_TRUE(sleep.done());
}

TEST(SimulatedClock, EndsACancelledSleepAtOnce) {
  SimulatedNetwork network{1};
  Started<void> sleep{network.executor(), network.sleep_until(network.now() + 1s)};
  network.settle();
  EXPECT_EQ(network.pending_timers(), 1u);
  sleep.cancel();
  network.settle();
  EXPECT_EQ(sleep.error(), asio::error::operation_aborted);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(SimulatedTimer, CallsOnceAtItsTimeAndNotBefore) {
  SimulatedNetwork network{1};
  int calls = 0;
  Timer timer{network, network.executor()};
  timer.start(network.now() + 10s, [&] { ++calls; });
  EXPECT_EQ(network.pending_timers(), 1u);
  network.advance(10s - 1ns);
  EXPECT_EQ(calls, 0);
  network.advance(1ns);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(network.pending_timers(), 0u);
  network.advance(60s);
  EXPECT_EQ(calls, 1);
}

TEST(SimulatedTimer, OfATimePastCallsAsSoonAsTheNetworkSettles) {
  SimulatedNetwork network{1};
  int calls = 0;
  Timer timer{network, network.executor()};
  timer.start(network.now() - 1s, [&] { ++calls; });
  EXPECT_EQ(calls, 0);
  network.settle();
  EXPECT_EQ(calls, 1);
}

TEST(SimulatedTimer, ForgetsWhatWasStartedBefore) {
  SimulatedNetwork network{1};
  std::string calls;
  Timer timer{network, network.executor()};
  timer.start(network.now() + 1s, [&] { calls += 'a'; });
  timer.start(network.now() + 2s, [&] { calls += 'b'; });
  EXPECT_EQ(network.pending_timers(), 1u);
  network.advance(3s);
  EXPECT_EQ(calls, "b");
}

TEST(SimulatedTimer, DoesNotCallOnceCancelledOrDestroyed) {
  SimulatedNetwork network{1};
  int calls = 0;
  Timer cancelled{network, network.executor()};
  cancelled.start(network.now() + 1s, [&] { ++calls; });
  cancelled.cancel();
  {
    Timer destroyed{network, network.executor()};
    destroyed.start(network.now() + 1s, [&] { ++calls; });
  }
  EXPECT_EQ(network.pending_timers(), 0u);
  network.advance(2s);
  EXPECT_EQ(calls, 0);
}

TEST(SimulatedTimer, DoesNotCallOnceCancelledOrDestroyedEvenIfItsCallIsQueuedAlready) {
  SimulatedNetwork network{1};
  asio::io_context elsewhere;  // where calls stay queued until the test lets them run
  std::string calls;
  Timer cancelled{network, elsewhere.get_executor()}, kept{network, elsewhere.get_executor()};
  std::optional<Timer> destroyed;
  destroyed.emplace(network, elsewhere.get_executor());
  cancelled.start(network.now() + 1s, [&] { calls += 'c'; });
  destroyed->start(network.now() + 1s, [&] { calls += 'd'; });
  kept.start(network.now() + 1s, [&] { calls += 'k'; });
  network.advance(1s);
  cancelled.cancel();
  destroyed.reset();
  elsewhere.poll();
  EXPECT_EQ(calls, "k");
}

TEST(SimulatedTimer, CanBeStartedAnewByItsOwnCall) {
  SimulatedNetwork network{1};
  int calls = 0;
  Timer timer{network, network.executor()};
  std::function<void()> tick = [&] {
    if (++calls < 5) timer.start(network.now() + 1s, tick);
  };
  timer.start(network.now() + 1s, tick);
  network.advance(60s);
  EXPECT_EQ(calls, 5);
}

TEST(SimulatedTimer, CanBeDestroyedByItsOwnCall) {
  SimulatedNetwork network{1};
  auto timer = std::make_unique<Timer>(network, network.executor());
  const std::string kept = "what the call holds lives until it has ended";
  std::string seen;
  timer->start(network.now() + 1s, [&, kept] {
    timer.reset();
    seen = kept;
  });
  network.advance(1s);
  EXPECT_EQ(seen, kept);
}

TEST(SimulatedClock, IsTheOneOfTimeLimits) {
  SimulatedNetwork network{1};
  const Time begin = network.now();
  const auto within_five = [&](Duration needed) {
    return network.run(within(network, 5s, network.sleep_until(network.now() + needed)));
  };
  within_five(5s - 1ns);
  EXPECT_EQ(network.now() - begin, 5s - 1ns);
  try {
    within_five(6s);
    FAIL() << "no limit";
  } catch (const std::system_error& error) { EXPECT_EQ(error.code(), Errc::timed_out); }
  EXPECT_EQ(network.now() - begin, 10s - 1ns);
  EXPECT_EQ(network.pending_timers(), 0u);
}

awaitable<int> answer(SimulatedNetwork& network) {
  co_await network.sleep_until(network.now() + 3s);
  co_return 42;
}

awaitable<std::unique_ptr<int>> boxed_answer() {
  auto box = std::make_unique<int>(42);
  co_return box;
}

awaitable<void> fail_after(SimulatedNetwork& network, Duration delay) {
  co_await network.sleep_until(network.now() + delay);
  throw std::runtime_error("as planned");
}

TEST(SimulatedRun, LetsTimePassAndGivesTheResult) {
  SimulatedNetwork network{1};
  const Time begin = network.now();
  EXPECT_EQ(network.run(answer(network)), 42);
  EXPECT_EQ(network.now() - begin, 3s);
  EXPECT_EQ(*network.run(boxed_answer()), 42);
  EXPECT_EQ(network.now() - begin, 3s);
}

TEST(SimulatedRun, ThrowsWhatTheOperationThrew) {
  SimulatedNetwork network{1};
  EXPECT_THROW(network.run(fail_after(network, 1s)), std::runtime_error);
}

TEST(SimulatedRun, MovesTheClockNoFurtherThanNeeded) {
  SimulatedNetwork network{1};
  const Time begin = network.now();
  Timer later{network, network.executor()};
  later.start(begin + 10s, [] {});
  network.run(answer(network));
  EXPECT_EQ(network.now() - begin, 3s);
  EXPECT_EQ(network.pending_timers(), 1u);
}

awaitable<void> wait_for_nobody(SimulatedNetwork& network, bool& cleaned_up) {
  struct Guard {
    explicit Guard(bool& its_flag) : flag{its_flag} {}
    ~Guard() { flag = true; }
    bool& flag;
  } const guard{cleaned_up};
  const auto executor = network.executor();
  auto acceptor = network.listen(executor, {asio::ip::address_v4::loopback(), 0});
  auto stream = co_await acceptor.accept(executor);
}

TEST(SimulatedRun, SaysSoWhenTheOperationCanNeverEndAndEndsIt) {
  SimulatedNetwork network{1};
  bool cleaned_up = false;
  EXPECT_THROW(network.run(wait_for_nobody(network, cleaned_up)), std::logic_error);
  EXPECT_TRUE(cleaned_up);
  EXPECT_EQ(network.open_acceptors(), 0u);
}

TEST(SimulatedRun, DoesNotWaitForEverBesideATimerThatStartsItselfAnew) {
  SimulatedNetwork network{1};
  Timer timer{network, network.executor()};
  std::function<void()> tick = [&] { timer.start(network.now() + 1h, tick); };
  tick();
  bool cleaned_up = false;
  EXPECT_THROW(network.run(wait_for_nobody(network, cleaned_up)), std::logic_error);
  EXPECT_TRUE(cleaned_up);
}

TEST(SimulatedRun, ThrowsWhatADetachedCoroutineThrew) {
  SimulatedNetwork network{1};
  asio::co_spawn(network.executor(), fail_after(network, 0s), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  EXPECT_THROW(network.settle(), std::runtime_error);
  network.settle();
}

TEST(SimulatedNetwork, TakesTheCoroutinesThatStillWaitWithIt) {
  bool cleaned_up[3] = {};
  {
    SimulatedNetwork network{1};
    start_on(network.executor(), wait_for_nobody(network, cleaned_up[0]));
    network.settle();
    start_on(network.executor(), within(network, 5s, wait_for_nobody(network, cleaned_up[1])));
    start_on(network.executor(), fail_after(network, 1s));
    network.settle();
    start_on(network.executor(), wait_for_nobody(network, cleaned_up[2]));  // never begins
    EXPECT_FALSE(cleaned_up[0] || cleaned_up[1]);
  }
  EXPECT_TRUE(cleaned_up[0]);
  EXPECT_TRUE(cleaned_up[1]);
  EXPECT_FALSE(cleaned_up[2]);
}

awaitable<void> mind_a_child(SimulatedNetwork& network, bool& cleaned_up) {
  struct Child {
    ~Child() { stop.emit(asio::cancellation_type::terminal); }
    asio::cancellation_signal stop;
  } child;
  start_on(network.executor(), wait_for_nobody(network, cleaned_up), child.stop.slot());
  co_await network.sleep_until(network.now() + 1s);
  co_await network.sleep_until(network.now() + 1h);
}

TEST(SimulatedNetwork, MindsNoCancelOfACoroutineThatItHasTakenWithItAlready) {
  bool cleaned_up = false;
  {
    SimulatedNetwork network{1};
    start_on(network.executor(), mind_a_child(network, cleaned_up));
    network.advance(1s);  // now the child waits longer than its parent, and goes first
  }
  EXPECT_TRUE(cleaned_up);
}

TEST(SimulatedTurns, AreWhatACoroutineDoesBetweenTwoWaits) {
  SimulatedNetwork network{1};
  std::vector<int> seen;
  const auto count = [&]() -> awaitable<void> {
    for (int i = 1; i <= 3; ++i) {
      seen.push_back(i);
      co_await asio::post(network.executor(), use_awaitable);
    }
  };
  network.call_after(network.turns() + 2, [&] { seen.push_back(-1); });
  network.call_after(network.turns() + 100, [&] { seen.push_back(-2); });
  start_on(network.executor(), count());
  network.settle();
  EXPECT_EQ(seen, (std::vector<int>{1, 2, -1, 3}));
  EXPECT_EQ(network.turns(), 4u);
}

}  // namespace
