#include <ftplike/protocol/listing_os400.hpp>

#include <chrono>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

std::optional<Entry> os400(std::string_view line) { return detail::read_os400(detail::Words{line}); }

TEST(ListingOs400, ReadsFilesAndDirectories) {
  const auto directory = os400("QSYS            77824 11/22/25 17:11:05 *DIR       QOpenSys/");
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->name, "QOpenSys");
  EXPECT_EQ(directory->type, Entry::Type::directory);
  EXPECT_EQ(directory->owner, "QSYS");
  EXPECT_EQ(directory->modified, Timestamp{sys_days{2025y / November / 22} + 17h + 11min + 5s});
  const auto file = os400("ANN  36864 22/11/25 17:11:05 *STMF read me.txt");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "read me.txt");
  EXPECT_EQ(file->type, Entry::Type::file);
  EXPECT_EQ(file->size, 36864U);
  EXPECT_EQ(os400("ANN  36864 22/11/25 17:11:05 *FILE PGM.FILE")->type, Entry::Type::other);
  EXPECT_EQ(os400("ANN  36864 22/11/25 17:11:05 *FILE PGM.SAVF")->type, Entry::Type::file);
}

TEST(ListingOs400, ReadsMembers) {
  const auto member = os400("ANN                                    *MEM       NOTES.MBR");
  ASSERT_TRUE(member);
  EXPECT_EQ(member->name, "NOTES.MBR");
  EXPECT_EQ(member->type, Entry::Type::file);
  EXPECT_EQ(member->owner, "ANN");
  EXPECT_EQ(member->modified, Timestamp{});
}

TEST(ListingOs400, RefusesWhatItDoesNotKnow) {
  for (const auto* line :
       {"", "ANN *MEM", "ANN *STMF n", "ANN x 22/11/25 17:11:05 *STMF n", "ANN 1 22/13/25 17:11:05 *STMF n",
        "ANN 1 22/11/25 17:11:05 STMF n", "ANN 1 22/11/25 17:11:05 *STMF", "ANN 1 22/11/25 17:11:05 *DIR /"}) {
    EXPECT_FALSE(os400(line)) << line;
  }
}

}  // namespace
}  // namespace ftplike
