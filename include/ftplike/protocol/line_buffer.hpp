#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/telnet.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// What is wrong with a line.
enum class LineDefect : std::uint8_t { none, too_long, nul, stray_cr };

/// A line without its ending. If it was too long, `text` is its beginning, or empty.
class Line {
 public:
  /// A line without its ending.
  explicit Line(std::string its_text, LineDefect its_defect = LineDefect::none)
      : text{std::move(its_text)}, defect{its_defect} {}

  /// The defect as an error; none if the line is sound.
  std::error_code error() const noexcept {
    if (defect == LineDefect::none) return {};
    return defect == LineDefect::too_long ? Errc::line_too_long : Errc::bad_line;
  }

  std::string text;  // without its ending
  LineDefect defect;  // what is wrong with it, if anything is
  bool unterminated = false;  // it was taken for whole without an ending

  /// Whether they say the same, however they came.
  friend bool operator==(const Line& a, const Line& b) { return a.text == b.text && a.defect == b.defect; }
};

/// Makes lines of the bytes of a control connection. CRLF and LF end a line; Telnet's sequences are taken out.
///
/// A line longer than the limit is thrown away up to its end and reported at once, one time. The ftp-like dialect has
/// no line endings: as long as none was seen, whoever takes the pending bytes for a whole command takes them out.
///
/// **Complexity:** linear. It holds at most `limit + read_ahead` bytes and a few, whatever is fed: lines that come
/// while more than `read_ahead` bytes wait are lost and reported together as one that is too long, so stop reading
/// before. An empty one holds no memory to speak of. RFC 959 §5.3, RFC 854.
class LineBuffer {
 public:
  /// Bytes that are worth reading at a time.
  static constexpr std::size_t read_ahead = 8 * 1024;

  /// For lines of `limit` bytes at the most.
  explicit LineBuffer(std::size_t limit = 4096) noexcept : limit_{limit} {}

  /// Adds bytes as they came.
  void feed(std::string_view bytes) {
    telnet_.feed(bytes, [this](std::string_view text) { split(text); });
  }

  /// The next line that is complete.
  std::optional<Line> next() {
    if (lines_ == 0) {
      if (!std::exchange(lost_, false)) return std::nullopt;
      return Line{{}, LineDefect::too_long};
    }
    const auto end = buffer_.find('\n', begin_);
    auto line = checked(std::string_view{buffer_}.substr(begin_, end - begin_));
    begin_ = end + 1;
    --lines_;
    release();
    return line;
  }

  /// The bytes of the line under way as long as no line ending was ever seen; empty if there are none, if a line waits
  /// before them, or if they end in a CR, which is half of an ending.
  std::string_view unterminated() const noexcept {
    if (ended_ || lines_ > 0 || skipping_ || buffer_.ends_with('\r')) return {};
    return std::string_view{buffer_}.substr(line_);
  }

  /// `unterminated()` as one command; nothing if that is empty. A line ending that comes after it, with nothing but
  /// blanks before it, belongs to that command.
  std::optional<Line> take_unterminated() {
    if (unterminated().empty()) return std::nullopt;
    taken_ = true;
    auto line = checked(unterminated());
    line.unterminated = true;
    begin_ = line_ = buffer_.size();
    release();
    return line;
  }

  /// Complete lines that wait.
  std::size_t lines() const noexcept { return lines_ + (lost_ ? 1 : 0); }
  /// Bytes that wait, of complete lines and of the one under way.
  std::size_t bytes() const noexcept { return buffer_.size() - begin_; }
  /// Whether nothing waits: no line, no part of a line, no part of a Telnet sequence.
  bool empty() const noexcept { return bytes() == 0 && !lost_ && !skipping_ && !telnet_.inside(); }

  /// Forgets all that waits and says whether there was anything. What follows AUTH TLS in clear must not be obeyed.
  bool clear() {
    const bool any = !empty();
    begin_ = line_ = buffer_.size();
    lines_ = 0;
    lost_ = skipping_ = taken_ = false;
    telnet_ = {};
    release();
    return any;
  }

 private:
  static constexpr std::size_t kept_capacity = 256;

  std::size_t length() const noexcept { return buffer_.size() - line_; }  // of the line under way

  void split(std::string_view text) {
    for (;;) {
      const auto end = text.find('\n');
      if (const auto part = text.substr(0, end); !part.empty()) keep(part);
      if (end == text.npos) return;
      end_line();
      text.remove_prefix(end + 1);
      if (text.empty()) return;
    }
  }

  /// Whether the line under way is to be kept.
  bool open() noexcept {
    if (length() == 0 && !skipping_ && (lost_ || bytes() > read_ahead)) lost_ = skipping_ = true;
    return !skipping_;
  }

  void keep(std::string_view part) {
    if (!open()) return;
    // One byte may be the CR of the ending; with one more the line is too long for certain.
    const auto room = limit_ + 2 - length();
    buffer_.append(part.substr(0, room));
    if (part.size() < room) return;
    close();
    skipping_ = true;
  }

  void end_line() {
    ended_ = true;
    auto line = std::string_view{buffer_}.substr(line_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool belated = std::exchange(taken_, false) && !skipping_ && detail::without_leading_blanks(line).empty();
    if (belated) {
      buffer_.resize(line_);
    } else if (open()) {
      close();
    }
    skipping_ = false;
  }

  void close() {
    buffer_ += '\n';
    line_ = buffer_.size();
    ++lines_;
  }

  Line checked(std::string_view text) const {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.size() > limit_) return Line{std::string{text.substr(0, limit_)}, LineDefect::too_long};
    auto defect = LineDefect::none;
    if (text.find('\0') != text.npos) {
      defect = LineDefect::nul;
    } else if (text.find('\r') != text.npos) {
      defect = LineDefect::stray_cr;
    }
    return Line{std::string{text}, defect};
  }

  void release() {
    if (begin_ == buffer_.size()) {
      buffer_.clear();
      if (buffer_.capacity() > kept_capacity) std::string{}.swap(buffer_);
    } else if (begin_ > buffer_.size() / 2) {
      buffer_.erase(0, begin_);
    } else {
      return;
    }
    line_ -= begin_;
    begin_ = 0;
  }

  std::string buffer_;     // the complete lines, each ended by LF, then the line under way
  std::size_t begin_ = 0;  // of what waits
  std::size_t line_ = 0;   // of the line under way
  std::size_t lines_ = 0;
  std::size_t limit_;
  TelnetFilter telnet_;
  bool ended_ = false;     // a line ending was seen
  bool taken_ = false;     // the bytes before this point were taken as a command
  bool skipping_ = false;  // the line under way is thrown away
  bool lost_ = false;      // lines were lost that have yet to be reported
};

}  // namespace ftplike
