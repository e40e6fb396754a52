#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace ftplike::inline v0_2 {

/// A reply: a code of three digits and its text, several lines if the text has '\n'. (RFC 959 §4.2)
///
/// Not an aggregate on purpose: g++ 12 destroys aggregate temporaries in a co_await expression twice.
class Reply {
 public:
  Reply() = default;  // code 0: none
  /// `code` has three digits; lines of the text end with LF.
  Reply(int code, std::string text) : code_{code}, text_{std::move(text)} {}

  /// Its three digits.
  int code() const noexcept { return code_; }
  /// The lines without their codes, joined by '\n'.
  const std::string& text() const noexcept { return text_; }
  /// 1xx: there will be another one.
  bool preliminary() const noexcept { return code_ / 100 == 1; }
  /// 2xx: it is done.
  bool complete() const noexcept { return code_ / 100 == 2; }
  /// 3xx: more is needed.
  bool intermediate() const noexcept { return code_ / 100 == 3; }
  /// 4xx and 5xx: it is not done.
  bool negative() const noexcept { return code_ / 100 >= 4; }
  /// 5xx: nor would it be the next time.
  bool permanent() const noexcept { return code_ / 100 == 5; }

  /// As it goes over the wire, each line ended by CRLF. The lines between the first and the last are indented by a
  /// space, so that none can look like the end. Control characters in the text become '?', a byte 0xFF is doubled. RFC
  /// 959 §4.2, RFC 854.
  std::string wire() const {
    std::string out;
    out.reserve(text_.size() + 8);
    for (std::size_t at = 0;;) {
      const auto end = text_.find('\n', at);
      const bool last = end == std::string::npos;
      if (at == 0 || last)
        out.append(std::to_string(code_)).append(1, last ? ' ' : '-');
      else if (text_[at] != ' ')
        out.append(1, ' ');
      append_safely(out, std::string_view{text_}.substr(at, last ? end : end - at));
      out.append("\r\n");
      if (last) return out;
      at = end + 1;
    }
  }

  friend bool operator==(const Reply&, const Reply&) = default;

 private:
  /// Appends a line piece by piece, as nearly all letters go as they are.
  static void append_safely(std::string& out, std::string_view line) {
    const auto is_special = [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\xFF'; };
    while (!line.empty()) {
      const auto special = static_cast<std::size_t>(std::find_if(line.begin(), line.end(), is_special) - line.begin());
      out.append(line.substr(0, special));
      if (special == line.size()) return;
      out.append(line[special] == '\xFF' ? "\xFF\xFF" : "?");
      line.remove_prefix(special + 1);
    }
  }

  int code_ = 0;
  std::string text_;
};

}  // namespace ftplike
