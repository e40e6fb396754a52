#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/command/command.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/protocol/text.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/users/authenticator.hpp>
#include <ftplike/users/bans.hpp>

namespace ftplike::inline v0_2 {

// Who the client is, and its coming and going. (RFC 959 §4.1.1, RFC 7151)

namespace detail {

/// A session whose control connection can be secured.
template <class S>
concept IsSecurable = requires(S& session) { requires SecurableStream<std::remove_cvref_t<decltype(session.control())>>; };

/// What a client offers to be let in: a name, a password, and what its connection proves.
template <class S> Credentials credentials(S& session, std::string_view user, std::string_view password) {
  Credentials offered{std::string{user}, std::string{password}, session.state.host, session.peer().address()};
  offered.secure = session.protection().secured();
  if constexpr (IsSecurable<S>) {
    if (const auto shown = session.control().peer_certificate()) {
      auto& certificate = offered.certificate.emplace(shown->common_name);
      certificate.subject = shown->subject;
      certificate.issuer = shown->issuer;
      certificate.names = shown->names;
      certificate.fingerprint = shown->fingerprint.text();
    }
  }
  return offered;
}

/// Makes the directories of a path that are not there.
template <class S> awaitable<void> make_directories(S& session, Path path) {
  if constexpr (MakesDirectories<typename S::Storage>) {
    std::vector<Path> missing;
    for (Path above = path; !above.is_root(); above = above.parent()) missing.push_back(above);
    for (auto next = missing.rbegin(); next != missing.rend(); ++next) {
      Settled<void> made;
      co_await settle(session.storage().make_directory(*next), made);
    }
  }
  const Entry made = co_await session.storage().stat(path);
  if (!made.is_directory()) throw std::system_error(std::make_error_code(std::errc::not_a_directory));
}
/// Begins a login, or drops the one that is there, on the host that HOST has named.
template <class S> void log_out_from_account(S& session) {
  const std::string host = session.state.host;
  session.log_out();
  session.state.host = host;
}
/// Whether the session's client is banned, for what it did elsewhere.
template <class S> awaitable<bool> is_banned(S& session) {
  const Bans& bans = session.service().bans;
  if (!bans) co_return false;
  co_return co_await bans.forbids(session.peer().address());
}
/// Counts a failed login of the session's client, which may be banned for it: then true.
template <class S> awaitable<bool> is_banned_for_failure(S& session) {
  const Bans& bans = session.service().bans;
  if (!bans) co_return false;
  const Bans::Verdict verdict = co_await bans.failed(session.peer().address());
  if (!verdict.ban) co_return false;
  session.template report<ClientBanned>(verdict.ban->subnet, verdict.ban->until, verdict.error);
  co_return true;
}

/// Asks the authenticator for an account, and tells what came of it.
template <class S> awaitable<std::optional<Account>> find_account(S& session, Credentials credentials) {
  std::optional<Account> account;
  std::string why;
  try {
    std::optional<Account> found = co_await session.service().authenticator.log_in(credentials);
    account = std::move(found);
  } catch (const LoginRefused& refusal) { why = refusal.what(); }
  session.template report<LoginTried>(credentials.user, account.has_value(), why);
  co_return account;
}

/// Logs an account in, and gives the reply to that.
template <class S> awaitable<Reply> welcome(S& session, Account account, Reply words) {
  const std::optional<Path> root = account.makes_root ? std::optional{account.root} : std::nullopt;
  const bool has_place = session.log_in(std::move(account));
  if (!has_place) co_return Reply{530, "Too many sessions of this user"};
  if (!root) co_return words;
  try {
    co_await make_directories(session, *root);
  } catch (...) {
    log_out_from_account(session);
    throw;
  }
  co_return words;
}

}  // namespace detail

namespace verbs {

/// USER <name>: begins a login; answered 331 where a password is wanted, 230 where none is. (RFC 959 §4.1.1, §5.4)
struct User {
  static constexpr std::string_view verb = "USER";
  static constexpr std::string_view help = "USER <name>: begin a login";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view name) {
    begin(session, name);
    return {331, "Password required"};
  }
  /// Over TLS a certificate of the client's can be all that it needs. (RFC 4217 §5)
  static awaitable<Reply> run(auto& session, std::string_view name)
    requires detail::IsSecurable<std::remove_reference_t<decltype(session)>>
  {
    begin(session, name);
    auto& users = session.service().authenticator;
    const Credentials credentials = detail::credentials(session, name, {});
    if (!credentials.certificate || needs_password(users, credentials))
      co_return Reply{331, "Password required"};
    std::optional<Account> account = co_await detail::find_account(session, credentials);
    if (!account) co_return Reply{331, "Password required"};
    session.state.user.clear();
    Reply words{232, "Logged in by certificate"};
    co_return co_await detail::welcome(session, *std::move(account), std::move(words));
  }

