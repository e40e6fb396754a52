#include <ftplike/protocol/listing_others.hpp>

#include <chrono>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

std::optional<Entry> vms(std::string_view line) { return detail::read_vms(detail::Words{line}); }
std::optional<Entry> os400(std::string_view line) { return detail::read_os400(detail::Words{line}); }

TEST(ListingEplf, ReadsItsFacts) {
  const auto file = detail::read_eplf("+i8388621.44468,m839956783,r,s10376,up644,\tread me");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "read me");
  EXPECT_EQ(file->type, Entry::Type::file);
  EXPECT_EQ(file->size, 10376U);
  EXPECT_EQ(file->unique, "8388621.44468");
  EXPECT_EQ(file->mode, 0644U);
  EXPECT_EQ(file->modified, Timestamp{839956783s});
  EXPECT_EQ(detail::read_eplf("+/,\tdocs")->type, Entry::Type::directory);
  EXPECT_EQ(detail::read_eplf("+\tx")->type, Entry::Type::other);
  EXPECT_EQ(detail::read_eplf("+m99999999999999999999,sx,upz,\tx")->modified, Timestamp{});
}

TEST(ListingEplf, RefusesWhatItDoesNotKnow) {
  for (const auto* line : {"", "+", "+/,", "+/,\t", "/,\tx", "x\ty"}) EXPECT_FALSE(detail::read_eplf(line)) << line;
}

TEST(ListingVms, ReadsFilesAndDirectories) {
  const auto file = vms("NOTES.TXT;13        5/6        2-NOV-2025 17:11:05.25  [STAFF,ANN]   (RWED,RWED,RE,)");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "NOTES.TXT");
  EXPECT_EQ(file->type, Entry::Type::file);
  EXPECT_EQ(file->size, 2560U);
  EXPECT_EQ(file->owner, "STAFF,ANN");
  EXPECT_EQ(file->modified, Timestamp{sys_days{2025y / November / 2} + 17h + 11min + 5s});
  const auto directory = vms("CORE.DIR;1  1  22-NOV-2025 17:11");
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->name, "CORE");
  EXPECT_EQ(directory->type, Entry::Type::directory);
}

TEST(ListingVms, RefusesWhatItDoesNotKnow) {
  for (const auto* line :
       {"", "Directory DISK$USER:[ANN]", "Total of 3 files, 12 blocks.", "NOTES.TXT;x 5 22-NOV-2025 17:11",
        ";1 5 22-NOV-2025 17:11", "NOTES.TXT;1", "NOTES.TXT;1 5 22-ABC-2025 17:11", "NOTES.TXT;1 5 32-NOV-2025 17:11",
        "NOTES.TXT;1 5 22-NOV-25 17:11", "NOTES.TXT;1 x 22-NOV-2025 17:11", "NOTES.TXT;1 5 22-NOV-2025",
        "NOTES.TXT;1 %RMS-E-PRV, insufficient privilege"}) {
    EXPECT_FALSE(vms(line)) << line;
  }
}

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
}

TEST(ListingOs400, RefusesWhatItDoesNotKnow) {
  for (const auto* line :
       {"", "ANN *MEM X.FILE/X.MBR", "ANN x 22/11/25 17:11:05 *STMF n", "ANN 1 22/13/25 17:11:05 *STMF n",
        "ANN 1 22/11/25 17:11:05 STMF n", "ANN 1 22/11/25 17:11:05 *STMF", "ANN 1 22/11/25 17:11:05 *DIR /"}) {
    EXPECT_FALSE(os400(line)) << line;
  }
}

}  // namespace
}  // namespace ftplike
