#pragma once
// The system's calls for files, and what differs between systems.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <fcntl.h>
#include <limits>
#include <span>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/system/descriptor.hpp>

namespace ftplike::inline v0_2::detail {

/// To pass through a directory needs no right to read it, where the system can tell these apart.
#if defined O_PATH
inline constexpr int directory_only = O_PATH | O_DIRECTORY | O_CLOEXEC;
#elif defined O_SEARCH
inline constexpr int directory_only = O_SEARCH | O_DIRECTORY | O_CLOEXEC;
#else
inline constexpr int directory_only = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#endif
/// Opening must not wait for the other end of a FIFO, nor make a terminal ours.
inline constexpr int quietly = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

/// A time of the system's, cut to the millisecond and to the years that the protocol can tell. It is never counted in
/// nanoseconds, of which 64 bits hold no more than the years 1678 to 2262: file systems hold others.
inline Timestamp timestamp_of(const timespec& time) noexcept {
  using namespace std::chrono;
  constexpr auto least = first_timestamp.time_since_epoch(), most = last_timestamp.time_since_epoch();
  const std::int64_t whole =
      std::clamp<std::int64_t>(time.tv_sec, floor<seconds>(least).count(), floor<seconds>(most).count());
  return Timestamp{milliseconds{whole * 1000 + time.tv_nsec / 1'000'000}};
}
/// The same time as the system takes it: as far as its seconds go.
inline timespec timespec_of(Timestamp time) noexcept {
  using namespace std::chrono;
  const auto whole = floor<seconds>(time);
  using Seconds = std::numeric_limits<std::time_t>;
  timespec result{};
  result.tv_sec = static_cast<std::time_t>(
      std::clamp<std::int64_t>(whole.time_since_epoch().count(), Seconds::min(), Seconds::max()));
  result.tv_nsec = static_cast<long>((time - whole).count()) * 1'000'000;
  return result;
}

inline Timestamp modified(const struct stat& status) noexcept {
#ifdef __APPLE__
  return timestamp_of(status.st_mtimespec);
#else
  return timestamp_of(status.st_mtim);
#endif
}

inline bool is_same_file(const struct stat& a, const struct stat& b) noexcept {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

inline Entry entry_of(std::string name, const struct stat& status) {
  const auto type = S_ISREG(status.st_mode)   ? Entry::Type::file
                    : S_ISDIR(status.st_mode) ? Entry::Type::directory
                    : S_ISLNK(status.st_mode) ? Entry::Type::link
                                              : Entry::Type::other;
  Entry entry{std::move(name), type, S_ISDIR(status.st_mode) ? 0 : static_cast<std::uint64_t>(status.st_size),
              modified(status)};
  entry.mode = status.st_mode & 07777;
  char unique[40];
  char* const end = unique + sizeof unique;
  char* at = std::to_chars(unique, end, status.st_dev, 16).ptr;
  *at++ = '.';
  at = std::to_chars(at, end, status.st_ino, 16).ptr;
  entry.unique.assign(unique, at);
  return entry;
}

/// Reads at `offset`, or at the descriptor's position for -1, what is in memory already. Gives -1 where that would wait
/// for the disk (EAGAIN) or the system does not know (EOPNOTSUPP).
inline ssize_t read_resident([[maybe_unused]] int file, [[maybe_unused]] std::span<std::byte> room,
                             [[maybe_unused]] off_t offset) noexcept {
#ifdef RWF_NOWAIT
  const iovec part{room.data(), room.size()};
  return ::preadv2(file, &part, 1, offset, RWF_NOWAIT);
#else
  errno = EOPNOTSUPP;
  return -1;
#endif
}

/// Copies up to `count` bytes of one file, from `at` on, to the same place of another and gives how many there were;
/// shares their blocks where the file system can.
inline std::uint64_t copy_bytes(int from, int to, std::uint64_t at, std::uint64_t count) {
  std::uint64_t done = 0;
#ifdef __linux__
  for (auto in = static_cast<loff_t>(at), out = in; done < count;) {
    const auto n = ::copy_file_range(from, &in, to, &out, static_cast<std::size_t>(count - done), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;  // whatever the reason is, it shows again below, or was none
    done += static_cast<std::uint64_t>(n);
  }
#endif
  std::vector<std::byte> room(done < count ? 256 * 1024 : 0);
  while (done < count) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), count - done));
    const auto got = checked([&] { return ::pread(from, room.data(), most, static_cast<off_t>(at + done)); });
    if (got == 0) break;
    for (ssize_t put = 0; put < got;) {
      put += checked([&] {
        return ::pwrite(to, room.data() + put, static_cast<std::size_t>(got - put), static_cast<off_t>(at + done) + put);
      });
    }
    done += static_cast<std::uint64_t>(got);
  }
  return done;
}

/// Renames inside a directory, unless the new name is taken: then false.
inline bool rename_to_free(int directory, const char* from, const char* to) {
#if defined __linux__ && defined SYS_renameat2
  constexpr unsigned no_replace = 1;
  if (::syscall(SYS_renameat2, directory, from, directory, to, no_replace) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno != EINVAL && errno != ENOSYS) fail_with(errno);
#endif
  if (::linkat(directory, from, directory, to, 0) != 0) {
    if (errno == EEXIST) return false;
    fail_with(errno);
  }
  ::unlinkat(directory, from, 0);
  return true;
}

}  // namespace ftplike::detail
