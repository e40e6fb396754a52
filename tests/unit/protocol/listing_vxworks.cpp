#include <ftplike/protocol/listing_vxworks.hpp>

#include <chrono>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

std::optional<Entry> vxworks(std::string_view line) { return detail::read_vxworks(detail::Words{line}); }

TEST(ListingVxworks, ReadsFilesAndDirectories) {
  const auto file = vxworks("    82       NOV-22-2025  17:11:05  read me.txt");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "read me.txt");
  EXPECT_EQ(file->type, Entry::Type::file);
  EXPECT_EQ(file->size, 82U);
  EXPECT_EQ(file->modified, Timestamp{sys_days{2025y / November / 22} + 17h + 11min + 5s});
  EXPECT_FALSE(file->in_utc);
  const auto directory = vxworks("   512       NOV-22-2025  17:11:06   notes             <DIR>");
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->name, "notes");
  EXPECT_EQ(directory->type, Entry::Type::directory);
}

TEST(ListingVxworks, RefusesWhatItDoesNotKnow) {
  for (const auto* line : {"", "82", "82 NOV-22-2025 17:11:05", "x NOV-22-2025 17:11:05 n", "82 NOV-32-2025 17:11:05 n",
                           "82 QQQ-22-2025 17:11:05 n", "82 22-NOV-2025 17:11:05 n", "82 NOV-22-2025 25:11:05 n",
                           "82 NOV-22-2025 17:11:05 <DIR>"}) {
    EXPECT_FALSE(vxworks(line)) << line;
  }
}

}  // namespace
}  // namespace ftplike
