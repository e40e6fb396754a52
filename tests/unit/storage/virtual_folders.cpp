#include <ftplike/storage/virtual_folders.hpp>
// Above: that it stands alone.
#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>

#include "behaviour.hpp"

namespace {
using namespace ftplike;
using namespace storage_test;

using ReadOnly = ReadOnlyStorage<MemoryStorage>;
static_assert(CompleteStorage<VirtualFolders<MemoryStorage>> && TellsProgress<VirtualFolders<DirectoryStorage>>);
static_assert(ReadableStorage<VirtualFolders<ReadOnly>> && !WritableStorage<VirtualFolders<ReadOnly>> &&
              !RenamesFiles<VirtualFolders<ReadOnly>>);

struct SomeFolders : testing::Test {
  VirtualFolders<MemoryStorage> tree() const {
    VirtualFolders all{root, "read"};
    all.add("/in", in, "list,write,append,rename,make-directories,remove");
    all.add("/in/deep/drop", drop, "none,write");
    all.add("/in-between", between);
    return all;
  }
  MemoryStorage root{{"/readme", "read me"}, {"/in", "hidden"}, {"/d/x", "x"}}, in{{"/old", "12345"}},
      drop{{"/secret", "abc"}}, between{{"/b", ""}};
  Files<VirtualFolders<MemoryStorage>> files{tree()};
  VirtualFolders<MemoryStorage>& storage = files.storage;
};

TEST_F(SomeFolders, AreSeenAsOneTree) {
  EXPECT_EQ(files.names("/"), "d in in-between readme");
  EXPECT_EQ(files.names("/in"), "deep old");
  EXPECT_EQ(files.names("/in/deep"), "drop") << "a directory that is nowhere but on the way";
  EXPECT_TRUE(files.stat("/in").is_directory()) << "not the file that it hides";
  EXPECT_TRUE(files.stat("/in/deep").is_directory());
  EXPECT_EQ(files.stat("/in/deep").name, "deep");
  EXPECT_EQ(files.stat("/in-between").name, "in-between");
  EXPECT_EQ(files.get("/readme"), "read me");
  EXPECT_EQ(files.error(storage.stat(Path{"/in/shallow"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(files.error(storage.list(Path{"/in/old"})), std::errc::not_a_directory);
}

TEST_F(SomeFolders, HaveRightsOfTheirOwn) {
  files.put("/in/new", "hello");
  EXPECT_EQ(in.text("/new"), "hello");
  EXPECT_EQ(files.error(storage.open(Path{"/in/new"}, 0)), std::errc::permission_denied);
  EXPECT_EQ(files.error(storage.create(Path{"/new"}, 0)), std::errc::permission_denied);
  EXPECT_EQ(files.error(storage.remove(Path{"/readme"})), std::errc::permission_denied);
  files.run(storage.rename(Path{"/in/new"}, Path{"/in/newer"}));
  EXPECT_EQ(in.text("/newer"), "hello");
}

TEST_F(SomeFolders, TakeWhatIsDroppedAndShowNothingButTheSizeOfAKnownName) {
  auto writer = files.create("/in/deep/drop/photo");
  files.write(writer, "12345");
  EXPECT_EQ(writer.path(), Path{"/in/deep/drop/photo"});
  files.run(writer.finish());
  EXPECT_EQ(drop.text("/photo"), "12345");
  EXPECT_EQ(files.error(storage.list(Path{"/in/deep/drop"})), std::errc::permission_denied);
  EXPECT_EQ(files.error(storage.open(Path{"/in/deep/drop/secret"}, 0)), std::errc::permission_denied);
  EXPECT_EQ(files.error(storage.remove(Path{"/in/deep/drop/photo"})), std::errc::permission_denied);
  EXPECT_EQ(files.stat("/in/deep/drop/photo").size, 5u);
}

TEST_F(SomeFolders, StayWhereTheyAre) {
  EXPECT_EQ(files.error(storage.remove_directory(Path{"/in"})), std::errc::operation_not_permitted);
  EXPECT_EQ(files.error(storage.remove_directory(Path{"/in/deep"})), std::errc::operation_not_permitted);
  EXPECT_EQ(files.error(storage.rename(Path{"/in"}, Path{"/out"})), std::errc::operation_not_permitted);
  EXPECT_EQ(files.error(storage.rename(Path{"/in/old"}, Path{"/in/deep"})), std::errc::operation_not_permitted);
  EXPECT_EQ(files.error(storage.rename(Path{"/in/old"}, Path{"/in-between/old"})), std::errc::cross_device_link);
  EXPECT_EQ(files.error(storage.make_directory(Path{"/in/deep"})), std::errc::file_exists);
  EXPECT_EQ(in.text("/old"), "12345");
}

TEST_F(SomeFolders, HaveNamesBelowTheRoot) {
  EXPECT_THROW(storage.add("/", in), std::system_error);
  EXPECT_THROW(storage.add("/a/..", in), std::system_error);
}

struct AsTheRoot {
  using Storage = VirtualFolders<MemoryStorage>;
  Files<Storage> files{Storage{MemoryStorage{}}};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Folders, StorageBehaviour, AsTheRoot);

}  // namespace
