#include "support/files.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <variant>

#include <ftplike/io/settled.hpp>
#include <ftplike/s3.hpp>
#include <ftplike/storage/directory.hpp>

#include "fleet/cluster.hpp"
#include "fleet/store.hpp"

using namespace ftplike;

/// The storage of either store, and an event loop that runs while it does something, and no longer: a file that is
/// being read goes on when it is read on.
struct TestFiles::Store {
  template <class R> R run(awaitable<R> operation) {
    Settled<R> result;
    bool has_ended = false;
    start_on(context.get_executor(), settle(std::move(operation), result), {},
             [&](std::exception_ptr) { has_ended = true; });
    context.restart();
    while (!has_ended) {
      if (context.run_one() == 0) throw std::logic_error("an operation of a store waits for nothing");
    }
    return result.get();
  }
  /// What an operation of the storage gives.
  template <class Act> auto act(Act act) {
    return std::visit([&](auto& files) { return run(act(files)); }, storage);
  }
  /// The same of a reader, a writer or a listing, each of whose types is one of `Its`.
  template <class Its, class Act> static std::shared_ptr<Its> open(std::shared_ptr<Store> store, Act act) {
    return std::visit(
        [&](auto& files) {
          return std::make_shared<Its>(Its{store, store->run(act(files))});
        },
        store->storage);
  }
  void make_directories(const Path& path) {
    if (path.is_root()) return;
    make_directories(path.parent());
    try {
      act([&](auto& files) { return files.make_directory(path); });
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::file_exists) throw;
    }
  }
  std::variant<S3Storage, DirectoryStorage> make() {
    if (std::getenv("FTPLIKE_S3_ENDPOINT")) return S3Storage{store_options()};
    return DirectoryStorage{folder.emplace().here()};
  }

  asio::io_context context;
  std::optional<ClusterFolder> folder;
  std::variant<S3Storage, DirectoryStorage> storage = make();
};

struct TestFiles::Reader::Its {
  std::shared_ptr<Store> store;
  std::variant<S3Storage::Reader, DirectoryStorage::Reader> reader;
};
struct TestFiles::Listing::Its {
  std::shared_ptr<Store> store;
  std::variant<S3Storage::Listing, DirectoryStorage::Listing> listing;
};
struct TestFiles::Writer::Its {
  std::shared_ptr<Store> store;
  std::variant<S3Storage::Writer, DirectoryStorage::Writer> writer;
};

TestFiles::TestFiles(std::initializer_list<std::pair<std::string_view, std::string_view>> files)
    : store_{std::make_shared<Store>()} {
  for (const auto& [path, text] : files) put(path, text);
}
TestFiles::TestFiles(std::initializer_list<std::pair<std::string_view, std::string_view>>, std::uint64_t) {
  throw std::logic_error("a store has no bound that a test could set");
}

awaitable<Entry> TestFiles::stat(Path path) {
  co_return store_->act([&](auto& files) { return files.stat(path); });
}
awaitable<TestFiles::Listing> TestFiles::list(Path path) {
  Listing listing;
  listing.its_ = Store::open<Listing::Its>(store_, [&](auto& files) { return files.list(path); });
  co_return listing;
}
awaitable<TestFiles::Reader> TestFiles::open(Path path, std::uint64_t offset) {
  Reader reader;
  reader.its_ = Store::open<Reader::Its>(store_, [&](auto& files) { return files.open(path, offset); });
  co_return reader;
}
template <class Act> TestFiles::Writer TestFiles::write(Act act) {
  Writer writer;
  writer.its_ = Store::open<Writer::Its>(store_, std::move(act));
  return writer;
}
awaitable<TestFiles::Writer> TestFiles::create(Path path, std::uint64_t offset) {
  co_return write([&](auto& files) { return files.create(path, offset); });
}
awaitable<TestFiles::Writer> TestFiles::append(Path path) {
  co_return write([&](auto& files) { return files.append(path); });
}
awaitable<TestFiles::Writer> TestFiles::create_unique(Path path) {
  co_return write([&](auto& files) { return files.create_unique(path); });
}
awaitable<std::uint64_t> TestFiles::partial_size(Path path) {
  co_return store_->act([&](auto& files) { return files.partial_size(path); });
}
awaitable<void> TestFiles::make_directory(Path path) {
  store_->act([&](auto& files) { return files.make_directory(path); });
  co_return;
}
awaitable<void> TestFiles::remove(Path path) {
  store_->act([&](auto& files) { return files.remove(path); });
  co_return;
}
awaitable<void> TestFiles::remove_directory(Path path) {
  store_->act([&](auto& files) { return files.remove_directory(path); });
  co_return;
}
awaitable<void> TestFiles::rename(Path from, Path to) {
  store_->act([&](auto& files) { return files.rename(from, to); });
  co_return;
}
awaitable<void> TestFiles::set_modified(Path path, Timestamp time) {
  store_->act([&](auto& files) { return files.set_modified(path, time); });
  co_return;
}
awaitable<void> TestFiles::set_mode(Path path, unsigned mode) {
  store_->act([&](auto& files) { return files.set_mode(path, mode); });
  co_return;
}

