#pragma once
// How the names of files become keys, and back.
#include <cstddef>
#include <string>
#include <string_view>

#include <ftplike/protocol/path.hpp>
#include <ftplike/storage/names.hpp>

namespace ftplike::inline v0_2::detail {

/// The number of bytes of the UTF-8 character that a text begins with; 0 if it begins with none.
inline std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90)) return 0;    // longer than need be
  if ((first == 0xed && byte(1) >= 0xa0) || (first == 0xf4 && byte(1) >= 0x90)) return 0;  // no characters
  return length;
}

inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
/// Whether a byte cannot stand in a key: keys are UTF-8, and go through XML, which has no control characters.
inline bool is_escaped_byte(unsigned byte) { return byte < 0x20 || byte >= 0x7f; }
/// What "%XX" at the beginning of a text stands for, if it stands for a byte that no key has, or for '%'; else -1.
inline int escaped_byte(std::string_view text) {
  if (text.size() < 3 || text[0] != '%' || hex_digit(text[1]) < 0 || hex_digit(text[2]) < 0) return -1;
  const int byte = hex_digit(text[1]) * 16 + hex_digit(text[2]);
  return byte == '%' || is_escaped_byte(static_cast<unsigned>(byte)) ? byte : -1;
}

/// The bytes of a name as a key can have them: what is no UTF-8, control characters, and a '%' that would read as one
/// of these, become %XX.
inline std::string key_of(std::string_view name) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string key;
  while (!name.empty()) {
    const std::size_t length = utf8_length(name);
    const auto byte = static_cast<unsigned char>(name.front());
    const bool is_control = length == 1 && is_escaped_byte(byte);
    if (length == 0 || is_control || escaped_byte(name) >= 0) {
      key += {'%', digits[byte >> 4], digits[byte & 15]};
      name.remove_prefix(1);
    } else {
      key += name.substr(0, length);
      name.remove_prefix(length);
    }
  }
  return key;
}
inline std::string name_of(std::string_view key) {
  std::string name;
  while (!key.empty()) {
    const int byte = escaped_byte(key);
    name += byte >= 0 ? static_cast<char>(static_cast<unsigned char>(byte)) : key.front();
    key.remove_prefix(byte >= 0 ? 3 : 1);
  }
  return name;
}

/// The keys of a storage whose keys all begin with `prefix`.
class S3Keys {
 public:
  explicit S3Keys(std::string_view prefix) {
    while (prefix.starts_with('/')) prefix.remove_prefix(1);
    while (prefix.ends_with('/')) prefix.remove_suffix(1);
    if (!prefix.empty()) prefix_ = std::string{prefix} + '/';
  }
  /// Of a file.
  std::string file(const Path& path) const { return prefix_ + key_of(path.string().substr(1)); }
  /// Before all that is in a directory.
  std::string inside(const Path& path) const { return path.is_root() ? prefix_ : file(path) + '/'; }
  /// Of the object that stands for a directory; that of the root is aside, for a key must not be empty.
  std::string marker(const Path& path) const { return path.is_root() ? partials() : inside(path); }
  /// Before the keys of partial files.
  std::string partials() const { return prefix_ + std::string{partial_prefix} + '/'; }
  std::string partial(const Path& path) const { return partials() + key_of(path.string().substr(1)); }
  std::string partials_inside(const Path& path) const { return path.is_root() ? partials() : partial(path) + '/'; }

 private:
  std::string prefix_;
};

}  // namespace ftplike::inline v0_2::detail
