#pragma once
#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <ftplike/system/text_file.hpp>
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
    if (!detail::says_something(line)) continue;
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

/// The users of a file, in its order.
///
/// **Errors:** `std::system_error` if it cannot be read, else those of `parse_users`.
inline std::vector<UserEntry> read_users(const std::filesystem::path& file) {
  return parse_users(detail::read_text_file(file), file.string());
}

/// Writes a user into a users' file: in place of the line with the same key, or at the end. The rest stays as it is,
/// comments included. Who reads at the same time sees the old file or the new one, and so does who comes after a crash;
/// who writes at the same time waits. A new file can be read by its owner only.
///
/// **Errors:** `std::invalid_argument` if a line cannot hold this user, as one with a plain password or with a ':' in
/// its name; `std::system_error`; those of `parse_users` if the file is not well-formed. The file is then as it was.
inline void write_user(const std::filesystem::path& file, const UserEntry& user) {
  const auto line = detail::line_of(user);
  if (!detail::says_something(line) || detail::parse_user(detail::without_blanks(line)) != user) {
    throw std::invalid_argument("a users' file cannot hold the user '" + user.key() + '\'');
  }
  detail::edit_text_file(file, [&](const std::string& text) {
    parse_users(text, file.string());
    std::string result;
    bool replaced = false;
    for (std::string_view rest = text; !rest.empty();) {
      const auto there = detail::take_until(rest, '\n');
      const bool same =
          detail::says_something(there) && detail::parse_user(detail::without_blanks(there)).key() == user.key();
      result.append(same ? line : there) += '\n';
      replaced = replaced || same;
    }
    if (!replaced) (result += line) += '\n';
    return result;
  });
}

}  // namespace ftplike
