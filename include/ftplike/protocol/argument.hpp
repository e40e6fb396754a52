#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/protocol/verb.hpp>

namespace ftplike::inline v0_2 {

/// A command's argument. It has no CR, LF or NUL by construction, so that no argument can become a second command.
/// Else any bytes. RFC 959 §5.3.
class Argument {
 public:
  /// The argument that a text is; nothing if it has CR, LF or NUL.
  static std::optional<Argument> from(std::string_view text) {
    constexpr std::string_view forbidden{"\r\n\0", 3};
    if (text.find_first_of(forbidden) != text.npos) return std::nullopt;
    return Argument{std::string{text}};
  }
  /// Its bytes, which live as long as it.
  std::string_view view() const noexcept { return text_; }

  friend bool operator==(const Argument&, const Argument&) = default;

 private:
  explicit Argument(std::string text) : text_{std::move(text)} {}

  std::string text_;
};

/// A command as the ftp-like dialect has it: no line ending, bytes as they are. `argument` may be null.
inline std::string command_text(Verb verb, const Argument* argument = nullptr) {
  auto text = verb.text();
  if (argument) text.append(1, ' ').append(argument->view());
  return text;
}

/// A command as standard servers take it: ended by CRLF, each byte 0xFF doubled. `argument` may be null. RFC 854.
inline std::string command_wire(Verb verb, const Argument* argument = nullptr) {
  const auto text = command_text(verb, argument);
  std::string line;
  line.reserve(text.size() + 2);
  for (const char byte : text) line.append(byte == '\xFF' ? 2 : 1, byte);
  return line += "\r\n";
}

}  // namespace ftplike
