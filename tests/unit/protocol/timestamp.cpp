#include <ftplike/protocol/timestamp.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

constexpr Timestamp moment = sys_days{November / 22 / 2026} + 17h + 11min + 5s;

TEST(Timestamp, ReadsFourteenDigitsAsUtc) {
  EXPECT_EQ(parse_timestamp("20261122171105"), moment);
  EXPECT_EQ(parse_timestamp("19700101000000"), Timestamp{});
  EXPECT_EQ(parse_timestamp("20240229235959"), Timestamp{sys_days{February / 29 / 2024} + 23h + 59min + 59s});
}

TEST(Timestamp, ReadsTheFractionToTheMillisecond) {
  EXPECT_EQ(parse_timestamp("20261122171105.5"), moment + 500ms);
  EXPECT_EQ(parse_timestamp("20261122171105.07"), moment + 70ms);
  EXPECT_EQ(parse_timestamp("20261122171105.123"), moment + 123ms);
  EXPECT_EQ(parse_timestamp("20261122171105.9999999999999999999999"), moment + 999ms);
}

TEST(Timestamp, CountsALeapSecondAsTheOneBefore) {
  EXPECT_EQ(parse_timestamp("20161231235960"), Timestamp{sys_days{December / 31 / 2016} + 23h + 59min + 59s});
}

TEST(Timestamp, RefusesWhatIsNotInTheCalendarAndWhatIsNoTime) {
  for (const auto* text : {"",
                           "2026112217110",
                           "202611221711050",
                           "20261122171105.",
                           "20261122171105.x",
                           "20261122171105.5 ",
                           "20261122171105,5",
                           "20230229000000",
                           "20261301000000",
                           "20260001000000",
                           "20260100000000",
                           "20260431000000",
                           "20260101240000",
                           "20260101006000",
                           "20260101000061",
                           "2026112217110x",
                           "+0261122171105",
                           " 20261122171105",
                           "-1",
                           "20261122171105-5",
                           "191001122171105"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

TEST(Timestamp, WritesFourteenDigitsAndTheFractionIfThereIsOne) {
  EXPECT_EQ(format_timestamp(moment), "20261122171105");
  EXPECT_EQ(format_timestamp(moment + 5ms), "20261122171105.005");
  EXPECT_EQ(format_timestamp(moment + 5ms, Fraction::never), "20261122171105");
  EXPECT_EQ(format_timestamp(Timestamp{} - 1ms), "19691231235959.999");
}

TEST(Timestamp, WritesWhatNoFourDigitYearHoldsAsTheNearestThatOneDoes) {
  EXPECT_EQ(format_timestamp(Timestamp::max()), "99991231235959.999");
  EXPECT_EQ(format_timestamp(Timestamp::min()), "00000101000000");
}

TEST(Timestamp, ReadsWhatItWrites) {
  for (auto time = moment - 4000 * 24h; time < moment; time += 24h * 37 + 1h + 59min + 1s + 7ms) {
    EXPECT_EQ(parse_timestamp(format_timestamp(time)), time);
  }
}

TEST(Timestamp, AppendsToWhatIsThere) {
  std::string out = "modify=";
  append_timestamp(out, moment);
  EXPECT_EQ(out, "modify=20261122171105");
}

}  // namespace
}  // namespace ftplike
