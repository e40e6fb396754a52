#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace ftplike::inline v0_2 {

/// A path as the protocol sees it: absolute, normalised, bytes. It begins with '/', has no ".", "..", or empty
/// component, and so cannot name anything above its root. Names are bytes: any encoding passes.
class Path {
 public:
  Path() = default;  // the root
  /// Of any text, as if it were said in the root: "a//./b/../c" is "/a/c".
  explicit Path(std::string_view text) { append(text); }

  /// `text` as seen from this directory; ".." stops at the root.
  Path resolve(std::string_view text) const {
    Path result;
    if (!text.starts_with('/')) result = *this;
    result.append(text);
    return result;
  }
  /// As a text, which begins with '/'.
  const std::string& string() const noexcept { return text_; }
  /// Whether it is "/".
  bool is_root() const noexcept { return text_.size() == 1; }
  /// The last component; empty for the root.
  std::string_view name() const noexcept { return std::string_view{text_}.substr(text_.rfind('/') + 1); }
  Path parent() const { return resolve(".."); }
  /// What is left of this path below `root`, or this path if it is not below it.
  Path below(const Path& root) const {
    if (root.is_root() || !(text_ + '/').starts_with(root.text_ + '/')) return *this;
    return Path{std::string_view{text_}.substr(root.text_.size())};
  }
  /// The same path seen from `root`: the opposite of `below`.
  Path beneath(const Path& root) const { return root.resolve(std::string_view{text_}.substr(1)); }

  friend bool operator==(const Path&, const Path&) = default;
  friend auto operator<=>(const Path&, const Path&) = default;

 private:
  void append(std::string_view text) {
    while (!text.empty()) {
      const auto part = text.substr(0, text.find('/'));
      text.remove_prefix(part.size() == text.size() ? part.size() : part.size() + 1);
      if (part.empty() || part == ".") continue;
      if (part == "..") {
        const auto slash = text_.rfind('/');
        text_.erase(slash == 0 ? 1 : slash);
        continue;
      }
      if (!is_root()) text_ += '/';
      text_ += part;
    }
  }

  std::string text_ = "/";
};

/// Whether `name` can be the name of a file in a directory: one component, not "." or "..", without NUL.
inline bool is_component(std::string_view name) noexcept {
  constexpr std::string_view forbidden{"/\0", 2};
  return !name.empty() && name != "." && name != ".." && name.find_first_of(forbidden) == name.npos;
}

/// A directory's name between quotes, its own quotes doubled, as 257 replies give it. (RFC 959 appendix II)
inline std::string quoted_name(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out += '"';
}

/// The name between the first quotes of the text of a 257, its doubled quotes made single. RFC 959 appendix II.
inline std::optional<std::string> parse_quoted(std::string_view text) {
  std::string name;
  for (auto open = text.find('"'); open != text.npos; open = text.find('"')) {
    text.remove_prefix(open + 1);
    const auto close = text.find('"');
    if (close == text.npos) return std::nullopt;
    name.append(text.substr(0, close));
    text.remove_prefix(close + 1);
    if (!text.starts_with('"')) return name;
    name += '"';
  }
  return std::nullopt;
}

}  // namespace ftplike
