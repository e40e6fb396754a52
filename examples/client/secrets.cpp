#include "secrets.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string_view>

#include <ftplike/protocol/text.hpp>

#include "../system/environment.hpp"
#include "../system/paths.hpp"
#include "../system/secret.hpp"

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
  const std::string home = home_folder();
  if (home.empty()) return std::nullopt;
  const std::string name = home + "/.netrc";
  std::ifstream file{path_of(name)};
  if (!file) return std::nullopt;
  if (!is_private(name)) {
    std::cerr << "ftplike-client: " << name << " is not used: others can read it (chmod 600 " << name << ")"
              << std::endl;
    return std::nullopt;
  }
  return look_up(file, url.host, url.user);
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
  const auto given = take_variable("FTPLIKE_PASSWORD");  // it is meant for the first server
  if (!url.password.empty()) return;
  if (!url.user.empty() && given) {
    url.password = *given;
    return;
  }
  if (auto login = netrc_login(url)) {
    url.user = std::move(login->user);
    url.password = std::move(login->password);
  } else if (!url.user.empty()) {
    url.password = ask_secret("Password for " + url.user + ": ").value_or("");
  }
}
