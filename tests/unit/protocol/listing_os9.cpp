#include <ftplike/protocol/listing_os9.hpp>

#include <chrono>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

std::optional<Entry> os9(std::string_view line) { return detail::read_os9(detail::Words{line}); }

TEST(ListingOs9, ReadsFilesAndDirectories) {
  const auto directory = os9(" 20.20 25/11/22 1711 d-ewrewr 2A50 85920 notes");
  ASSERT_TRUE(directory);
  EXPECT_EQ(directory->name, "notes");
  EXPECT_EQ(directory->type, Entry::Type::directory);
  EXPECT_EQ(directory->owner, "20.20");
  EXPECT_EQ(directory->modified, Timestamp{sys_days{2025y / November / 22} + 17h + 11min});
  EXPECT_FALSE(directory->in_utc);
  const auto file = os9("  0.0  99/01/02 0059 ----r-wr   3F    160 startup");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->type, Entry::Type::file);
  EXPECT_EQ(file->size, 160U);
  EXPECT_EQ(file->modified, Timestamp{sys_days{1999y / January / 2} + 59min});
}

TEST(ListingOs9, RefusesWhatItDoesNotKnow) {
  for (const auto* line : {"", "20.20", "20 25/11/22 1711 d-ewrewr 2A50 85920 n",
                           "a.b 25/11/22 1711 d-ewrewr 2A50 85920 n", "20.20 25/13/22 1711 d-ewrewr 2A50 85920 n",
                           "20.20 25/11/22 17:11 d-ewrewr 2A50 85920 n", "20.20 25/11/22 2511 d-ewrewr 2A50 85920 n",
                           "20.20 25/11/22 1711 drwxrwxr 2A50 85920 n", "20.20 25/11/22 1711 d-ewrewr 2G50 85920 n",
                           "20.20 25/11/22 1711 d-ewrewr 2A50 x n", "20.20 25/11/22 1711 d-ewrewr 2A50 85920"}) {
    EXPECT_FALSE(os9(line)) << line;
  }
}

}  // namespace
}  // namespace ftplike
