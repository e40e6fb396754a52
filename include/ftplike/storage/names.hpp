#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

/// How the names of partial files begin. No client can say such a name, and no listing shows one.
inline constexpr std::string_view partial_prefix = ".ftplike-partial";
inline constexpr std::size_t longest_name = 255;  // bytes of one component

template <class Code> [[noreturn]] void fail(Code code) { throw std::system_error(make_error_code(code)); }

/// Whether a name is reserved for partial files, also where the file system takes 'a' for 'A'.
inline bool is_partial_name(std::string_view name) noexcept {
  return same_word(name.substr(0, partial_prefix.size()), partial_prefix);
}

}  // namespace ftplike::detail

namespace ftplike::inline v0_2 {

/// Sees to it that every component of a path can be the name of a file of a disk: at most 255 bytes, without NUL, and not
/// one of those by which partial files are kept aside. What a client says has none of NUL, CR and LF, but may be as long
/// as `Limits::line`, of any bytes, and have any such name; a storage that minds calls this.
///
/// **Errors:** `Errc::bad_name`, `filename_too_long`.
inline void check_names(const Path& path) {
  std::string_view rest = path.string();
  if (rest.find('\0') != rest.npos) detail::fail(Errc::bad_name);
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto name = rest.substr(0, rest.find('/'));
    if (detail::is_partial_name(name)) detail::fail(Errc::bad_name);
    if (name.size() > detail::longest_name) detail::fail(std::errc::filename_too_long);
    rest.remove_prefix(name.size());
  }
}

}  // namespace ftplike

namespace ftplike::inline v0_2::detail {

/// How the paths begin of what is in a directory.
inline std::string inside(const Path& directory) { return directory.is_root() ? "/" : directory.string() + '/'; }

/// The n-th choice for a unique name: the name itself, name.1, name.2, …
inline Path numbered(const Path& wanted, unsigned n) {
  if (n == 0) return wanted;
  const auto number = "." + std::to_string(n);
  return wanted.parent().resolve(std::string{wanted.name().substr(0, longest_name - number.size())} + number);
}

}  // namespace ftplike::detail
