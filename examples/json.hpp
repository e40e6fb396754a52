#pragma once
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <ftplike/observers/text.hpp>

/// An object of JSON, member by member: `JsonObject{}.add("name", "a").add("size", 5).text()`. What is no UTF-8 in a text
/// becomes U+FFFD, for JSON has no bytes.
class JsonObject {
 public:
  JsonObject& add(std::string_view name, std::string_view value) { return add_raw(name, quoted(value)); }
  JsonObject& add(std::string_view name, std::uint64_t value) { return add_raw(name, std::to_string(value)); }
  JsonObject& add(std::string_view name, double value) { return add_raw(name, std::to_string(value)); }
  JsonObject& add_true(std::string_view name) { return add_raw(name, "true"); }
  /// The object on one line.
  std::string text() const { return '{' + members_ + '}'; }

 private:
  static std::string quoted(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
      const auto next = ftplike::first_code_point(text);
      if (next.value == '"' || next.value == '\\') {
        out += '\\';
        out += text[0];
      } else if (next.size == 1 && next.value >= 0x80) {
        out += "\xEF\xBF\xBD";
      } else if (ftplike::commands_a_terminal(next.value)) {
        std::array<char, 16> escape{};
        std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(next.value));
        out += escape.data();
      } else {
        out += text.substr(0, next.size);
      }
      text.remove_prefix(next.size);
    }
    return out += '"';
  }
  JsonObject& add_raw(std::string_view name, std::string_view value) {
    if (!members_.empty()) members_ += ", ";
    members_.append(quoted(name)).append(": ").append(value);
    return *this;
  }

  std::string members_;
};
