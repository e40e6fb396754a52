#include <ftplike/protocol/listing_eplf.hpp>

#include <chrono>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::chrono;

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

}  // namespace
}  // namespace ftplike
