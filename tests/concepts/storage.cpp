#include <gtest/gtest.h>

#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/storage/storage.hpp>

#include "support/run.hpp"

namespace {
using namespace ftplike;

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

  awaitable<Entry> stat(const Path& path) {
    co_return Entry{std::string{path.name()}, Entry::Type::file, 5U, Timestamp{}};
  }
  awaitable<Listing> list(const Path&) { co_return Listing{}; }
  awaitable<Reader> open(const Path&, std::uint64_t offset) { co_return Reader{std::string{"hello"}.substr(offset)}; }
  std::string label() const { return "one file"; }
};

static_assert(ReadableStorage<OneFile> && !WritableStorage<OneFile>);
static_assert(WritableStorage<DirectoryStorage> && WritableStorage<MemoryStorage>);

static_assert(KeepsModes<DirectoryStorage> && TellsFreeSpace<DirectoryStorage> &&
              ServesClientsInTurn<DirectoryStorage>);
static_assert(!KeepsModes<OneFile> && !TellsFreeSpace<OneFile> && !ServesClientsInTurn<OneFile>);

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

TEST(StorageConcepts, AStorageOfTwentyLinesCanBeListedAndRead) {
  OneFile files;
  EXPECT_EQ(run(everything(files)), "file:ello");
}

}  // namespace
