#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/reply.hpp>
#include <ftplike/protocol/telnet.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// Makes replies of the bytes that a server sends. CRLF and LF end a line; Telnet's sequences are taken out.
///
/// The text of a reply is its lines without codes, joined by LF. A line between the first and the last stays as it is,
/// but for a code of its reply with a hyphen, which is taken off its front. RFC 959 §4.2.
///
/// **Errors:** what is no reply, or too long a line or reply, is a defect: no reply comes after it.
///
/// **Complexity:** linear. It holds at most `longest_reply + longest_line` bytes and what makes a reply of them: take
/// the replies out after each `feed`.
class ReplyBuffer {
 public:
  /// Bytes of a line at the most.
  static constexpr std::size_t longest_line = 64 * 1024;
  /// Bytes of a reply at the most.
  static constexpr std::size_t longest_reply = 1024 * 1024;

  /// Adds bytes as they came.
  void feed(std::string_view bytes) {
    if (defect_) return;
    telnet_.feed(bytes, [this](std::string_view text) {
      const auto room = longest_reply + longest_line - (held_.size() - begin_);
      if (!flooded_) held_.append(text.substr(0, room));
      if (text.size() > room) flooded_ = true;
    });
  }

  /// Takes lines that are no replies for a banner until a reply has come that is not preliminary: text or empty lines stand
  /// before some greetings, and between a 120 and its 220. The first line of an SSH server, which waits for us then, stays a defect.
  void skip_banner() noexcept { in_banner_ = true; }
  /// Whether there was such a line.
  bool skipped() const noexcept { return skipped_ > 0; }

  /// The next reply that is complete.
  std::optional<Reply> next() {
    while (!defect_) {
      const auto end = held_.find('\n', seen_);
      const auto size = std::min(end, held_.size()) - begin_;
      if (size > longest_line || (end == held_.npos && flooded_)) {
        fail(Errc::line_too_long);
      } else if (end == held_.npos) {
        seen_ = held_.size();
        release();
        return std::nullopt;
      } else {
        const auto line = std::string_view{held_}.substr(begin_, size);
        begin_ = seen_ = end + 1;
        if (auto reply = take(line.substr(0, line.find_last_not_of('\r') + 1))) {
          release();
          return reply;
        }
      }
    }
    return std::nullopt;
  }

  /// Why no reply will ever come again: Errc::bad_reply, Errc::line_too_long, or nothing.
  std::error_code defect() const noexcept { return defect_; }
  /// Whether nothing waits: no reply, no part of one.
  bool empty() const noexcept { return held_.size() == begin_ && code_ == 0 && !flooded_ && !telnet_.inside(); }

 private:
  static constexpr std::size_t kept_capacity = 256;

  /// The code at the front of a line, 0 if there is none.
  static int code_of(std::string_view line) noexcept {
    if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, detail::is_digit)) return 0;
    if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return 0;
    const auto code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    return code >= 100 && code <= 659 ? code : 0;
  }

  std::optional<Reply> take(std::string_view line) {
    const auto code = code_of(line);
    const bool continued = line.size() > 3 && line[3] == '-';
    const auto text = line.substr(std::min<std::size_t>(4, line.size()));
    if (code_ == 0) {
      if (code == 0) return skip(line);
      if (code >= 200) in_banner_ = false;
      if (!continued) return Reply{code, std::string{text}};
      code_ = code;
      text_ = text;
      return std::nullopt;
    }
    if (text_.size() + line.size() > longest_reply) return fail(Errc::line_too_long);
    text_.append(1, '\n').append(code == code_ ? text : line);
    if (code != code_ || continued) return std::nullopt;
    return Reply{std::exchange(code_, 0), std::exchange(text_, {})};
  }

  std::nullopt_t skip(std::string_view line) {
    if (!in_banner_ || line.starts_with("SSH-")) return fail(Errc::bad_reply);
    skipped_ += line.size() + 1;
    if (skipped_ > longest_reply) return fail(Errc::line_too_long);
    return std::nullopt;
  }

  std::nullopt_t fail(Errc defect) {
    *this = ReplyBuffer{};
    defect_ = defect;
    return std::nullopt;
  }

  void release() {
    if (begin_ == held_.size()) {
      held_.clear();
      if (held_.capacity() > kept_capacity) std::string{}.swap(held_);
    } else if (begin_ > held_.size() / 2) {
      held_.erase(0, begin_);
    } else {
      return;
    }
    seen_ -= begin_;
    begin_ = 0;
  }

  std::string held_;  // lines that have not been looked at, from begin_ on
  std::size_t begin_ = 0;
  std::size_t seen_ = 0;  // no line ends before it
  int code_ = 0;          // of the reply under way, 0 if there is none
  std::string text_;      // of the reply under way
  TelnetFilter telnet_;
  std::size_t skipped_ = 0;  // bytes of the banner
  bool in_banner_ = false;
  bool flooded_ = false;  // more came than there was room for
  std::error_code defect_;
};

}  // namespace ftplike
