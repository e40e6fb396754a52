#include <ftplike/io/deadline.hpp>

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <new>
#include <system_error>

#include <ftplike/simulated/network.hpp>

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

using NetworkDeadline = Deadline<SimulatedNetwork>;
using NetworkLimit = NetworkDeadline::Limit;

/// A coroutine with limits, whose end the test looks at.
struct Limited {
  Limited() = default;
  Limited(const Limited&) = delete;
  Limited& operator=(const Limited&) = delete;

  void start(awaitable<void> operation) {
    start_on(network.executor(), settle(std::move(operation), result), interruption.slot(),
             [this](std::exception_ptr) { done = true; });
    network.settle();
  }
  awaitable<void> sleep(Duration time) { return network.sleep_until(network.now() + time); }
  std::error_code reason() const { return interruption.reason_of(result.failure()); }

  SimulatedNetwork network{1};
  Interruption interruption;
  NetworkDeadline deadline{network, network.executor(), interruption};
  Settled<void> result;
  bool done = false;
};

TEST(Limit, InterruptsWhatTakesLongerAndSaysWhy) {
  Limited it;
  it.start([](Limited& self) -> awaitable<void> {
    NetworkLimit limited{self.deadline, 10s, Errc::stalled};
    co_await self.sleep(1h);
  }(it));
  it.network.advance(9s);
  EXPECT_FALSE(it.done);
  it.network.advance(1s);
  EXPECT_TRUE(it.done);
  EXPECT_EQ(it.reason(), Errc::stalled);
}

TEST(Limit, IsNoMoreAfterItsScope) {
  Limited it;
  it.start([](Limited& self) -> awaitable<void> {
    { NetworkLimit limited{self.deadline, 10s, Errc::stalled}; }
    co_await self.sleep(1h);
  }(it));
  it.network.advance(1h);
  EXPECT_TRUE(it.done);
  EXPECT_FALSE(it.result.failed());
}

TEST(Limit, IsCountedAnewWhenItIsExtended) {
  Limited it;
  it.start([](Limited& self) -> awaitable<void> {
    NetworkLimit limited{self.deadline, 10s, Errc::stalled};
    for (int i = 0; i < 5; ++i) {
      co_await self.sleep(9s);
      self.deadline.extend();
    }
    co_await self.sleep(11s);
  }(it));
  it.network.advance(54s);
  EXPECT_FALSE(it.done);
  it.network.advance(1s);
  EXPECT_EQ(it.reason(), Errc::stalled);
}

TEST(Limit, IsLateByLessThanAMillisecondWhereATimerThatStandsIsAsGood) {
  Limited it;
  it.start([](Limited& self) -> awaitable<void> {
    NetworkLimit outer{self.deadline, 10s, Errc::stalled};
    NetworkLimit inner{self.deadline, 10s - 999us, Errc::timed_out};
    co_await self.sleep(1h);
  }(it));
  it.network.advance(10s - 1ns);
  EXPECT_FALSE(it.done);
  it.network.advance(1ns);
  EXPECT_EQ(it.reason(), Errc::timed_out);
}

TEST(Limit, OfAnInnerScopeHoldsInsteadOfTheOuterOne) {
  Limited it;
  it.start([](Limited& self) -> awaitable<void> {
    NetworkLimit outer{self.deadline, 10s, Errc::stalled};
    {
      NetworkLimit inner{self.deadline, 60s, Errc::timed_out};
      co_await self.sleep(50s);
      EXPECT_FALSE(inner.expired());
    }
    co_await self.sleep(1h);
  }(it));
  it.network.advance(50s);
  EXPECT_FALSE(it.done);
  it.network.advance(20s);  // at the latest
  EXPECT_TRUE(it.done);
  EXPECT_EQ(it.reason(), Errc::stalled);
}

TEST(Limit, ThatIsNoneLetsTheOuterOneHoldAgainAfterIt) {
  Limited it;
  it.start([](Limited& self) -> awaitable<void> {
    NetworkLimit outer{self.deadline, 10s, Errc::stalled};
    {
      NetworkLimit none{self.deadline, Duration::max(), {}};
      co_await self.sleep(1h);
    }
    co_await self.sleep(1h);
  }(it));
  it.network.advance(1h);
  EXPECT_FALSE(it.done);
  it.network.advance(20s);
  EXPECT_EQ(it.reason(), Errc::stalled);
}

TEST(Limit, LeavesNoTimerToACoroutineThatRests) {
  Limited it;
  it.start([](Limited& self) -> awaitable<void> {
    { NetworkLimit limited{self.deadline, 10s, Errc::stalled}; }
    self.deadline.rest();
    co_return;
  }(it));
  EXPECT_EQ(it.network.pending_timers(), 0u);
}

TEST(Interruption, IsAStateUntilTheCoroutineRecovers) {
  Limited it;
  int awaited = 0;
  it.start([](Limited& self, int& count) -> awaitable<void> {
    for (int i = 0; i < 2; ++i) {
      try {
        co_await self.sleep(1h);
      } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), asio::error::operation_aborted);
        ++count;
      }
    }
    EXPECT_EQ(self.interruption.why(), Errc::aborted);
    co_await self.interruption.recover();
    EXPECT_FALSE(self.interruption.why());
    co_await self.sleep(1s);
    ++count;
  }(it, awaited));
  it.interruption.interrupt(Errc::aborted);
  it.interruption.interrupt(Errc::timed_out);  // the first reason stays
  it.network.advance(1s);
  EXPECT_TRUE(it.done);
  EXPECT_FALSE(it.result.failed()) << it.reason();
  EXPECT_EQ(awaited, 3);
}

/// A network in which there is no memory for a timer, until there is.
struct Scarce : SimulatedNetwork {
  struct Timer {
    Timer(Scarce& its_network, const Executor&) : network{its_network} {}
    void start(Time, const std::function<void()>&) {
      if (network.is_full) throw std::bad_alloc();
      ++network.running;
    }
    void cancel() { --network.running; }
    Scarce& network;
  };
  using SimulatedNetwork::SimulatedNetwork;
  bool is_full = true;
  int running = 0;
};

TEST(Limit, LeavesNothingBehindWhereThereIsNoMemoryForItsTimer) {
  Scarce network{1};
  Interruption interruption;
  Deadline<Scarce> deadline{network, network.executor(), interruption};
  const auto begin = [&deadline] { Deadline<Scarce>::Limit limited{deadline, 10s, Errc::stalled}; };
  EXPECT_THROW(begin(), std::bad_alloc);
  network.is_full = false;
  begin();
  EXPECT_EQ(network.running, 1) << "the next one holds";
  deadline.rest();
  EXPECT_EQ(network.running, 0) << "none holds any more";
}

TEST(Interruption, EndsNothingThatItHasLeft) {
  Interruption interruption;
  bool ended = false;
  interruption.slot().assign([&ended](asio::cancellation_type) { ended = true; });
  interruption.leave();
  interruption.interrupt(Errc::stalled);
  EXPECT_FALSE(ended);
}

}  // namespace
