#include <ftplike/storage/quota.hpp>
// Above: that it stands alone.
#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "behaviour.hpp"

namespace {
using namespace ftplike;

using InMemoryUnderQuota = QuotaStorage<MemoryStorage>;
using OnDiskUnderQuota = QuotaStorage<DirectoryStorage>;
static_assert(CompleteStorage<InMemoryUnderQuota> && CompleteStorage<OnDiskUnderQuota>);
static_assert(ServesClientsInTurn<OnDiskUnderQuota> && TellsProgress<OnDiskUnderQuota> && !TellsProgress<InMemoryUnderQuota>);
static_assert(ReadableStorage<QuotaStorage<ReadOnlyStorage<MemoryStorage>>> &&
              !WritableStorage<QuotaStorage<ReadOnlyStorage<MemoryStorage>>>);

constexpr QuotaLimits plenty{1'000'000'000'000, 1'000'000};

/// At the end of each test of how storages behave, what was counted is what lies there.
template <class Storage> void expect_right_count(Files<Storage>& files) {
  const Usage counted = files.run(files.storage.used());
  files.run(files.storage.recount());
  EXPECT_EQ(counted.bytes, files.storage.quota().used().bytes);
  EXPECT_EQ(counted.files, files.storage.quota().used().files);
}

struct MemoryUnderQuota {
  using Storage = InMemoryUnderQuota;
  Files<Storage> files{Storage{MemoryStorage{}, Quota{plenty}}};
  ~MemoryUnderQuota() { expect_right_count(files); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(MemoryUnderQuota, StorageBehaviour, MemoryUnderQuota);

struct FolderUnderQuota {
  using Storage = OnDiskUnderQuota;
  TemporaryFolder folder;
  Files<Storage> files{Storage{DirectoryStorage{folder.path().string()}, Quota{plenty}}};
  ~FolderUnderQuota() { expect_right_count(files); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(FolderUnderQuota, StorageBehaviour, FolderUnderQuota);

struct FolderUnderTwoQuotas {
  using Storage = QuotaStorage<OnDiskUnderQuota>;
  TemporaryFolder folder;
  Quota all{plenty};
  Files<Storage> files{Storage{OnDiskUnderQuota{DirectoryStorage{folder.path().string()}, all}, Quota{plenty}}};
  ~FolderUnderTwoQuotas() {
    expect_right_count(files);
    EXPECT_EQ(all.used(), files.storage.quota().used());
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(FolderUnderTwoQuotas, StorageBehaviour, FolderUnderTwoQuotas);

/// A quota of twelve bytes and four names, over files of which three bytes and two names are there.
struct AQuota : testing::Test {
  MemoryStorage inner{{"/a", "123"}, {"/d/", ""}};
  Quota quota{{.bytes = 12, .files = 4}};
  Files<InMemoryUnderQuota> files{InMemoryUnderQuota{inner, quota}};
  InMemoryUnderQuota& storage = files.storage;

  Usage used() { return files.run(storage.used()); }
  std::error_code write_error(InMemoryUnderQuota::Writer& writer, std::string_view text) {
    try {
      files.write(writer, text);
      return {};
    } catch (const std::system_error& error) { return error.code(); }
  }
  std::uint64_t room() { return files.run(storage.available(Path{})); }
};

TEST_F(AQuota, CountsWhatIsThereWhenItIsFirstNeeded) {
  EXPECT_EQ(quota.used(), Usage{});
  EXPECT_FALSE(storage.is_counted());
  EXPECT_EQ(room(), 9u);
  EXPECT_TRUE(storage.is_counted());
  EXPECT_EQ(quota.used(), (Usage{3, 2}));
}

TEST_F(AQuota, TakesTheLastByteAndNotOneMore) {
  files.put("/b", "123456789");
  EXPECT_EQ(room(), 0u);
  auto writer = files.create("/c");
  EXPECT_EQ(write_error(writer, "x"), Errc::quota_exceeded);
  EXPECT_EQ(write_error(writer, ""), Errc::quota_exceeded) << "it is over";
  EXPECT_EQ(files.error(writer.finish()), Errc::quota_exceeded);
  EXPECT_EQ(inner.paths(), (std::vector<std::string>{"/a", "/b", "/d/"}));
  EXPECT_EQ(used(), (Usage{12, 3}));
  EXPECT_EQ(quota.refusals(), 1u);
}

TEST_F(AQuota, LeavesNothingOfWhatDoesNotFit) {
  auto writer = files.create("/b");
  files.write(writer, "12345678");
  EXPECT_EQ(used(), (Usage{11, 3})) << "also under way";
  EXPECT_EQ(write_error(writer, "9x"), Errc::quota_exceeded);
  EXPECT_EQ(used(), (Usage{3, 2}));
  EXPECT_EQ(files.error(storage.partial_size(Path{"/b"})), std::errc::no_such_file_or_directory);
}

TEST_F(AQuota, LetsOneOfTwoHaveTheLastBytes) {
  auto first = files.create("/b"), second = files.create("/c");
  files.write(first, "12345");
  files.write(second, "1234");
  EXPECT_EQ(write_error(first, "6"), Errc::quota_exceeded);
  files.write(second, "56789");
  files.run(second.finish());
  EXPECT_EQ(inner.text("/c"), "123456789");
}

TEST_F(AQuota, GivesBackWhatIsReplacedWhenTheNewFileIsWholeAndNotBefore) {
  files.put("/a", "123456789");
  EXPECT_EQ(used(), (Usage{9, 2}));
  auto writer = files.create("/a");
  EXPECT_EQ(write_error(writer, "1234"), Errc::quota_exceeded) << "both would be there";
  EXPECT_EQ(inner.text("/a"), "123456789");
  EXPECT_EQ(used(), (Usage{9, 2}));
}

TEST_F(AQuota, CountsThePartialFileOfAnUploadThatBrokeOff) {
  files.leave("/b", "1234");
  EXPECT_EQ(used(), (Usage{7, 3}));
  auto again = files.create("/b", 2);
  EXPECT_EQ(used(), (Usage{5, 3})) << "it was cut";
  files.write(again, "34567");
  files.run(again.finish());
  EXPECT_EQ(used(), (Usage{10, 3}));
  files.leave("/b", "1");
  files.run(storage.remove(Path{"/b"}));
  EXPECT_EQ(used(), (Usage{3, 2})) << "the partial file went with it";
}

TEST_F(AQuota, LeavesAPartialFileAsLongAsItWasWhereTheRestDoesNotFit) {
  files.leave("/b", "1234");
  {
    auto again = files.run(storage.append(Path{"/b"}));
    files.write(again, "567");
    EXPECT_EQ(write_error(again, "89x"), Errc::quota_exceeded);
    EXPECT_EQ(again.size(), 4u);
    again.discard();
  }
  EXPECT_EQ(files.run(storage.partial_size(Path{"/b"})), 4u);
  EXPECT_EQ(used(), (Usage{7, 3}));
  files.run(storage.remove(Path{"/a"}));
  auto third = files.create("/b", 4);
  files.write(third, "56789xyz");
  files.run(third.finish());
  EXPECT_EQ(inner.text("/b"), "123456789xyz");
  EXPECT_EQ(used(), (Usage{12, 2}));
}

TEST_F(AQuota, CountsTheCopyOnWhichAFileIsGoneOnWith) {
  files.put("/b", "123456");
  EXPECT_EQ(files.error(storage.append(Path{"/b"})), Errc::quota_exceeded) << "three bytes are left for a copy of six";
  EXPECT_EQ(files.error(storage.create(Path{"/b"}, 4)), Errc::quota_exceeded);
  auto writer = files.run(storage.append(Path{"/a"}));
  EXPECT_EQ(used(), (Usage{12, 4}));
  EXPECT_EQ(write_error(writer, "4"), Errc::quota_exceeded);
  EXPECT_EQ(used(), (Usage{9, 3}));
  EXPECT_EQ(inner.text("/a"), "123");
}

TEST_F(AQuota, CountsNames) {
  files.run(storage.make_directory(Path{"/e"}));
  files.put("/b", "");
  EXPECT_EQ(files.error(storage.make_directory(Path{"/f"})), Errc::quota_exceeded);
  EXPECT_EQ(files.error(storage.create(Path{"/c"}, 0)), Errc::quota_exceeded);
  EXPECT_EQ(files.error(storage.append(Path{"/c"})), Errc::quota_exceeded);
  EXPECT_EQ(files.error(storage.create_unique(Path{"/a"})), Errc::quota_exceeded);
  files.put("/a", "new");
  EXPECT_EQ(inner.text("/a"), "new") << "it is no further name";
  EXPECT_EQ(used(), (Usage{3, 4}));
  files.run(storage.remove_directory(Path{"/e"}));
  files.run(storage.rename(Path{"/b"}, Path{"/a"}));
  EXPECT_EQ(used(), (Usage{0, 2}));
  files.run(storage.make_directory(Path{"/f"}));
  files.run(storage.rename(Path{"/f"}, Path{"/d"}));
  EXPECT_EQ(used(), (Usage{0, 2}));
}

TEST_F(AQuota, GivesBackWhatIsDiscardedOrFails) {
  auto writer = files.create("/b");
  files.write(writer, "1234");
  writer.discard();
  EXPECT_EQ(used(), (Usage{3, 2}));
  EXPECT_EQ(files.error(storage.create(Path{"/none/b"}, 0)), std::errc::no_such_file_or_directory);
  EXPECT_EQ(files.error(storage.create(Path{"/d"}, 0)), std::errc::is_a_directory);
  EXPECT_EQ(files.error(storage.create(Path{"/a"}, 7)), Errc::bad_restart);
  EXPECT_EQ(files.error(storage.make_directory(Path{"/d"})), std::errc::file_exists);
  EXPECT_EQ(files.error(storage.remove(Path{"/none"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(files.error(storage.remove_directory(Path{"/"})), std::errc::operation_not_permitted);
  inner.set_capacity(5);
  auto full = files.create("/b");
  EXPECT_EQ(write_error(full, "123456"), std::errc::no_space_on_device);
  { const auto ends = std::move(full); }
  EXPECT_EQ(used(), (Usage{3, 2})) << "the disk is full: nothing of it stays";
}

TEST_F(AQuota, CountsAgainWhatOthersChangedWhenItIsTold) {
  EXPECT_EQ(used(), (Usage{3, 2}));
  inner.put("/x/y", "12345");
  EXPECT_EQ(used(), (Usage{3, 2}));
  auto writer = files.create("/b");
  files.write(writer, "12");
  files.run(storage.recount());
  EXPECT_EQ(used(), (Usage{10, 5})) << "with what is under way";
  files.run(writer.finish());
  EXPECT_EQ(used(), (Usage{10, 5})) << "more than there may be, and nothing is lost";
  EXPECT_EQ(files.error(storage.create(Path{"/c"}, 0)), Errc::quota_exceeded);
  storage.forget_count();
  files.run(storage.remove(Path{"/x/y"}));
  EXPECT_EQ(used(), (Usage{5, 4}));
}

TEST_F(AQuota, IsSharedByStoragesAndGivenBackByThoseThatEnd) {
  MemoryStorage more{{"/x", "12345"}};
  {
    Files<InMemoryUnderQuota> others{InMemoryUnderQuota{more, quota}};
    EXPECT_EQ(others.run(others.storage.used()), (Usage{5, 1}));
    EXPECT_EQ(used(), (Usage{8, 3}));
    EXPECT_EQ(room(), 4u);
    others.put("/y", "1234");
    EXPECT_EQ(room(), 0u);
  }
  EXPECT_EQ(used(), (Usage{3, 2}));
}

TEST_F(AQuota, MayBeDifferentForCopiesThatShareTheCount) {
  Files<InMemoryUnderQuota> larger{storage.with_limits({.bytes = 20})}, free{storage.with_limits({})};
  free.put("/b", "1234567890");
  EXPECT_EQ(used(), (Usage{13, 3})) << "also what came before it was counted";
  EXPECT_EQ(room(), 0u);
  EXPECT_EQ(larger.run(larger.storage.available(Path{})), 7u);
  free.put("/c", "12");
  EXPECT_EQ(larger.run(larger.storage.available(Path{})), 5u);
}

TEST(AQuotaOfAFolder, CountsWhatIsBelowItsRootWithTheFilesThatAreHidden) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "anna/deep");
  write_file(folder.path() / "outside", "1234");
  write_file(folder.path() / "anna/deep/file", "12345");
  write_file(folder.path() / "anna/.hidden", "1");
  write_file(folder.path() / "anna/.ftplike-partial.b", "123");
  std::filesystem::create_symlink("../outside", folder.path() / "anna/link");
  Files<OnDiskUnderQuota> files{OnDiskUnderQuota{DirectoryStorage{folder.path().string()}, Quota{{.bytes = 20}}, Path{"/anna"}}};
  EXPECT_EQ(files.run(files.storage.used()), (Usage{9, 5}));
  EXPECT_EQ(files.run(files.storage.available(Path{"/anna"})), 11u);
  files.run(files.storage.remove(Path{"/anna/link"}));
  EXPECT_EQ(files.run(files.storage.used()), (Usage{9, 4}));
}

TEST(AQuotaOfAFolder, CountsAnUploadThroughALinkWhereTheLinkLeads) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "d");
  write_file(folder.path() / "d/file", "12345");
  std::filesystem::create_symlink("d/file", folder.path() / "link");
  std::filesystem::create_symlink("/d/new", folder.path() / "d/dangling");
  Files<OnDiskUnderQuota> files{OnDiskUnderQuota{DirectoryStorage{folder.path().string()}, Quota{{.bytes = 20, .files = 6}}}};
  EXPECT_EQ(files.run(files.storage.used()), (Usage{5, 4}));
  files.put("/link", "1234567");
  EXPECT_EQ(read_file(folder.path() / "d/file"), "1234567");
  EXPECT_EQ(files.run(files.storage.used()), (Usage{7, 4})) << "it replaced what the link leads to";
  files.leave("/link", "123");
  EXPECT_EQ(files.run(files.storage.used()), (Usage{10, 5}));
  {
    auto again = files.create("/d/file", 3);
    files.write(again, "45");
    files.run(again.finish());
  }
  EXPECT_EQ(files.run(files.storage.used()), (Usage{5, 4}));
  files.put("/d/dangling", "12");
  EXPECT_EQ(read_file(folder.path() / "d/new"), "12");
  expect_right_count(files);
  EXPECT_EQ(files.storage.quota().used(), (Usage{7, 5}));
}

/// Anna's root and what is beside it, to which links of the operator's lead.
struct LinksOutOfAnnasRoot : testing::Test {
  LinksOutOfAnnasRoot() {
    std::filesystem::create_directories(folder.path() / "people/anna/own");
    std::filesystem::create_directories(folder.path() / "pub/old");
    std::filesystem::create_directory_symlink("people", folder.path() / "all");
    std::filesystem::create_directory_symlink("/pub", folder.path() / "people/anna/pub");
    std::filesystem::create_directory_symlink("own", folder.path() / "people/anna/mine");
    write_file(folder.path() / "people/anna/a", "12345");
    write_file(folder.path() / "pub/big", "1234567890");
    write_file(folder.path() / "pub/old/one", "1234");
    EXPECT_EQ(used(), at_first);
  }
  ~LinksOutOfAnnasRoot() { expect_right_count(files); }
  Usage used() { return files.run(files.storage.used()); }

  static constexpr Usage at_first{5, 4};  // own, two links and a
  TemporaryFolder folder;
  Files<OnDiskUnderQuota> files{OnDiskUnderQuota{DirectoryStorage{folder.path().string()}, Quota{{.bytes = 12}}, Path{"/all/anna"}}};
};

TEST_F(LinksOutOfAnnasRoot, TakeAndGiveBackNothing) {
  files.run(files.storage.remove(Path{"/all/anna/pub/big"}));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "pub/big"));
  files.put("/all/anna/pub/more", "12345678901234567890");
  files.run(files.storage.make_directory(Path{"/all/anna/pub/new"}));
  files.run(files.storage.rename(Path{"/all/anna/pub/new"}, Path{"/all/anna/pub/newer"}));
  files.run(files.storage.remove_directory(Path{"/all/anna/pub/newer"}));
  { (void)files.run(files.storage.create_unique(Path{"/all/anna/pub/unique"})); }
  EXPECT_EQ(used(), at_first);
}

TEST_F(LinksOutOfAnnasRoot, AreLedOverByRenamesThatTakeAndGiveBackAllOfATree) {
  EXPECT_EQ(files.error(files.storage.rename(Path{"/all/anna/pub/big"}, Path{"/all/anna/big"})), Errc::quota_exceeded);
  files.run(files.storage.rename(Path{"/all/anna/pub/old"}, Path{"/all/anna/mine/old"}));
  EXPECT_EQ(used(), (Usage{9, 6}));
  files.run(files.storage.rename(Path{"/all/anna/mine"}, Path{"/all/anna/other"}));
  EXPECT_EQ(used(), (Usage{9, 6})) << "a link is renamed itself";
  files.run(files.storage.rename(Path{"/all/anna/own"}, Path{"/all/anna/pub/own"}));
  EXPECT_EQ(used(), (Usage{5, 3}));
}

TEST_F(LinksOutOfAnnasRoot, AreToldFromLinksWithinIt) {
  files.put("/all/anna/mine/b", "123");
  EXPECT_EQ(used(), (Usage{8, 5}));
  files.run(files.storage.rename(Path{"/all/anna/mine/b"}, Path{"/all/anna/own/b"}));
  EXPECT_EQ(used(), (Usage{8, 5})) << "it is the same name";
  files.run(files.storage.remove(Path{"/all/anna/own/b"}));
  files.run(files.storage.remove(Path{"/all/anna/pub"}));
  EXPECT_EQ(used(), (Usage{5, 3}));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "pub/big"));
}

TEST(AQuotaOfAFolder, CountsAFolderInItThatIsOpenedByItselfWithTheRest) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "a/b");
  write_file(folder.path() / "a/b/file", "123");
  const OnDiskUnderQuota all{DirectoryStorage{folder.path().string()}, Quota{{.bytes = 12}}};
  const OnDiskUnderQuota a{DirectoryStorage{(folder.path() / "a").string()}, all, Path{"/a"}};
  Files<OnDiskUnderQuota> whole{all}, part{OnDiskUnderQuota{DirectoryStorage{(folder.path() / "a/b").string()}, a, Path{"/b"}}};
  EXPECT_EQ(part.run(part.storage.used()), (Usage{3, 3})) << "all is counted, whoever is asked first";
  part.leave("/new", "12345");
  EXPECT_EQ(whole.run(whole.storage.used()), (Usage{8, 4}));
  {
    auto again = whole.create("/a/b/new", 5);
    whole.write(again, "6");
    whole.run(again.finish());
  }
  EXPECT_EQ(part.run(part.storage.used()), (Usage{9, 4})) << "it went on with the partial file";
  EXPECT_EQ(part.error(part.storage.append(Path{"/new"})), Errc::quota_exceeded);
  part.run(part.storage.remove(Path{"/new"}));
  EXPECT_EQ(whole.run(whole.storage.used()), (Usage{3, 3}));
  expect_right_count(part);
  expect_right_count(whole);
}

/// Tells when what a writer has left is free for others.
struct TellsWhenFree : MemoryStorage {
  using MemoryStorage::MemoryStorage;
  class Writer : public MemoryStorage::Writer {
   public:
    Writer(MemoryStorage::Writer writer, std::shared_ptr<std::function<void()>> freed)
        : MemoryStorage::Writer{std::move(writer)}, freed_{std::move(freed)} {}
    Writer(Writer&&) = default;
    Writer& operator=(Writer&&) = default;
    ~Writer() {
      if (!freed_) return;
      { const MemoryStorage::Writer last{std::move(*this)}; }
      if (const auto then = std::exchange(*freed_, nullptr)) then();
    }

