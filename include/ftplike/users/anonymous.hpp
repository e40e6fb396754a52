#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/protocol/text.hpp>
#include <ftplike/users/authenticator.hpp>

namespace ftplike::inline v0_2 {

/// The authenticator of a server without users. Whoever comes may do what is said here, and nothing else:
///
///     Anonymous{.logins = "read"}
///     Anonymous{.logins = "read", .without_login = "write"}
///
/// **Threads:** any number at once.
struct Anonymous {
  Rights logins{};         // of logins as "anonymous" or "ftp", with any password; none: refused
  Rights without_login{};  // of sessions that never log in, as those of the ftp-like dialect never do
  Path root{};             // the directory of the storage that all of them see as "/"
  /// For all of the logins in one direction together, and for the others; 0: no limit.
  std::uint64_t bytes_per_second = 0;
  unsigned max_sessions = 0;  // of logins at a time, and of the others; 0: no limit

  template <class = void> awaitable<std::optional<Account>> log_in(const Credentials& credentials) {
    co_return anonymous(credentials.user);
  }
  std::optional<Account> guest() const { return account("guest", without_login, Account::Kind::guest); }
  /// The account of anonymous logins, if `user` is a name of theirs; upper or lower case makes no difference.
  std::optional<Account> anonymous(std::string_view user) const {
    if (!same_word(user, "anonymous") && !same_word(user, "ftp")) return std::nullopt;
    return account("anonymous", logins, Account::Kind::anonymous);
  }
  /// Whether nobody can come in at all.
  bool admits_nobody() const noexcept { return logins.empty() && without_login.empty(); }
  std::string_view objection(bool) const noexcept {
    return admits_nobody() ? "nobody can come in: neither anonymous logins nor sessions without a login may do anything"
                           : "";
  }

 private:
  std::optional<Account> account(std::string name, Rights rights, Account::Kind kind) const {
    if (rights.empty()) return std::nullopt;
    Account result{std::move(name), root, rights, kind};
    result.bytes_per_second = bytes_per_second;
    result.max_sessions = max_sessions;
    return result;
  }
};

/// The authenticator of a server that was given none: whoever comes from this very machine may read, by an anonymous
/// login or without one. Such a server listens on loopback alone, and to no proxy, whose clients come from anywhere.
struct LoopbackReaders : Anonymous {
  LoopbackReaders() : Anonymous{.logins = Rights::reading(), .without_login = Rights::reading()} {}
  /// Beyond loopback it objects.
  std::string_view objection(bool from_elsewhere) const noexcept {
    return from_elsewhere ? "nobody was said to come in from other machines: give the server an authenticator, as "
                            "Anonymous{.logins = \"read\"}"
                          : "";
  }
};

static_assert(Authenticator<Anonymous> && Authenticator<LoopbackReaders>);

}  // namespace ftplike
