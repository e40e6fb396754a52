#pragma once
// What an object store answers with: the small part of XML that S3 uses. No document type, no entities but the five, no
// more than sixteen elements within each other.
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ftplike::inline v0_2::detail {

/// Called at the end of each element, with the names of those that it is in and its own ("Error/Code"), and its own
/// text.
using OnElement = std::function<void(std::string_view path, const std::string& text)>;

class XmlReader {
 public:
  XmlReader(std::string_view text, const OnElement& on_element) : rest_{text}, on_element_{on_element} {}

  /// Whether all of it is well-formed, as far as this reader knows XML. What came before a fault was told.
  bool read() {
    while (!rest_.empty()) {
      const bool good = rest_.front() == '<' ? read_tag() : read_text();
      if (!good) return false;
    }
    return texts_.empty() && has_root_;
  }

 private:
  static constexpr std::size_t deepest = 16;

  bool read_tag() {
    if (rest_.starts_with("<?")) return skip_to("?>");
    if (rest_.starts_with("<!--")) return skip_to("-->");
    if (rest_.starts_with("<!")) return false;
    const auto end = rest_.find('>');
    if (end == rest_.npos) return false;
    auto tag = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    if (tag.starts_with('/')) return close(tag.substr(1));
    const bool is_empty = tag.ends_with('/');
    if (is_empty) tag.remove_suffix(1);
    return open(tag) && (!is_empty || close(tag));
  }
  bool skip_to(std::string_view mark) {
    const auto end = rest_.find(mark);
    if (end == rest_.npos) return false;
    rest_.remove_prefix(end + mark.size());
    return true;
  }
  static std::string_view name_of(std::string_view tag) { return tag.substr(0, tag.find_first_of(" \t\r\n")); }
  static bool is_name(std::string_view name) { return !name.empty() && name.find_first_of("/<>&\"'=") == name.npos; }
  bool open(std::string_view tag) {
    const auto name = name_of(tag);
    if (!is_name(name) || texts_.size() == deepest || tag.find('<') != tag.npos) return false;
    if (texts_.empty() && std::exchange(has_root_, true)) return false;
    ends_.push_back(path_.size());
    if (!path_.empty()) path_ += '/';
    path_ += name;
    texts_.emplace_back();
    return true;
  }
  bool close(std::string_view tag) {
    if (texts_.empty()) return false;
    const auto start = ends_.back() + (ends_.back() > 0 ? 1u : 0u);
    if (std::string_view{path_}.substr(start) != name_of(tag)) return false;
    on_element_(path_, texts_.back());
    path_.resize(ends_.back());
    ends_.pop_back();
    texts_.pop_back();
    return true;
  }
  bool read_text() {
    const auto text = rest_.substr(0, rest_.find('<'));
    rest_.remove_prefix(text.size());
    if (texts_.empty()) return text.find_first_not_of(" \t\r\n") == text.npos;
    return unescape(text, texts_.back());
  }
  static bool unescape(std::string_view text, std::string& to) {
    for (;;) {
      const auto mark = text.find('&');
      to += text.substr(0, mark);
      if (mark == text.npos) return true;
      const auto end = text.find(';', mark);
      if (end == text.npos || !put_entity(text.substr(mark + 1, end - mark - 1), to)) return false;
      text.remove_prefix(end + 1);
    }
  }
  static bool put_entity(std::string_view name, std::string& to) {
    constexpr std::pair<std::string_view, char> entities[] = {
        {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    for (const auto& [word, character] : entities) {
      if (word == name) return to += character, true;
    }
    if (!name.starts_with('#')) return false;
    const bool is_hex = name.starts_with("#x");
    name.remove_prefix(is_hex ? 2 : 1);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, is_hex ? 16 : 10);
    if (error != std::errc{} || end != name.data() + name.size() || code == 0 || code > 0x10ffff) return false;
    put_utf8(code, to);
    return true;
  }
  static void put_utf8(std::uint32_t code, std::string& to) {
    const auto put = [&](std::uint32_t byte) { to += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
      put(0xc0 | code >> 6);
    } else {
      if (code < 0x10000) {
        put(0xe0 | code >> 12);
      } else {
        put(0xf0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3f));
      }
      put(0x80 | (code >> 6 & 0x3f));
    }
    put(0x80 | (code & 0x3f));
  }

  std::string_view rest_;
  const OnElement& on_element_;
  std::string path_;
  std::vector<std::size_t> ends_;   // of the path before each element that is open
  std::vector<std::string> texts_;  // of those
  bool has_root_ = false;
};

inline bool read_xml(std::string_view text, const OnElement& on_element) { return XmlReader{text, on_element}.read(); }

/// The text of the first element with this path; none if there is none, or if it is no XML.
inline std::optional<std::string> element_of(std::string_view text, std::string_view path) {
  std::optional<std::string> found;
  const bool good = read_xml(text, [&](std::string_view its_path, const std::string& its_text) {
    if (its_path == path && !found) found = its_text;
  });
  return good ? found : std::nullopt;
}

}  // namespace ftplike::inline v0_2::detail
