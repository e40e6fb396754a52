#include <ftplike/client/listing.hpp>

#include <gtest/gtest.h>

#include "support/run.hpp"

using namespace ftplike;
using namespace ftplike::detail;

namespace {

/// The lines of what comes in these pieces.
std::vector<std::string> lines_of(std::initializer_list<std::string_view> pieces, std::size_t limit = 100) {
  std::vector<std::string> lines;
  const auto keep = [&lines](std::string_view line) { lines.emplace_back(line); };
  LineSplitter sink{limit, keep};
  for (const auto piece : pieces) run(sink.write(as_bytes(piece)));
  run(sink.finish());
  return lines;
}

}  // namespace

TEST(LineSplitter, GivesLinesHoweverTheyComeInPieces) {
  const std::vector<std::string> expected{"one", "", "two"};
  EXPECT_EQ(lines_of({"one\r\n\r\ntwo\r\n"}), expected);
  EXPECT_EQ(lines_of({"o", "ne\r", "\n\r\ntw", "o"}), expected);
  EXPECT_EQ(lines_of({"one\n\ntwo"}), expected);
  EXPECT_EQ(lines_of({"one\r\r\n\r\r\ntwo\r\r\n"}), expected) << "some servers end lines twice";
  EXPECT_TRUE(lines_of({}).empty());
}

TEST(LineSplitter, KeepsNoLineThatIsTooLong) {
  EXPECT_EQ(lines_of({"12345\n12345"}, 5).size(), 2u);
  EXPECT_THROW(lines_of({"123", "456"}, 5), std::system_error);
}

TEST(EntryOfFacts, LeavesTheDirectoryItselfOut) {
  EXPECT_FALSE(entry_of_facts("type=cdir; ."));
  EXPECT_FALSE(entry_of_facts("type=pdir; .."));
  EXPECT_FALSE(entry_of_facts(""));
  EXPECT_EQ(entry_of_facts("type=dir; a")->name, "a");
}

TEST(EntryOfFacts, KeepsWhatItDoesNotUnderstandAsText) {
  EXPECT_EQ(entry_of_facts("what is this")->listed, "what is this");
  EXPECT_EQ(entry_of_facts("what is this")->name, "");
  EXPECT_EQ(entry_of_facts("type=file; a/b")->name, "");
}

TEST(EntryOfName, TakesTheDirectoryOffTheName) {
  EXPECT_EQ(entry_of_name("a", "")->name, "a");
  EXPECT_EQ(entry_of_name("./a", "")->name, "a");
  EXPECT_EQ(entry_of_name("d/a", "d")->name, "a");
  EXPECT_EQ(entry_of_name("d/a", "d/")->name, "a");
  EXPECT_EQ(entry_of_name("/x/d/a", "/x/d")->name, "a");
  EXPECT_EQ(entry_of_name("e/a", "d")->name, "");
  EXPECT_EQ(entry_of_name("dd", "d")->name, "dd");
  EXPECT_FALSE(entry_of_name("..", ""));
}

TEST(ZoneBetween, IsToTheQuarterOfAnHour) {
  using namespace std::chrono_literals;
  const Timestamp utc = *parse_timestamp("20251122120030");
  EXPECT_EQ(zone_between(utc - 30s, utc), 0min);
  EXPECT_EQ(zone_between(utc - 30s + 60min, utc), 60min);
  EXPECT_EQ(zone_between(utc + 20s - 60min, utc), -60min);
  EXPECT_EQ(zone_between(utc + 345min, utc), 345min);
  EXPECT_EQ(zone_between(utc + 24h, utc), std::nullopt);
  EXPECT_EQ(zone_between(utc - 24h, utc), std::nullopt);
}
