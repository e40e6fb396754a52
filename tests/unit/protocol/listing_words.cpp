#include <ftplike/protocol/listing_words.hpp>

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike::detail {
namespace {

using namespace std::chrono;

TEST(ListingWords, FindsTheWordsAndWhatStandsBetweenThem) {
  const Words words{"  one\ttwo   three  four "};
  ASSERT_EQ(words.count(), 4U);
  EXPECT_EQ(words[0], "one");
  EXPECT_EQ(words[3], "four");
  EXPECT_EQ(words[4], "");
  EXPECT_EQ(words.joined(1, 2), "two   three");
  EXPECT_EQ(words.behind(1), "  three  four ");
  EXPECT_EQ(words.behind(3), "");
  EXPECT_EQ(Words{""}.count(), 0U);
}

TEST(ListingWords, StopsAtSixteenWords) {
  std::string line;
  for (int i = 0; i < 1000; ++i) line += "word ";
  EXPECT_EQ(Words{line}.count(), 16U);
}

TEST(ListingWords, KnowsMonthsInAnyCase) {
  EXPECT_EQ(month_of("Jan"), 1U);
  EXPECT_EQ(month_of("DEC"), 12U);
  EXPECT_FALSE(month_of("January"));
  EXPECT_FALSE(month_of(""));
}

TEST(ListingWords, ReadsClocks) {
  const auto time = [](std::string_view word) {
    const auto clock = clock_in(word);
    return clock ? static_cast<int>(clock->hour * 10000 + clock->minute * 100 + clock->second) : -1;
  };
  EXPECT_EQ(time("17:11"), 171100);
  EXPECT_EQ(time("7:11"), 71100);
  EXPECT_EQ(time("17:11:05"), 171105);
  EXPECT_EQ(time("17:11:05.999999999"), 171105);
  EXPECT_EQ(time("12:00AM"), 0);
  EXPECT_EQ(time("12:00PM"), 120000);
  EXPECT_EQ(time("5:11p"), 171100);
  for (const auto* word : {"", ":", "17", "17:1", "17:111", "24:00", "a:00", "117:00", "17:11:5", "17:11:", "17:11:055",
                           "17:11:05,5", "0:00AM", "13:00PM", "PM", "M", "17:-1", "17:11x"}) {
    EXPECT_EQ(time(word), -1) << word;
  }
}

TEST(ListingWords, ReadsDates) {
  using Date = std::array<unsigned, 3>;
  EXPECT_EQ(date_in("11-22-26"), (Date{2026, 11, 22}));
  EXPECT_EQ(date_in("22/11/2026"), (Date{2026, 11, 22}));
  EXPECT_EQ(date_in("2026.11.22"), (Date{2026, 11, 22}));
  EXPECT_EQ(date_in("01-02-70"), (Date{1970, 1, 2}));
  for (const auto* word :
       {"", "-", "--", "11-22", "11-22-", "11-22-2", "11-22/26", "11-22-26-1", "111111-22-26", "x-22-26"}) {
    EXPECT_FALSE(date_in(word)) << word;
  }
}

TEST(ListingWords, FindsTheLatestMomentOfADayOfTheYear) {
  const Timestamp now = sys_days{2026y / November / 23} + 12h;
  EXPECT_EQ(latest(11, 22, Clock{}, now), Timestamp{sys_days{2026y / November / 22}});
  EXPECT_EQ(latest(12, 1, Clock{}, now), Timestamp{sys_days{2025y / December / 1}});
  EXPECT_FALSE(latest(2, 30, Clock{}, now));
  EXPECT_FALSE(latest(0, 1, Clock{}, now));
  EXPECT_EQ(latest(2, 29, Clock{}, sys_days{1904y / February / 1}), Timestamp{sys_days{1896y / February / 29}});
}

}  // namespace
}  // namespace ftplike::detail
