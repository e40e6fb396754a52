#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/storage/memory_tree.hpp>
#include <ftplike/storage/storage.hpp>

namespace ftplike::inline v0_2 {

/// Files in memory: the storage of tests and of servers that must not touch a disk. Copies are handles on the same
/// files, so that a test keeps one to look inside.
///
/// What is new bears the date of the network that it comes over: on a simulated one, that of its clock. What a test puts
/// there itself bears the latest of these dates, before there is any 2001-02-03, where the clock of every simulated
/// network begins. After `set_time` all bears the time that this said last. What is written beyond `capacity` bytes in all, partial files included, throws `no_space_on_device`.
///
/// **Threads:** any, at once.
template <class = void> class BasicMemoryStorage {
  using Tree = detail::MemoryTree;
  using Lock = std::lock_guard<std::mutex>;

 public:
  using MemoryStorage = BasicMemoryStorage;  // as what derives from it calls it
  class Reader;
  class Writer;
  class Listing;

  /// No bound.
  static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

  /// The files given, path and text, with the directories above them; a path that ends with '/' is a directory.
  BasicMemoryStorage(std::initializer_list<std::pair<std::string_view, std::string_view>> files = {},
                std::uint64_t capacity = unlimited)
      : tree_{std::make_shared<Tree>(capacity)} {
    for (const auto& [path, text] : files) {
      if (!path.ends_with('/'))
        tree_->put(Path{path}, std::string{text});
      else
        tree_->put_directory(Path{path});
    }
  }

  std::string label() const { return "memory"; }

  awaitable<Entry> stat(Path path) {
    const Lock lock{tree_->mutex};
    co_return tree_->entry(path, tree_->at(path));
  }
  awaitable<Listing> list(Path path);
  awaitable<Reader> open(Path path, std::uint64_t offset);
  awaitable<Writer> create(Path path, std::uint64_t offset);
  awaitable<Writer> append(Path path);
  awaitable<Writer> create_unique(Path path);
  awaitable<std::uint64_t> partial_size(Path path) {
    const Lock lock{tree_->mutex};
    const auto partial = tree_->partial_of(path);
    if (!partial || partial->text.empty()) detail::fail(std::errc::no_such_file_or_directory);
    co_return partial->text.size();
  }
  awaitable<void> make_directory(Path path) {
    const Executor executor = co_await asio::this_coro::executor;
    const Lock lock{tree_->mutex};
    tree_->set_time_of(executor);
    tree_->make_directory(path);
  }
  /// Removes a file and its partial file; where there is only a partial file, that one.
  awaitable<void> remove(Path path) {
    const Lock lock{tree_->mutex};
    tree_->remove(path);
    co_return;
  }
  awaitable<void> remove_directory(Path path) {
    const Lock lock{tree_->mutex};
    tree_->remove_directory(path);
    co_return;
  }
  awaitable<void> rename(Path from, Path to) {
    const Lock lock{tree_->mutex};
    tree_->rename(from, to);
    co_return;
  }
  awaitable<void> set_modified(Path path, Timestamp time) {
    const Lock lock{tree_->mutex};
    tree_->at(path).modified = time;
    co_return;
  }
  awaitable<void> set_mode(Path path, unsigned mode) {
    const Lock lock{tree_->mutex};
    tree_->at(path).mode = mode & 0777;
    co_return;
  }
  /// The bytes that can still be written.
  awaitable<std::uint64_t> available(Path path) {
    const Lock lock{tree_->mutex};
    tree_->at(path);
    co_return tree_->room();
  }
  awaitable<TreeUsage> usage(Path path, bool below) {
    const Lock lock{tree_->mutex};
    co_return tree_->usage(path, below);
  }

  /// Puts a whole file there, as the constructor does.
  void put(std::string_view path, std::string_view text) {
    const Lock lock{tree_->mutex};
    tree_->put(Path{path}, std::string{text});
  }
  /// The whole file under this name, if there is one.
  std::optional<std::string> text(std::string_view path) const {
    const Lock lock{tree_->mutex};
    const auto found = tree_->nodes().find(Path{path}.string());
    if (found == tree_->nodes().end() || !found->second.text) return std::nullopt;
    return *found->second.text;
  }
  /// Every file and directory, sorted, directories with a '/' at the end; without the root.
  std::vector<std::string> paths() const {
    const Lock lock{tree_->mutex};
    std::vector<std::string> result;
    for (const auto& [path, node] : tree_->nodes()) {
      if (path != "/") result.push_back(node.text ? path : path + '/');
    }
    return result;
  }
  /// The time that new files and directories bear from now on.
  void set_time(Timestamp time) {
    const Lock lock{tree_->mutex};
    tree_->time = time;
    tree_->time_is_set = true;
  }
  /// Bytes that all files may have together.
  void set_capacity(std::uint64_t bytes) {
    const Lock lock{tree_->mutex};
    tree_->capacity = bytes;
  }

 private:
  std::shared_ptr<Tree> tree_;
};
using MemoryStorage = BasicMemoryStorage<>;  // a template, so that only what is called is compiled

/// Reads the file as it was when it was opened, whatever becomes of the name.
template <class X> class BasicMemoryStorage<X>::Reader {
 public:
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const auto rest = as_bytes(*text_).subspan(at_);
    const auto part = rest.first(std::min(room.size(), rest.size()));
    std::copy(part.begin(), part.end(), room.begin());
    at_ += part.size();
    co_return part.size();
  }
  std::uint64_t size() const noexcept { return text_->size(); }
  /// As a listing tells it.
  const Entry& entry() const noexcept { return entry_; }

