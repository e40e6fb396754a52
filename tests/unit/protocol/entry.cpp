#include <ftplike/protocol/entry.hpp>

#include <chrono>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

TEST(Entry, KnowsNothingAtFirst) {
  const Entry entry;
  EXPECT_EQ(entry.name, "");
  EXPECT_EQ(entry.size, std::nullopt);
  EXPECT_EQ(entry.modified, Timestamp{});
  EXPECT_EQ(entry.mode, 0U);
}

TEST(Entry, TellsFilesFromDirectories) {
  const Entry file{"a", Entry::Type::file, 7, Timestamp{std::chrono::seconds{1}}};
  EXPECT_TRUE(file.is_file());
  EXPECT_FALSE(file.is_directory());
  EXPECT_TRUE(Entry("a", Entry::Type::directory, 0, {}).is_directory());
  EXPECT_FALSE(Entry("a", Entry::Type::link, 0, {}).is_file());
  EXPECT_FALSE(Entry("a", Entry::Type::other, 0, {}).is_directory());
}

TEST(Entry, IsEqualOnlyInEveryPart) {
  const Entry one{"a", Entry::Type::file, 7, {}};
  auto other = one;
  EXPECT_EQ(one, other);
  other.listed = "-rw";
  EXPECT_NE(one, other);
}

}  // namespace
}  // namespace ftplike
