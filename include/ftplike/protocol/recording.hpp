#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/protocol/reply.hpp>

// A session, or several, as a file of lines: what `Recorder` writes and a replay reads. docs/recording.md has the
// format.
namespace ftplike::inline v0_2 {

/// A digest of bytes that need not resist anybody: FNV-1a of 64 bits.
class QuickDigest {
 public:
  /// Adds bytes.
  void add(std::string_view bytes) noexcept {
    for (const char c : bytes) value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  }
  /// The digest of all bytes so far.
  std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325u;
};

/// A line of a recording.
class RecordedEvent {
 public:
  /// What happened: docs/recording.md has all of them.
  enum class Kind {
    opened,     // text: both ends
    command,    // text: verb and argument
    reply,      // code and text
    secured,    // a connection by TLS; text: `control` or `data`, version and cipher
    listening,  // a port for data; text: its address
    connected,  // a data connection; text: both ends
    bytes,      // some of its bytes: text
    data,       // it has ended: bytes, digest, and whether it has one
    closed,     // text: why
  };

  Kind kind{};  // what happened
  std::size_t line = 0;  // in the file, from 1 on
  std::uint64_t session = 0;  // the number of the session
  std::chrono::microseconds at{};  // since the recording began
  std::string text;  // a command, the text of a reply, or other words
  int code = 0;  // of a reply
  bool unterminated = false;  // a command that came without a line ending
  bool up = false;            // data that went to the server
  std::uint64_t bytes = 0, digest = 0;  // of a data connection: how many, and of what digest

  friend bool operator==(const RecordedEvent&, const RecordedEvent&) = default;
};

/// What was recorded.
class Recording {
 public:
  /// The first line of a file.
  static constexpr std::string_view heading = "ftplike-recording 1";
  static constexpr std::string_view hidden = "***";  // in place of a password

  std::vector<RecordedEvent> events;  // in the order of their times

  /// What a file says; or what is wrong with it, with the number of the line.
  static std::optional<Recording> parse(std::string_view text, std::string& complaint);
  /// A line of the file, without its end.
  static std::string line_of(const RecordedEvent& event);

  friend bool operator==(const Recording&, const Recording&) = default;
};

namespace detail {

inline constexpr std::array<std::string_view, 9> recorded_words{
    "opened", ">", "<", "secured", "listening", "connected", "bytes", "data", "closed"};

/// A text in one line of printable ASCII: what is none, and '\', is written as `\n` or `\x1F`.
inline std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    std::array<char, 8> code{};
    if (c == '\n') {
      result += "\\n";
    } else if (byte < ' ' || byte >= 127 || c == '\\') {
      std::snprintf(code.data(), code.size(), "\\x%02X", static_cast<unsigned>(byte));
      result += code.data();
    } else {
      result += c;
    }
  }
  return result;
}

inline std::optional<std::string> unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
    } else if (text.substr(i).starts_with("\\n")) {
      result += '\n';
      ++i;
    } else {
      unsigned value = 0;
      const auto digits = text.substr(std::min(i + 2, text.size()), 2);
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (!text.substr(i).starts_with("\\x") || digits.size() < 2 || read.ptr != digits.data() + 2) return std::nullopt;
      result += static_cast<char>(value);
      i += 3;
    }
  }
  return result;
}

/// Reads one line of a recording after the other.
class RecordingReader {
 public:
  /// The event of a line; empty if it is none.
  static std::optional<RecordedEvent> event_of(std::string_view line) {
    RecordedEvent event;
    std::uint64_t seconds = 0, micros = 0;
    const auto time = [&](std::string_view word) {
      const auto dot = word.find('.');
      return dot != word.npos && word.size() - dot == 7 && number(word.substr(0, dot), seconds) &&
             number(word.substr(dot + 1), micros) && seconds < 1'000'000'000;
    };
    if (!number(next_word(line), event.session) || !time(next_word(line))) return std::nullopt;
    event.at = std::chrono::seconds{seconds} + std::chrono::microseconds{micros};
    auto word = next_word(line);
    if (word == ">.") {
      event.unterminated = true;
      word = ">";
    }
    const auto found = std::find(recorded_words.begin(), recorded_words.end(), word);
    if (found == recorded_words.end()) return std::nullopt;
    event.kind = static_cast<RecordedEvent::Kind>(found - recorded_words.begin());
    return take_rest(line, event) ? std::optional{std::move(event)} : std::nullopt;
  }

 private:
  using Kind = RecordedEvent::Kind;

  static bool take_rest(std::string_view rest, RecordedEvent& event) {
    if (event.kind == Kind::data || event.kind == Kind::bytes) {
      const auto way = next_word(rest);
      if (way != "up" && way != "down") return false;
      event.up = way == "up";
    }
    if (event.kind == Kind::data) {
      return number(next_word(rest), event.bytes) && number(rest, event.digest, 16) && rest.size() == 16;
    }
    if (event.kind == Kind::reply) {
      std::uint64_t code = 0;
      if (!number(next_word(rest), code) || code < 100 || code > 599) return false;
      event.code = static_cast<int>(code);
    }
    auto text = unescaped(rest);
    if (!text) return false;
    event.text = *std::move(text);
    return event.kind != Kind::command || event.text.find_first_of("\r\n") == std::string::npos;
  }
  static std::string_view next_word(std::string_view& line) {
    const auto end = std::min(line.find(' '), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
  }
  static bool number(std::string_view word, std::uint64_t& value, int base = 10) {
    const auto read = std::from_chars(word.data(), word.data() + word.size(), value, base);
    return !word.empty() && read.ec == std::errc{} && read.ptr == word.data() + word.size();
  }
};

}  // namespace detail

inline std::string Recording::line_of(const RecordedEvent& event) {
  using Kind = RecordedEvent::Kind;
  std::array<char, 64> head{};
  std::snprintf(head.data(), head.size(), "%llu %lld.%06d ", static_cast<unsigned long long>(event.session),
                static_cast<long long>(event.at.count() / 1'000'000), static_cast<int>(event.at.count() % 1'000'000));
  std::string line = head.data();
  line += detail::recorded_words[static_cast<std::size_t>(event.kind)];
  if (event.unterminated) line += '.';
  if (event.kind == Kind::reply) line += ' ' + std::to_string(event.code);
  if (event.kind == Kind::data || event.kind == Kind::bytes) line += event.up ? " up" : " down";
  if (event.kind == Kind::data) {
    std::snprintf(head.data(), head.size(), " %llu %016llx", static_cast<unsigned long long>(event.bytes),
                  static_cast<unsigned long long>(event.digest));
    return line + head.data();
  }
  return line + ' ' + detail::escaped(event.text);
}

inline std::optional<Recording> Recording::parse(std::string_view text, std::string& complaint) {
  Recording result;
  std::chrono::microseconds last{};
  const auto fail = [&complaint](std::size_t line, std::string_view why) {
    complaint = "line " + std::to_string(line) + ": " + std::string{why};
    return std::nullopt;
  };
  for (std::size_t number = 1; number == 1 || !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (number == 1 && line != heading) return fail(1, "this is no recording");
    if (end == text.npos) return fail(number, "it is cut off");
    text.remove_prefix(end + 1);
    if (number == 1 || line.starts_with('#')) continue;
    auto event = detail::RecordingReader::event_of(line);
    if (!event) return fail(number, "it is not understood");
    if (event->at < last) return fail(number, "it is earlier than the line before");
    last = event->at;
    event->line = number;
    result.events.push_back(*std::move(event));
  }
  return result;
}

}  // namespace ftplike::inline v0_2
