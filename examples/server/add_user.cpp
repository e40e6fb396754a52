#include "add_user.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <system_error>

#include <ftplike/users/user_file.hpp>

#include "../system/paths.hpp"
#include "../system/secret.hpp"
#include "../system/terminal.hpp"
#include "failure.hpp"
#include "users.hpp"

namespace {

std::string read_line() {
  std::string line;
  if (!std::getline(std::cin, line)) throw Failure{Ending::failed, "no password was given"};
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string ask(const std::string& question) {
  try {
    const auto secret = ask_secret(question);
    if (!secret) throw Failure{Ending::failed, "no password was given"};
    return *secret;
  } catch (const Interrupted& interrupted) {
    std::raise(SIGINT);
    throw Failure{Ending::failed, interrupted.what()};
  }
}

std::string new_password(const std::string& name) {
  if (!is_terminal(standard_input)) return read_line();
  auto password = ask("Password for " + name + ": ");
  if (ask("The same again: ") != password) throw Failure{Ending::failed, "these were two different passwords"};
  return password;
}

/// **Errors:** `Failure` where the system hashes none at all; else as `ftplike::hash_password`.
std::string hash_of(const std::string& password) {
  const auto hashes = [](const std::string& one) {
    try {
      return !ftplike::hash_password(one).empty();
    } catch (const std::system_error&) { return false; }
  };
  try {
    return ftplike::hash_password(password);
  } catch (const std::system_error&) {
    if (hashes("a password")) throw;
    throw Failure{Ending::bad_configuration, "this system hashes no passwords (crypt): say users by --user"};
  }
}

}  // namespace

void add_user(const NewUser& user) {
  using ftplike::Rights;
  try {
    ftplike::Account account{user.name, ftplike::Path{}, Rights::all()};
    std::string certificate;
    bool is_new = true;
    if (std::filesystem::exists(path_of(user.file))) {
      const auto users = ftplike::read_users(path_of(user.file));
      const auto there =
          std::find_if(users.begin(), users.end(), [&](const auto& one) { return one.key() == user.name; });
      if (there != users.end()) {
        is_new = false;
        account = there->account;
        certificate = there->certificate;
      }
    }
    if (user.rights) {
      const auto rights = Rights::parse(*user.rights);
      if (!rights) throw Failure{Ending::bad_configuration, "--rights: '" + *user.rights + "' are no rights"};
      account.rights = *rights;
    }
    if (user.root) account.root = ftplike::Path{*user.root};
    auto password = ftplike::Password::hashed(user.is_of_pam ? hash_of_pam : hash_of(new_password(user.name)));
    ftplike::write_user(path_of(user.file),
                        ftplike::UserEntry{std::move(account), std::move(password), {}, std::move(certificate)});
    std::printf("%s %s in %s\n", is_new ? "added" : "changed", user.name.c_str(), user.file.c_str());
  } catch (const Failure&) { throw; } catch (const std::exception& error) {
    throw Failure{Ending::failed, error.what()};
  }
}
