#pragma once
// Files of the system as entries of a listing.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <limits>
#include <string>
#include <utility>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/system/copy.hpp>
#include <ftplike/system/files.hpp>
#include <ftplike/system/read_resident.hpp>
#include <ftplike/system/rename.hpp>

namespace ftplike::inline v0_2::detail {

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

inline Timestamp modified(const FileStatus& status) noexcept { return timestamp_of(time_of_change(status)); }

/// Puts into an entry all but its name.
inline void describe(Entry& entry, const FileStatus& status) {
  entry.type = is_regular(status)  ? Entry::Type::file
               : is_folder(status) ? Entry::Type::directory
               : is_link(status)   ? Entry::Type::link
                                   : Entry::Type::other;
  entry.size = is_folder(status) ? 0 : static_cast<std::uint64_t>(status.st_size);
  entry.modified = modified(status);
  entry.mode = status.st_mode & 07777;
  char unique[40];
  char* const end = unique + sizeof unique;
  char* at = std::to_chars(unique, end, status.st_dev, 16).ptr;
  *at++ = '.';
  at = std::to_chars(at, end, status.st_ino, 16).ptr;
  entry.unique.assign(unique, at);
}

inline Entry entry_of(std::string name, const FileStatus& status) {
  Entry entry;
  entry.name = std::move(name);
  describe(entry, status);
  return entry;
}

}  // namespace ftplike::detail
