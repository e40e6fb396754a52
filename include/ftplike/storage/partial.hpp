#pragma once
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/storage/names.hpp>
#include <ftplike/storage/posix.hpp>
#include <ftplike/system/random.hpp>

namespace ftplike::inline v0_2::detail {

/// How long one that is still empty is left to whoever made it, who may not have locked it yet.
inline constexpr std::chrono::seconds empty_lifetime = std::chrono::minutes{1};

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
  return std::string{partial_prefix} + '~' + hexadecimal(random_number());
}

inline bool is_older_than(std::chrono::seconds age, Timestamp written) {
  return std::chrono::ceil<std::chrono::seconds>(wall_clock() - written) > age;
}

/// A partial or temporary file, open for writing and locked. The lock ends with the process at the latest, so that a
/// file without one has no writer.
struct Partial {
  Descriptor file;
  std::string name;
  bool is_kept = true;  // for being gone on with
  std::uint64_t size = 0;
  Timestamp written{};  // not known of one just made
};

/// What came of an attempt to get hold of a partial file.
struct Attempt {
  enum class Outcome {
    taken,
    absent,
    busy  // somebody else is at it, or it is another user's
  };
  Outcome outcome;
  Partial partial{};
};

/// Makes a partial file where there is none; busy if there is one.
inline Attempt make_partial(int directory, std::string name) {
  using enum Attempt::Outcome;
  Partial partial;
  do {
    partial.file = Descriptor{sys::open_at(directory, name.c_str(), sys::to_make)};
  } while (!partial.file && errno == EINTR);
  if (!partial.file && errno == EEXIST) return {busy};
  if (!partial.file) fail_with(errno);
  if (sys::lock(partial.file.get(), false) != 0) {
    if (errno == EAGAIN) {  // somebody is just looking at it
      sys::remove_at(directory, name.c_str());
      return {busy};
    }
    partial.is_kept = false;  // without locks nobody could know that it has no writer
  }
  partial.name = std::move(name);
  return {taken, std::move(partial)};
}

/// Opens and locks a partial file that is there.
inline Attempt take_partial(int directory, std::string name) {
  using enum Attempt::Outcome;
  for (;;) {
    Partial partial;
    partial.file = Descriptor{sys::open_at(directory, name.c_str(), sys::to_write)};
    if (!partial.file) {
      if (errno == EINTR) continue;
      if (errno == ENOENT) return {absent};
      // Not ours: another user's, or a FIFO, a link, a directory that somebody put there.
      const bool is_foreign = errno == EACCES || errno == EPERM || errno == ENXIO || errno == ELOOP || errno == EISDIR;
      if (is_foreign) return {busy};
      fail_with(errno);
    }
    if (sys::lock(partial.file.get(), false) != 0) return {busy};

    FileStatus opened{};
    checked([&] { return sys::status_of(partial.file.get(), &opened); });
    // Who made it does not look again after locking, so an empty one must not pass through other hands.
    const bool is_in_the_making = opened.st_size == 0 && !is_older_than(empty_lifetime, modified(opened));
    if (!is_regular(opened) || is_in_the_making) return {busy};
    // Between opening and locking, its last writer may have given the file its final name.
    FileStatus named{};
    const bool is_there = sys::status_at(directory, name.c_str(), &named) == 0;
    if (!is_there || !is_same_file(named, opened)) continue;
    // It has its final name already, and lost its writer before that took this one away (`rename_to_free`): what is
    // written here would be written into that file.
    if (opened.st_nlink > 1) {
      if (sys::remove_at(directory, name.c_str()) != 0) return {busy};
      return {absent};
    }
    partial.name = std::move(name);
    partial.size = static_cast<std::uint64_t>(opened.st_size);
    partial.written = modified(opened);
    return {taken, std::move(partial)};
  }
}

inline Partial make_temporary(int directory) {
  for (;;) {
    auto attempt = make_partial(directory, temporary_name());
    if (attempt.outcome == Attempt::Outcome::busy) continue;
    attempt.partial.is_kept = false;
    return std::move(attempt.partial);
  }
}

/// Removes a partial or temporary file if it is there and nobody is at it; whether it did.
inline bool remove_partial(int directory, const std::string& name) {
  const auto attempt = take_partial(directory, name);
  return attempt.outcome == Attempt::Outcome::taken && sys::remove_at(directory, name.c_str()) == 0;
}

}  // namespace ftplike::detail
