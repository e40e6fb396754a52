#pragma once
#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <ftplike/users/authenticator.hpp>

namespace ftplike {

/// The authenticator of a server without users: sessions without a login, and logins as "anonymous" or "ftp" with any
/// password. Who is given no rights is refused.
///
/// **Threads:** any number at once.
class GuestAuthenticator {
 public:
  /// Guests may do everything: what a server without an authenticator does as long as it listens on loopback alone.
  GuestAuthenticator() : GuestAuthenticator{Rights::all()} {}
  explicit GuestAuthenticator(Rights for_guests, Rights for_anonymous = Rights::none())
      : GuestAuthenticator{Account{"guest", Path{}, for_guests}, Account{"anonymous", Path{}, for_anonymous}} {}
  /// With roots and limits of their own.
  GuestAuthenticator(Account for_guests, Account for_anonymous)
      : guest_{std::move(for_guests)}, anonymous_{std::move(for_anonymous)} {
    guest_.kind = Account::Kind::guest;
    anonymous_.kind = Account::Kind::anonymous;
  }

  awaitable<std::optional<Account>> log_in(const Credentials& credentials) { co_return anonymous(credentials.user); }
  std::optional<Account> guest() const { return unless_without_rights(guest_); }
  /// The account of anonymous logins, if `user` is a name of theirs; upper or lower case makes no difference.
  std::optional<Account> anonymous(std::string_view user) const {
    if (!is(user, "anonymous") && !is(user, "ftp")) return std::nullopt;
    return unless_without_rights(anonymous_);
  }

 private:
  static std::optional<Account> unless_without_rights(const Account& account) {
    return account.rights.empty() ? std::nullopt : std::optional{account};
  }
  static bool is(std::string_view user, std::string_view name) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    return std::equal(user.begin(), user.end(), name.begin(), name.end(), same);
  }

  Account guest_;
  Account anonymous_;
};

static_assert(Authenticator<GuestAuthenticator>);

}  // namespace ftplike
