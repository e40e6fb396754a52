#include <ftplike/protocol/listing_unix.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

constexpr Timestamp today = sys_days{November / 23 / 2026} + 12h;

std::optional<Entry> unix_entry(std::string_view line) { return detail::read_unix(detail::Words{line}, today); }

constexpr Timestamp at(year_month_day day, minutes clock = 0min) { return sys_days{day} + clock; }

TEST(ListingUnix, ReadsEveryColumn) {
  const auto entry = unix_entry("-rw-r-----+  3 ann  staff   1234 Nov 22 17:11 a.txt");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->name, "a.txt");
  EXPECT_EQ(entry->type, Entry::Type::file);
  EXPECT_EQ(entry->mode, 0640U);
  EXPECT_EQ(entry->owner, "ann");
  EXPECT_EQ(entry->group, "staff");
  EXPECT_EQ(entry->size, 1234U);
  EXPECT_EQ(entry->modified, at(2026y / November / 22, 17h + 11min));
}

TEST(ListingUnix, ReadsOwnersInAllTheirForms) {
  const auto owners = [](std::string_view columns) {
    const auto entry = unix_entry("-rw-r--r-- " + std::string{columns} + " 7 Nov 22 17:11 n");
    return entry && entry->size == 7 ? entry->owner + "|" + entry->group : "unread";
  };
  EXPECT_EQ(owners("1 ann staff"), "ann|staff");
  EXPECT_EQ(owners("1 1000 1000"), "1000|1000");
  EXPECT_EQ(owners("1 ann"), "ann|");
  EXPECT_EQ(owners("ann staff"), "ann|staff");
  EXPECT_EQ(owners("1"), "|");
  EXPECT_EQ(owners(""), "|");
  EXPECT_EQ(owners("1 Domain Users staff"), "Domain Users|staff");
  EXPECT_EQ(owners("1 jan 20"), "jan|20");
}

TEST(ListingUnix, DoesNotTakeAnOwnerForAMonth) {
  const auto entry = unix_entry("-rw-r--r-- 1 jan 20 2048 Nov 22  2025 n");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->owner, "jan");
  EXPECT_EQ(entry->size, 2048U);
  EXPECT_EQ(entry->name, "n");
}

TEST(ListingUnix, ReadsDatesInAllTheirForms) {
  const auto date = [](std::string_view columns) {
    const auto entry = unix_entry("-rw-r--r-- 1 a b 7 " + std::string{columns} + " n 1");
    return entry && entry->name == "n 1" ? entry->modified : Timestamp::max();
  };
  EXPECT_EQ(date("Nov 22 17:11"), at(2026y / November / 22, 17h + 11min));
  EXPECT_EQ(date("nov  2 17:11"), at(2026y / November / 2, 17h + 11min));
  EXPECT_EQ(date("Nov 22  2025"), at(2025y / November / 22));
  EXPECT_EQ(date("22 Nov 17:11"), at(2026y / November / 22, 17h + 11min));
  EXPECT_EQ(date("22 Nov 2025"), at(2025y / November / 22));
  EXPECT_EQ(date("Nov 22 17:11:05 2025"), at(2025y / November / 22, 17h + 11min) + 5s);
  EXPECT_EQ(date("2025-11-22 17:11"), at(2025y / November / 22, 17h + 11min));
  EXPECT_EQ(date("2025-11-22 17:11:05.123456789 +0130"), at(2025y / November / 22, 15h + 41min) + 5s);
  EXPECT_EQ(date("2025-11-22 17:11:05 -0100"), at(2025y / November / 22, 18h + 11min) + 5s);
  EXPECT_EQ(date("11-22 17:11"), at(2026y / November / 22, 17h + 11min));
  EXPECT_EQ(date("2025-11-22 "), at(2025y / November / 22));
  EXPECT_EQ(date("22. Nov 17:11"), at(2026y / November / 22, 17h + 11min));
  EXPECT_EQ(date("22 août  2025"), at(2025y / August / 22));
  EXPECT_EQ(date("déc. 22  2025"), at(2025y / December / 22));
  EXPECT_EQ(date("11月 22 17:11"), at(2026y / November / 22, 17h + 11min));
  EXPECT_EQ(date("11月 22日 2025年"), at(2025y / November / 22));
}

