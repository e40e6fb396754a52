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
    entry.in_utc = false;
    entry.listed = listed(entry);
    EXPECT_EQ(parser.parse(entry.listed), entry) << name;
  }
}

TEST(ListingIn, TellsTheFormsApartLineByLine) {
  const ListingParser parser{now};
  for (const auto* line :
       {"drwxr-xr-x   2 ann staff 4096 Nov 22 17:11 docs", "11-22-26  05:11PM       <DIR>          docs",
        "+i1.2,m1795367460,/,\tdocs", "type=dir;modify=20261122171100; docs",
        "DOCS.DIR;1  1/9  22-NOV-2026 17:11  [A,B]  (RWED)", "ANN 8192 11/22/26 17:11:00 *DIR docs/",
        "20.20 26/11/22 1711 d-ewrewr 2650 85920 docs", "   512       NOV-22-2026  17:11:00   docs    <DIR>",
        "d [R----F--] ann  512  Nov 22 17:11  docs"}) {
    const auto entry = parser.parse(line);
    ASSERT_TRUE(entry) << line;
    EXPECT_TRUE(entry->is_directory()) << line;
    EXPECT_EQ(entry->modified, recent) << line;
    EXPECT_TRUE(same_word(entry->name, "docs")) << line;
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
  for (const auto* line : {"", " ", "\r", "total 12", "Total 0\r", "total 4.0K", "insgesamt 12", "i alt 12", "итого 12",
                           "总用量 12", "drwxr-xr-x 2 a b 1 Nov 22 17:11 .", "drwxr-xr-x 2 a b 1 Nov 22 17:11 ..",
                           "11-22-26  05:11PM       <DIR>          ..", "type=cdir;modify=20261122171100; docs",
                           "type=pdir; docs", "type=dir; ..", "+/,\t."}) {
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

TEST(ListingIn, TakesAllTheCrsOfALineOff) {
  EXPECT_EQ(ListingParser{now}.parse("-rw-r--r-- 1 a b 1 Nov 22 17:11 n\r\r")->name, "n");
  EXPECT_EQ(parse_name("n\r\r")->name, "n");
}

TEST(ListingIn, TellsWhetherTheZoneOfATimeIsKnown) {
  const ListingParser parser{now};
  for (const auto* line : {"+m839956783,r,\tx", "type=file;modify=20261122171100; x",
                           "-rw-r--r-- 1 a b 1 2025-11-22 17:11:05.000000000 +0100 x"}) {
    EXPECT_TRUE(parser.parse(line)->in_utc) << line;
  }
  for (const auto* line : {"-rw-r--r-- 1 a b 1 Nov 22 17:11 x", "-rw-r--r-- 1 a b 1 2025-11-22 17:11 x",
                           "11-22-26  05:11PM  1 x", "ANN 1 11/22/26 17:11:00 *STMF x"}) {
    EXPECT_FALSE(parser.parse(line)->in_utc) << line;
  }
}

std::string read_all(const std::vector<std::string>& lines) {
  std::string out;
  const auto visit = [&out](const Entry& entry) {
    const bool known = !entry.name.empty();
    out += (known ? entry.name : '<' + entry.listed + '>') + (entry.is_directory() ? "/ " : " ");
  };
  ListingReader reader{now};
  for (const auto& line : lines) reader.line(line, visit);
  reader.finish(visit);
  return out;
}

TEST(ListingIn, PutsTheLinesOfAnEntryOfVmsTogether) {
  EXPECT_EQ(
      read_all({"Directory DISK$USER:[TEST]", "", "A.DAT;1\r", "      64   4-MAR-2019 00:04 [U,G] (RWED,RWED,R,R)\r",
                "B.DAT;3   102  28-APR-2013 23:12 [U,G] (RWED,RWED,RWED,R)", "LONG_NAME.TXT;1",
                "\t3/36   10-DEC-2024 11:00:01  [G,O]", "          (RWED,RWED,RE,)",
                "SUB.DIR;1   1/3   1-JAN-2024 10:00 [G,O] (RWE,RWE,RE,E)", "", "Total of 4 files, 170/210 blocks"}),
      "A.DAT B.DAT LONG_NAME.TXT SUB/ ");
}

TEST(ListingIn, KeepsNamesOfVmsOfWhichNothingMoreComesAsText) {
  EXPECT_EQ(read_all({"A.DAT;1", "B.DAT;1", "   what is this", "C.DAT;1", "D.DAT;1 1 1-JAN-2024 10:00", "E.DAT;1"}),
            "<A.DAT;1> <B.DAT;1   what is this> <C.DAT;1> D.DAT <E.DAT;1> ");
}

TEST(ListingIn, ReadsMembersOfZosBelowTheirHead) {
  EXPECT_EQ(read_all({" Name     VV.MM   Created       Changed      Size  Init   Mod   Id",
                      " NOTES     01.03 2025/09/12 2025/11/22 17:11    11    11     0 ANN", " BARE", ""}),
            "NOTES BARE ");
  EXPECT_EQ(read_all({" Name      Size     TTR   Alias-of AC --------- Attributes --------- Amode Rmode",
                      " MODULE   0AD7A8   00061A          00 RN RU                31    ANY"}),
            "MODULE ");
  EXPECT_EQ(read_all({"BARE", " Name", " BARE", "no member"}), "<BARE> BARE <no member> ");
}

TEST(ListingIn, LeavesHeadsOut) {
  EXPECT_EQ(read_all({"Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname",
                      "VOL142 3390   2025/11/22  2   31  F       80    80  PS   A.TEXT",
                      "File         Code             EOF  Last Modification    Owner  RWEP",
                      "NOTES1     101            16354 22-Nov-25 17:11:05 244, 10 \"nunu\"",
                      "                           Directory of . 17:11:05",
                      " Owner    Last modified  Attributes Sector Bytecount Name",
                      "-------   -------------  ---------- ------ --------- ----",
                      "  0.0     25/11/22 1711  d-ewrewr     3F       160   CMDS",
                      "  size          date       time       name", "--------       ------     ------    --------",
                      "    82       NOV-22-2025  17:11:05  read me.txt", "Grand total of 1 directory, 4 files."}),
            "A.TEXT NOTES1 CMDS/ read me.txt ");
}

TEST(ListingIn, TakesNoWordOnWhyThereIsNoListingForAHead) {
  for (const auto* line : {"Directory of /pub: cannot open", "Directory of nowhere", "Directory /pub is locked",
                           "Total of nothing could be read", "Grand total of files is unknown", "total failure",
                           "Owner unknown", "Volume offline", "File Code unknown", "size unknown"}) {
    const auto entry = ListingParser{now}.parse(line);
    ASSERT_TRUE(entry) << line;
    EXPECT_EQ(entry->name, "") << line;
  }
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
