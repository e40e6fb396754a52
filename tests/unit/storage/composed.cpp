#include <ftplike/storage/composed.hpp>
// Above: that it stands alone.
#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>

#include <algorithm>

#include "fixture.hpp"

namespace {
using namespace ftplike;
using namespace storage_test;

using ReadOnly = ReadOnlyStorage<MemoryStorage>;
using Mounted = MountedStorage<ReadOnly, MemoryStorage>;
using Overlay = OverlayStorage<MemoryStorage, MemoryStorage>;
static_assert(ReadableStorage<ReadOnly> && !WritableStorage<ReadOnly> && !RenamesFiles<ReadOnly> && !KeepsModes<ReadOnly>);
static_assert(CompleteStorage<Mounted> && CompleteStorage<MountedStorage<MemoryStorage, ReadOnly>>);
static_assert(!WritableStorage<MountedStorage<ReadOnly, ReadOnly>> && ReadableStorage<MountedStorage<ReadOnly, ReadOnly>>);
static_assert(CompleteStorage<Overlay> && !WritableStorage<OverlayStorage<MemoryStorage, ReadOnly>> &&
              ReadableStorage<OverlayStorage<MemoryStorage, ReadOnly>>);
static_assert(ListsNamesAlone<Overlay> && ListsNamesAlone<Mounted> && !ListsNamesAlone<ReadOnly>);
static_assert(ServesClientsInTurn<OverlayStorage<DirectoryStorage, DirectoryStorage>> &&
              ServesClientsInTurn<MountedStorage<DirectoryStorage, DirectoryStorage>> &&
              ServesClientsInTurn<ReadOnlyStorage<DirectoryStorage>>);

struct AMount : testing::Test {
  MemoryStorage base{{"/readme", "read me"}, {"/in", "hidden"}, {"/d/x", ""}}, other{{"/old", "12345"}};
  Files<Mounted> files{Mounted{ReadOnly{base}, "/in", other}};
  Mounted& storage = files.storage;
};

TEST_F(AMount, ShowsBothAsOne) {
  EXPECT_EQ(files.names("/"), "d in readme");
  EXPECT_EQ(files.names("/in"), "old");
  EXPECT_TRUE(files.stat("/in").is_directory()) << "not the file that it hides";
  EXPECT_EQ(files.stat("/in").name, "in");
  EXPECT_EQ(files.get("/readme"), "read me");
  EXPECT_EQ(files.get("/in/old"), "12345");
  EXPECT_EQ(files.run(storage.open(Path{"/in/old"}, 0)).size(), 5u);
  EXPECT_EQ(files.error(storage.stat(Path{"/inner"})), std::errc::no_such_file_or_directory);
}

TEST_F(AMount, WritesWhereThatCanBeDone) {
  files.put("/in/new", "hello");
  EXPECT_EQ(other.text("/new"), "hello");
  auto writer = files.run(storage.create_unique(Path{"/in/new"}));
  EXPECT_EQ(writer.path(), Path{"/in/new.1"});
  EXPECT_EQ(files.error(storage.create(Path{"/new"}, 0)), std::errc::operation_not_permitted);
  EXPECT_EQ(files.error(storage.remove(Path{"/readme"})), std::errc::operation_not_permitted);
  files.run(storage.make_directory(Path{"/in/d"}));
  files.run(storage.rename(Path{"/in/new"}, Path{"/in/d/newer"}));
  files.run(storage.remove(Path{"/in/old"}));
  files.run(storage.set_mode(Path{"/in/d/newer"}, 0600));
  EXPECT_EQ(files.stat("/in/d/newer").mode, 0600u);
  EXPECT_EQ(other.paths(), (std::vector<std::string>{"/d/", "/d/newer"}));
  EXPECT_EQ(base.paths(), (std::vector<std::string>{"/d/", "/d/x", "/in", "/readme"}));
}

TEST_F(AMount, StaysWhereItIs) {
  EXPECT_EQ(files.error(storage.remove_directory(Path{"/in"})), std::errc::operation_not_permitted);
  EXPECT_EQ(files.error(storage.rename(Path{"/in"}, Path{"/out"})), std::errc::operation_not_permitted);
  EXPECT_EQ(files.error(storage.rename(Path{"/in/old"}, Path{"/old"})), std::errc::cross_device_link);
  EXPECT_EQ(files.error(storage.make_directory(Path{"/in"})), std::errc::file_exists);
  EXPECT_EQ(files.error(storage.create(Path{"/in"}, 0)), std::errc::is_a_directory);
}

/// A folder whose listings can be asked whether they look at files.
std::string looks_at_files(auto storage, asio::io_context& loop) {
  auto listing = run(loop, storage.list(Path{}));
  listing.names_only();
  std::string all;
  for (auto some = run(loop, listing.next()); !some.empty(); some = run(loop, listing.next())) {
    for (const auto& entry : some) all += entry.name + (entry.unique.empty() ? " " : " looked at ");
  }
  return all;
}

TEST(ComposedStorages, HandOnThatOnlyNamesAreWanted) {
  const TemporaryFolder upper, lower;
  write_file(upper.path() / "a", "");
  write_file(lower.path() / "b", "");
  const DirectoryStorage above{upper.path().string()}, below{lower.path().string()};
  asio::io_context loop;
  EXPECT_EQ(looks_at_files(OverlayStorage{below, above}, loop), "a b ");
  EXPECT_EQ(looks_at_files(MountedStorage{above, "/d/in", below}, loop), "a ");
  EXPECT_EQ(looks_at_files(ReadOnlyStorage{above}, loop), "a ");
}

struct AnOverlay : testing::Test {
  MemoryStorage lower{{"/a", "lower a"}, {"/b", "lower b"}, {"/d/e/f", "deep"}}, upper{{"/b", "upper b"}, {"/c", ""}};
  Files<Overlay> files{Overlay{lower, upper}};
  Overlay& storage = files.storage;
  void TearDown() override {
    EXPECT_EQ(lower.paths(), (std::vector<std::string>{"/a", "/b", "/d/", "/d/e/", "/d/e/f"})) << "never changed";
  }
};

TEST_F(AnOverlay, ShowsTheUpperOneBeforeTheLowerOne) {
  EXPECT_EQ(files.names("/"), "a b c d");
  EXPECT_EQ(files.names("/d/e"), "f");
  EXPECT_EQ(files.get("/a"), "lower a");
  EXPECT_EQ(files.get("/b"), "upper b");
  EXPECT_EQ(files.get("/d/e/f"), "deep");
  EXPECT_EQ(files.error(storage.list(Path{"/a"})), std::errc::not_a_directory);
  EXPECT_EQ(files.error(storage.list(Path{"/x"})), std::errc::no_such_file_or_directory);
}

TEST_F(AnOverlay, TakesUploadsInTheUpperOneWithTheDirectoriesThatTheyNeed) {
  files.put("/d/e/g", "new");
  EXPECT_EQ(upper.text("/d/e/g"), "new");
  EXPECT_EQ(files.names("/d/e"), "f g");
  files.put("/a", "mine");
  EXPECT_EQ(files.get("/a"), "mine");
  files.run(storage.remove(Path{"/a"}));
  EXPECT_EQ(files.get("/a"), "lower a") << "it is seen again";
  EXPECT_EQ(files.error(storage.create(Path{"/x/y"}, 0)), std::errc::no_such_file_or_directory);
  EXPECT_EQ(files.error(storage.create(Path{"/a/y"}, 0)), std::errc::not_a_directory);
  EXPECT_EQ(files.error(storage.create(Path{"/d"}, 0)), std::errc::is_a_directory);
}

TEST_F(AnOverlay, DoesNotChangeWhatIsOnlyBelow) {
  const auto read_only = std::errc::read_only_file_system;
  EXPECT_EQ(files.error(storage.remove(Path{"/a"})), read_only);
  EXPECT_EQ(files.error(storage.append(Path{"/a"})), read_only);
  EXPECT_EQ(files.error(storage.rename(Path{"/a"}, Path{"/z"})), read_only);
  EXPECT_EQ(files.error(storage.set_mode(Path{"/a"}, 0600)), read_only);
  EXPECT_EQ(files.error(storage.remove_directory(Path{"/d"})), read_only);
  EXPECT_EQ(files.error(storage.make_directory(Path{"/d"})), std::errc::file_exists);
  EXPECT_EQ(files.error(storage.remove(Path{"/x"})), std::errc::no_such_file_or_directory);
}

TEST_F(AnOverlay, FindsNamesThatNeitherHas) {
  auto writer = files.run(storage.create_unique(Path{"/a"}));
  EXPECT_EQ(Path{writer.path()}, Path{"/a.1"});
  files.run(storage.rename(Path{"/c"}, Path{"/d/c"}));
  EXPECT_EQ(upper.text("/d/c"), "");
}

TEST(AnOverlayOfFolders, LetsTheKernelMoveItsFiles) {
  using Folders = OverlayStorage<DirectoryStorage, MemoryStorage>;
  static_assert(detail::FileSource<Folders::Reader>);
  const TemporaryFolder folder;
  const std::string large(100'000, 'x');
  write_file(folder.path() / "a", large);
  Files<Folders> files{Folders{DirectoryStorage{folder.path().string()}, MemoryStorage{{"/b", "memory"}}}};
  auto from_disk = files.run(files.storage.open(Path{"/a"}, 0));
  auto from_memory = files.run(files.storage.open(Path{"/b"}, 0));
  EXPECT_GE(from_disk.descriptor(), 0);
  EXPECT_EQ(from_memory.descriptor(), -1);
  EXPECT_EQ(files.get("/a"), large);
  EXPECT_EQ(files.get("/b"), "memory");
}

}  // namespace