TEST(ListingUnix, PutsADateWithoutYearIntoTheLastOneThatIsNotAhead) {
  const auto date = [](std::string_view columns, Timestamp seen_on) {
    const auto line = "-rw-r--r-- 1 a b 7 " + std::string{columns} + " n";
    return detail::read_unix(detail::Words{line}, seen_on)->modified;
  };
  EXPECT_EQ(date("Nov 24 11:00", today), at(2026y / November / 24, 11h));  // another time zone's today
  EXPECT_EQ(date("Nov 25 11:00", today), at(2025y / November / 25, 11h));
  EXPECT_EQ(date("Dec 31 23:59", at(2027y / January / 1)), at(2026y / December / 31, 23h + 59min));
  EXPECT_EQ(date("Jan  1 00:30", at(2026y / December / 31, 23h)), at(2027y / January / 1, 30min));
  EXPECT_EQ(date("Feb 29 10:00", today), at(2024y / February / 29, 10h));
}

TEST(ListingUnix, KeepsTheBlanksOfAName) {
  EXPECT_EQ(unix_entry("-rw-r--r-- 1 a b 7 Nov 22 17:11   two  blanks ")->name, "  two  blanks ");
  EXPECT_EQ(unix_entry("-rw-r--r-- 1 a b 7 Nov 22 17:11 5 Nov 22 17:11 x")->name, "5 Nov 22 17:11 x");
  EXPECT_EQ(unix_entry("-rw-r--r-- 1 a b 7 2025-11-22 17:11  x")->name, " x");
}

TEST(ListingUnix, SplitsALinkFromItsTarget) {
  const auto link = unix_entry("lrwxrwxrwx 1 a b 7 Nov 22 17:11 a b -> ../c -> d");
  ASSERT_TRUE(link);
  EXPECT_EQ(link->type, Entry::Type::link);
  EXPECT_EQ(link->name, "a b");
  EXPECT_EQ(link->target, "../c -> d");
  EXPECT_EQ(unix_entry("lrwxrwxrwx 1 a b 7 Nov 22 17:11 lonely")->name, "lonely");
  EXPECT_EQ(unix_entry("-rw-r--r-- 1 a b 7 Nov 22 17:11 a -> b")->name, "a -> b");
}

TEST(ListingUnix, ReadsTypesAndSpecialBits) {
  EXPECT_EQ(unix_entry("drwxrwxrwt 1 a b 7 Nov 22 17:11 n")->mode, 01777U);
  EXPECT_EQ(unix_entry("drwxrwxrwt 1 a b 7 Nov 22 17:11 n")->type, Entry::Type::directory);
  EXPECT_EQ(unix_entry("-rwsr-Sr-T 1 a b 7 Nov 22 17:11 n")->mode, 07744U);
  EXPECT_EQ(unix_entry("prw------- 1 a b 0 Nov 22 17:11 n")->type, Entry::Type::other);
  EXPECT_EQ(unix_entry("drwxr-xr-x 1 a b 0 Nov 22 17:11 n/")->name, "n");
}

TEST(ListingUnix, ReadsTheTwoNumbersOfADeviceAsNoSize) {
  for (const auto* line :
       {"crw-rw-rw- 1 root tty 5, 0 Nov 22 17:11 tty", "crw-rw-rw- 1 root tty 5,0 Nov 22 17:11 tty"}) {
    const auto device = unix_entry(line);
    ASSERT_TRUE(device) << line;
    EXPECT_EQ(device->type, Entry::Type::other);
    EXPECT_EQ(device->size, 0U);
    EXPECT_EQ(device->owner, "root");
    EXPECT_EQ(device->group, "tty");
    EXPECT_EQ(device->name, "tty");
  }
}

TEST(ListingUnix, ReadsNetWare) {
  const auto entry = unix_entry("- [RWCEAFMS] ann staff   214059       Nov 22 17:11    read me");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->type, Entry::Type::file);
  EXPECT_EQ(entry->size, 214059U);
  EXPECT_EQ(entry->owner, "ann");
  EXPECT_EQ(entry->name, "read me");
}

TEST(ListingUnix, RefusesWhatItDoesNotKnow) {
  for (const auto* line : {"", "drwxr-xr-x", "drwxr-xr-x 1 a b 7 Nov 22 17:11", "drwxr-xr-x 1 a b 7 Nov 22 17:11 ",
                           "drwxr-xr-x 1 a b 7 Nov 31 2025 n", "drwxr-xr-x 1 a b 7 Nov 22 24:11 n",
                           "drwxr-xr-x 1 a b x Nov 22 17:11 n", "drwxr-xr-q 1 a b 7 Nov 22 17:11 n",
                           "Drwxr-xr- 1 a b 7 Nov 22 17:11 n", "drwxr-xr-x 1 a b 18446744073709551616 Nov 22 17:11 n",
                           "drwxr-xr-x 1 a b 7 2025-13-22 17:11 n", "lrwxrwxrwx 1 a b 7 Nov 22 17:11  -> x"}) {
    EXPECT_FALSE(unix_entry(line)) << line;
  }
}

}  // namespace
}  // namespace ftplike
