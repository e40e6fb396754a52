#pragma once
#include <concepts>
#include <string>
#include <string_view>

#include <ftplike/io/asio.hpp>
#include <ftplike/protocol/command_line.hpp>
#include <ftplike/protocol/reply.hpp>
#include <ftplike/protocol/verb.hpp>

namespace ftplike::inline v0_2 {

/// What a command expects after its verb; the session answers 501 where it does not fit.
enum class ArgumentRule { none, optional, required };

/// A command: one verb, and what it does on sessions of type S. A struct with two static members,
///
///     struct Hello {
///       static constexpr std::string_view verb = "HELO";
///       static Reply run(auto& session, std::string_view argument) { return {200, "Hello yourself"}; }
///     };
///
/// where `run` gives `Reply` or `awaitable<Reply>`: exactly one final reply. It may throw `std::system_error`, which
/// the session turns into a reply. More static members, each with a default:
///
/// - `help`: "XSUM <path>: sum of the bytes of a file", for HELP.
/// - `feature`: the line for FEAT, or a function of the session that gives it (empty: none).
/// - `before_login` (false): allowed without an account.
/// - `needs` (nothing): the rights without which the answer is 550.
/// - `argument` (optional): an `ArgumentRule`.
/// - `at_once` (false): acted on during a transfer, as ABOR and STAT are; every other command waits its turn.
/// - `interruptible` (false): takes long, and ABOR, the client's end and a stop of the server reach it wherever it
///   waits, as they reach a transfer. Between its steps it calls `session.make_progress()`, or awaits `session.give_way()`
///   where it does nothing but compute.
/// - `keeps_prepared` (false): may stand between REST, RANG or RNFR and the command that they prepare, as PASV and TYPE
/// do. Any other command, refused or not, is the one that they were for: it finds them in `session.state.prepared`, and
/// they are over.
/// - `keeps_blanks` (false): blanks at the ends of its argument belong to it, as they may to a file's name or a
/// password; unless it came without a line ending, for the ftp-like dialect takes them off.
/// - `secret` (false): its argument is shown to no observer and in no log; or a function of the session and the argument
/// that says so.
/// - `template <class S> available` (true): whether it makes sense on sessions of type S; if not, it is not compiled
/// in.
template <class C, class S>
concept Command = requires(S& session, std::string_view argument) {
  { C::verb } -> std::convertible_to<std::string_view>;
  requires std::same_as<decltype(C::run(session, argument)), Reply> ||
      std::same_as<decltype(C::run(session, argument)), awaitable<Reply>>;
};

namespace detail {

template <class C> constexpr bool before_login_of() {
  if constexpr (requires { C::before_login; })
    return C::before_login;
  else
    return false;
}
template <class C> constexpr bool at_once_of() {
  if constexpr (requires { C::at_once; })
    return C::at_once;
  else
    return false;
}
template <class C> constexpr bool interruptible_of() {
  if constexpr (requires { C::interruptible; })
    return C::interruptible;
  else
    return false;
}
template <class C> constexpr bool keeps_prepared_of() {
  if constexpr (requires { C::keeps_prepared; })
    return C::keeps_prepared;
  else
    return false;
}
template <class C> constexpr bool keeps_blanks_of() {
  if constexpr (requires { C::keeps_blanks; })
    return C::keeps_blanks;
  else
    return false;
}
template <class C, class S> constexpr auto secret_on() -> bool (*)(const S&, std::string_view) {
  if constexpr (requires(const S& session, std::string_view argument) { C::secret(session, argument); })
    return [](const S& session, std::string_view argument) { return C::secret(session, argument); };
  else if constexpr (requires { C::secret; })
    return [](const S&, std::string_view) { return C::secret; };
  else
    return nullptr;
}
template <class C> constexpr ArgumentRule argument_of() {
  if constexpr (requires { C::argument; })
    return C::argument;
  else
    return ArgumentRule::optional;
}
template <class C> constexpr std::string_view help_of() {
  if constexpr (requires { C::help; })
    return C::help;
  else
    return C::verb;
}
// Functions and no lambdas, each of which costs a compiler a type and two functions.
template <class C, class S> std::string feature_now(const S& session) { return std::string{C::feature(session)}; }
template <class C, class S> std::string feature_always(const S&) { return std::string{C::feature}; }
template <class C, class S> constexpr auto feature_of() -> std::string (*)(const S&) {
  if constexpr (requires(const S& session) { C::feature(session); })
    return &feature_now<C, S>;
  else if constexpr (requires { std::string_view{C::feature}; })
    return &feature_always<C, S>;
  else
    return nullptr;
}
template <class C, class S> bool allows(const S& session) { return session.may(C::needs); }
template <class C, class S> constexpr auto allowed_on() -> bool (*)(const S&) {
  if constexpr (requires { C::needs; })
    return &allows<C, S>;
  else
    return nullptr;
}
template <class C, class S> using ResultOf = decltype(C::run(std::declval<S&>(), std::string_view{}));
template <class C, class S> ResultOf<C, S> run_on_session(S& session, std::string_view argument) {
  return C::run(session, argument);
}
/// What runs the command: its own function where that has just this type, as all in verbs/ have.
template <class C, class S> constexpr auto run_of() -> ResultOf<C, S> (*)(S&, std::string_view) {
  if constexpr (requires { static_cast<ResultOf<C, S> (*)(S&, std::string_view)>(&C::run); })
    return &C::run;
  else
    return &run_on_session<C, S>;
}
template <class C, class S> constexpr bool available_on() {
  if constexpr (requires { C::template available<S>; })
    return C::template available<S>;
  else
    return true;
}

/// The argument that a command of the table gets, see `keeps_blanks`.
template <class Entry> std::string_view argument_for(const Entry& entry, const CommandLine& command) {
  return entry.keeps_blanks ? command.argument : without_leading_blanks(without_trailing_blanks(command.argument));
}

}  // namespace detail
}  // namespace ftplike
