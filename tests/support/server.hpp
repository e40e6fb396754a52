#pragma once
// A standard server on a simulated network, compiled once for all the tests that talk to it.
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/profile.hpp>
#include <ftplike/users/user_table.hpp>

#include "support/files.hpp"
#include "support/network.hpp"

/// What a server told its observer, an event a line: "transfer STOR /a.txt received 5 bytes from 0: complete".
class Diary {
 public:
  using Hook = std::function<std::optional<ftplike::Reply>(const ftplike::CommandSeen&)>;

  void write(std::string line) { lines_.push_back(std::move(line)); }
  const std::vector<std::string>& lines() const { return lines_; }
  /// The lines that begin with `word`, without it.
  std::vector<std::string> of(std::string_view word) const {
    std::vector<std::string> found;
    for (const auto& line : lines_) {
      if (line.starts_with(std::string{word} + ' ')) found.push_back(line.substr(word.size() + 1));
    }
    return found;
  }

  Hook hook;

 private:
  std::vector<std::string> lines_;
};

/// What a test server is made of besides its files.
struct Setup {
  void take(ftplike::Limits its) { limits = its; }
  void take(const ftplike::DataPorts& its) { ports.emplace(its); }
  void take(ftplike::PublicAddress its) { address = std::move(its); }
  void take(ftplike::Greeting its) { greeting = std::move(its); }
  void take(ftplike::TrustedProxies its) { proxies = std::move(its); }
  void take(ftplike::UploadRules its) { rules = std::move(its); }
  void take(ftplike::Bans its) { bans = std::move(its); }
  void take(ftplike::Compression its) { compression = its; }
  void take(ftplike::UserTable its) { users = std::move(its); }
  void take(ftplike::Anonymous its) { users = ftplike::UserTable{std::move(its)}; }
  void take(Diary::Hook its) { hook = std::move(its); }

  ftplike::Limits limits;
  std::optional<ftplike::DataPorts> ports;  // if none: from 40001 on, in turn
  ftplike::PublicAddress address;
  ftplike::Greeting greeting;
  ftplike::TrustedProxies proxies;
  ftplike::UploadRules rules;
  ftplike::Bans bans;
  ftplike::Compression compression;
  ftplike::UserTable users{ftplike::Anonymous{.without_login = "write"}};
  Diary::Hook hook;
};

/// The server that `serve` started; listens on 127.0.0.1 and ::1, port 3456. At its end it is stopped, and nothing that
/// it opened may be left.
class TestServer {
 public:
  static constexpr std::uint16_t port = 3456;

  TestServer(TestNetwork& network, TestFiles files, Setup setup);
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();

  void listen(const ftplike::Endpoint& where);
  void stop();
  std::size_t sessions() const;
  const Diary& diary() const;

 private:
  struct Running;
  TestNetwork& network_;
  std::unique_ptr<Running> running_;
};

/// Serves `files`, as "server/server_storage". The parts: `Limits`, `DataPorts`, `PublicAddress`, `Greeting`,
/// `TrustedProxies`, `UploadRules`, a `Compression`, a `UserTable` or an `Anonymous`, a `Diary::Hook`.
template <class... Parts> TestServer serve(TestNetwork& network, TestFiles files, Parts... parts) {
  Setup setup;
  (setup.take(std::move(parts)), ...);
  return TestServer{network, std::move(files), std::move(setup)};
}

/// A table with anna, who may do everything, bert, who may list and read, and carl, who sees "/people/carl" only; each
/// with the password "secret". Guests may do nothing, anonymous logins may read.
inline ftplike::UserTable some_users() {
  using namespace ftplike;
  UserTable users{Anonymous{.logins = "read"}};
  const auto add = [&users](Account account) { users.add(UserEntry{std::move(account), Password::plain("secret")}); };
  add(Account{"anna", Path{}, Rights::all()});
  add(Account{"bert", Path{}, Rights::reading()});
  add(Account{"carl", Path{"/people/carl"}, Rights::all()});
  return users;
}
