#include <ftplike/protocol/listing_dos.hpp>

#include <chrono>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

std::optional<Entry> read(std::string_view line) { return detail::read_dos(detail::Words{line}); }

Entry entry_at(std::string name, Entry::Type type, std::optional<std::uint64_t> size, Timestamp time) {
  Entry entry{std::move(name), type, size, time};
  entry.in_utc = false;
  return entry;
}

TEST(ListingDos, ReadsFilesAndDirectories) {
  const auto file = read("11-22-26  05:11PM                 1234 read me.txt");
  ASSERT_TRUE(file);
  EXPECT_EQ(*file, entry_at("read me.txt", Entry::Type::file, 1234, sys_days{2026y / November / 22} + 17h + 11min));
  const auto directory = read("11-22-26  12:05AM       <DIR>          My Documents");
  ASSERT_TRUE(directory);
  EXPECT_EQ(*directory, entry_at("My Documents", Entry::Type::directory, std::nullopt, sys_days{2026y / November / 22} + 5min));
}

TEST(ListingDos, ReadsDatesAndTimesInAllTheirForms) {
  const auto expected = sys_days{2026y / November / 22} + 17h + 11min;
  for (const auto* line :
       {"11-22-26  05:11PM  7 n", "11-22-2026  05:11PM  7 n", "11/22/2026  05:11 PM  7 n", "2026-11-22  17:11  7 n",
        "22.11.2026  17:11  7 n", "11-22-26  17:11  7 n", "11-22-26  17:11:00  7 n", "11-22-26  5:11p  7 n"}) {
    const auto entry = read(line);
    ASSERT_TRUE(entry) << line;
    EXPECT_EQ(entry->modified, expected) << line;
    EXPECT_EQ(entry->name, "n") << line;
    EXPECT_EQ(entry->size, 7U) << line;
  }
  EXPECT_EQ(read("11-22-99  12:00PM  7 n")->modified, Timestamp{sys_days{1999y / November / 22} + 12h});
}

TEST(ListingDos, ReadsSizesWithSeparators) { EXPECT_EQ(read("11-22-26  05:11PM  1,234,567 n")->size, 1234567U); }

TEST(ListingDos, KeepsTheBlanksOfAName) {
  EXPECT_EQ(read("11-22-26  05:11PM                 1234  two  blanks ")->name, " two  blanks ");
  EXPECT_EQ(read("11-22-26  05:11PM       <DIR>            two  blanks")->name, "  two  blanks");
  EXPECT_EQ(read("11-22-26  05:11PM  <DIR> n")->name, "n");
}

TEST(ListingDos, ReadsJunctionsAsLinks) {
  const auto link = read("11-22-26  05:11PM       <JUNCTION>     all [1] [C:\\Data]");
  ASSERT_TRUE(link);
  EXPECT_EQ(link->type, Entry::Type::link);
  EXPECT_EQ(link->name, "all [1]");
  EXPECT_EQ(link->target, "C:\\Data");
  EXPECT_EQ(read("11-22-26  05:11PM       <SYMLINKD>     docs [C:\\Docs]")->name, "docs");
  EXPECT_EQ(read("11-22-26  05:11PM       <SYMLINKD>     docs [C:\\Docs]")->target, "C:\\Docs");
}

TEST(ListingDos, RefusesWhatItDoesNotKnow) {
  for (const auto* line :
       {"", "11-22-26", "11-22-26  05:11PM", "11-22-26  05:11PM  7", "11-22-26  05:11PM  7 ", "13-32-26  05:11PM  7 n",
        "11-22-26  13:11PM  7 n", "11-22-26  05:61PM  7 n", "11-22-26  05:11PM  <WHAT>  n", "11-22-26  05:11PM  x n",
        "11-22-126  05:11PM  7 n", "11-22/26  05:11PM  7 n", "a-b-c 05:11PM 7 n", "11-22-26  05:11PM  <DIR> "}) {
    EXPECT_FALSE(read(line)) << line;
  }
}

}  // namespace
}  // namespace ftplike
