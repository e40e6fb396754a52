#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/bytes.hpp>
#include <ftplike/storage/beneath.hpp>
#include <ftplike/storage/partial.hpp>

namespace ftplike {
namespace detail {

/// What the tests turn, and nobody else.
struct DirectoryOptions {
  bool kernel_resolves = true;                       // false: component by component, as on systems without openat2
  std::chrono::seconds lifetime = partial_lifetime;  // of partial files
  std::chrono::seconds sweeping = std::chrono::hours{1};  // how often uploads have a folder looked through for old ones
  std::chrono::nanoseconds slow_write = std::chrono::milliseconds{20};  // from when on a disk counts as slow
};

/// The folders that were looked through of late. **Threads:** any, at once.
class SweptFolders {
 public:
  /// Whether a folder is to be looked through now, by whoever asked: the first one within each `interval`.
  bool is_due(const std::string& folder, std::chrono::seconds interval) {
    const auto now = std::chrono::steady_clock::now();
    const std::scoped_lock lock{mutex_};
    if (now - since_ >= interval) {  // all are due again, so that none is remembered for longer
      folders_.clear();
      since_ = now;
    }
    return folders_.insert(folder).second;
  }

 private:
  std::mutex mutex_;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  std::unordered_set<std::string> folders_;
};

/// What a DirectoryStorage, its readers and its writers share.
struct DirectoryState {
  DirectoryState(std::string folder, const DirectoryOptions& its_options)
      : label{std::move(folder)}, root{label, its_options.kernel_resolves}, options{its_options} {}

  const std::string label;
  const Beneath root;
  const DirectoryOptions options;
  mutable SweptFolders swept;
};

/// Freeing the blocks of a file larger than this is better not waited for in place.
inline constexpr std::uint64_t large_file = 64 * 1024 * 1024;

}  // namespace detail

/// A file of a DirectoryStorage that is being read, up to the size that it had when it was opened.
///
/// **Threads:** one at a time.
class FileReader {
 public:
  FileReader(std::string name, detail::Descriptor file, std::uint64_t offset)
      : name_{std::move(name)}, file_{std::move(file)}, position_{offset}, resident_{offset} {
    detail::checked([&] { return ::fstat(file_.get(), &status_); });
    if (S_ISDIR(status_.st_mode)) detail::fail(std::errc::is_a_directory);
    if (!S_ISREG(status_.st_mode)) detail::fail(std::errc::operation_not_permitted);
    if (offset > size()) detail::fail(Errc::bad_restart);
    is_short_ = size() - offset <= 16 * 1024;
  }

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), size() - position_)));
    if (room.empty()) co_return 0;
    const auto at = static_cast<off_t>(position_);
    ssize_t n = -1;
    if (can_tell_) {
      n = detail::read_resident(file_.get(), room, at);
      can_tell_ = n >= 0 || errno == EAGAIN;
    }
    auto read = [&] { n = detail::checked([&] { return ::pread(file_.get(), room.data(), room.size(), at); }); };
    if (n < 0 && can_tell_) {
      co_await blocking(read);
    } else if (n < 0) {
      read();
    }
    if (n == 0) detail::fail(std::errc::io_error);  // the file was cut meanwhile
    position_ += static_cast<std::uint64_t>(n);
    co_return static_cast<std::size_t>(n);
  }

  /// The file, for whoever moves its bytes without a buffer: from `position()` on, and tells it by `advance`. None
  /// where so few are asked for that a buffer is faster.
  int descriptor() const noexcept { return is_short_ ? -1 : file_.get(); }
  std::uint64_t position() const noexcept { return position_; }
  void advance(std::size_t count) noexcept { position_ += count; }
  /// Has the next bytes, up to `most`, read into the system's memory, so that whoever takes them does not wait for a
  /// disk. Gives how many there are; 0 at the end.
  awaitable<std::size_t> fetch(std::size_t most) {
    const auto end = std::min<std::uint64_t>(position_ + most, size());
    if (end > resident_) {
      const auto begin = std::max(position_, resident_);
      resident_ = end;
      constexpr std::uint64_t page = 4096;
      const bool waits = would_wait(begin) || (end - begin > page && would_wait(end - 1));
      if (waits) {
        auto read = [this, begin] { read_ahead(begin); };
        co_await blocking(read);
      }
    }
    co_return static_cast<std::size_t>(end - position_);
  }

  std::uint64_t size() const noexcept { return static_cast<std::uint64_t>(status_.st_size); }
  Entry entry() const { return detail::entry_of(name_, status_); }

 private:
  /// Some file systems cannot tell, and those hold their files in memory.
  bool would_wait(std::uint64_t offset) noexcept {
    if (!can_tell_) return false;
    std::byte one;
    if (detail::read_resident(file_.get(), {&one, 1}, static_cast<off_t>(offset)) >= 0) return false;
    can_tell_ = errno == EAGAIN;
    return can_tell_;
  }
  void read_ahead(std::uint64_t begin) const noexcept {
    std::array<std::byte, 32 * 1024> room;
    while (begin < resident_) {
      const auto n = ::pread(file_.get(), room.data(), room.size(), static_cast<off_t>(begin));
      if (n <= 0) return;  // whoever takes the bytes meets the error too
      begin += static_cast<std::uint64_t>(n);
    }
  }

  std::string name_;
  detail::Descriptor file_;
  struct stat status_ {};
  std::uint64_t position_;
  std::uint64_t resident_;  // the end of what has been fetched
  bool can_tell_ = true;
  bool is_short_ = false;
};

