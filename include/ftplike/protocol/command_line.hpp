#pragma once
#include <string_view>

#include <ftplike/protocol/verb.hpp>

namespace ftplike {

/// One command as it came: its verb, and the argument byte for byte.
struct CommandLine {
  Verb verb;
  std::string_view argument;
  bool has_argument = false;  // "NLST " has one, which is empty
};

/// Splits `RETR a b.txt` at its first space. Never fails: a bad verb gives the empty Verb. (RFC 959 §5.3)
constexpr CommandLine parse_command(std::string_view line) noexcept {
  const auto space = line.find(' ');
  if (space == line.npos) return {Verb{line}, {}, false};
  return {Verb{line.substr(0, space)}, line.substr(space + 1), true};
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
