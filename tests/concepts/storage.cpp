#include <gtest/gtest.h>

#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/storage/tree.hpp>

#include "support/run.hpp"

namespace {
using namespace ftplike;

// [readable]
/// The least that can be read: one file, which is the same under every name.
class OneFile {
 public:
  using Reader = TextSource;
  class Listing {
   public:
    awaitable<std::vector<Entry>> next() {
      std::vector<Entry> entries;
      if (!std::exchange(told_, true)) entries.emplace_back("file", Entry::Type::file, 5U, Timestamp{});
      co_return entries;
    }

   private:
    bool told_ = false;
  };

  awaitable<Entry> stat(Path path) {
    co_return Entry{std::string{path.name()}, Entry::Type::file, 5U, Timestamp{}};
  }
  awaitable<Listing> list(Path) { co_return Listing{}; }
  awaitable<Reader> open(Path, std::uint64_t offset) {
    Reader hello{"hello"};
    hello.seek(offset);  // behind its end? this throws Errc::bad_restart
    co_return hello;
  }
  std::string label() const { return "one file"; }
};
static_assert(ReadableStorage<OneFile>);
// [/readable]

static_assert(!WritableStorage<OneFile>);
static_assert(WritableStorage<DirectoryStorage> && WritableStorage<MemoryStorage>);

static_assert(KeepsModes<DirectoryStorage> && TellsFreeSpace<DirectoryStorage> &&
              ServesClientsInTurn<DirectoryStorage>);
static_assert(!KeepsModes<OneFile> && !TellsFreeSpace<OneFile> && !ServesClientsInTurn<OneFile>);

/// Says at once what there is.
struct KnowsItsUsage : OneFile {
  awaitable<TreeUsage> usage(const Path&, bool) { co_return TreeUsage{Usage{5, 1}, Usage{}}; }
};
static_assert(TellsUsage<KnowsItsUsage> && !TellsUsage<OneFile>);

/// Has a file under two names.
struct KnowsItsTargets : OneFile {
  awaitable<Path> target(const Path&) { co_return Path{"/file"}; }
};
static_assert(TellsTargets<KnowsItsTargets> && !TellsTargets<OneFile>);

/// Errors are thrown: a storage that gives nothing for a file that is not there is not one.
struct GivesPerhaps : OneFile {
  awaitable<std::optional<Entry>> stat(const Path&);
};
static_assert(!ReadableStorage<GivesPerhaps>);

struct ListsAllAtOnce : OneFile {
  awaitable<std::vector<Entry>> list(const Path&);
};
static_assert(!ReadableStorage<ListsAllAtOnce>);

template <ReadableStorage S> awaitable<std::string> everything(S& files) {
  std::string result;
  auto listing = co_await files.list(Path{});
  const std::vector<Entry> entries = co_await listing.next();
  for (const Entry& entry : entries) {
    auto file = co_await files.open(Path{entry.name}, 1);
    TextSink text;
    co_await copy(file, text, [](std::size_t) {});
    result += entry.name + ':' + text.text();
  }
  co_return result;
}

// [writable]
/// Objects in a bucket: they are put as a whole, and cannot be gone on with.
class Bucket {
 public:
  using Reader = TextSource;
  using Listing = EntryListing;
  class Writer {
   public:
    Writer(FileTree<std::string>& objects, Path path) : objects_{&objects}, path_{std::move(path)} {}
    awaitable<void> write(std::span<const std::byte> bytes) {
      text_.append(as_text(bytes));
      co_return;
    }
    awaitable<void> finish() {
      objects_->put(path_, text_);
      co_return;
    }
    void discard() { text_.clear(); }
    Path path() const { return path_; }
    std::uint64_t size() const { return text_.size(); }

   private:
    FileTree<std::string>* objects_;
    Path path_;
    std::string text_;
  };

  awaitable<Entry> stat(Path path) { co_return objects_.stat(path); }
  awaitable<Listing> list(Path path) { co_return Listing{objects_.list(path)}; }
  awaitable<Reader> open(Path path, std::uint64_t offset) {
    Reader object{objects_.at(path)};
    object.seek(offset);  // its size stays that of the whole
    co_return object;
  }
  awaitable<Writer> create(Path path, std::uint64_t offset) {
    check_names(path);
    if (offset > 0) throw std::system_error(Errc::bad_restart);
    co_return Writer{objects_, path};
  }
  awaitable<void> remove(Path path) {
    (void)objects_.at(path);
    objects_.remove(path);
    co_return;
  }
  std::string label() const { return "bucket"; }

 private:
  FileTree<std::string> objects_;
};
static_assert(WritableStorage<Bucket> && RemovesFiles<Bucket>);  // finds names that are misspelt
// [/writable]
static_assert(!AppendsToFiles<Bucket> && !RenamesFiles<Bucket> && !KeepsPartialFiles<Bucket>);

TEST(StorageConcepts, ABucketTakesAndGivesObjectsAndForgetsThem) {
  Bucket bucket;
  auto writer = run(bucket.create(Path{"/a/b"}, 0));
  run(writer.write(as_bytes("hello")));
  EXPECT_EQ(writer.size(), 5u);
  run(writer.finish());
  EXPECT_EQ(run(bucket.stat(Path{"/a/b"})).name, "b");
  run(bucket.remove(Path{"/a/b"}));
  EXPECT_THROW(run(bucket.remove(Path{"/a/b"})), std::system_error);
  EXPECT_THROW(run(bucket.create(Path{"/.ftplike-partial.x"}, 0)), std::system_error);
}

TEST(StorageConcepts, AStorageOfTwentyLinesCanBeListedAndRead) {
  OneFile files;
  EXPECT_EQ(run(everything(files)), "file:ello");
}

}  // namespace
