// What the server program does with interrupted uploads again and again.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "../examples/server/partial_keeper.hpp"
#include "support/folder.hpp"

namespace {
using namespace std::chrono_literals;

using KeptFolders = std::vector<PartialKeeper::Folder>;

/// Two folders, each with an interrupted upload.
struct PartialKeeperTest : testing::Test {
  PartialKeeperTest() {
    first.write(".ftplike-partial.a", "123");
    second.write(".ftplike-partial.b", "12345");
  }
  /// Until a keeper that rests no time has found as many files.
  static void await(const PartialKeeper& keeper, std::size_t files) {
    while (keeper.last().files != files) std::this_thread::yield();
  }

  TestFolder first, second;
  std::atomic<int> round = 0;
};

TEST_F(PartialKeeperTest, AsksInEachRoundWhichFoldersThereAre) {
  const auto folders = [this] {
    KeptFolders result{{first.string(), true}};
    if (++round > 1) result.push_back({second.string(), true});
    return result;
  };
  const PartialKeeper keeper{folders, {.lifetime = 1h}, 0s};
  await(keeper, 2);
}

TEST_F(PartialKeeperTest, RemovesInALaterRoundWhatHasBecomeTooOld) {
  const auto folders = [this] {
    const std::filesystem::path old{first / ".ftplike-partial.a"};
    if (++round == 2) std::filesystem::last_write_time(old, std::filesystem::file_time_type::clock::now() - 2h);
    return KeptFolders{{first.string(), true}, {second.string(), true}};
  };
  const PartialKeeper keeper{folders, {.lifetime = 1h}, 0s};
  await(keeper, 1);
  EXPECT_FALSE(std::filesystem::exists(first / ".ftplike-partial.a"));
  EXPECT_TRUE(std::filesystem::exists(second / ".ftplike-partial.b"));
}

TEST_F(PartialKeeperTest, LeavesOutAFolderThatIsAwayUntilItIsBack) {
  const std::string away = second.string() + "-away";
  std::filesystem::rename(second.string(), away);
  const auto folders = [this] { return KeptFolders{{second.string(), true}, {first.string(), true}}; };
  const PartialKeeper keeper{folders, {.lifetime = 1h}, 0s};
  await(keeper, 1);
  std::filesystem::rename(away, second.string());
  await(keeper, 2);
}

TEST_F(PartialKeeperTest, CountsWhatLiesInTwoFoldersOnce) {
  std::filesystem::create_directories(first / "below");
  std::filesystem::rename(second / ".ftplike-partial.b", first / "below/.ftplike-partial.b");
  const auto folders = [this] { return KeptFolders{{first.string(), true}, {first / "below", false}}; };
  const PartialKeeper keeper{folders, {.lifetime = 1h}, 0s};
  await(keeper, 2);
}

}  // namespace
