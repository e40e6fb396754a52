#include <ftplike/observers/lines.hpp>

#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>

#include "unit/users/user_folder.hpp"

using ftplike::LineFile;

TEST(LineFile, AddsLinesToWhatIsThere) {
  const UserFolder folder;
  const auto path = folder.file("log", "old\n");
  const LineFile file{path.string()};
  file("new");
  LineFile{file}("newer");
  EXPECT_EQ(folder.text("log"), "old\nnew\nnewer\n");
}

TEST(LineFile, GoesOnWithTheFileOfItsNameWhenReopened) {
  const UserFolder folder;
  const LineFile file{(folder / "log").string()};
  file("one");
  std::filesystem::rename(folder / "log", folder / "log.1");
  file("two");
  file.reopen();
  file("three");
  EXPECT_EQ(folder.text("log.1"), "one\ntwo\n");
  EXPECT_EQ(folder.text("log"), "three\n");
}

TEST(LineFile, NamesTheFileThatItCannotOpen) {
  const UserFolder folder;
  try {
    const LineFile file{(folder / "nowhere" / "log").string()};
    FAIL() << "it was opened";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
    EXPECT_NE(std::string{error.what()}.find("nowhere/log"), std::string::npos);
  }
}

TEST(LineFile, StaysWithTheFileBeforeIfTheNewOneCannotBeOpened) {
  const UserFolder folder;
  std::filesystem::create_directory(folder / "logs");
  const LineFile file{(folder / "logs" / "log").string()};
  std::filesystem::rename(folder / "logs", folder / "old");
  EXPECT_THROW(file.reopen(), std::system_error);
  file("still here");
  EXPECT_EQ(folder.text("old/log"), "still here\n");
}

TEST(LineFile, LeavesTheDescriptorOfSomebodyElseOpen) {
  const UserFolder folder;
  const int descriptor = ::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  LineFile{descriptor}("line");
  EXPECT_EQ(::write(descriptor, "more\n", 5), 5);
  ::close(descriptor);
  EXPECT_EQ(folder.text("log"), "line\nmore\n");
}
