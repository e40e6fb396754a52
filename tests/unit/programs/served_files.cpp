// Which places the server program has open for its users, and who waits while one is opened.
#include <functional>
#include <future>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

#include <ftplike/storage/directory.hpp>

#include "../examples/server/served_files.hpp"
#include "support/folder.hpp"

namespace {
using namespace ftplike;

/// Called when a place is opened.
std::function<void(const std::string&)> is_opened;

DirectoryStorage open_and_tell(const Configuration& configuration) {
  if (is_opened) is_opened(configuration.root);
  return DirectoryStorage{configuration.root};
}

/// A root, a folder that everybody sees, and the users' file with anna, who sees another one.
struct ServedFilesTest : testing::Test {
  ServedFilesTest() {
    configuration.root = root.string();
    configuration.users = files / "users";
    configuration.folders.push_back(AccountFolder::parse("/pub=" + pub.string()));
    files.write("users", "");
  }
  ~ServedFilesTest() override { is_opened = nullptr; }
  void add_anna() { files.write("users", "anna:*:/:write:folder=/in=" + in.string() + "\n"); }
  Visitor anna() const {
    Account account{"anna", Path{}, Rights::all()};
    account.folders.push_back(AccountFolder::parse("/in=" + in.string()));
    return {account, asio::ip::make_address("127.0.0.1")};
  }
  Visitor bert() const { return {Account{"bert", Path{}, Rights::all()}, asio::ip::make_address("127.0.0.1")}; }

  TestFolder root, pub, in, files;
  Configuration configuration;
};

TEST_F(ServedFilesTest, AreHadByThoseWhosePlacesAreOpenWhileAnotherOneHangs) {
  ServedFiles<DirectoryStorage> served{configuration, open_and_tell};
  add_anna();
  int asked = 0;
  is_opened = [&](const std::string&) {
    // On another thread, as by an event loop: it would wait for this one for ever.
    std::async(std::launch::async, [&] {
      (void)served.storage_for(bert());
      (void)served.kept_folders();
      ++asked;
    }).get();
  };
  served.read_places();
  EXPECT_EQ(asked, 1);
  EXPECT_NO_THROW((void)served.storage_for(anna()));
}

TEST_F(ServedFilesTest, OpenNoPlaceWhenAUserComesButRefuseWhoseHasNotBeenOpened) {
  ServedFiles<DirectoryStorage> served{configuration, open_and_tell};
  is_opened = [](const std::string& place) { ADD_FAILURE() << place << " was opened on an event loop"; };
  EXPECT_THROW((void)served.storage_for(anna()), std::system_error);
  EXPECT_NO_THROW((void)served.storage_for(bert()));
}

}  // namespace
