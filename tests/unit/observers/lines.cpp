#include <ftplike/observers/lines.hpp>

#include <filesystem>
#include <gtest/gtest.h>

#include <ftplike/system/files.hpp>

#include "support/folder.hpp"

using namespace ftplike;

TEST(LineFile, AddsLinesToWhatIsThere) {
  const TestFolder folder;
  folder.write("log", "old\n");
  const LineFile file{folder / "log"};
  file("new");
  LineFile{file}("newer");
  EXPECT_EQ(folder.read("log"), "old\nnew\nnewer\n");
}

TEST(LineFile, GoesOnWithTheFileOfItsNameWhenReopened) {
  const TestFolder folder;
  const LineFile file{folder / "log"};
  file("one");
  std::filesystem::rename(folder / "log", folder / "log.1");
  file("two");
  file.reopen();
  file("three");
  EXPECT_EQ(folder.read("log.1"), "one\ntwo\n");
  EXPECT_EQ(folder.read("log"), "three\n");
}

TEST(LineFile, NamesTheFileThatItCannotOpen) {
  const TestFolder folder;
  try {
    const LineFile file{folder / "nowhere/log"};
    FAIL() << "it was opened";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
    EXPECT_NE(std::string{error.what()}.find("nowhere/log"), std::string::npos);
  }
}

TEST(LineFile, StaysWithTheFileBeforeIfTheNewOneCannotBeOpened) {
  const TestFolder folder;
  std::filesystem::create_directory(folder / "logs");
  const LineFile file{folder / "logs/log"};
  std::filesystem::rename(folder / "logs", folder / "old");
  EXPECT_THROW(file.reopen(), std::system_error);
  file("still here");
  EXPECT_EQ(folder.read("old/log"), "still here\n");
}

TEST(LineFile, LeavesTheDescriptorOfSomebodyElseOpen) {
  const TestFolder folder;
  {
    const detail::Descriptor file{detail::sys::open_file((folder / "log").c_str(), detail::sys::to_append)};
    LineFile{file.get()}("line");
    EXPECT_EQ(detail::sys::write_some(file.get(), "more\n", 5), 5);
  }
  EXPECT_EQ(folder.read("log"), "line\nmore\n");
}
