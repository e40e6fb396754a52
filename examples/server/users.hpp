#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/subnet.hpp>
#include <ftplike/users/user_table.hpp>

#include "pam.hpp"

/// In a users' file, in place of a hash: PAM checks the password. Without PAM it is a lock.
inline constexpr const char* hash_of_pam = "*pam";

/// Who may come in: the users of a table, some of whom PAM knows. All but their passwords stands in the table; whoever is not
/// in it does not come in, even if PAM knows him.
///
/// Copies are the same. **Threads:** any number at once.
class Users {
 public:
  /// `others` are those of the table.
  Users(ftplike::UserTable table, ftplike::Anonymous others, std::optional<Pam> pam)
      : table_{std::move(table)}, others_{std::move(others)}, pam_{std::move(pam)} {}

  ftplike::awaitable<std::optional<ftplike::Account>> log_in(const ftplike::Credentials& who) {
    const auto user = table_.find(who);
    if (!is_asked_of_pam(user, who.user)) return table_.log_in(who);
    return ask_pam(who, user);
  }
  std::optional<ftplike::Account> guest() const { return table_.guest(); }
  bool needs_password(const ftplike::Credentials& who) const { return table_.needs_password(who); }

  /// Reads the users' file again. **Errors:** those of `UserTable::reload`.
  void reload() { table_.reload(); }
  std::size_t size() const { return table_.size(); }
  bool admits_nobody() const { return table_.admits_nobody(); }

 private:
  /// Of a name that nobody has, too, so that it takes no less time.
  bool is_asked_of_pam(const std::optional<ftplike::UserEntry>& user, const std::string& name) const {
    if (!pam_) return false;
    return user ? user->password.text() == hash_of_pam : !others_.anonymous(name);
  }
  ftplike::awaitable<std::optional<ftplike::Account>> ask_pam(ftplike::Credentials who,
                                                              std::optional<ftplike::UserEntry> user) {
    const auto proof = user && !table_.needs_password(who) ? Pam::Proof::account_alone : Pam::Proof::password;
    if (user) who.user = user->account.name;
    if (!user) who.password = "\n";  // which no client can say, and so nobody's
    const auto turn = ftplike::client_key(who.address);
    auto check = [pam = *pam_, who = std::move(who), proof] { pam.check(who, proof); };
    co_await ftplike::blocking(std::move(check), ftplike::Workload{ftplike::WorkKind::password, turn});
    if (!user) co_return std::nullopt;
    co_return user->account;
  }

  ftplike::UserTable table_;
  ftplike::Anonymous others_;
  std::optional<Pam> pam_;
};
