#include <ftplike/protocol/listing_nonstop.hpp>

#include <chrono>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

std::optional<Entry> nonstop(std::string_view line) { return detail::read_nonstop(detail::Words{line}); }

TEST(ListingNonstop, ReadsFiles) {
  const auto file = nonstop("NOTES1     101            16354 22-Nov-25 17:11:05 244, 10 \"nunu\"");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "NOTES1");
  EXPECT_EQ(file->type, Entry::Type::file);
  EXPECT_EQ(file->size, 16354U);
  EXPECT_EQ(file->modified, Timestamp{sys_days{2025y / November / 22} + 17h + 11min + 5s});
  EXPECT_FALSE(file->in_utc);
  EXPECT_EQ(nonstop("DATA O  101P  1 22-Nov-2025 17:11:05 255,255 \"----\""), std::nullopt);
  EXPECT_EQ(nonstop("DATA    101P  1 22-Nov-2025 17:11:05 255,255 \"----\"")->name, "DATA");
}

TEST(ListingNonstop, RefusesWhatItDoesNotKnow) {
  for (const auto* line :
       {"", "NOTES1", "NOTES1 x 16354 22-Nov-25 17:11:05 244, 10 \"nunu\"",
        "NOTES1 101 x 22-Nov-25 17:11:05 244, 10 \"nunu\"", "NOTES1 101 16354 32-Nov-25 17:11:05 244, 10 \"nunu\"",
        "NOTES1 101 16354 22-Nov-25 17:11 244, 10 \"nunu\"", "NOTES1 101 16354 22-Nov-25 17:11:05 244, 10"}) {
    EXPECT_FALSE(nonstop(line)) << line;
  }
}

}  // namespace
}  // namespace ftplike
