#include <ftplike/client/local.hpp>

#include <gtest/gtest.h>

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

TEST(OpenLocal, OpensFilesOnly) {
  const TestFolder folder;
  EXPECT_THROW(run(FileReader::open(folder / "nothing", 0)), std::system_error);
  EXPECT_THROW(run(FileReader::open(folder.string(), 0)), std::system_error);
}
