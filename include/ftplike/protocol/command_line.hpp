#pragma once
#include <string_view>

#include <ftplike/protocol/text.hpp>
#include <ftplike/protocol/verb.hpp>

namespace ftplike::inline v0_2 {

/// One command as it came: its verb, and the argument byte for byte. An argument of nothing but blanks is empty.
struct CommandLine {
  Verb verb;  // empty if the line begins with none
  std::string_view argument;  // what follows the blank behind it
  bool has_argument = false;  // "NLST " has one, which is empty
};

/// Splits `RETR a b.txt` at its first space; blanks in front of the verb are none of it. Never fails: a bad verb gives
/// the empty Verb. (RFC 959 §5.3)
constexpr CommandLine parse_command(std::string_view line) noexcept {
  line = detail::without_leading_blanks(line);
  const auto space = line.find(' ');
  if (space == line.npos) return {Verb{detail::without_trailing_blanks(line)}, {}, false};
  auto argument = line.substr(space + 1);
  if (detail::without_leading_blanks(argument).empty()) argument = {};
  return {Verb{line.substr(0, space)}, argument, true};
}

/// Whether a verb is HTTP's or SMTP's: a browser or a mailer that was led here speaks in lines of which some could be
/// commands. (ALPACA)
constexpr bool is_foreign(Verb verb) noexcept {
  for (const auto foreign : {"GET", "POST", "HEAD", "PUT", "CONNECT", "OPTIONS", "EHLO", "HELO"}) {
    if (verb == Verb{foreign}) return true;
  }
  return false;
}

}  // namespace ftplike
