#include <ftplike/protocol/listing_vms.hpp>

#include <chrono>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

std::optional<Entry> vms(std::string_view line) { return detail::read_vms(detail::Words{line}); }

TEST(ListingVms, ReadsFilesAndDirectories) {
  const auto file = vms("NOTES.TXT;13        5/6        2-NOV-2025 17:11:05.25  [STAFF,ANN]   (RWED,RWED,RE,)");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "NOTES.TXT");
  EXPECT_EQ(file->type, Entry::Type::file);
  EXPECT_EQ(file->size, Entry{}.size);
  EXPECT_EQ(file->owner, "STAFF,ANN");
  EXPECT_EQ(file->modified, Timestamp{sys_days{2025y / November / 2} + 17h + 11min + 5s});
  EXPECT_FALSE(file->in_utc);
  EXPECT_EQ(vms("FILE2.DAT;3   102  28-APR-2013 23:12 [USR,GRP] (RWED,RWED,RWED,R)")->name, "FILE2.DAT");
  const auto directory = vms("CORE.DIR;1  1  22-NOV-2025 17:11");
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->name, "CORE");
  EXPECT_EQ(directory->type, Entry::Type::directory);
}

TEST(ListingVms, RefusesWhatItDoesNotKnow) {
  for (const auto* line :
       {"", "Directory DISK$USER:[ANN]", "Total of 3 files, 12 blocks.", "NOTES.TXT;x 5 22-NOV-2025 17:11",
        ";1 5 22-NOV-2025 17:11", "NOTES.TXT;1", "NOTES.TXT;1 5 22-ABC-2025 17:11", "NOTES.TXT;1 5 32-NOV-2025 17:11",
        "NOTES.TXT;1 5 22-NOV-025 17:11", "NOTES.TXT;1 x 22-NOV-2025 17:11", "NOTES.TXT;1 5 22-NOV-2025",
        "NOTES.TXT;1 %RMS-E-PRV, insufficient privilege"}) {
    EXPECT_FALSE(vms(line)) << line;
  }
}

}  // namespace
}  // namespace ftplike
