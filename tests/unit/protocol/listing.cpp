#include <ftplike/protocol/listing.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;
using namespace std::string_literals;

constexpr Timestamp now = sys_days{November / 23 / 2026} + 12h;
constexpr Timestamp recent = sys_days{November / 22 / 2026} + 17h + 11min;

std::string listed(const Entry& entry) {
  std::string out;
  append_listed(out, entry, now);
  return out;
}

Entry file_named(std::string name) {
  Entry entry{std::move(name), Entry::Type::file, 1234, recent};
  entry.mode = 0640;
  entry.owner = "ann";
  entry.group = "staff";
  return entry;
}

TEST(ListingOut, LooksLikeLs) {
  EXPECT_EQ(listed(file_named("a b.txt")), "-rw-r-----   1 ann      staff            1234 Nov 22 17:11 a b.txt");
}

TEST(ListingOut, ShowsTheTypeAndTheSpecialBits) {
  const auto mode = [](Entry::Type type, unsigned bits) {
    Entry entry{"n", type, 0, recent};
    entry.mode = bits;
    return listed(entry).substr(0, 10);
  };
  EXPECT_EQ(mode(Entry::Type::directory, 0750), "drwxr-x---");
  EXPECT_EQ(mode(Entry::Type::link, 0777), "lrwxrwxrwx");
  EXPECT_EQ(mode(Entry::Type::file, 07777), "-rwsrwsrwt");
  EXPECT_EQ(mode(Entry::Type::file, 07000), "---S--S--T");
  EXPECT_EQ(mode(Entry::Type::file, 01), "---------x");
  EXPECT_EQ(mode(Entry::Type::other, 0600), "?rw-------");
}

TEST(ListingOut, ShowsTheUsualWhereNothingIsKnown) {
  EXPECT_EQ(listed(Entry{"n", Entry::Type::file, 0, recent}),
            "-rw-r--r--   1 ftp      ftp                 0 Nov 22 17:11 n");
  EXPECT_EQ(listed(Entry{"n", Entry::Type::directory, 0, recent}).substr(0, 10), "drwxr-xr-x");
}

TEST(ListingOut, ShowsTheYearOfWhatIsOldOrAhead) {
  const auto date = [](Timestamp time) { return listed(Entry{"n", Entry::Type::file, 0, time}).substr(46); };
  EXPECT_EQ(date(now), "Nov 23 12:00 n");
  EXPECT_EQ(date(sys_days{June / 1 / 2026}), "Jun  1 00:00 n");
  EXPECT_EQ(date(sys_days{May / 1 / 2026}), "May  1  2026 n");
  EXPECT_EQ(date(sys_days{November / 24 / 2026}), "Nov 24  2026 n");
  EXPECT_EQ(date(sys_days{January / 9 / 2031}), "Jan  9  2031 n");
  EXPECT_EQ(date(Timestamp{}), "Jan  1  1970 n");
}

TEST(ListingOut, ShowsWhereALinkPoints) {
  Entry link{"n", Entry::Type::link, 0, recent};
  link.target = "../it";
  EXPECT_TRUE(listed(link).ends_with(" n -> ../it"));
}

TEST(ListingOut, NeverBreaksALineNorItsColumns) {
  auto entry = file_named("a\nb\rc\0d"s);
  entry.type = Entry::Type::link;
  entry.owner = "Domain Users\n";
  entry.target = "x\ny";
  EXPECT_EQ(listed(entry), "lrw-r-----   1 Domain_Users_ staff            1234 Nov 22 17:11 a?b?c?d -> x?y");
}

TEST(ListingOut, KeepsEvenTheLargestSize) {
  auto entry = file_named("n");
  entry.size = 18446744073709551615U;
  EXPECT_EQ(listed(entry), "-rw-r-----   1 ann      staff    18446744073709551615 Nov 22 17:11 n");
}

TEST(ListingOut, HasANumberWhereNoSizeIsKnown) {
  auto entry = file_named("n");
  entry.size.reset();
  EXPECT_EQ(listed(entry), "-rw-r-----   1 ann      staff               0 Nov 22 17:11 n");
}

