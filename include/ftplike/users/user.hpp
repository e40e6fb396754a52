#pragma once
#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/protocol/text.hpp>
#include <ftplike/system/text_file.hpp>
#include <ftplike/users/authenticator.hpp>
#include <ftplike/users/password.hpp>

namespace ftplike::inline v0_2 {

/// A user of a `UserTable`, which a line of a users' file is as well:
///
///     # name:hash:root:rights[:key=value,...]
///     anna:$y$j9T$...:/people/anna:write
///     bert:$6$...:/:list,read,append:bytes-per-second=1000000,max-sessions=4
///     carl:*:/:read:host=files.example,certificate=carl
///
/// - hash: what crypt(3) made of the password; with '*' or '!' at its beginning no password fits.
/// - root: the directory of the storage that this user sees as "/".
/// - rights: as `Rights::parse` reads them.
/// - `bytes-per-second`, `max-sessions`: limits, 0 for none.
/// - `quota`, `quota-files`: what the root may hold, in bytes (10G is 10·1024³) and in files with directories, where the
///   storage has an eye on that (`QuotaPerAccount`); 0 for no limit.
/// - `folder`: a place that this user sees under a name of his own, as `folder=/drop=/srv/drop=list+write`; for another one
///   the key stands there once more. (`AccountFolder`, where the program has an eye on that)
/// - `hide`: a pattern of names that this user does not see (`HiddenNames`), where the program has an eye on that; for another
///   one the key stands there once more.
/// - `take-uploads`: which uploads are taken for whole though their end does not prove it: none, no-quit, no-close-notify
///   or any (`UncertainEnds`).
/// - `host`: the user exists on this virtual host (RFC 7151) only, and there in place of one without. For clients that
///   do not know HOST the name is `carl@files.example`.
/// - `certificate`: who shows a verified certificate of this common name needs no password.
///
/// Empty lines and those that begin with '#' say nothing. No field before the options can hold a ':', and no option a ',': no
/// place of `folder` has one, and no pattern of `hide`.
class UserEntry {
 public:
  /// A user of a table; see above for what each is.
  UserEntry(Account its_account, Password its_password, std::string_view its_host = {}, std::string its_certificate = {})
      : account{std::move(its_account)},
        password{std::move(its_password)},
        host{to_lower(its_host)},
        certificate{std::move(its_certificate)} {}

  /// What no two users of a table may have in common: `name` or `name@host`.
  std::string key() const { return host.empty() ? account.name : account.name + '@' + host; }

  Account account;  // name, root, rights and limits
  Password password;  // the password, or its hash
  std::string host;         // in lower case
  std::string certificate;  // a common name

  friend bool operator==(const UserEntry&, const UserEntry&) = default;
};

namespace detail {

template <class Number> Number number_of_option(std::string_view key, std::string_view text) {
  const auto result = number_in<Number>(text);
  if (!result) throw std::invalid_argument(std::string{key}.append(" is not a number: '").append(text) + '\'');
  return *result;
}

inline std::uint64_t size_of_option(std::string_view key, std::string_view text) {
  const auto result = bytes_in(text);
  if (!result) {
    throw std::invalid_argument(std::string{key}.append(" is not a number of bytes, as 10G: '").append(text) + '\'');
  }
  return *result;
}

inline AccountFolder folder_of_option(std::string_view text) {
  try {
    return AccountFolder::parse(text);
  } catch (const std::invalid_argument& wrong) { throw std::invalid_argument(std::string{"folder is "} + wrong.what()); }
}

inline std::string pattern_of_option(std::string_view key, std::string_view text) {
  if (text.empty()) throw std::invalid_argument(std::string{key}.append(" is a pattern of names, but not ''"));
  return std::string{text};
}

inline UncertainEnds ends_of_option(std::string_view key, std::string_view text) {
  const auto result = UncertainEnds::parse(text);
  if (!result) {
    throw std::invalid_argument(
        std::string{key}.append(" is none, no-quit, no-close-notify or any, but not '").append(text) + '\'');
  }
  return *result;
}

/// The user of a line that names one, without blanks around it. What is wrong with it is thrown as
/// `std::invalid_argument`.
inline UserEntry parse_user(std::string_view line) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::any_of(line.begin(), line.end(), is_control)) throw std::invalid_argument("a control character");
  if (std::count(line.begin(), line.end(), ':') < 3) {
    throw std::invalid_argument("not of the form name:hash:root:rights[:key=value,...]");
  }
  const auto name = take_until(line, ':');
  if (name.empty()) throw std::invalid_argument("no name");
  auto password = Password::hashed(std::string{take_until(line, ':')});
  const auto root = take_until(line, ':');
  if (!root.starts_with('/')) throw std::invalid_argument("the root does not begin with '/'");
  const auto words = take_until(line, ':');
  const auto rights = Rights::parse(words);
  if (!rights) {
    throw std::invalid_argument("rights are none, read, write, or a list such as list,read,append, but not '" +
                                std::string{words} + '\'');
  }
  Account account{std::string{name}, Path{root}, *rights};
  std::string host;
  std::string certificate;
  while (!line.empty()) {
    auto value = take_until(line, ',');
    const auto key = take_until(value, '=');
    if (key == "host")
      host = value;
    else if (key == "certificate")
      certificate = value;
    else if (key == "bytes-per-second")
      account.bytes_per_second = number_of_option<std::uint64_t>(key, value);
    else if (key == "max-sessions")
      account.max_sessions = number_of_option<unsigned>(key, value);
    else if (key == "quota")
      account.quota_bytes = size_of_option(key, value);
    else if (key == "quota-files")
      account.quota_files = number_of_option<std::uint64_t>(key, value);
    else if (key == "folder")
      account.folders.push_back(folder_of_option(value));
    else if (key == "hide")
      account.hidden.push_back(pattern_of_option(key, value));
    else if (key == "take-uploads")
      account.takes_ends = ends_of_option(key, value);
    else
      throw std::invalid_argument("no such option: '" + std::string{key} + '\'');
  }
  return UserEntry{std::move(account), std::move(password), std::move(host), std::move(certificate)};
}

/// The line of a user that `parse_user` reads as the same user.
inline std::string line_of(const UserEntry& user) {
  std::string result = user.account.name + ':' + user.password.text() + ':' + user.account.root.string() + ':' +
                       user.account.rights.text();
  char before = ':';
  const auto option = [&](std::string_view key, const std::string& value) {
    (result += before).append(key).append(1, '=').append(value);
    before = ',';
  };
  if (!user.host.empty()) option("host", user.host);
  if (!user.certificate.empty()) option("certificate", user.certificate);
  if (user.account.bytes_per_second > 0) option("bytes-per-second", std::to_string(user.account.bytes_per_second));
  if (user.account.max_sessions > 0) option("max-sessions", std::to_string(user.account.max_sessions));
  if (user.account.quota_bytes > 0) option("quota", std::to_string(user.account.quota_bytes));
  if (user.account.quota_files > 0) option("quota-files", std::to_string(user.account.quota_files));
  for (const auto& folder : user.account.folders) option("folder", folder.text());
  for (const auto& pattern : user.account.hidden) option("hide", pattern);
  if (user.account.takes_ends) option("take-uploads", std::string{user.account.takes_ends->text()});
  return result;
}

}  // namespace detail

}  // namespace ftplike
