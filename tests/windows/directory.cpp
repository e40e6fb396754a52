// A folder of Windows, and what only Windows makes of names.
#include <ftplike/storage/directory.hpp>

#include "unit/storage/behaviour.hpp"

namespace {

using ftplike::DirectoryStorage;
namespace fs = std::filesystem;

struct OnWindows {
  using Storage = DirectoryStorage;
  TemporaryFolder folder;
  Files<DirectoryStorage> files{DirectoryStorage{folder.path().string()}};
};
using Kinds = testing::Types<OnWindows>;
INSTANTIATE_TYPED_TEST_SUITE_P(Windows, StorageBehaviour, Kinds);

class WindowsFolder : public testing::Test {
 protected:
  WindowsFolder() { write_file(outside_ / "secret", "secret"); }
  static fs::path make(const fs::path& path) {
    fs::create_directory(path);
    return path;
  }
  /// What no name may do: to be opened, looked at, written, made a folder, removed or renamed.
  void expect_no_file(std::string_view name, std::error_code wanted) {
    const Path path{name};
    EXPECT_EQ(files.error(files.storage.open(path, 0)), wanted) << name;
    EXPECT_EQ(files.error(files.storage.stat(path)), wanted) << name;
    EXPECT_EQ(files.error(files.storage.create(path, 0)), wanted) << name;
    EXPECT_EQ(files.error(files.storage.make_directory(path)), wanted) << name;
    EXPECT_EQ(files.error(files.storage.remove(path)), wanted) << name;
    EXPECT_EQ(files.error(files.storage.rename(Path{"/a.txt"}, path)), wanted) << name;
  }

  TemporaryFolder folder_;
  const fs::path root_ = make(folder_.path() / "root");
  const fs::path outside_ = make(folder_.path() / "outside");

 public:
  Files<DirectoryStorage> files{DirectoryStorage{root_.string()}};
};

TEST_F(WindowsFolder, HasNothingUnderNamesThatLeadOutOrMeanSomethingElse) {
  files.put("/a.txt", "text");
  for (const char* name : {"..\\outside\\secret", "\\..\\outside\\secret", "C:", "C:\\windows\\win.ini", "\\\\server\\share", "a.txt:x", "a.txt::$DATA",
                           "NUL", "con.txt", "a.txt.", "a.txt ", "*", "a.tx?", "a.t<", "\xFF"}) {
    expect_no_file(name, ftplike::make_error_code(Errc::bad_name));
    expect_no_file(std::string{name} + "/b", ftplike::make_error_code(Errc::bad_name));
  }
  EXPECT_EQ(files.names("/"), "a.txt");
  EXPECT_EQ(read_file(outside_ / "secret"), "secret");
}

TEST_F(WindowsFolder, HasAFileUnderTheNameThatItShowsAlone) {
  files.put("/Secret.txt", "text");
  files.put("/a very long name.text", "long");
  for (const char* name : {"/secret.txt", "/SECRET.TXT", "/AVERYL~1.TEX"}) {
    EXPECT_EQ(files.error(files.storage.open(Path{name}, 0)), std::errc::no_such_file_or_directory) << name;
    EXPECT_EQ(files.error(files.storage.remove(Path{name})), std::errc::no_such_file_or_directory) << name;
  }
  EXPECT_EQ(files.get("/Secret.txt"), "text");
}

TEST_F(WindowsFolder, PutsNothingInThePlaceOfAFileWhoseNameDiffersInCase) {
  files.put("/Secret.txt", "text");
  files.put("/other", "other");
  auto writer = files.create("/SECRET.txt");
  files.write(writer, "new");
  EXPECT_EQ(files.error(writer.finish()), std::errc::file_exists);
  EXPECT_EQ(files.error(files.storage.rename(Path{"/other"}, Path{"/secret.TXT"})), std::errc::file_exists);
  EXPECT_EQ(files.get("/Secret.txt"), "text");
}

TEST_F(WindowsFolder, HasNamesInUtf8) {
  files.put("/\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", "text");
  EXPECT_EQ(files.names("/"), "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_TRUE(fs::exists(root_ / L"\u00E4\u20AC\U0001F600"));
  EXPECT_EQ(files.get("/\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"), "text");
}

TEST_F(WindowsFolder, KeepsTimesToTheMillisecond) {
  using namespace std::chrono;
  files.put("/a", "text");
  for (const auto time : {ftplike::Timestamp{1'700'000'000'123ms}, ftplike::Timestamp{-1'000'000'000'001ms}}) {
    files.run(files.storage.set_modified(Path{"/a"}, time));
    EXPECT_EQ(files.stat("/a").modified, time);
  }
}

TEST_F(WindowsFolder, HasNoPermissionBits) {
  files.put("/a", "text");
  EXPECT_EQ(files.error(files.storage.set_mode(Path{"/a"}, 0600)), std::errc::operation_not_permitted);
}

TEST_F(WindowsFolder, GoesOnWithAnUploadThatAnEarlierServerLeft) {
  files.leave("/a", "12345");
  Files<DirectoryStorage> again{DirectoryStorage{root_.string()}};
  auto writer = again.create("/a", 5);
  EXPECT_EQ(files.error(files.storage.create(Path{"/a"}, 5)), Errc::busy);
  again.write(writer, "678");
  again.run(writer.finish());
  EXPECT_EQ(again.get("/a"), "12345678");
}

}  // namespace
