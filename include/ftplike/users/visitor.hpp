#pragma once
#include <utility>

#include <ftplike/io/asio.hpp>
#include <ftplike/users/authenticator.hpp>

namespace ftplike::inline v0_2 {

/// Whose files are asked for.
class Visitor {
 public:
  /// An account, and the address of its client.
  Visitor(Account its_account, Address its_address)
      : account{std::move(its_account)}, address{std::move(its_address)} {}

  Account account;  // who is logged in, or the guest
  Address address;  // of the client; behind a trusted proxy the one that the proxy named
};

/// A part in place of a storage that gives each account the storage that it sees: what the function makes of a
/// `Visitor`, all of one type.
///
///     StoragePerAccount{[](const Visitor& visitor) { return DirectoryStorage{"/srv/" + visitor.account.name}; }}
///
/// The function is called at each login, and for each session that may do something without one. It throws
/// `std::system_error` where there are no files for that account: the login is answered as that error is, and without a
/// login the session may do nothing.
///
/// **Threads:** the function is called on any, by several at once.
template <class Choice> class StoragePerAccount {
 public:
  /// `choice` is told a `Visitor` and gives a storage.
  explicit StoragePerAccount(Choice choice) : choice_{std::move(choice)} {}
  auto storage_for(const Visitor& visitor) { return choice_(visitor); }

 private:
  Choice choice_;
};

}  // namespace ftplike
