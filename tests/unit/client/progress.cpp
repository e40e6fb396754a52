#include <ftplike/client/progress.hpp>

#include <gtest/gtest.h>

using namespace ftplike;
using namespace std::chrono_literals;
using detail::RateMeter;

namespace {

const Time start{1h};

}  // namespace

TEST(RateMeter, KnowsNoRateInTheFirstSecond) {
  RateMeter meter{start};
  EXPECT_EQ(meter.rate(), std::nullopt);
  meter.note(start, 100);
  EXPECT_EQ(meter.rate(), std::nullopt);
  meter.note(start + 1ms, 1'000'000);
  EXPECT_EQ(meter.rate(), std::nullopt);
  meter.note(start + 999ms, 1'000'000);
  EXPECT_EQ(meter.rate(), std::nullopt);
}

TEST(RateMeter, GivesTheRateFromTheBeginningAtFirst) {
  RateMeter meter{start};
  meter.note(start + 1s, 200);
  EXPECT_DOUBLE_EQ(meter.rate().value(), 200);
  meter.note(start + 2s, 600);
  EXPECT_DOUBLE_EQ(meter.rate().value(), 300);
}

TEST(RateMeter, ForgetsWhatWasLongAgo) {
  RateMeter meter{start};
  for (int second = 1; second <= 10; ++second) meter.note(start + second * 1s, 1000 * static_cast<unsigned>(second));
  EXPECT_DOUBLE_EQ(meter.rate().value(), 1000);
  for (int second = 11; second <= 20; ++second) {
    meter.note(start + second * 1s, 10'000 + 10 * static_cast<unsigned>(second - 10));
  }
  EXPECT_DOUBLE_EQ(meter.rate().value(), 10);
}

TEST(Progress, EstimatesTheTimeThatTheRestTakes) {
  RateMeter meter{start};
  meter.note(start + 1s, 100);
  const Progress progress = detail::progress_of(meter, 1s, 300, 100, 1000);
  EXPECT_EQ(progress.offset, 300u);
  EXPECT_EQ(progress.transferred, 100u);
  EXPECT_EQ(progress.elapsed, 1s);
  EXPECT_DOUBLE_EQ(progress.rate.value(), 100);
  EXPECT_EQ(progress.remaining, 6s);
}

TEST(Progress, EstimatesNothingThatItCannotKnow) {
  RateMeter meter{start};
  EXPECT_EQ(detail::progress_of(meter, 1ms, 0, 900, 1000).remaining, std::nullopt) << "too early";
  meter.note(start + 1s, 0);
  EXPECT_EQ(detail::progress_of(meter, 1s, 0, 0, 1000).remaining, std::nullopt) << "nothing moves";
  meter.note(start + 2s, 100);
  EXPECT_EQ(detail::progress_of(meter, 2s, 0, 100, 0).remaining, std::nullopt) << "of no known size";
}

TEST(Progress, HasNoTimeLeftWhereAllIsThere) {
  const RateMeter meter{start};
  EXPECT_EQ(detail::progress_of(meter, 1ms, 0, 100, 100).remaining, Duration{});
  EXPECT_EQ(detail::progress_of(meter, 1ms, 0, 100, 50).remaining, Duration{}) << "it grew";
}

TEST(ProgressCallback, TakesWhatSaysHowToGoOnAndWhatSaysNothing) {
  int told = 0;
  const Progress now;
  EXPECT_FALSE(ProgressCallback{});
  EXPECT_EQ(ProgressCallback{}(now), Go::on);
  const ProgressCallback silent{[&told](const Progress&) { ++told; }};
  EXPECT_TRUE(silent);
  EXPECT_EQ(silent(now), Go::on);
  EXPECT_EQ(told, 1);
  const ProgressCallback stopping{[](const Progress&) { return Go::stop; }};
  EXPECT_EQ(stopping(now), Go::stop);
}

TEST(Progress, CanCountTheLongestTimes) {
  RateMeter meter{start};
  meter.note(start + 1000h, 1);
  EXPECT_GT(detail::progress_of(meter, 1s, 0, 1, ~std::uint64_t{0}).remaining, 1000h);
}
