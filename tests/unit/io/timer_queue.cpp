#include <ftplike/io/timer_queue.hpp>

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace {
using namespace ftplike;

/// A queue on a loop of its own, whose timers are all due, in the order of their hours.
class TimersOfALoop : public testing::Test {
 protected:
  using Timer = detail::TimerQueue::Timer;
  static Time due(int hour) { return Time::clock::now() - std::chrono::hours{24 - hour}; }
  std::function<void()> note(std::string word) {
    return [this, word = std::move(word)] { said_ += word; };
  }
  std::string run() {
    loop_.restart();
    loop_.run();
    return std::exchange(said_, {});
  }
  asio::io_context loop_;
  std::shared_ptr<detail::TimerQueue> queue_ = std::make_shared<detail::TimerQueue>(loop_.get_executor());
  std::string said_;
};

TEST_F(TimersOfALoop, RingInTheOrderOfTheirTimes) {
  Timer one{queue_}, two{queue_}, three{queue_};
  two.start(due(2), note("2"));
  three.start(due(3), note("3"));
  one.start(due(1), note("1"));
  EXPECT_EQ(run(), "123");
}
TEST_F(TimersOfALoop, RingOnceAndCanBeStartedAgain) {
  Timer timer{queue_};
  timer.start(due(1), note("1"));
  EXPECT_EQ(run(), "1");
  EXPECT_EQ(run(), "");
  timer.start(due(2), note("2"));
  EXPECT_EQ(run(), "2");
}
TEST_F(TimersOfALoop, CallWhatWasSaidLast) {
  Timer timer{queue_};
  timer.start(due(1), note("1"));
  timer.start(due(2), note("2"));
  EXPECT_EQ(run(), "2");
}
TEST_F(TimersOfALoop, AreNotCalledOnceTheyAreCancelledThoughTheirTimeHasCome) {
  Timer one{queue_}, two{queue_};
  std::optional<Timer> three{std::in_place, queue_};
  one.start(due(1), [&] {
    said_ += "1";
    two.cancel();
    three.reset();
  });
  two.start(due(2), note("2"));
  three->start(due(3), note("3"));
  EXPECT_EQ(run(), "1");
}
TEST_F(TimersOfALoop, MayEndInTheirOwnCall) {
  auto timer = std::make_unique<Timer>(queue_);
  timer->start(due(1), [&] {
    timer.reset();
    said_ += "1";
  });
  EXPECT_EQ(run(), "1");
}
TEST_F(TimersOfALoop, MayEndWithTheCallOfAnotherThatIsForgotten) {
  Timer one{queue_};
  for (const bool anew : {false, true}) {
    auto other = std::make_shared<Timer>(queue_);
    other->start(due(1), note("1"));
    one.start(due(2), [other = std::move(other)] {});
    if (anew)
      one.start(due(3), note("3"));
    else
      one.cancel();
  }
  EXPECT_EQ(run(), "3");
}
TEST_F(TimersOfALoop, MayBeStartedInTheirOwnCall) {
  Timer timer{queue_};
  timer.start(due(1), [&] { timer.start(due(2), note("again")); });
  EXPECT_EQ(run(), "again");
}
TEST_F(TimersOfALoop, KeepNoLoopBusyWhenAllAreCancelled) {
  Timer one{queue_}, two{queue_};
  one.start(Time::clock::now() + std::chrono::hours{1}, note("1"));
  two.start(Time::clock::now() + std::chrono::hours{2}, note("2"));
  one.cancel();
  two.cancel();
  EXPECT_EQ(run(), "");
}
TEST_F(TimersOfALoop, LetOthersHaveTheirTurnBetweenTwoCalls) {
  Timer one{queue_}, two{queue_};
  one.start(due(1), [&] {
    said_ += "1";
    asio::post(loop_, note("other"));
  });
  two.start(due(2), note("2"));
  EXPECT_EQ(run(), "1other2");
}
TEST_F(TimersOfALoop, GoOnWithTheNextAfterACallThatThrows) {
  Timer one{queue_}, two{queue_};
  one.start(due(1), [] { throw std::string{"thrown"}; });
  two.start(due(2), note("2"));
  EXPECT_THROW(loop_.run(), std::string);
  EXPECT_EQ(run(), "2");
}

}  // namespace