/// A file of a DirectoryStorage that is being written: a hidden partial file beside the name, which one rename puts
/// there. So a name is the old whole file or the new whole file, also when the process is killed in between. Against
/// the loss of power it is no more than the file system is: nothing is forced to the disk.
///
/// **Threads:** one at a time.
class FileWriter {
 public:
  /// Writes on at `size`. Only the name's own partial file is kept; a temporary one goes with the writer. A name that
  /// is `wanted` gives way to the next number, beginning with `number`, where somebody else took it.
  FileWriter(std::shared_ptr<const detail::DirectoryState> state, Path path, detail::Place place,
             detail::Partial partial, std::uint64_t size, std::optional<Path> wanted = std::nullopt,
             unsigned number = 0)
      : state_{std::move(state)},
        path_{std::move(path)},
        place_{std::move(place)},
        partial_{std::move(partial)},
        size_{size},
        wanted_{std::move(wanted)},
        number_{number} {}
  FileWriter(FileWriter&&) noexcept = default;
  FileWriter& operator=(FileWriter&& other) noexcept {
    FileWriter old{std::move(*this)};
    state_ = std::move(other.state_);
    path_ = std::move(other.path_);
    place_ = std::move(other.place_);
    partial_ = std::move(other.partial_);
    size_ = other.size_;
    slow_ = other.slow_;
    wanted_ = std::move(other.wanted_);
    number_ = other.number_;
    return *this;
  }
  ~FileWriter() {
    if (partial_.file && (size_ == 0 || !partial_.is_kept)) discard();
  }

  /// Begins with the first bytes of another file instead; `Errc::bad_restart` if it has fewer. Better not in place.
  void begin_with(const detail::Descriptor& whole, std::uint64_t count) {
    detail::checked([&] { return ::ftruncate(partial_.file.get(), 0); });
    if (detail::copy_bytes(whole.get(), partial_.file.get(), count) < count) detail::fail(Errc::bad_restart);
    size_ = count;
  }

  /// **Errors:** `no_space_on_device` and the like; what was written before stays.
  awaitable<void> write(std::span<const std::byte> bytes) { return put(bytes, size_); }
  /// The same anywhere in the file. Other coroutines of the executor may write elsewhere meanwhile.
  awaitable<void> write_at(std::span<const std::byte> bytes, std::uint64_t at) {
    co_await put(bytes, at);
    size_ = std::max(size_, at);
  }

  /// Puts the file under its name, with the mode of the file that it replaces.
  awaitable<void> finish() {
    auto rename = [this] { commit(); };
    if (place_.size() > detail::large_file) {
      co_await blocking(rename);
    } else {
      rename();
    }
  }

  /// Throws away what was written.
  void discard() noexcept {
    if (!partial_.file) return;
    ::unlinkat(place_.directory, partial_.name.c_str(), 0);
    partial_.file = detail::Descriptor{};
  }

  /// The name; that of a unique file is settled only when it is finished, but in all probability is this one.
  const Path& path() const noexcept { return path_; }
  std::uint64_t size() const noexcept { return size_; }

 private:
  /// Writes from `at` on, which is moved to the end of what was written.
  awaitable<void> put(std::span<const std::byte> bytes, std::uint64_t& at) {
    constexpr unsigned slow_writes = 64;  // that many are done elsewhere once one was slow
    bool was_slow = false;
    auto put_all = [&] {
      const auto begin = std::chrono::steady_clock::now();
      while (!bytes.empty()) {
        const auto n = detail::checked(
            [&] { return ::pwrite(partial_.file.get(), bytes.data(), bytes.size(), static_cast<off_t>(at)); });
        at += static_cast<std::uint64_t>(n);
        bytes = bytes.subspan(static_cast<std::size_t>(n));
      }
      was_slow = std::chrono::steady_clock::now() - begin >= state_->options.slow_write;
    };
    if (slow_ == 0) {
      put_all();
    } else {
      --slow_;
      co_await blocking(put_all);
    }
    if (was_slow) slow_ = slow_writes;
  }

  void commit() {
    if (place_.exists()) keep_mode();
    const char* from = partial_.name.c_str();
    if (!wanted_) {
      detail::checked([&] { return ::renameat(place_.directory, from, place_.directory, place_.name.c_str()); });
    } else {
      while (!detail::rename_to_free(place_.directory, from, place_.name.c_str())) {
        path_ = detail::numbered(*wanted_, ++number_);
        place_.name = path_.name();
      }
    }
    partial_.file = detail::Descriptor{};
  }

  /// Takes over the permissions of the file that is replaced.
  void keep_mode() {
    constexpr mode_t permissions = 0777;
    struct stat ours {};
    detail::checked([&] { return ::fstat(partial_.file.get(), &ours); });
    const auto mode = place_.status.st_mode & permissions;
    if (mode != (ours.st_mode & permissions)) detail::checked([&] { return ::fchmod(partial_.file.get(), mode); });
  }

  std::shared_ptr<const detail::DirectoryState> state_;
  Path path_;
  detail::Place place_;
  detail::Partial partial_;
  std::uint64_t size_;
  unsigned slow_ = 0;           // writes that are still to be done elsewhere
  std::optional<Path> wanted_;  // of a unique name: where the numbers start
  unsigned number_ = 0;
};

}  // namespace ftplike
