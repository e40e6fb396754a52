#include <ftplike/protocol/listing_zos.hpp>

#include <chrono>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

using Type = Entry::Type;

std::optional<Entry> data_set(std::string_view line) { return detail::read_data_set(detail::Words{line}); }
std::optional<Entry> member(std::string_view line) { return detail::read_member(detail::Words{line}); }

TEST(ListingZos, ReadsDataSets) {
  const auto file = data_set("VOL142 3390   2025/11/22  2   31  F       80    80  PS   ANN.WORK.TEXT");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "ANN.WORK.TEXT");
  EXPECT_EQ(file->type, Type::file);
  EXPECT_EQ(file->modified, Timestamp{});
  EXPECT_EQ(file->size, Entry{}.size);
  EXPECT_EQ(data_set("TSO004 3390   2025/11/22  1    1  FB      80 27920  PO  SUB.PDS")->type, Type::directory);
  EXPECT_EQ(data_set("TSO004 3390   **NONE**    1   15  U        0  6144  PO-E LOAD.LIB")->type, Type::directory);
  EXPECT_EQ(data_set("VOL231 3390   2025/11/22  1   15  VB     256 27998  DA  DIRECT")->type, Type::other);
  EXPECT_EQ(data_set("Pseudo Directory          ANN")->type, Type::directory);
}

TEST(ListingZos, DoesNotKnowWhatADataSetIsThatIsElsewhere) {
  for (const auto* line : {"Migrated                                                OLD.DATA",
                           "ARCIVE Not Direct Access Device                         OLD.DATA",
                           "V00001 Tape                                             OLD.DATA",
                           "VOL142 Not Mounted                                      OLD.DATA",
                           "Not Mounted                                             OLD.DATA",
                           "VOL142 3390   VSAM                                      OLD.DATA",
                           "User catalog connector                                  OLD.DATA",
                           "Error determining attributes                            OLD.DATA"}) {
    const auto entry = data_set(line);
    ASSERT_TRUE(entry) << line;
    EXPECT_EQ(entry->name, "OLD.DATA");
    EXPECT_EQ(entry->type, Type::other);
  }
}

TEST(ListingZos, ReadsMembersWithTheirStatistics) {
  const auto entry = member(" NOTES     01.03 2025/09/12 2025/11/22 17:11    11    11     0 ANN001");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->name, "NOTES");
  EXPECT_EQ(entry->type, Type::file);
  EXPECT_EQ(entry->owner, "ANN001");
  EXPECT_EQ(entry->modified, Timestamp{sys_days{2025y / November / 22} + 17h + 11min});
  EXPECT_FALSE(entry->in_utc);
}

TEST(ListingZos, RefusesWhatItDoesNotKnow) {
  for (const auto* line : {"", "x", "VOL142 3390   2025/11/22  2   31  F       80    80",
                           "VOL142 3390   2025-11-22  2   31  F  80  80  PS  X", "VOL142 3390 2025/11/22 x 31 F PS X",
                           "VOL142 3390   2025/13/22x 2   31  F  80  80  PS  X", "Migrated", "Migrated a b", "Migrated X Y",
                           "V00001 Tape is busy", "Not Mounted yet", "V00001 Tape", "User catalog connector"}) {
    EXPECT_FALSE(data_set(line)) << line;
  }
  for (const auto* line :
       {"", "NOTES", "NOTES 01.03", "notes 01.03 2025/09/12 2025/11/22 17:11 1 1 0 A",
        "TOOLONGNAME 01.03 2025/09/12 2025/11/22 17:11 1 1 0 A", "1NOTES 01.03 2025/09/12 2025/11/22 17:11 1 1 0 A",
        "NOTES 0103 2025/09/12 2025/11/22 17:11 1 1 0 A", "NOTES 01.03 2025/09/12 2025/11/32 17:11 1 1 0 A"}) {
    EXPECT_FALSE(member(line)) << line;
  }
}

}  // namespace
}  // namespace ftplike
