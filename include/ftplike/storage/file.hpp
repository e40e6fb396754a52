#pragma once
#include <algorithm>
#include <atomic>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/bytes.hpp>
#include <ftplike/storage/partial.hpp>
#include <ftplike/storage/path_resolver.hpp>
#include <ftplike/system/beneath.hpp>
#include <ftplike/system/new_shared.hpp>
#include <ftplike/system/paths.hpp>

namespace ftplike::inline v0_2 {

/// How a `DirectoryStorage` treats its folder: `DirectoryStorage{"inbox", {.partial_lifetime =
/// std::chrono::hours{24}}}`.
struct DirectoryOptions {
  /// How long an interrupted upload can be gone on with, counted from its last byte; then its partial file is removed.
  std::chrono::seconds partial_lifetime = std::chrono::hours{24 * 7};
  /// How often, at most, an upload has the folder that it goes to looked through for partial files past their time.
  std::chrono::seconds sweep_interval = std::chrono::hours{1};
  /// A write that took longer than this has the following ones done by the workers, away from the event loop.
  std::chrono::nanoseconds slow_write = std::chrono::milliseconds{20};
  /// Links are followed by the kernel where it can keep them inside (Linux: openat2); false: component by component,
  /// as everywhere else.
  bool kernel_resolves = true;
};

template <class> class BasicDirectoryStorage;

namespace detail {

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
  const PathResolver root;
  const DirectoryOptions options;
  mutable SweptFolders swept;
};

/// Freeing the blocks of a file larger than this is better not waited for in place.
inline constexpr std::uint64_t large_file = 64 * 1024 * 1024;
/// How much of a file is copied in one job.
inline constexpr std::uint64_t copied_piece = 32 * 1024 * 1024;

/// A file, and what it was when it was opened. Whoever opens it also looks: that may block as well, and MooseFS tells
/// another thread what that one saw when it last met the name, up to a second ago.
struct OpenedFile {
  explicit OpenedFile(Descriptor opened) : file{std::move(opened)} {
    checked([&] { return sys::status_of(file.get(), &status); });
  }
  Descriptor file;
  FileStatus status{};
};

/// Some bytes of a file, read where that may block.
template <class = void> class BasicFilePiece {
 public:
  void read(const Descriptor& file, std::size_t size, sys::Offset at) {
    bytes_ = std::make_unique_for_overwrite<std::byte[]>(size);
    size_ = static_cast<std::size_t>(checked([&] { return sys::read_at(file.get(), bytes_.get(), size, at); }));
  }
  std::span<const std::byte> bytes() const noexcept { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_ = 0;
};
using FilePiece = BasicFilePiece<>;  // a template, so that only what is called is compiled

/// Has a part of a file read into the system's memory.
inline void read_ahead(const Descriptor& file, std::uint64_t begin, std::uint64_t end) noexcept {
  std::array<std::byte, 32 * 1024> room;
  while (begin < end) {
    const auto n = sys::read_at(file.get(), room.data(), room.size(), static_cast<sys::Offset>(begin));
    if (n <= 0) return;  // whoever takes the bytes meets the error too
    begin += static_cast<std::uint64_t>(n);
  }
}

/// What came of a write: how much is there, the system's error if not all is, and whether the disk was slow.
class FileWrite {
 public:
  void run(const Descriptor& file, std::span<const std::byte> bytes, std::uint64_t at, std::chrono::nanoseconds slow) {
    const auto begin = std::chrono::steady_clock::now();
    while (!bytes.empty()) {
      const auto n = sys::write_at(file.get(), bytes.data(), bytes.size(), static_cast<sys::Offset>(at + count));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        error = errno;
        break;
      }
      count += static_cast<std::uint64_t>(n);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    was_slow = std::chrono::steady_clock::now() - begin >= slow;
  }
  std::uint64_t count = 0;
  int error = 0;
  bool was_slow = false;
};

}  // namespace detail

/// A file that is being read, of a `DirectoryStorage` or any other, up to the size that it had when it was opened.
///
/// **Threads:** one at a time.
template <class = void> class BasicFileReader {
 public:
  using FileReader = BasicFileReader;  // as what derives from it calls it
  /// Opens a file of this machine, from `offset` on: a source for `Client::upload`, for instance. A worker does it, but where
  /// Linux has the folders on the way in its memory.
  ///
  /// **Errors:** `std::system_error`; `Errc::bad_restart` beyond its end. Only regular files can be read.
  static awaitable<BasicFileReader> open(std::string file, std::uint64_t offset = 0) {
    const std::string name = detail::last_name(file);
    detail::Descriptor at_once = detail::open_if_cached(file.c_str(), detail::sys::to_read);
    if (at_once) co_return BasicFileReader{name, detail::OpenedFile{std::move(at_once)}, offset};
    auto open = [file] {
      return detail::OpenedFile{
          detail::Descriptor{detail::checked([&] { return detail::sys::open_file(file.c_str(), detail::sys::to_read); })}};
    };
    detail::OpenedFile opened = co_await blocking(std::move(open));
    co_return BasicFileReader{name, std::move(opened), offset};
  }

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), size() - position_)));
    if (room.empty()) co_return 0;
    const auto at = static_cast<detail::sys::Offset>(position_);
    detail::sys::Count n = -1;
    if (can_tell_) {
      n = detail::read_resident(file_->get(), room, at);
      can_tell_ = n >= 0 || errno == EAGAIN;
    }
    if (n < 0 && can_tell_) {
      const auto piece = detail::new_shared<detail::FilePiece>();
      auto read = [piece, file = file_, size = room.size(), at] { piece->read(*file, size, at); };
      co_await blocking(std::move(read), Workload{WorkKind::disk, client_});
      const auto bytes = piece->bytes();
      std::copy(bytes.begin(), bytes.end(), room.begin());
      n = static_cast<detail::sys::Count>(bytes.size());
    } else if (n < 0) {
      n = detail::checked([&] { return detail::sys::read_at(file_->get(), room.data(), room.size(), at); });
    }
    if (n == 0) detail::fail(std::errc::io_error);  // the file was cut meanwhile
    position_ += static_cast<std::uint64_t>(n);
    co_return static_cast<std::size_t>(n);
  }

  /// The file, for whoever moves its bytes without a buffer: from `position()` on, and tells it by `advance`. None
  /// where so few are asked for that a buffer is faster.
  int descriptor() const noexcept { return is_short_ ? -1 : file_->get(); }
  /// Where it reads next.
  std::uint64_t position() const noexcept { return position_; }
  /// Leaves out bytes that were sent from the descriptor.
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
        auto read = [file = file_, begin, end] { detail::read_ahead(*file, begin, end); };
        co_await blocking(std::move(read), Workload{WorkKind::disk, client_});
      }
    }
    co_return static_cast<std::size_t>(end - position_);
  }

  std::uint64_t size() const noexcept { return static_cast<std::uint64_t>(status_.st_size); }
  /// Goes on at an offset. **Errors:** `Errc::bad_restart` beyond the end.
  void seek(std::uint64_t offset) {
    if (offset > size()) detail::fail(Errc::bad_restart);
    position_ = resident_ = offset;
    is_short_ = size() - offset <= 16 * 1024;
  }
  /// When the file was last changed, in UTC.
  Timestamp modified() const { return entry().modified; }
  /// As a listing tells it.
  Entry entry() const { return detail::entry_of(name_, status_); }

 private:
  template <class> friend class BasicDirectoryStorage;

  BasicFileReader(std::string name, detail::OpenedFile opened, std::uint64_t offset, ClientKey client = 0)
      : name_{std::move(name)},
        file_{detail::new_shared<const detail::Descriptor>(std::move(opened.file))},
        client_{client},
        status_{opened.status} {
    if (detail::is_folder(status_)) detail::fail(std::errc::is_a_directory);
    if (!detail::is_regular(status_)) detail::fail(std::errc::operation_not_permitted);
    seek(offset);
  }

  /// Some file systems cannot tell, and those hold their files in memory.
  bool would_wait(std::uint64_t offset) noexcept {
    if (!can_tell_) return false;
    std::byte one;
    if (detail::read_resident(file_->get(), {&one, 1}, static_cast<detail::sys::Offset>(offset)) >= 0) return false;
    can_tell_ = errno == EAGAIN;
    return can_tell_;
  }
  std::string name_;
  std::shared_ptr<const detail::Descriptor> file_;  // shared with reads under way
  ClientKey client_;
  detail::FileStatus status_;
  std::uint64_t position_ = 0;
  std::uint64_t resident_ = 0;  // the end of what has been fetched
  bool can_tell_ = true;
  bool is_short_ = false;
};
using FileReader = BasicFileReader<>;  // a template, so that only what is called is compiled