 private:
  static void begin(auto& session, std::string_view name) {
    detail::log_out_from_account(session);
    session.state.user = name;
  }
};

/// PASS <password>: ends a login; after a failed one replies take longer, and after `Limits::login_attempts`, or when the
/// client is banned, the session ends. (RFC 959 §4.1.1)
struct Pass {
  static constexpr std::string_view verb = "PASS";
  static constexpr std::string_view help = "PASS <password>: finish a login";
  static constexpr bool keeps_blanks = true;
  static constexpr bool secret = true;
  static constexpr bool before_login = true;
  static awaitable<Reply> run(auto& session, std::string_view password) {
    if (session.state.user.empty()) co_return Reply{503, "USER first"};
    const Credentials credentials = detail::credentials(session, std::exchange(session.state.user, {}), password);
    const bool banned = co_await detail::is_banned(session);
    if (banned) co_return turn_away(session);
    std::optional<Account> account = co_await detail::find_account(session, credentials);
    if (!account) {
      const auto attempts = ++session.failed_logins;
      const bool banned_now = co_await detail::is_banned_for_failure(session);
      if (banned_now) co_return turn_away(session);
      // The pause grows with each attempt, and the connection's end makes no short cut: each costs one of the attempts.
      co_await session.pause(session.limits().login_pause * (1 << std::min(attempts - 1, 8u)));
      if (attempts < session.limits().login_attempts) co_return Reply{530, "Login incorrect"};
      session.close();
      co_return Reply{421, "Too many failed logins, closing the connection"};
    }
    Reply words{230, "Logged in"};
    co_return co_await detail::welcome(session, *std::move(account), std::move(words));
  }

 private:
  static Reply turn_away(auto& session) {
    session.close();
    return {421, "Banned, closing the connection"};
  }
};

/// ACCT <information>: superfluous here, and answered so. (RFC 959 §4.1.1)
struct Acct {
  static constexpr std::string_view verb = "ACCT";
  static constexpr std::string_view help = "ACCT <information>: no account information is needed";
  static constexpr bool keeps_blanks = true;
  static constexpr bool secret = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto&, std::string_view) { return {202, "No account information needed"}; }
};

/// REIN: forgets the login and all parameters; the control connection stays as it is. (RFC 959 §4.1.1, RFC 2228 §3)
struct Rein {
  static constexpr std::string_view verb = "REIN";
  static constexpr std::string_view help = "REIN: log out, keep the connection";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::none;
  static Reply run(auto& session, std::string_view) {
    session.log_out();
    return {220, "Ready for a new user"};
  }
};

/// QUIT: ends the session, after the transfer under way if there is one. (RFC 959 §4.1.1)
struct Quit {
  static constexpr std::string_view verb = "QUIT";
  static constexpr std::string_view help = "QUIT: end the session";
  static constexpr bool before_login = true;
  static Reply run(auto& session, std::string_view) {
    session.close();
    return {221, "Goodbye"};
  }
};

/// NOOP: does nothing, but to show that both ends are there. (RFC 959 §4.1.3)
struct Noop {
  static constexpr std::string_view verb = "NOOP";
  static constexpr std::string_view help = "NOOP: nothing, to keep the session";
  static constexpr bool keeps_prepared = true;
  static constexpr bool before_login = true;
  static Reply run(auto&, std::string_view) { return {200, "OK"}; }
};

/// HOST <name>: the virtual host that the client has come for, before a login. (RFC 7151 §3)
struct Host {
  static constexpr std::string_view verb = "HOST";
  static constexpr std::string_view help = "HOST <name>: which of this server's hosts is meant";
  static constexpr std::string_view feature = "HOST";
  static constexpr bool before_login = true;
  static constexpr auto argument = ArgumentRule::required;
  static Reply run(auto& session, std::string_view name) {
    if (session.standard() && (session.account() || !session.state.user.empty())) {
      return {503, "HOST must come before the login"};
    }
    if constexpr (KnowsHosts<std::remove_cvref_t<decltype(session.service().authenticator)>>) {
      if (!session.service().authenticator.knows_host(name)) return {504, "No such host here"};
    }
    if constexpr (requires { session.control().details(); }) {
      const std::string asked_for = session.control().details().server_name;
      if (!asked_for.empty() && !same_word(asked_for, name)) return {504, "Not the host of the handshake"};
    }
    session.log_out();
    session.state.host = name;
    return {220, "Host accepted"};
  }
};

/// CLNT <name>: how the client's program calls itself; in no RFC.
struct Clnt {
  static constexpr std::string_view verb = "CLNT";
  static constexpr std::string_view help = "CLNT <name>: the client's program";
  static constexpr std::string_view feature = "CLNT";
  static constexpr bool before_login = true;
  static Reply run(auto&, std::string_view) { return {200, "Noted"}; }
};

}  // namespace verbs

}  // namespace ftplike