   private:
    std::shared_ptr<std::function<void()>> freed_;
  };
  awaitable<Writer> create(Path path, std::uint64_t offset) {
    auto writer = co_await MemoryStorage::create(std::move(path), offset);
    co_return Writer{std::move(writer), freed};
  }
  awaitable<Writer> append(Path path) = delete;
  awaitable<Writer> create_unique(Path path) = delete;
  std::shared_ptr<std::function<void()>> freed = std::make_shared<std::function<void()>>();
};

TEST(AQuotaWhoseUploadBreaksOff, IsRightWhereSomebodyGoesOnWithThePartialFileAtThatMoment) {
  using Storage = QuotaStorage<TellsWhenFree>;
  Files<Storage> files{Storage{TellsWhenFree{}, Quota{{.bytes = 100}}}}, others{files.storage};
  std::optional<Storage::Writer> second;
  {
    auto first = files.create("/a");
    files.write(first, "1234");
    *files.storage.freed = [&] { second.emplace(others.create("/a", 4)); };
  }
  ASSERT_TRUE(second);
  EXPECT_EQ(files.storage.quota().used(), (Usage{4, 1}));
  others.write(*second, "56");
  others.run(second->finish());
  EXPECT_EQ(files.storage.quota().used(), (Usage{6, 1}));
}

/// Can be read and written, and no more.
struct Plain {
  using Reader = MemoryStorage::Reader;
  using Writer = MemoryStorage::Writer;
  using Listing = MemoryStorage::Listing;
  MemoryStorage inner_;
  std::string label() const { return "plain"; }
  awaitable<Entry> stat(Path path) { return inner_.stat(std::move(path)); }
  awaitable<Listing> list(Path path) { return inner_.list(std::move(path)); }
  awaitable<Reader> open(Path path, std::uint64_t offset) { return inner_.open(std::move(path), offset); }
  awaitable<Writer> create(Path path, std::uint64_t offset) { return inner_.create(std::move(path), offset); }
};

TEST(AQuotaOfAnyStorage, IsCountedByItsListings) {
  using Storage = QuotaStorage<Plain>;
  static_assert(WritableStorage<Storage> && !AppendsToFiles<Storage> && !RemovesFiles<Storage> && !TellsFreeSpace<Storage>);
  Files<Storage> files{Storage{Plain{{{"/a", "123"}, {"/d/e/f", "1234"}, {"/g/", ""}}}, Quota{{.bytes = 10}}}};
  EXPECT_EQ(files.run(files.storage.used()), (Usage{7, 5}));
  files.put("/b", "12");
  files.put("/b", "1");
  EXPECT_EQ(files.run(files.storage.used()), (Usage{8, 6}));
}

/// Has somebody else's upload come to its end during each of the first counts.
struct Changing : MemoryStorage {
  using MemoryStorage::MemoryStorage;
  std::function<void()> meanwhile;
  awaitable<TreeUsage> usage(Path path, bool below) {
    const TreeUsage found = co_await MemoryStorage::usage(path, below);
    if (path.is_root() && meanwhile) meanwhile();
    co_return found;
  }
};

TEST(AQuotaThatIsCounted, IsRightAlsoWhereOthersWriteMeanwhile) {
  for (const int changes : {1, 2, 5}) {
    Changing inner{{"/a", "123"}};
    int counts = 0;
    std::function<void()> during;
    inner.meanwhile = [&] {
      if (during && ++counts <= changes) during();
    };
    Files<QuotaStorage<Changing>> files{QuotaStorage{inner, Quota{{.bytes = 100}}}}, others{files.storage};
    EXPECT_EQ(files.run(files.storage.used()), (Usage{3, 1}));
    during = [&] { others.put("/new" + std::to_string(counts), "12"); };
    files.run(files.storage.recount());
    during = nullptr;
    EXPECT_EQ(counts, std::min(changes + 1, 3)) << "it gives up at last";
    const Usage counted = files.run(files.storage.used());
    files.run(files.storage.recount());
    EXPECT_EQ(counted, files.run(files.storage.used()));
  }
}

/// Counts in pieces, and says so.
struct CountsForLong : MemoryStorage {
  using MemoryStorage::MemoryStorage;
  CountsForLong for_client(ClientKey, std::function<void()> progress) const {
    CountsForLong same{*this};
    same.progress_ = std::move(progress);
    return same;
  }
  awaitable<TreeUsage> usage(Path path, bool below) {
    const Executor executor = co_await asio::this_coro::executor;
    for (int i = 0; i < pieces && below; ++i) {
      progress_();
      co_await give_way(executor);
    }
    const TreeUsage found = co_await MemoryStorage::usage(path, below);
    co_return found;
  }
  static constexpr int pieces = 5;