TEST(ListingIn, ReadsWhatListingOutWrites) {
  const ListingParser parser{now};
  for (const auto& name : {"a"s, " two  spaces "s, "-> arrow"s, "Nov 22 17:11 x"s, "caf\xE9"s, "x;y=z"s}) {
    auto entry = file_named(name);
    entry.listed = listed(entry);
    EXPECT_EQ(parser.parse(entry.listed), entry) << name;
  }
}

TEST(ListingIn, TellsTheFormsApartLineByLine) {
  const ListingParser parser{now};
  for (const auto* line : {"drwxr-xr-x   2 ann staff 4096 Nov 22 17:11 docs",
                           "11-22-26  05:11PM       <DIR>          docs", "+i1.2,m1795367460,/,\tdocs",
                           "type=dir;modify=20261122171100; docs", "DOCS.DIR;1  1/9  22-NOV-2026 17:11  [A,B]  (RWED)",
                           "ANN 8192 11/22/26 17:11:00 *DIR docs/", "d [R----F--] ann  512  Nov 22 17:11  docs"}) {
    const auto entry = parser.parse(line);
    ASSERT_TRUE(entry) << line;
    EXPECT_TRUE(entry->is_directory()) << line;
    EXPECT_EQ(entry->modified, recent) << line;
    EXPECT_TRUE(detail::same_word(entry->name, "docs")) << line;
    EXPECT_EQ(entry->listed, line);
  }
}

TEST(ListingIn, KeepsALineThatNobodyKnowsAsText) {
  const ListingParser parser{now};
  for (const auto& line : {"hello"s, "ls: cannot open"s, "-rw-r--r--"s, "drwxr-xr-x 2 a b 1 Foo 22 17:11 x"s, "\0\xFF"s,
                           "a=b; c"s, std::string(100'000, 'x'), std::string(100'000, ' ') + ";"}) {
    Entry unknown;
    unknown.type = Entry::Type::other;
    unknown.listed = line;
    EXPECT_EQ(parser.parse(line), unknown) << line.substr(0, 50);
  }
}

TEST(ListingIn, LeavesOutWhatIsNoFileOfTheDirectory) {
  const ListingParser parser{now};
  for (const auto* line : {"", " ", "\r", "total 12", "Total 0\r", "total 4.0K", "drwxr-xr-x 2 a b 1 Nov 22 17:11 .",
                           "drwxr-xr-x 2 a b 1 Nov 22 17:11 ..", "11-22-26  05:11PM       <DIR>          ..",
                           "type=cdir;modify=20261122171100; docs", "type=pdir; docs", "type=dir; ..", "+/,\t."}) {
    EXPECT_FALSE(parser.parse(line)) << line;
  }
}

TEST(ListingIn, NamesOnlySingleComponents) {
  const ListingParser parser{now};
  for (const auto& line : {"-rw-r--r-- 1 a b 1 Nov 22 17:11 ../etc/passwd"s, "-rw-r--r-- 1 a b 1 Nov 22 17:11 /abs"s,
                           "-rw-r--r-- 1 a b 1 Nov 22 17:11 a\0b"s, "11-22-26  05:11PM   1 a/b"s, "+r,\ta/b"s,
                           "type=file; a/b"s, "-rw-r--r-- 1 a b 1 Nov 22 17:11 ./"s}) {
    const auto entry = parser.parse(line);
    ASSERT_TRUE(entry) << line;
    EXPECT_EQ(entry->name, "") << line;
    EXPECT_EQ(entry->listed, line);
  }
}

TEST(ListingIn, TakesTheCrOfALineOff) {
  const auto entry = ListingParser{now}.parse("-rw-r--r-- 1 a b 1 Nov 22 17:11 n\r");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->name, "n");
  EXPECT_EQ(entry->listed, "-rw-r--r-- 1 a b 1 Nov 22 17:11 n");
}

TEST(ListingIn, ReadsBareNames) {
  const auto entry = parse_name(" a b.txt\r");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->name, " a b.txt");
  EXPECT_EQ(entry->listed, " a b.txt");
  EXPECT_EQ(entry->type, Entry::Type::other);
  EXPECT_EQ(parse_name("dir/a")->name, "");
  EXPECT_EQ(parse_name("dir/a")->listed, "dir/a");
  for (const auto* line : {"", "\r", ".", ".."}) EXPECT_FALSE(parse_name(line)) << line;
}

}  // namespace
}  // namespace ftplike
