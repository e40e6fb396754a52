#include <ftplike/storage/hidden_names.hpp>
// Above: that it stands alone.
#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>

#include "behaviour.hpp"

namespace {
using namespace ftplike;
using namespace storage_test;

static_assert(CompleteStorage<HiddenNames<DirectoryStorage>> && TellsProgress<HiddenNames<DirectoryStorage>> &&
              TellsUsage<HiddenNames<DirectoryStorage>> && ListsNamesAlone<HiddenNames<DirectoryStorage>>);
static_assert(!WritableStorage<HiddenNames<ReadOnlyStorage<MemoryStorage>>>);

struct MemoryWithHiddenNames {
  using Storage = HiddenNames<MemoryStorage>;
  Files<Storage> files{Storage{MemoryStorage{}, {"*.of-nobody"}}};
};
INSTANTIATE_TYPED_TEST_SUITE_P(MemoryWithHiddenNames, StorageBehaviour, MemoryWithHiddenNames);

struct SomeHiddenNames : testing::Test {
  using Storage = HiddenNames<MemoryStorage>;
  MemoryStorage all{{"/.home/seen", "1"}, {"/.home/.ht", "2"}, {"/.home/.git/config", "3"}, {"/.home/d/x", "4"}};
  Files<Storage> files{Storage{all, {".*", "lost+found"}, Path{"/.home"}}};
  Storage& storage = files.storage;
};

TEST_F(SomeHiddenNames, AreNeitherListedNorFoundNorAnythingBelowThem) {
  EXPECT_EQ(files.names("/.home"), "d seen");
  EXPECT_EQ(files.get("/.home/seen"), "1");
  for (const Path& hidden : {Path{"/.home/.ht"}, Path{"/.home/.git"}, Path{"/.home/.git/config"}}) {
    EXPECT_EQ(files.error(storage.stat(hidden)), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(storage.list(hidden)), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(storage.open(hidden, 0)), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(storage.partial_size(hidden)), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(storage.remove(hidden)), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(storage.remove_directory(hidden)), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(storage.rename(hidden, Path{"/.home/mine"})), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(storage.set_modified(hidden, Timestamp{})), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(storage.set_mode(hidden, 0600)), std::errc::no_such_file_or_directory);
    EXPECT_EQ(files.error(storage.available(hidden)), std::errc::no_such_file_or_directory);
  }
}

TEST(HiddenNames, AreMeantInUpperAndLowerCaseUnlessThatMatters) {
  const MemoryStorage all{{"/A.EXE", "1"}, {"/b.exe", "2"}, {"/c", "3"}};
  Files<HiddenNames<MemoryStorage>> any{{all, {"*.Exe", "C"}, Path{}}}, exact{{all, {"*.exe", "C"}, Path{}, true}};
  EXPECT_EQ(any.names("/"), "");
  EXPECT_EQ(any.error(any.storage.stat(Path{"/A.EXE"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(exact.names("/"), "A.EXE c");
  EXPECT_EQ(exact.get("/A.EXE"), "1");
}

TEST_F(SomeHiddenNames, AreNotMade) {
  for (const Path& name : {Path{"/.home/.new"}, Path{"/.home/d/lost+found"}}) {
    EXPECT_EQ(files.error(storage.create(name, 0)), Errc::bad_name);
    EXPECT_EQ(files.error(storage.append(name)), Errc::bad_name);
    EXPECT_EQ(files.error(storage.create_unique(name)), Errc::bad_name);
    EXPECT_EQ(files.error(storage.make_directory(name)), Errc::bad_name);
    EXPECT_EQ(files.error(storage.rename(Path{"/.home/seen"}, name)), Errc::bad_name);
  }
  EXPECT_EQ(files.error(storage.create(Path{"/.home/.git/new"}, 0)), std::errc::no_such_file_or_directory);
  EXPECT_EQ(all.paths().size(), 7u) << "four files and three directories";
}

}  // namespace
