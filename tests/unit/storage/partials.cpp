#include <ftplike/storage/partials.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <ftplike/storage/directory.hpp>

#include "support/folder.hpp"
#include "unit/storage/fixture.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;
using storage_test::Files;

constexpr std::string_view prefix = ".ftplike-partial.";

class PartialsTest : public testing::Test {
 protected:
  /// A partial file of a name, whose last byte came so long ago.
  void leave(const std::string& folder, const std::string& name, std::size_t bytes, std::chrono::seconds ago) const {
    const auto path = folder + std::string{prefix} + name;
    root.write(path, std::string(bytes, 'x'));
    std::filesystem::last_write_time(root / path, std::filesystem::file_time_type::clock::now() - ago);
  }
  static std::vector<std::string> names_of(const std::vector<PartialFile>& files) {
    std::vector<std::string> names;
    for (const auto& file : files) names.push_back(file.path.string());
    return names;
  }
  using Names = std::vector<std::string>;
  TestFolder root;
};

TEST_F(PartialsTest, AreFoundInAllFoldersTheOldestFirstAndNothingElseIs) {
  leave("", "a", 5000, 10s);
  leave("sub/deeper/", "b", 1, 1h);
  root.write("whole", "text");
  std::filesystem::create_directory(root / ".ftplike-partial.folder");
  std::filesystem::create_symlink("sub", root / "link");
  std::filesystem::create_symlink("whole", root / ".ftplike-partial.link");
  const auto found = list_partials(root.string());
  EXPECT_EQ(names_of(found), (Names{"/sub/deeper/.ftplike-partial.b", "/.ftplike-partial.a"}));
  EXPECT_GE(found.back().bytes, 5000u);
  EXPECT_NEAR(std::chrono::duration<double>(wall_clock() - found.front().written).count(), 3600, 60);
  EXPECT_THROW(list_partials(root / "none"), std::system_error);
}

TEST_F(PartialsTest, GoWhenTheyArePastTheirTime) {
  leave("", "old", 10, 2h);
  leave("", "new", 10, 10s);
  EXPECT_TRUE(purge_partials(root.string(), {}).removed.empty());
  const auto report = purge_partials(root.string(), {.lifetime = 1h});
  EXPECT_EQ(names_of(report.removed), Names{"/.ftplike-partial.old"});
  EXPECT_EQ(names_of(report.left), Names{"/.ftplike-partial.new"});
  EXPECT_FALSE(root.has(".ftplike-partial.old"));
  EXPECT_TRUE(root.has(".ftplike-partial.new"));
}

TEST_F(PartialsTest, GoTheOldestFirstUntilTheRestHoldsNoMoreThanItsShare) {
  leave("", "first", 40'000, 3h);
  leave("sub/", "second", 40'000, 2h);
  leave("", "third", 40'000, 1h);
  const auto disk = static_cast<double>(std::filesystem::space(root.path()).capacity);
  const auto held = static_cast<double>(list_partials(root.string()).front().bytes);
  const auto share_of = [&](double bytes) { return bytes / disk * 100; };
  const auto report = purge_partials(root.string(), {.share = share_of(held * 1.5)});
  EXPECT_EQ(names_of(report.removed), (Names{"/.ftplike-partial.first", "/sub/.ftplike-partial.second"}));
  EXPECT_EQ(names_of(report.left), Names{"/.ftplike-partial.third"});
  EXPECT_EQ(report.bytes_left(), report.left.front().bytes);
  EXPECT_EQ(report.bytes_removed(), 2 * report.left.front().bytes);
}

TEST_F(PartialsTest, StayWhileAnUploadIsAtThem) {
  Files<DirectoryStorage> files{DirectoryStorage{root.string()}};
  {
    auto writer = files.create("/a");
    files.write(writer, "hello");
    std::filesystem::last_write_time(root / ".ftplike-partial.a", std::filesystem::file_time_type::clock::now() - 2h);
    EXPECT_TRUE(purge_partials(root.string(), {.lifetime = 1h}).removed.empty());
  }
  EXPECT_EQ(names_of(purge_partials(root.string(), {.lifetime = 1h}).removed), Names{"/.ftplike-partial.a"});
}

}  // namespace
