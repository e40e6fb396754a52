#pragma once
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include <ftplike/system/files.hpp>
#include <ftplike/users/user.hpp>

namespace ftplike::inline v0_2 {

/// The users that a text names, in its order. `source` is what errors call the text.
///
/// **Errors:** `std::runtime_error`, one line: the source, the number of the line, and what is wrong there.
inline std::vector<UserEntry> parse_users(std::string_view text, std::string_view source) {
  std::vector<UserEntry> result;
  std::unordered_set<std::string> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = detail::take_until(text, '\n');
    if (!detail::names_a_user(line)) continue;
    try {
      result.push_back(detail::parse_user(detail::without_blanks(line)));
      if (!keys.insert(result.back().key()).second) {
        throw std::invalid_argument("a second user '" + result.back().key() + '\'');
      }
    } catch (const std::invalid_argument& wrong) {
      throw std::runtime_error(std::string{source} + ':' + std::to_string(number) + ": " + wrong.what());
    }
  }
  return result;
}

namespace detail {

/// An open file. What fails throws `std::system_error` with its name.
class OpenUserFile {
 public:
  OpenUserFile(std::filesystem::path path, int descriptor) : path_{std::move(path)}, descriptor_{descriptor} {
    if (!descriptor_) fail();
  }

  int get() const noexcept { return descriptor_.get(); }
  /// The result of a system call, made again where a signal came in between, unless it failed.
  template <class Call> auto checked(Call call) const {
    for (;;) {
      const auto result = call();
      if (result >= 0) return result;
      if (errno != EINTR) fail();
    }
  }
  struct stat status() const {
    struct stat result {};
    checked([&] { return ::fstat(get(), &result); });
    return result;
  }
  std::string read() const {
    std::string result;
    std::array<char, 16 * 1024> room;
    for (;;) {
      const auto n = checked([&] { return ::read(get(), room.data(), room.size()); });
      if (n == 0) return result;
      result.append(room.data(), static_cast<std::size_t>(n));
    }
  }
  void write(std::string_view text) const {
    while (!text.empty()) {
      const auto n = checked([&] { return ::write(get(), text.data(), text.size()); });
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }

 private:
  [[noreturn]] void fail() const { throw std::system_error(errno, std::generic_category(), path_.string()); }

  std::filesystem::path path_;
  Descriptor descriptor_;
};

/// Puts `text` in place of the file at `path`, which was opened as `old`: whoever reads sees the old or the new one.
inline void replace_user_file(const std::filesystem::path& path, const OpenUserFile& old, std::string_view text) {
  auto name = path.string() + ".XXXXXX";
  const OpenUserFile fresh{path, make_temporary(name)};
  try {
    fresh.write(text);
    // The server may run as somebody else than who adds users, but the hashes are not for everybody's eyes.
    const auto status = old.status();
    const auto now = fresh.status();
    if (now.st_uid != status.st_uid || now.st_gid != status.st_gid) {
      fresh.checked([&] { return ::fchown(fresh.get(), status.st_uid, status.st_gid); });
    }
    fresh.checked([&] { return ::fchmod(fresh.get(), status.st_mode & 0660U); });
    fresh.checked([&] { return ::fsync(fresh.get()); });
    fresh.checked([&] { return ::rename(name.c_str(), path.c_str()); });
  } catch (...) {
    ::unlink(name.c_str());
    throw;
  }
  const auto directory = path.parent_path();
  const OpenUserFile above{directory, ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  above.checked([&] { return ::fsync(above.get()); });
}

}  // namespace detail

/// The users of a file, in its order.
///
/// **Errors:** `std::system_error` if it cannot be read, else those of `parse_users`.
inline std::vector<UserEntry> read_users(const std::filesystem::path& file) {
  const detail::OpenUserFile opened{file, ::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  return parse_users(opened.read(), file.string());
}

/// Writes a user into a users' file: in place of the line with the same key, or at the end. The rest stays as it is,
/// comments included. Who reads at the same time sees the old file or the new one, and so does who comes after a crash;
/// who writes at the same time waits. A new file can be read by its owner only.
///
/// **Errors:** `std::invalid_argument` if a line cannot hold this user, as one with a plain password or with a ':' in
/// its name; `std::system_error`; those of `parse_users` if the file is not well-formed. The file is then as it was.
inline void write_user(const std::filesystem::path& file, const UserEntry& user) {
  const auto line = detail::line_of(user);
  if (!detail::names_a_user(line) || detail::parse_user(detail::without_blanks(line)) != user) {
    throw std::invalid_argument("a users' file cannot hold the user '" + user.key() + '\'');
  }
  for (;;) {
    const detail::OpenUserFile old{file, ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    old.checked([&] { return ::flock(old.get(), LOCK_EX); });
    const auto path = std::filesystem::canonical(file);
    struct stat named {};
    if (::stat(path.c_str(), &named) != 0 || named.st_ino != old.status().st_ino ||
        named.st_dev != old.status().st_dev) {
      continue;  // somebody replaced it while we waited for the lock
    }
    const auto text = old.read();
    parse_users(text, file.string());
    std::string result;
    bool replaced = false;
    for (std::string_view rest = text; !rest.empty();) {
      const auto there = detail::take_until(rest, '\n');
      const bool same =
          detail::names_a_user(there) && detail::parse_user(detail::without_blanks(there)).key() == user.key();
      result.append(same ? line : there) += '\n';
      replaced = replaced || same;
    }
    if (!replaced) (result += line) += '\n';
    return detail::replace_user_file(path, old, result);
  }
}

}  // namespace ftplike
