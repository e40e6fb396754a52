#include "secrets.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <ftplike/protocol/text.hpp>

#include "settings.hpp"
#include "terminal.hpp"

using namespace ftplike;

namespace {

/// Where a text goes on behind the first PASS or ACCT that may be a command; its end if there is none.
std::size_t behind_password_verb(std::string_view text) {
  constexpr std::size_t size = 4;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  for (std::size_t at = 0; at + size < text.size(); ++at) {
    const auto word = text.substr(at, size);
    const bool begins = at == 0 || !is_letter(text[at - 1]) || text.substr(0, at) == "-c";
    const bool ends = std::string_view{" \t\"'"}.find(text[at + size]) != std::string_view::npos;
    const bool fits = same_word(word, "PASS") || same_word(word, "ACCT");
    if (begins && ends && fits) return at + size + 1;
  }
  return text.size();
}

/// Calls `hide(begin, end)` for each password in a text: for all that could be one, which may be more. In a URL, with
/// or without its scheme, it may hold anything but a slash.
template <class Hide> void for_each_password(std::string_view text, Hide hide) {
  const auto secret = behind_password_verb(text);
  for (std::size_t at = 0; at < secret;) {
    const auto end = std::min(text.find('/', at), secret);
    const auto host = text.substr(0, end).rfind('@');
    const auto colon = text.find(':', at);
    if (host != text.npos && colon < host) hide(colon + 1, host);
    at = end + 1;
  }
  if (secret < text.size()) hide(secret, text.size());
}

/// What FTPLIKE_PASSWORD says, once: it is meant for the first server, and programs that we start need not see it.
std::optional<std::string> take_given_password() {
  const char* const given = std::getenv("FTPLIKE_PASSWORD");
  std::optional<std::string> password;
  if (given) password = given;
  ::unsetenv("FTPLIKE_PASSWORD");
  return password;
}

struct Login {
  std::string user, password;
};

/// What ~/.netrc has for a host, and for a user there if one is given.
std::optional<Login> look_up(std::istream& file, const std::string& host, const std::string& user) {
  std::optional<Login> login;
  bool fits = false;
  const auto found = [&] { return login && !login->password.empty() && (user.empty() || login->user == user); };
  std::string word;
  while (file >> word) {
    if (word.starts_with('#')) {
      std::getline(file, word);
    } else if (word == "machine" || word == "default") {
      if (found()) return login;
      login.reset();
      const bool any = word == "default";
      if (!any) file >> word;
      // One for all hosts says nothing of who we are there.
      fits = any ? !user.empty() : word == host;
      if (fits) login.emplace();
    } else if (word == "login") {
      file >> word;
      if (login) login->user = word;
    } else if (word == "password") {
      file >> word;
      if (login) login->password = word;
    } else if (word == "account") {
      file >> word;
    } else if (word == "macdef") {
      while (std::getline(file, word) && !word.empty()) {}
    }
  }
  return found() ? login : std::nullopt;
}

std::optional<Login> netrc_login(const Url& url) {
  const char* const home = std::getenv("HOME");
  if (!home) return std::nullopt;
  const std::string name = std::string{home} + "/.netrc";
  std::ifstream file{name};
  if (!file) return std::nullopt;
  struct stat status {};
  const bool is_ours = ::stat(name.c_str(), &status) == 0 && status.st_uid == ::geteuid();
  if (!is_ours || (status.st_mode & 077) != 0) {
    std::cerr << "ftplike-client: " << name << " is not used: others can read it (chmod 600 " << name << ")"
              << std::endl;
    return std::nullopt;
  }
  return look_up(file, url.host, url.user);
}

/// Asks for a password without showing it; none if there is no terminal. Ctrl-C throws `Interrupted`.
std::optional<std::string> ask_password(const std::string& prompt) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> terminal{std::fopen("/dev/tty", "r+"), std::fclose};
  if (!terminal) return std::nullopt;
  termios before{};
  if (::tcgetattr(::fileno(terminal.get()), &before) != 0) return std::nullopt;
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
  // Ctrl-C ends the line and not the program, which has to put the terminal right.
  const int interrupt = silent.c_cc[VEOL] = before.c_cc[VINTR];
  const ChangedTerminal changed;
  ::tcsetattr(::fileno(terminal.get()), TCSAFLUSH, &silent);
  std::fputs(prompt.c_str(), terminal.get());
  std::fflush(terminal.get());
  std::string password;
  int c = std::fgetc(terminal.get());
  for (; c != EOF && c != '\n' && c != interrupt; c = std::fgetc(terminal.get())) {
    // Ctrl-Z and Ctrl-\ do nothing while a password is asked for.
    if (c != before.c_cc[VSUSP] && c != before.c_cc[VQUIT]) password += static_cast<char>(c);
  }
  ::tcsetattr(::fileno(terminal.get()), TCSAFLUSH, &before);
  std::fputs("\n", terminal.get());
  if (c == interrupt) throw Interrupted{"interrupted"};
  return password;
}

}  // namespace

std::string without_passwords(std::string text) {
  std::string out;
  std::size_t from = 0;
  for_each_password(text, [&](std::size_t begin, std::size_t end) {
    out.append(text, from, begin - from).append("***");
    from = end;
  });
  return out.append(text, from, text.npos);
}

void hide_passwords(int count, char** words) {
  for (int i = 0; i < count; ++i) {
    char* const word = words[i];
    for_each_password(word, [word](std::size_t begin, std::size_t end) { std::fill(word + begin, word + end, '*'); });
  }
}

void find_password(Url& url) {
  const auto given = take_given_password();
  if (!url.password.empty()) return;
  if (!url.user.empty() && given) {
    url.password = *given;
    return;
  }
  if (auto login = netrc_login(url)) {
    url.user = std::move(login->user);
    url.password = std::move(login->password);
  } else if (!url.user.empty()) {
    url.password = ask_password("Password for " + url.user + ": ").value_or("");
  }
}