 private:
  std::function<void()> progress_;
};

TEST(AQuotaThatIsCounted, TellsAllWhoWaitForItThatTheCountGetsOn) {
  QuotaStorage all{CountsForLong{{"/a", "123"}}, Quota{{.bytes = 100}}};
  int counting = 0, waiting = 0;
  auto first = all.for_client(1, [&] { ++counting; }), second = all.for_client(2, [&] { ++waiting; });
  asio::io_context context;
  Settled<Usage> one, other;
  start_on(context.get_executor(), settle(first.used(), one));
  start_on(context.get_executor(), settle(second.used(), other));
  context.run();
  EXPECT_EQ(one.get(), (Usage{3, 1}));
  EXPECT_EQ(other.get(), (Usage{3, 1}));
  EXPECT_EQ(counting, CountsForLong::pieces);
  EXPECT_GE(waiting, CountsForLong::pieces - 1) << "the last piece and the end may come at once";
}

TEST(AQuotaOfAMountedFolder, HoldsForThatAlone) {
  using Storage = MountedStorage<MemoryStorage, InMemoryUnderQuota>;
  const Quota quota{{.bytes = 5}};
  Files<Storage> files{Storage{MemoryStorage{}, "/in", InMemoryUnderQuota{MemoryStorage{}, quota}}};
  files.put("/large", "1234567890");
  auto writer = files.create("/in/b");
  EXPECT_THROW(files.write(writer, "123456"), std::system_error);
  files.put("/in/b", "12345");
  EXPECT_EQ(quota.used(), (Usage{5, 1}));
  const auto all = files.run(files.storage.usage(Path{}, true));
  EXPECT_EQ(all.whole, (Usage{15, 2}));
}

TEST(AQuotaOfAnOverlay, IsThatOfItsUpperStorage) {
  using Storage = QuotaStorage<OverlayStorage<MemoryStorage, MemoryStorage>>;
  MemoryStorage lower{{"/a", "a large release"}}, upper{{"/b", "12"}};
  Files<Storage> files{Storage{{lower, upper}, Quota{{.bytes = 5}}}};
  files.put("/a", "123");
  EXPECT_EQ(files.run(files.storage.used()), (Usage{5, 2}));
  files.run(files.storage.remove(Path{"/a"}));
  EXPECT_EQ(files.run(files.storage.used()), (Usage{2, 1}));
}

}  // namespace
