#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace ftplike::inline v0_2 {

/// A moment in UTC, as the protocol tells it: to the millisecond.
///
/// Beware of arithmetic with finer units: in nanoseconds, the unit of the system's clock and of `Duration`, the years
/// beyond 2262 do not fit 64 bits, and a peer may name any from 0 to 9999.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// The first moment that the protocol can tell.
inline constexpr Timestamp first_timestamp = std::chrono::sys_days{std::chrono::January / 1 / 0};
/// The last one.
inline constexpr Timestamp last_timestamp =
    std::chrono::sys_days{std::chrono::January / 1 / 10000} - std::chrono::milliseconds{1};

/// Now, by the system's clock, which may be set at any time: for telling and comparing dates, not for measuring. What
/// may run on a simulated network asks `wall_clock(executor)` (io/date.hpp).
inline Timestamp wall_clock() noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// What a directory says of one of its files. Of a listing it holds what the server told, and `listed`, the line
/// itself.
class Entry {
 public:
  /// What it is; `other` is a device or the like.
  enum class Type { file, directory, link, other };

  Entry() = default;
  /// With what every listing tells.
  Entry(std::string its_name, Type its_type, std::optional<std::uint64_t> its_size, Timestamp its_time)
      : name{std::move(its_name)}, type{its_type}, size{its_size}, modified{its_time} {}

  /// Whether it is a directory.
  bool is_directory() const noexcept { return type == Type::directory; }
  /// Whether it is a file.
  bool is_file() const noexcept { return type == Type::file; }

  std::string name;  // one component
  Type type = Type::file;  // what it is
  std::optional<std::uint64_t> size;  // bytes; none if it is not known before all have been read
  Timestamp modified{};               // the epoch if it is not known
  bool in_utc = true;  // what `modified` is; a LIST tells times of the server's own zone, whichever that is
  unsigned mode = 0;                  // the permission bits, 0 if they are not known
  std::string unique;                 // the same for two names of one file
  std::string target;                 // of a link
  std::string owner, group;  // names or numbers; empty if they are not told
  std::string listed;  // the line of a listing that it was read from

  friend bool operator==(const Entry&, const Entry&) = default;
};

}  // namespace ftplike
