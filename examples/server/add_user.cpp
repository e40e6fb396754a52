#include "add_user.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <termios.h>
#include <unistd.h>

#include <ftplike/users/user_file.hpp>

#include "failure.hpp"

namespace {

/// The terminal shows nothing of what is typed for as long as this lives. One at a time.
class SilentTerminal {
 public:
  SilentTerminal() {
    ::tcgetattr(STDIN_FILENO, &before_);
    for (const int signal : ends_) std::signal(signal, give_up);
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    for (const int signal : ends_) std::signal(signal, SIG_DFL);
    std::fputs("\n", stderr);
  }

 private:
  /// Who gives up gets a terminal that shows again what is typed.
  static void give_up(int signal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }

  static constexpr std::array ends_{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  inline static termios before_{};
};

std::string read_line() {
  std::string line;
  if (!std::getline(std::cin, line)) throw Failure{Ending::failed, "no password was given"};
  return line;
}

std::string ask(const std::string& question) {
  const SilentTerminal silent;
  std::fputs(question.c_str(), stderr);
  return read_line();
}

std::string new_password(const std::string& name) {
  if (::isatty(STDIN_FILENO) == 0) return read_line();
  auto password = ask("Password for " + name + ": ");
  if (ask("The same again: ") != password) throw Failure{Ending::failed, "these were two different passwords"};
  return password;
}

}  // namespace

void add_user(const NewUser& user) {
  using ftplike::Rights;
  try {
    ftplike::Account account{user.name, ftplike::Path{}, Rights::all()};
    std::string certificate;
    bool is_new = true;
    if (std::filesystem::exists(user.file)) {
      const auto users = ftplike::read_users(user.file);
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
    auto password = ftplike::Password::hashed(ftplike::hash_password(new_password(user.name)));
    ftplike::write_user(user.file,
                        ftplike::UserEntry{std::move(account), std::move(password), {}, std::move(certificate)});
    std::printf("%s %s in %s\n", is_new ? "added" : "changed", user.name.c_str(), user.file.c_str());
  } catch (const Failure&) { throw; } catch (const std::exception& error) {
    throw Failure{Ending::failed, error.what()};
  }
}
