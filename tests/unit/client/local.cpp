#include <ftplike/client/local.hpp>

#include <gtest/gtest.h>
#include <memory>

#include "support/folder.hpp"
#include "support/run.hpp"

using namespace ftplike;
using detail::LocalTarget;

TEST(LocalTarget, IsTheFileThatWasNamed) {
  const TestFolder folder;
  const LocalTarget target{folder / "b", "x/a"};
  EXPECT_EQ(target.folder.label(), folder.string());
  EXPECT_EQ(target.path, Path{"/b"});
  EXPECT_EQ(target.name(), folder / "b");
  EXPECT_EQ((LocalTarget{"b", "x/a"}.folder.label()), ".");
}

TEST(LocalTarget, IsInTheFolderThatWasNamed) {
  const TestFolder folder;
  for (const char* remote : {"a", "/a", "x/a", "../a", "x/y/a/"}) {
    const LocalTarget target{folder.string(), remote};
    EXPECT_EQ(target.name(), folder / "a") << remote;
  }
  EXPECT_EQ((LocalTarget{folder.string() + "/", "a"}.name()), folder / "a");
  EXPECT_EQ((LocalTarget{"", "a"}.path), Path{"/a"});
}

TEST(LocalTarget, IsNothingOutsideOfIt) {
  const TestFolder folder;
  for (const char* remote : {"", "/", ".", "..", "x/..", "/.."}) {
    EXPECT_THROW((LocalTarget{folder.string(), remote}), ClientError) << remote;
  }
}

TEST(LocalTarget, NeedsAFolder) {
  const TestFolder folder;
  EXPECT_THROW((LocalTarget{folder / "no/such", "a"}), std::system_error);
  EXPECT_THROW((LocalTarget{folder / "no/such/", "a"}), std::system_error);
}

TEST(LocalTarget, FollowsALinkThatTheUserChose) {
  const TestFolder folder;
  folder.write("elsewhere/real", "old");
  std::filesystem::create_symlink("elsewhere/real", folder / "link");
  const LocalTarget target{folder / "link", "a"};
  EXPECT_EQ(target.path, Path{"/real"});
  EXPECT_EQ(target.folder.label(), std::filesystem::canonical(folder / "elsewhere"));
}

TEST(OpenLocal, ReadsFromWhereItIsTold) {
  const TestFolder folder;
  folder.write("a", "hello");
  FileReader file = run(FileReader::open(folder / "a", 3));
  EXPECT_EQ(file.size(), 5u);
  std::array<std::byte, 10> room;
  const std::size_t n = run(file.read_some(room));
  EXPECT_EQ(as_text(std::span{room}.first(n)), "lo");
}

TEST(OpenLocal, TakesNoWorkerWhereTheSystemKnowsThatItNeedNotWait) {
  const TestFolder folder;
  folder.write("a", "hello");
  const bool need_not_wait = static_cast<bool>(detail::open_if_cached((folder / "a").c_str(), detail::sys::to_read));
  asio::io_context loop;
  const auto nobody = [] { return std::make_unique<ThreadPool>(1u, 0u); };  // takes no job
  asio::make_service<BlockingWork>(loop, std::make_shared<WorkerPools>(nobody(), nobody(), nobody()));
  bool was_opened = true;
  try {
    EXPECT_EQ(run(loop, FileReader::open(folder / "a")).size(), 5u);
  } catch (const std::system_error& failure) {
    EXPECT_EQ(failure.code(), Errc::busy);
    was_opened = false;
  }
  EXPECT_EQ(was_opened, need_not_wait);
}

TEST(OpenLocal, OpensFilesOnly) {
  const TestFolder folder;
  EXPECT_THROW(run(FileReader::open(folder / "nothing", 0)), std::system_error);
  EXPECT_THROW(run(FileReader::open(folder.string(), 0)), std::system_error);
}