/// A file of a DirectoryStorage that is being written: a hidden partial file beside the name, which one rename puts
/// there. So a name is the old whole file or the new whole file, also when the process is killed in between. Against
/// the loss of power it is no more than the file system is: nothing is forced to the disk.
///
/// **Threads:** one at a time.
template <class = void> class BasicFileWriter {
 public:
  using FileWriter = BasicFileWriter;  // as what derives from it calls it
  BasicFileWriter(BasicFileWriter&& other) noexcept = default;
  BasicFileWriter& operator=(BasicFileWriter&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(target_, other.target_);
    std::swap(size_, other.size_);
    std::swap(client_, other.client_);
    std::swap(slow_, other.slow_);
    return *this;
  }
  ~BasicFileWriter() {
    if (target_ && (size_ == 0 || !target_->partial.is_kept)) discard();
  }

  /// **Errors:** of a disk that is full (`no_space_on_device`, or the system's quota): then nothing is kept that would hold
  /// room, once the writer is gone. Of others what was written before stays.
  awaitable<void> write(std::span<const std::byte> bytes) { return put(bytes, size_); }
  /// The same anywhere in the file. Other coroutines of the executor may write elsewhere meanwhile.
  awaitable<void> write_at(std::span<const std::byte> bytes, std::uint64_t at) {
    co_await put(bytes, at);
    size_ = std::max(size_, at);
  }

  /// Puts the file under its name, with the mode of the file that it replaces.
  awaitable<void> finish() {
    try {
      if (std::max(target_->place.size(), size_) > detail::large_file || slow_ > 0) {
        auto commit = [target = target_] { target->commit(); };
        co_await blocking(std::move(commit), load());
      } else {
        target_->commit();
      }
      close();
    } catch (const std::system_error& error) {
      give_up_room(error.code());
      throw;
    }
  }

  /// Throws away what was written.
  void discard() noexcept {
    if (target_->is_over.exchange(true)) return;
    detail::sys::remove_at(target_->place.directory, target_->partial.name.c_str());
    close();
  }

  /// The name; that of a unique file is settled only when it is finished, but in all probability is this one.
  const Path& path() const noexcept { return target_->path; }
  std::uint64_t size() const noexcept { return size_; }
  bool is_kept() const noexcept { return target_->partial.is_kept; }
  std::optional<std::string> kept_as() const {
    const bool stays = is_kept() && size_ > 0 && !target_->is_over;
    return stays ? std::optional{target_->partial.name} : std::nullopt;
  }

 private:
  template <class> friend class BasicDirectoryStorage;

  /// Writes on at `size`. Only the name's own partial file is kept; a temporary one goes with the writer. A name that
  /// is `wanted` gives way to the next number, beginning with `number`, where somebody else took it.
  BasicFileWriter(std::shared_ptr<const detail::DirectoryState> state, Path path, detail::DirectoryEntry place,
             detail::Partial partial, std::uint64_t size, ClientKey client = 0,
             std::optional<Path> wanted = std::nullopt, unsigned number = 0)
      : state_{std::move(state)},
        target_{
            detail::new_shared<Target>(std::move(path), std::move(place), std::move(partial), std::move(wanted), number)},
        size_{size},
        client_{client} {}

  /// Begins with the first bytes of another file instead; `Errc::bad_restart` if it has fewer. Calls `progress`, if
  /// there is one, after each piece.
  awaitable<void> begin_with(detail::Descriptor whole, std::uint64_t count, std::function<void()> progress) {
    const auto from = detail::new_shared<const detail::Descriptor>(std::move(whole));
    auto cut = [target = target_] { detail::checked([&] { return detail::sys::resize(target->partial.file.get(), 0); }); };
    co_await blocking(std::move(cut), load());
    const bool is_kept = std::exchange(target_->partial.is_kept, false);  // a part of a copy is nothing to go on with
    while (size_ < count) {
      auto copy = [target = target_, from, at = size_, most = std::min(detail::copied_piece, count - size_)] {
        return detail::copy_bytes(from->get(), target->partial.file.get(), at, most);
      };
      const std::uint64_t copied = co_await blocking(std::move(copy), load());
      if (copied == 0) detail::fail(Errc::bad_restart);
      size_ += copied;
      if (progress) progress();
    }
    target_->partial.is_kept = is_kept;
  }
  /// Forgets what stands behind the size that it was made with.
  awaitable<void> cut() {
    auto cut = [target = target_, size = size_] {
      detail::checked([&] { return detail::sys::resize(target->partial.file.get(), static_cast<detail::sys::Offset>(size)); });
    };
    if (target_->partial.size > detail::large_file) {
      co_await blocking(std::move(cut), load());
    } else {
      cut();
    }
  }

  /// What is written, and where it is to stand: shared with the jobs under way, which may outlive the writer.
  struct Target {
    Target(Path its_path, detail::DirectoryEntry its_place, detail::Partial its_partial, std::optional<Path> its_wanted,
           unsigned its_number)
        : path{std::move(its_path)},
          place{std::move(its_place)},
          partial{std::move(its_partial)},
          wanted{std::move(its_wanted)},
          number{its_number} {}

    void commit() {
      if (place.exists()) keep_mode();
      flush();
      const char* from = partial.name.c_str();
      if (!wanted) {
        detail::checked([&] { return detail::sys::rename_at(place.directory, from, place.directory, place.name.c_str()); });
      } else {
        while (!detail::rename_to_free(place.directory, from, place.name.c_str())) {
          path = detail::numbered(*wanted, ++number);
          place.name = path.name();
        }
      }
      is_over = true;
    }
    /// Has a file system that writes at the end, as of networks do, write now, and say where that fails: who sees the
    /// name from another machine sees all of it. The lock stays, for it is of the open file and not of a descriptor.
    void flush() {
      detail::checked([&] { return detail::sys::write_through(partial.file.get()); });
    }
    /// Takes over the permissions of the file that is replaced.
    void keep_mode() {
      constexpr unsigned permissions = 0777;
      detail::FileStatus ours{};
      detail::checked([&] { return detail::sys::status_of(partial.file.get(), &ours); });
      const auto mode = place.status.st_mode & permissions;
      if (mode != (ours.st_mode & permissions)) detail::checked([&] { return detail::sys::set_mode(partial.file.get(), mode); });
    }

    Path path;
    detail::DirectoryEntry place;
    detail::Partial partial;
    std::optional<Path> wanted;  // of a unique name: where the numbers start
    unsigned number;
    std::atomic<bool> is_over = false;  // it stands under its name, or was thrown away; its file closes with the last job
  };

  Workload load() const noexcept { return Workload{WorkKind::disk, client_}; }
  /// Leaves nothing open once all is over: there are systems where a name that is open cannot be had again. Where work
  /// still holds the file, it closes with the writer or with that work, whichever ends last.
  void close() noexcept {
    if (target_.use_count() == 1) target_->partial.file.close();
  }
  /// What is left of an upload for which there is no room must not hold what there is, or nobody could upload any more.
  void give_up_room(std::error_code error) noexcept {
    if (detail::is_full(error)) target_->partial.is_kept = false;
  }

  /// Writes from `at` on, which is moved to the end of what was written.
  awaitable<void> put(std::span<const std::byte> bytes, std::uint64_t& at) {
    constexpr unsigned slow_writes = 64;  // that many are done elsewhere once one was slow
    const auto slow = state_->options.slow_write;
    detail::FileWrite write;
    if (slow_ == 0) {
      write.run(target_->partial.file, bytes, at, slow);
    } else {
      --slow_;
      const auto written = detail::new_shared<detail::FileWrite>();
      auto put = [written, target = target_, copy = std::vector<std::byte>(bytes.begin(), bytes.end()), at, slow] {
        written->run(target->partial.file, copy, at, slow);
      };
      co_await blocking(std::move(put), load());
      write = *written;
    }
    at += write.count;
    if (write.was_slow) slow_ = slow_writes;
    give_up_room(detail::error_of_errno(write.error));
    if (write.error != 0) detail::fail_with(write.error);
  }

  std::shared_ptr<const detail::DirectoryState> state_;
  std::shared_ptr<Target> target_;
  std::uint64_t size_;
  ClientKey client_;
  unsigned slow_ = 0;  // writes that are still to be done elsewhere
};
using FileWriter = BasicFileWriter<>;  // a template, so that only what is called is compiled

}  // namespace ftplike
