#pragma once
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include <ftplike/client/core.hpp>
#include <ftplike/client/url.hpp>
#include <ftplike/io/securable.hpp>

namespace ftplike::inline v0_2::detail {

/// The first words of a session. Each waits for its answer: nothing is sent ahead to a server that is not yet known.
///
/// 1. The greeting: 220, perhaps after a 120.
/// 2. If the URL asks for it AUTH TLS, PBSZ 0 and PROT P, or else the end: nothing goes out in clear then. The dialect
///    makes no difference to that. Where PROT P is refused so early, both are said once more after the login, and what
///    PROT is answered decides.
/// 3. Only if the dialect is to be found out and no user is given, PWD: a 257 before any login is a server that wants
///    none, which is the ftp-like dialect.
/// 4. Unless that is settled, USER: 502 or 500 is the ftp-like dialect, too. After 331 PASS, after 332 ACCT.
/// 5. In the standard dialect FEAT; SYST, if FEAT is not understood; OPTS UTF8 ON, if UTF8 is offered.
///
/// Commands end with CRLF, each in one write. But the server that the ftp-like dialect comes from takes one read for
/// one command, whatever is in it. It is known by the bare LF that ends its greeting: from the moment on that the
/// dialect is known, commands to such a server have no ending at all.
template <class Core> class Login {
 public:
  Login(Core& core, const Url& url) : core_{core}, url_{url} {}

  awaitable<void> run() {
    if (url_.secure == Secure::implicit_tls) co_await shake_hands();
    const Reply greeting = co_await core_.control().greeting();
    if (!greeting.complete()) core_.fail(greeting, "connect");
    core_.greeting = greeting;
    if (url_.secure != Secure::no) co_await protect();
    co_await find_dialect();
    core_.control().end_commands(core_.dialect == Dialect::standard || core_.control().hears_crlf());
    if (url_.secure != Secure::no && !core_.secured) co_await demand_protection();
    if (core_.dialect == Dialect::standard) co_await look_around();
  }

 private:
  awaitable<void> shake_hands() {
    auto& stream = core_.control().stream();
    if constexpr (SecurableTransport<std::remove_cvref_t<decltype(core_.network())>>) {
      auto handshake = stream.connect_tls(core_.network().tls_client(), url_.host);
      Settled<void> shaken;
      co_await settle(within(core_.network(), core_.options.limits.connect, std::move(handshake)), shaken);
      core_.tell_handshake(shaken, stream, false);
      try {
        shaken.get();
      } catch (const std::system_error& error) {
        throw ClientError{error.code(), "TLS", Channel::control, 0, url_.host + ": " + error.code().message()};
      }
    } else {
      throw ClientError{std::make_error_code(std::errc::protocol_not_supported), "AUTH", Channel::local, 0,
                        "this transport has no TLS"};
    }
  }
  awaitable<void> protect() {
    if (url_.secure == Secure::explicit_tls) {
      (void)co_await core_.demand("AUTH TLS");
      if (!core_.control().is_silent()) throw ClientError{Errc::bad_reply, "AUTH", Channel::control};
      co_await shake_hands();
    }
    (void)co_await ask_for_protection();
  }
  /// Has the data connections protected, if the server grants it. Some do not know PBSZ, which says nothing under TLS.
  awaitable<Reply> ask_for_protection() {
    (void)co_await core_.ask("PBSZ 0");
    const Reply answer = co_await core_.ask("PROT P");
    core_.secured = answer.complete();
    co_return answer;
  }
  awaitable<void> demand_protection() {
    const Reply answer = co_await ask_for_protection();
    if (!answer.complete()) core_.fail(answer, "PROT");
  }

  awaitable<void> find_dialect() {
    core_.dialect = core_.options.dialect;
    if (core_.dialect == Dialect::ftplike) co_return;
    if (core_.dialect == Dialect::automatic && url_.user.empty()) {
      const Reply place = co_await core_.ask("PWD");
      if (place.code() == 257) core_.dialect = Dialect::ftplike;
    }
    if (core_.dialect != Dialect::ftplike) co_await log_in();
  }

  awaitable<void> log_in() {
    const std::string user = url_.user.empty() ? "anonymous" : url_.user;
    const std::string password = url_.user.empty() && url_.password.empty() ? "anonymous@" : url_.password;
    Reply answer = co_await core_.ask("USER " + user);
    const bool unknown = answer.code() == 502 || answer.code() == 500;
    if (unknown && core_.dialect == Dialect::automatic) {
      core_.dialect = Dialect::ftplike;
      co_return;
    }
    core_.dialect = Dialect::standard;
    std::string verb = "USER";
    if (answer.code() == 331) {
      Reply to_password = co_await core_.ask("PASS " + password);
      answer = std::move(to_password);
      verb = "PASS";
    }
    if (answer.code() == 332 && !core_.options.account.empty()) {
      Reply to_account = co_await core_.ask("ACCT " + core_.options.account);
      answer = std::move(to_account);
      verb = "ACCT";
    }
    core_.template report<LoginTried>(user, answer.complete());
    if (!answer.complete()) core_.fail(answer, verb);
    core_.control().who().user = user;
  }

  awaitable<void> look_around() {
    const Reply offered = co_await core_.ask("FEAT");
    if (offered.code() == 211) {
      core_.features = Features{offered.text()};
    } else {
      const Reply system = co_await core_.ask("SYST");
      if (system.code() == 215) core_.system = system.text();
    }
    if (!core_.features.has("UTF8")) co_return;
    (void)co_await core_.ask("OPTS UTF8 ON");
  }

  Core& core_;
  const Url& url_;
};

}  // namespace ftplike::detail