 private:
  friend BasicMemoryStorage;
  Reader(Entry entry, std::shared_ptr<const std::string> text, std::size_t offset)
      : entry_{std::move(entry)}, text_{std::move(text)}, at_{offset} {}

  Entry entry_;
  std::shared_ptr<const std::string> text_;
  std::size_t at_;
};

/// Collects the bytes of an upload aside until `finish` puts them under the name.
template <class X> class BasicMemoryStorage<X>::Writer {
 public:
  Writer(Writer&& other) noexcept = default;
  Writer& operator=(Writer&& other) noexcept {
    std::swap(tree_, other.tree_);
    std::swap(upload_, other.upload_);
    return *this;
  }
  ~Writer() {
    if (!upload_) return;
    const Lock lock{tree_->mutex};
    if (upload_->busy) tree_->leave(upload_);
  }

  awaitable<void> write(std::span<const std::byte> bytes) {
    const Lock lock{tree_->mutex};
    tree_->write(*upload_, as_text(bytes));
    co_return;
  }
  awaitable<void> finish() {
    const Executor executor = co_await asio::this_coro::executor;
    const Lock lock{tree_->mutex};
    tree_->set_time_of(executor);
    tree_->finish(upload_);
  }
  void discard() {
    const Lock lock{tree_->mutex};
    if (upload_->busy) tree_->drop(upload_);
  }
  Path path() const {
    const Lock lock{tree_->mutex};
    return upload_->path;
  }
  std::uint64_t size() const {
    const Lock lock{tree_->mutex};
    return upload_->size;
  }
  bool is_kept() const {
    const Lock lock{tree_->mutex};
    return upload_->resumable;
  }

 private:
  friend BasicMemoryStorage;
  Writer(std::shared_ptr<Tree> tree, typename Tree::UploadPointer upload) : tree_{std::move(tree)}, upload_{std::move(upload)} {}

  std::shared_ptr<Tree> tree_;
  typename Tree::UploadPointer upload_;
};

/// A directory, some entries at a time, sorted by name.
template <class X> class BasicMemoryStorage<X>::Listing {
 public:
  awaitable<std::vector<Entry>> next() {
    const Lock lock{tree_->mutex};
    auto batch = tree_->list(directory_, after_, batch_size);
    if (!batch.empty()) after_ = batch.back().name;
    co_return batch;
  }

 private:
  friend BasicMemoryStorage;
  static constexpr std::size_t batch_size = 512;
  Listing(std::shared_ptr<Tree> tree, Path directory) : tree_{std::move(tree)}, directory_{std::move(directory)} {}

  std::shared_ptr<Tree> tree_;
  Path directory_;
  std::string after_;
};

template <class X>
awaitable<typename BasicMemoryStorage<X>::Listing> BasicMemoryStorage<X>::list(Path path) {
  const Lock lock{tree_->mutex};
  if (tree_->at(path).text) detail::fail(std::errc::not_a_directory);
  co_return Listing{tree_, path};
}
template <class X>
awaitable<typename BasicMemoryStorage<X>::Reader> BasicMemoryStorage<X>::open(Path path, std::uint64_t offset) {
  const Lock lock{tree_->mutex};
  const auto& node = tree_->file_at(path);
  if (offset > node.text->size()) detail::fail(Errc::bad_restart);
  co_return Reader{tree_->entry(path, node), node.text, static_cast<std::size_t>(offset)};
}
template <class X>
awaitable<typename BasicMemoryStorage<X>::Writer> BasicMemoryStorage<X>::create(Path path, std::uint64_t offset) {
  const Lock lock{tree_->mutex};
  co_return Writer{tree_, tree_->create(path, offset)};
}
template <class X>
awaitable<typename BasicMemoryStorage<X>::Writer> BasicMemoryStorage<X>::append(Path path) {
  const Lock lock{tree_->mutex};
  co_return Writer{tree_, tree_->append(path)};
}
template <class X>
awaitable<typename BasicMemoryStorage<X>::Writer> BasicMemoryStorage<X>::create_unique(Path path) {
  const Lock lock{tree_->mutex};
  co_return Writer{tree_, tree_->create_unique(path)};
}

static_assert(CompleteStorage<MemoryStorage> && TellsUsage<MemoryStorage>);

}  // namespace ftplike
