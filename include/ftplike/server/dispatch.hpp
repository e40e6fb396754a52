#pragma once
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <ftplike/command/command.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/protocol/command_line.hpp>
#include <ftplike/protocol/error.hpp>

namespace ftplike {
namespace detail {

/// Tells the observer of a command, but no secret; gives its refusal, if it refuses.
template <class S> std::optional<Reply> refusal_by_observer(S& session, const CommandLine& command) {
  if constexpr (S::template observed<CommandSeen>) {
    const bool secret = command.verb == Verb{"PASS"} || command.verb == Verb{"ACCT"};
    const std::string verb = command.verb.text();
    return session.announce(verb, secret ? "***" : command.argument);
  } else {
    return std::nullopt;
  }
}

template <class S> Reply not_understood(S& session, Verb verb, std::string_view line) {
  if (is_foreign(verb)) {
    session.close();
    return {421, "This is an FTP server"};
  }
  if (line.empty()) return {500, "Command expected"};
  return {502, "Command not implemented"};
}

/// Why a command may not run now.
template <class S, class Entry>
std::optional<Reply> refusal(S& session, const Entry& entry, const CommandLine& command) {
  if (auto later = session.protection().refusal(entry.verb, entry.before_login)) return later;
  if (!entry.before_login && !session.account()) return Reply{530, "Not logged in"};
  if (!entry.allowed(session)) return Reply{550, "Permission denied"};
  if (entry.argument == ArgumentRule::required && command.argument.empty()) return Reply{501, "Argument missing"};
  if (entry.argument == ArgumentRule::none && command.has_argument) return Reply{501, "No argument expected"};
  return std::nullopt;
}

}  // namespace detail

/// Finds the command of a line in the session's table, checks what it declares, once and here, and runs it: by
/// `session.run`, where it may wait. Gives its one final reply; what it throws becomes one.
///
/// **Errors:** what ends the session.
template <class S> awaitable<Reply> dispatch(S& session, std::string_view line, std::error_code defect) {
  if (defect) co_return reply_for(defect);
  const CommandLine command = parse_command(line);
  if (auto refused = detail::refusal_by_observer(session, command)) co_return *std::move(refused);
  const auto* entry = session.find_command(command.verb);
  if (!entry) co_return detail::not_understood(session, command.verb, line);
  if (auto refused = detail::refusal(session, *entry, command)) co_return *std::move(refused);
  if (!entry->answer) co_return co_await session.run(*entry, command.argument);
  std::error_code error;
  try {
    co_return entry->answer(session, command.argument);
  } catch (...) { error = code_of(std::current_exception()); }
  co_return reply_for(error);
}

}  // namespace ftplike
