#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/storage/names.hpp>
#include <ftplike/storage/posix.hpp>

namespace ftplike::detail {

/// How long a partial file waits for being gone on with.
inline constexpr std::chrono::seconds partial_lifetime = std::chrono::hours{24 * 7};

inline std::string hexadecimal(std::uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

/// The name of the partial file of a name: it is part of it, or its hash where it is too long for that.
inline std::string partial_name(std::string_view name) {
  std::string result{partial_prefix};
  if (result.size() + 1 + name.size() <= longest_name) return result.append(".").append(name);
  std::uint64_t hash = 14695981039346656037u;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return result.append("#").append(hexadecimal(hash));
}

/// The name of a temporary file, which belongs to no name and so is never gone on with.
inline std::string temporary_name() {
  std::random_device random;
  const auto high = std::uint64_t{random()} << 32;
  return std::string{partial_prefix} + '~' + hexadecimal(high | random());
}

inline bool is_older_than(std::chrono::seconds age, const struct stat& status) {
  return std::chrono::system_clock::now() - modified(status) > age;
}

/// A partial or temporary file, open for writing and locked. The lock ends with the process at the latest, so that a
/// file without one has no writer.
struct Partial {
  Descriptor file;
  std::string name;
  struct stat status {};

  std::uint64_t size() const noexcept { return static_cast<std::uint64_t>(status.st_size); }
  bool is_temporary() const noexcept { return name[partial_prefix.size()] == '~'; }
};

/// What came of an attempt to get hold of a partial file.
struct Attempt {
  enum class Outcome {
    taken,
    absent,
    busy,       // somebody else is at it, or it is another user's
    unlockable  // this file system has no locks, so nothing can be gone on with
  };
  Outcome outcome = Outcome::absent;
  Partial partial{};
};

/// Opens and locks a partial file; `creation` is 0, O_CREAT, or O_CREAT | O_EXCL.
inline Attempt take_partial(int directory, std::string name, int creation) {
  using enum Attempt::Outcome;
  for (;;) {
    Partial partial;
    partial.file = Descriptor{::openat(directory, name.c_str(), O_WRONLY | O_NOFOLLOW | quietly | creation, 0666)};
    if (!partial.file) {
      if (errno == EINTR) continue;
      if (errno == ENOENT && creation == 0) return {absent};
      const bool is_new = (creation & O_EXCL) != 0;
      if (errno == EEXIST || (!is_new && (errno == EACCES || errno == EPERM))) return {busy};
      fail_with(errno);
    }
    if (::flock(partial.file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return {busy};
      ::unlinkat(directory, name.c_str(), 0);
      return {unlockable};
    }
    // Between opening and locking, its last writer may have given the file its final name.
    struct stat named {};
    checked([&] { return ::fstat(partial.file.get(), &partial.status); });
    if (::fstatat(directory, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0 || !is_same_file(named, partial.status)) {
      continue;
    }
    if (!S_ISREG(partial.status.st_mode)) return {busy};
    partial.name = std::move(name);
    return {taken, std::move(partial)};
  }
}

inline Partial make_temporary(int directory) {
  Partial result;
  do {
    result.name = temporary_name();
    result.file = Descriptor{::openat(directory, result.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | quietly, 0666)};
  } while (!result.file && (errno == EEXIST || errno == EINTR));
  if (!result.file) fail_with(errno);
  ::flock(result.file.get(), LOCK_EX | LOCK_NB);  // tells those who remove old files that this one is in use
  checked([&] { return ::fstat(result.file.get(), &result.status); });
  return result;
}

/// Removes a partial or temporary file if it is there and nobody is at it; whether it did.
inline bool remove_partial(int directory, const std::string& name) {
  const auto attempt = take_partial(directory, name, 0);
  return attempt.outcome == Attempt::Outcome::taken && ::unlinkat(directory, name.c_str(), 0) == 0;
}

}  // namespace ftplike::detail