void TestFiles::put(std::string_view path, std::string_view text) {
  const Path name{path};
  store_->make_directories(path.ends_with('/') ? name : name.parent());
  if (path.ends_with('/')) return;
  const auto its = Store::open<Writer::Its>(store_, [&](auto& files) { return files.create(name, 0); });
  const auto fill = [&](auto& writer) {
    store_->run(writer.write(as_bytes(text)));
    store_->run(writer.finish());
  };
  std::visit(fill, its->writer);
}
std::optional<std::string> TestFiles::text(std::string_view path) const {
  try {
    const auto its = Store::open<Reader::Its>(store_, [&](auto& files) { return files.open(Path{path}, 0); });
    std::string text;
    std::array<std::byte, 65536> room;
    const auto read = [&](auto& reader) {
      while (const std::size_t n = store_->run(reader.read_some(room))) text += as_text(std::span{room}.first(n));
    };
    std::visit(read, its->reader);
    return text;
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::no_such_file_or_directory) return std::nullopt;
    throw;
  }
}
std::vector<std::string> TestFiles::paths() const {
  std::vector<std::string> all;
  for (std::vector<Path> waiting{Path{}}; !waiting.empty();) {
    const Path here = std::move(waiting.back());
    waiting.pop_back();
    const auto its = Store::open<Listing::Its>(store_, [&](auto& files) { return files.list(here); });
    const auto take = [&](auto& listing) {
      for (auto some = store_->run(listing.next()); !some.empty(); some = store_->run(listing.next())) {
        for (const Entry& entry : some) {
          all.push_back(here.resolve(entry.name).string() + (entry.is_directory() ? "/" : ""));
          if (entry.is_directory()) waiting.push_back(here.resolve(entry.name));
        }
      }
    };
    std::visit(take, its->listing);
  }
  std::sort(all.begin(), all.end());
  return all;
}

awaitable<std::size_t> TestFiles::Reader::read_some(std::span<std::byte> room) {
  co_return std::visit([&](auto& reader) { return its_->store->run(reader.read_some(room)); }, its_->reader);
}
std::uint64_t TestFiles::Reader::size() const {
  return std::visit([](const auto& reader) { return static_cast<std::uint64_t>(reader.size()); }, its_->reader);
}
Entry TestFiles::Reader::entry() const {
  return std::visit([](const auto& reader) -> Entry { return reader.entry(); }, its_->reader);
}

awaitable<void> TestFiles::Writer::write(std::span<const std::byte> bytes) {
  std::visit([&](auto& writer) { its_->store->run(writer.write(bytes)); }, its_->writer);
  co_return;
}
awaitable<void> TestFiles::Writer::finish() {
  std::visit([&](auto& writer) { its_->store->run(writer.finish()); }, its_->writer);
  co_return;
}
void TestFiles::Writer::discard() {
  std::visit([](auto& writer) { writer.discard(); }, its_->writer);
}
Path TestFiles::Writer::path() const {
  return std::visit([](const auto& writer) { return Path{writer.path()}; }, its_->writer);
}
std::uint64_t TestFiles::Writer::size() const {
  return std::visit([](const auto& writer) { return writer.size(); }, its_->writer);
}

awaitable<std::vector<Entry>> TestFiles::Listing::next() {
  co_return std::visit([&](auto& listing) { return its_->store->run(listing.next()); }, its_->listing);
}
