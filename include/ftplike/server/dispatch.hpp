#pragma once
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/command/command.hpp>
#include <ftplike/io/asio.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/protocol/command_line.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/line_buffer.hpp>
#include <ftplike/protocol/reply.hpp>
#include <ftplike/protocol/verb.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

/// The command of a line. Where there is no line ending to say where it ends, no blanks belong to it.
inline CommandLine command_of(const Line& line) {
  const std::string_view text = line.text;
  return parse_command(line.unterminated ? without_trailing_blanks(text) : text);
}

/// What observers are told of an argument. What follows an unknown verb may be a password, too: of a PASS that was
/// misspelt, or that is all there is on the line.
template <class S, class Entry> std::string_view shown(const S& session, const Entry* entry, std::string_view argument) {
  const bool secret = entry ? entry->secret && entry->secret(session, argument) : !argument.empty();
  return secret ? "***" : argument;
}

/// Tells the observer that a command was not done since its client may not do it.
template <class S, class Entry>
void tell_refusal(S& session, const Entry* entry, Verb verb, std::string_view argument, const Reply& reply) noexcept {
  if constexpr (S::template observed<CommandRefused>) {
    const std::string letters = verb.text();
    session.template report<CommandRefused>(letters, shown(session, entry, argument), session.directory, reply);
  }
}

/// Tells the observer of a command; gives its refusal, if it refuses, or the reply to what it throws.
template <class S, class Entry> std::optional<Reply> refusal_by_observer(S& session, const Entry* entry, Verb verb,
                                                                         std::string_view argument, const Line& line) {
  if constexpr (S::template observed<CommandSeen>) {
    const std::string letters = verb.text();
    std::error_code error;
    try {
      return session.announce(letters, shown(session, entry, argument), line.unterminated);
    } catch (...) { error = code_of(std::current_exception()); }
    return reply_for(error);
  } else {
    return std::nullopt;
  }
}

template <class S> Reply not_understood(S& session, Verb verb, std::string_view line) {
  if (is_foreign(verb)) {
    session.close();
    return {421, "This is an FTP server"};
  }
  if (without_leading_blanks(line).empty()) return {500, "Command expected"};
  return {502, "Command not implemented"};
}

/// Why a command may not run now.
template <class S, class Entry>
std::optional<Reply> refusal(S& session, const Entry& entry, std::string_view argument) {
  const auto told = [&](Reply reply) {
    tell_refusal(session, &entry, entry.verb, argument, reply);
    return reply;
  };
  if (auto later = session.protection().refusal(entry.verb, entry.before_login)) return told(*std::move(later));
  if (!entry.before_login && !session.account()) return Reply{530, "Not logged in"};
  if (entry.allowed && !entry.allowed(session)) return told(Reply{550, "Permission denied"});
  if (entry.argument == ArgumentRule::required && argument.empty()) return Reply{501, "Argument missing"};
  if (entry.argument == ArgumentRule::none && !argument.empty()) return Reply{501, "No argument expected"};
  return std::nullopt;
}

}  // namespace detail

/// Finds the command of a line in the session's table, checks what it declares, once and here, and runs it: by
/// `session.run`, where it may wait. Gives its one final reply; what it throws becomes one.
///
/// **Errors:** what ends the session.
template <class S> awaitable<Reply> dispatch(S& session, const Line& line) {
  const CommandLine command = line.error() ? CommandLine{} : detail::command_of(line);
  const auto* entry = session.find_command(command.verb);
  if (!entry || !entry->keeps_prepared) session.state.prepared = std::exchange(session.state.preparing, {});
  if (line.error()) co_return reply_for(line.error());
  const std::string_view argument = entry ? detail::argument_for(*entry, command) : command.argument;
  if (auto refused = detail::refusal_by_observer(session, entry, command.verb, argument, line)) {
    detail::tell_refusal(session, entry, command.verb, argument, *refused);
    co_return *std::move(refused);
  }
  if (!entry) co_return detail::not_understood(session, command.verb, line.text);
  if (auto refused = detail::refusal(session, *entry, argument)) co_return *std::move(refused);
  if (!entry->answer) co_return co_await session.run(*entry, argument);
  std::error_code error;
  try {
    co_return entry->answer(session, argument);
  } catch (...) { error = code_of(std::current_exception()); }
  const Reply reply = reply_for(error);
  if (is_refusal(error)) detail::tell_refusal(session, entry, command.verb, argument, reply);
  co_return reply;
}

}  // namespace ftplike
