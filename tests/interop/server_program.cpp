// The server program as an operator and the seed's users know it: its command line, its files, its signals.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "support/certificates.hpp"
#include "support/folder.hpp"
#include "support/process.hpp"
#include "support/wire.hpp"

namespace {

using Words = std::vector<std::string>;

Words command(Words options) {
  options.insert(options.begin(), FTPLIKE_SERVER_PROGRAM);
  return options;
}

std::string port_in(const std::string& where) { return where.substr(where.rfind(':') + 1); }

/// The last word of a reply, where the ftp-like dialect tells a port.
std::string port_announced(const std::string& reply) {
  const auto end = reply.find_last_not_of("\r\n") + 1;
  return reply.substr(0, end).substr(reply.rfind(' ', end) + 1);
}

/// The port in the reply to an EPSV.
std::string port_of_epsv(const std::string& reply) {
  const auto begin = reply.find("|||") + 3;
  return reply.substr(begin, reply.find('|', begin) - begin);
}

class ServerProgram : public testing::Test {
 protected:
  ServerProgram() {
    root.write("sample_image.jpg", picture);
    root.write("images/demo_photo.jpg", "another picture");
  }

  /// What the server is started with here: the folder, any port.
  Words here(Words options = {}) const {
    options.insert(options.begin(), {"--root", root.string(), "--listen", "127.0.0.1:0"});
    return command(std::move(options));
  }
  /// Ends the server in an orderly way and gives its exit status.
  static int stop(Process& server) {
    server.signal(SIGTERM);
    return server.wait();
  }
  static std::string port_of(Process& server) { return port_in(server.line_after("listening on ")); }
  /// Logs in and gives the reply to that.
  static std::string log_in(Wire& client, const std::string& name, const std::string& password) {
    client.reply();
    client.ask("USER " + name);
    return client.ask("PASS " + password);
  }
  static void store(Wire& client, const std::string& name, const std::string& text) {
    client.ask("TYPE I");
    Wire data{port_of_epsv(client.ask("EPSV"))};
    client.ask("STOR " + name);
    data.send(text);
    data.finish();
    EXPECT_EQ(client.reply(), "226 Upload complete");
  }
  /// Fails at once, with this status and one line of errors that contains this.
  static void expect_failure(const Words& arguments, int status, const std::string& words) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    Process server{arguments};
    server.close_input();
    EXPECT_EQ(server.wait(), status);
    EXPECT_EQ(server.output(), "");
    EXPECT_TRUE(server.errors().starts_with("ftplike-server: ")) << server.errors();
    EXPECT_NE(server.errors().find(words), std::string::npos) << server.errors();
    EXPECT_EQ(std::count(server.errors().begin(), server.errors().end(), '\n'), 1) << server.errors();
  }
  /// Adds a user by the program's own command.
  void add_user(const std::string& name, const std::string& password) const {
    Process adding{command({"add-user", files / "users", name})};
    adding.say(password + '\n');
    adding.close_input();
    ASSERT_EQ(adding.wait(), 0) << adding.errors();
  }
  /// Says something about bans by the program's own command, and gives what it prints.
  static std::string edit_bans(Words words) {
    words.insert(words.begin(), "ban");
    Process editing{command(std::move(words))};
    EXPECT_EQ(editing.wait(), 0) << editing.errors();
    return editing.output();
  }

  const std::string picture = std::string(300'000, 'p') + "end";
  TestFolder root;   // what is served
  TestFolder files;  // what else there is
};

}  // namespace

// ---- the seed's server ----

TEST_F(ServerProgram, HoldsTheSeedsSessionWithAClientThatEndsNoLineAndReceivesOncePerReply) {
  Process server{here()};
  const Wire client{port_of(server)};
  EXPECT_EQ(client.receive(), "220 FTP Server Ready\r\n");
  const auto say = [&client](std::string_view words) {
    client.send(words);
    return client.receive();
  };
  EXPECT_EQ(say("pwd"), "257 \"" + root.string() + "\"\r\n");

  auto announced = say("RETR sample_image.jpg");
  EXPECT_TRUE(announced.starts_with("150 ")) << announced;
  EXPECT_EQ(Wire{port_announced(announced)}.receive_all(), picture);
  EXPECT_EQ(client.receive(), "226 Download complete\r\n");

  announced = say("STOR upload_test.jpg");
  {
    const Wire data{port_announced(announced)};
    data.send(picture);
  }
  EXPECT_EQ(client.receive(), "226 Upload complete\r\n");
  EXPECT_EQ(root.read("upload_test.jpg"), picture);

  EXPECT_EQ(say("CWD images"), "250 Directory changed to images\r\n");
  announced = say("LIST");
  EXPECT_EQ(Wire{port_announced(announced)}.receive_all(), "demo_photo.jpg");
  EXPECT_EQ(client.receive(), "226 Listing complete\r\n");
  EXPECT_EQ(say("RETR nothing"), "550 File not found\r\n");
  EXPECT_EQ(say("QUIT"), "221 Goodbye\r\n");
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(stop(server), 0) << server.errors();
}

TEST_F(ServerProgram, WritesItsOwnManualAndCompletions) {
  Process manual{command({"--generate", "man"})};
  EXPECT_EQ(manual.wait(), 0);
  const std::string& page = manual.output();
  EXPECT_TRUE(page.starts_with(".TH FTPLIKE\\-SERVER 8\n")) << page;
  for (const auto* text : {"HOST:PORT", "\\-\\-users", "add\\-user file name", ".SS \"Data connections\"", "NAME:PASSWORD"})
    EXPECT_NE(page.find(text), std::string::npos) << text;
  for (const auto* shell : {"bash", "zsh"}) {
    Process completion{command({"--generate", shell})};
    EXPECT_EQ(completion.wait(), 0);
    EXPECT_NE(completion.output().find("--data-ports"), std::string::npos) << shell;
  }
}

TEST_F(ServerProgram, NamesTheRootAsTheOperatorDid) {
  root.write("server/server_storage/a", "");
  Process server{Program{command({"--listen", "127.0.0.1:0"})}.in(root.string())};
  Wire client{port_of(server)};
  client.reply();
  EXPECT_EQ(client.ask("PWD"), "257 \"server/server_storage\"");
}

TEST_F(ServerProgram, ServesSeveralClientsAtATimeOverSeveralThreads) {
  Process server{here({"--threads", "3"})};
  const auto port = port_of(server);
  std::vector<Wire> clients;
  for (int i = 0; i < 12; ++i) clients.emplace_back(port);
  for (auto& client : clients) EXPECT_EQ(client.reply(), "220 FTP Server Ready");
  for (auto& client : clients) client.send("RETR sample_image.jpg\r\n");
  for (auto& client : clients) {
    EXPECT_EQ(Wire{port_announced(client.reply())}.receive_all(), picture);
    EXPECT_EQ(client.reply(), "226 Download complete");
  }
  clients.clear();
  EXPECT_EQ(stop(server), 0);
}

TEST_F(ServerProgram, OutlivesAClientThatGoesInTheMiddleOfADownload) {
  root.write("large", std::string(30'000'000, 'x'));
  Process server{here({"--threads", "1"})};
  const auto port = port_of(server);
  for (int i = 0; i < 3; ++i) {
    Wire client{port};
    client.reply();
    const Wire data{port_announced(client.ask("RETR large"))};
    EXPECT_FALSE(data.receive().empty());
  }
  Wire client{port};
  EXPECT_EQ(client.reply(), "220 FTP Server Ready");
  EXPECT_EQ(stop(server), 0) << server.errors();
}

TEST_F(ServerProgram, ListensOnSeveralAddressesOfBothFamilies) {
  Process server{here({"--listen", "[::1]:0"})};
  Wire ipv4{port_in(server.line_after("listening on 127.0.0.1:"))};
  EXPECT_EQ(ipv4.reply(), "220 FTP Server Ready");
  Wire ipv6{port_in(server.line_after("listening on [::1]:")), AF_INET6};
  EXPECT_EQ(ipv6.reply(), "220 FTP Server Ready");
}

TEST_F(ServerProgram, TellsChecksumsOfFiles) {
  root.write("abc", "abc");
  Process server{here()};
  Wire client{port_of(server)};
  client.reply();
  EXPECT_NE(client.ask("FEAT").find("\n HASH "), std::string::npos);
  EXPECT_EQ(client.ask("XCRC abc"), "250 352441C2");
}

// ---- its end ----

TEST_F(ServerProgram, EndsWellAtEitherSignalAndSaysWhatBecameOfTheSessions) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Process server{here()};
    port_of(server);
    server.signal(signal);
    EXPECT_EQ(server.wait(), 0);
    EXPECT_TRUE(server.output().ends_with("\nstopped: 0 sessions ended, 0 cut\n")) << server.output();
    EXPECT_EQ(server.errors(), "");
  }
}

TEST_F(ServerProgram, SaysFarewellToIdleSessionsAndLetsTransfersEnd) {
  root.write("large", std::string(30'000'000, 'x'));
  Process server{here({"--threads", "2"})};
  const auto port = port_of(server);
  Wire idle{port};
  idle.reply();
  Wire busy{port};
  busy.reply();
  const Wire data{port_announced(busy.ask("RETR large"))};
  std::string got = data.receive();
  server.signal(SIGTERM);
  EXPECT_TRUE(idle.reply().starts_with("421 "));
  EXPECT_EQ(idle.receive(), "");
  got += data.receive_all();
  EXPECT_EQ(got.size(), 30'000'000u);
  EXPECT_EQ(busy.reply(), "226 Download complete");
  EXPECT_EQ(server.wait(), 0);
  EXPECT_TRUE(server.output().ends_with("\nstopped: 2 sessions ended, 0 cut\n")) << server.output();
}

TEST_F(ServerProgram, CutsWhatDoesNotEndInTime) {
  root.write("large", std::string(30'000'000, 'x'));
  Process server{here({"--drain-timeout", "0.1"})};
  Wire client{port_of(server)};
  client.reply();
  const Wire data{port_announced(client.ask("RETR large"))};
  EXPECT_FALSE(data.receive().empty());
  EXPECT_EQ(stop(server), 0);
  EXPECT_TRUE(server.output().ends_with("\nstopped: 0 sessions ended, 1 cut\n")) << server.output();
}

TEST_F(ServerProgram, EndsAtOnceAtASecondSignal) {
  root.write("large", std::string(30'000'000, 'x'));
  Process server{here()};
  Wire client{port_of(server)};
  client.reply();
  const Wire data{port_announced(client.ask("RETR large"))};
  EXPECT_FALSE(data.receive().empty());
  // A signal that follows at once is taken for the same one; of the many here one comes late enough.
  for (siginfo_t ended{}; ended.si_pid == 0;) {
    server.signal(SIGTERM);
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(server.id()), &ended, WEXITED | WNOHANG | WNOWAIT), 0);
  }
  EXPECT_EQ(server.wait(), 128 + SIGTERM);
}

// ---- what cannot be ----

TEST_F(ServerProgram, TellsWhatItCannotDoInOneLineAndByItsStatus) {
  expect_failure(command({"--root", root / "nowhere", "--listen", "127.0.0.1:0"}), 3, "cannot serve");
  expect_failure(command({"--root", root / "sample_image.jpg", "--listen", "127.0.0.1:0"}), 3, "Not a directory");
  expect_failure(here({"--dance"}), 2, "--dance");
  expect_failure(here({"--guests", "all"}), 2, "--guests: 'all' is not none, read or write");
  expect_failure(here({"--listen", "3456"}), 2, "--listen: '3456' is not HOST:PORT");
  expect_failure(here({"--listen", "::1:3456"}), 2, "brackets");
  expect_failure(here({"--listen", "127.0.0.1:65536"}), 2, "HOST:PORT");
  expect_failure(here({"--threads", "0"}), 2, "--threads");
  expect_failure(here({"--user", "anna"}), 2, "--user: not NAME:PASSWORD");
  expect_failure(here({"--user", "anna:a", "--user", "anna:b"}), 2, "second user 'anna'");
  expect_failure(here({"--users", files / "none"}), 2, "none: No such file");
  expect_failure(here({"--data-ports", "5-4"}), 2, "--data-ports");
  expect_failure(here({"--public-address", "10.0.0.0/33=192.0.2.1"}), 2, "--public-address");
  expect_failure(here({"--idle-timeout", "-1"}), 2, "--idle-timeout");
  expect_failure(here({"--max-sessions", "many"}), 2, "--max-sessions");
  expect_failure(here({"--log", files / "none/log"}), 1, "cannot write to");
  expect_failure(here({"--metrics", "192.0.2.1:9121"}), 2, "not a loopback address");
  expect_failure(here({"--page", "192.0.2.1:8021"}), 2, "not a loopback address");
  expect_failure(here({"--root", root.string()}), 2, "--root");
}

TEST_F(ServerProgram, SaysThatAPortIsTaken) {
  Process first{here()};
  const auto port = port_of(first);
  expect_failure(command({"--root", root.string(), "--listen", "127.0.0.1:" + port}), 4,
                 "cannot listen on 127.0.0.1:" + port + ": Address already in use");
}

TEST_F(ServerProgram, CanHaveAPortAgainAtOnce) {
  std::string port = "0";
  for (int i = 0; i < 3; ++i) {
    Process server{command({"--root", root.string(), "--listen", "127.0.0.1:" + port})};
    port = port_of(server);
    Wire client{port};
    client.reply();
    EXPECT_EQ(stop(server), 0) << server.errors();
  }
}

TEST_F(ServerProgram, HelpsOnItsStandardOutput) {
  Process help{command({"--help"})};
  EXPECT_EQ(help.wait(), 0);
  for (const char* option :
       {"--root", "--listen", "--guests", "--threads", "--explain", "--user", "--users", "--anonymous", "--data-ports",
        "--public-address", "--idle-timeout", "--data-timeout", "--max-sessions", "--max-sessions-per-address",
        "--login-attempts", "--config", "--check", "add-user"}) {
    EXPECT_NE(help.output().find(option), std::string::npos) << option;
  }
  EXPECT_EQ(help.errors(), "");
}

// ---- who may come in ----

TEST_F(ServerProgram, AddsUsersWhoThenCanLogIn) {
  add_user("anna", "secret");
  add_user("bert", "other");
  EXPECT_EQ(files.read("users").find("secret"), std::string::npos) << "only a hash is kept";
  Process server{here({"--users", files / "users"})};
  const auto port = port_of(server);
  Wire anna{port};
  EXPECT_EQ(log_in(anna, "anna", "secret"), "230 Logged in");
  Wire bert{port};
  EXPECT_EQ(log_in(bert, "bert", "secret"), "530 Login incorrect");
  Wire guest{port};
  guest.reply();
  EXPECT_TRUE(guest.ask("PWD").starts_with("530 ")) << "where there are users, guests may do nothing unless told";
}

TEST_F(ServerProgram, ChangesAUsersPasswordAndNothingElse) {
  files.write("users", "# ours\nanna:*:/images:read:max-sessions=2\n");
  Process adding{command({"add-user", files / "users", "anna"})};
  adding.say("secret\n");
  adding.close_input();
  EXPECT_EQ(adding.wait(), 0);
  EXPECT_EQ(adding.output(), "changed anna in " + files / "users" + "\n");
  EXPECT_TRUE(files.read("users").starts_with("# ours\nanna:$"));
  EXPECT_TRUE(files.read("users").ends_with(":/images:read:max-sessions=2\n"));
}

TEST_F(ServerProgram, RefusesToAddWhatIsNoUser) {
  const auto users = files / "users";
  expect_failure(command({"add-user", users, "anna"}), 1, "no password was given");
  expect_failure(command({"add-user", users}), 2, "name is required");
  expect_failure(command({"add-user", users, "anna", "--rights", "everything"}), 2, "--rights: 'everything'");
  EXPECT_FALSE(files.has("users"));
}

TEST_F(ServerProgram, ReadsItsUsersAgainAtSighup) {
  add_user("anna", "secret");
  Process server{here({"--users", files / "users"})};
  const auto port = port_of(server);
  add_user("bert", "other");
  server.signal(SIGHUP);
  EXPECT_EQ(server.error_line(), "ftplike-server: read again: 2 users");
  Wire bert{port};
  EXPECT_EQ(log_in(bert, "bert", "other"), "230 Logged in");

  files.write("users", "anna:what?\n");
  server.signal(SIGHUP);
  EXPECT_TRUE(server.error_line().starts_with("ftplike-server: all stays as it was: " + files / "users" + ":1: "));
  Wire anna{port};
  EXPECT_EQ(log_in(anna, "anna", "secret"), "230 Logged in");
  EXPECT_EQ(stop(server), 0);
}

TEST_F(ServerProgram, TurnsAwayWhomFailedLoginsOrTheOperatorBan) {
  add_user("anna", "secret");
  const std::string bans = files / "bans";
  const Words options = here({"--users", files / "users", "--ban-after", "1", "--ban-file", bans});
  const std::string sorry = "421 Banned, try later";
  {
    Process server{options};
    const auto port = port_of(server);
    Wire client{port};
    EXPECT_EQ(log_in(client, "anna", "wrong"), "421 Banned, closing the connection");
    EXPECT_EQ(Wire{port}.reply(), sorry);
    EXPECT_EQ(stop(server), 0);
  }
  Process server{options};
  const auto port = port_of(server);
  EXPECT_EQ(Wire{port}.reply(), sorry) << "it remembers";
  EXPECT_TRUE(edit_bans({"list", bans}).starts_with("127.0.0.1 20"));
  EXPECT_EQ(edit_bans({"remove", bans, "127.0.0.1"}), "");
  while (Wire{port}.reply() == sorry) {  // it looks at the file once a second
  }
  EXPECT_EQ(edit_bans({"add", bans, "127.0.0.0/8"}), "");
  while (Wire{port}.reply() != sorry) {
  }
  EXPECT_EQ(edit_bans({"list", bans}), "127.0.0.0/8 always\n");
}

TEST_F(ServerProgram, LogsFailedLoginsAsFail2banReadsThem) {
  const std::string log = files / "log";
  Process server{here({"--log", log, "--user", "anna:secret"})};
  const auto port = port_of(server);
  Wire guesser{port}, client{port};
  log_in(guesser, "anna", "wrong");
  log_in(client, "anna", "secret");
  Process reading{{"fail2ban-regex", "-o", "ip", log, FTPLIKE_EXAMPLES "/server/fail2ban/filter.conf"}};
  EXPECT_EQ(reading.wait(), 0) << reading.errors();
  EXPECT_EQ(reading.output(), "127.0.0.1\n") << "once, and not where the login went well";
}

TEST_F(ServerProgram, TellsInOneLineWhatIsWrongWithBans) {
  files.write("bans", "10.0.0.7 always\nnobody always\n");
  const auto wrong = ": " + (files / "bans") + ":2: 'nobody' is no address and no network\n";
  expect_failure(here({"--ban-file", files / "bans"}), 2, "ban-file" + wrong);
  expect_failure(command({"ban", "list", files / "bans"}), 2, wrong);
  expect_failure(command({"ban", "add", files / "bans", "10.0.0.8"}), 2, wrong);
  expect_failure(command({"ban", "add", files / "new", "somebody"}), 2, "'somebody' is neither an address nor");
  expect_failure(command({"ban", "add", files / "none/new", "10.0.0.7"}), 1, "No such file or directory");
  expect_failure(command({"ban", "remove", files / "new", "10.0.0.7"}), 1, "10.0.0.7 is not banned in");
}

TEST_F(ServerProgram, LetsAnonymousReadIfToldAndGuestsNoMore) {
  Process server{here({"--anonymous", "read"})};
  const auto port = port_of(server);
  Wire anonymous{port};
  EXPECT_EQ(log_in(anonymous, "anonymous", "me@example.org"), "230 Logged in");
  EXPECT_EQ(anonymous.ask("SIZE sample_image.jpg").substr(0, 3), "213");
  EXPECT_EQ(anonymous.ask("DELE sample_image.jpg"), "550 Permission denied");
  Wire guest{port};
  guest.reply();
  EXPECT_TRUE(guest.ask("PWD").starts_with("530 "));
}

TEST_F(ServerProgram, LetsAnonymousReadOnLoopbackUnlessItIsToldWhoMayComeIn) {
  const auto login_with = [&](Words options) {
    Process server{here(std::move(options))};
    Wire anonymous{port_of(server)};
    return log_in(anonymous, "anonymous", "me@example.org");
  };
  Process server{here({})};
  Wire anonymous{port_of(server)};
  EXPECT_EQ(log_in(anonymous, "anonymous", "me@example.org"), "230 Logged in");
  EXPECT_EQ(anonymous.ask("SIZE sample_image.jpg").substr(0, 3), "213");
  EXPECT_EQ(anonymous.ask("DELE sample_image.jpg"), "550 Permission denied");
  EXPECT_EQ(login_with({"--user", "anna:secret"}), "530 Login incorrect");
  EXPECT_EQ(login_with({"--guests", "read"}), "530 Login incorrect");
  EXPECT_EQ(login_with({"--anonymous", "none"}), "530 Login incorrect");
}

TEST_F(ServerProgram, HoldsUploadsToRules) {
  Process server{here({"--user", "anna:secret", "--max-file", "1000", "--refuse-name", "*.exe", "--refuse-name", ".*",
                       "--allow-name", "*.jpg", "--allow-name", "*.exe"})};
  Wire anna{port_of(server)};
  EXPECT_EQ(log_in(anna, "anna", "secret"), "230 Logged in");
  EXPECT_EQ(anna.ask("ALLO 1001"), "552 A file may have 1000 bytes at most");
  for (const std::string name : {"a.exe", "A.EXE", ".a.jpg", "a.txt"}) {
    EXPECT_EQ(anna.ask("RNFR sample_image.jpg").substr(0, 3), "350");
    EXPECT_EQ(anna.ask("RNTO " + name).substr(0, 3), "553") << name;
  }
  expect_failure(here({"--refuse-name", "d/*.exe"}), 2,
                 "--refuse-name: 'd/*.exe' is not a pattern for a name, as *.exe");
}

TEST_F(ServerProgram, SaysThatNobodyCanComeInWhereGuestsMayNot) {
  for (const Words& options : {Words{"--listen", "0.0.0.0:0"}, Words{"--trusted-proxy", "127.0.0.1"}}) {
    auto words = here(options);
    words.push_back("--check");
    Process quiet{words};
    EXPECT_EQ(quiet.wait(), 0);
    EXPECT_NE(quiet.errors().find("nobody can come in"), std::string::npos) << quiet.errors();

    words.insert(words.end(), {"--guests", "write"});
    Process told{words};
    EXPECT_EQ(told.wait(), 0);
    EXPECT_EQ(told.errors(), "") << "told so in so many words";
  }
}

TEST_F(ServerProgram, BelievesATrustedProxyAboutTheClientsAddress) {
  Process server{here({"--trusted-proxy", "127.0.0.1", "--guests", "read", "--log", files / "log"})};
  const auto port = port_of(server);
  Wire client{port};
  client.send("PROXY TCP4 192.0.2.7 198.51.100.1 51234 21\r\nNOOP\r\n");
  EXPECT_EQ(client.reply(), "220 FTP Server Ready");
  EXPECT_EQ(client.reply(), "200 OK");
  Wire stranger{port};
  stranger.send("NOOP\r\n");
  EXPECT_EQ(stranger.receive(), "") << "from there every connection has to begin with the header";
  EXPECT_NE(files.read("log").find(" #1 192.0.2.7:51234: connected to 198.51.100.1:21\n"), std::string::npos)
      << files.read("log");
}

// ---- its configuration ----

TEST_F(ServerProgram, ChecksAConfigurationWithoutServing) {
  Process first{here()};
  const auto port = port_of(first);
  Process check{command({"--root", root.string(), "--listen", "127.0.0.1:" + port, "--check"})};
  EXPECT_EQ(check.wait(), 0) << "it does not listen";
  EXPECT_EQ(check.output(), "the configuration is good\n");
  expect_failure(command({"--root", root / "nowhere", "--check"}), 3, "nowhere");
  files.write("users", "anna:what?\n");
  expect_failure(here({"--users", files / "users", "--check"}), 2, "users:1: ");
}

TEST_F(ServerProgram, TakesTheSameFromAConfigurationFileAsFromTheCommandLine) {
  add_user("anna", "secret");
  const auto behaviour = [&](const Words& arguments) {
    Process server{arguments};
    const auto port = port_of(server);
    Words seen;
    Wire first{port};
    seen.push_back(first.reply());
    seen.push_back(first.ask("PWD"));
    seen.push_back(first.ask("DELE sample_image.jpg"));
    first.ask("USER anna");
    seen.push_back(first.ask("PASS secret"));
    seen.push_back(first.ask("PASV").substr(0, 41));  // without which port of the range
    Wire second{port};
    second.reply();
    second.ask("USER bert");
    seen.push_back(second.ask("PASS other"));
    second.ask("USER eve");
    seen.push_back(second.ask("PASS wrong"));  // the only attempt
    EXPECT_EQ(second.reply(), "(closed)");
    Wire third{port};
    third.reply();
    Wire fourth{port};
    seen.push_back(fourth.reply());
    EXPECT_EQ(stop(server), 0);
    for (const char* name : {"log", "xferlog"}) {
      if (files.has(name)) seen.push_back(name);
      std::filesystem::remove(files / name);
    }
    return seen;
  };
  const auto by_command_line = behaviour({command(
      {"--root",           root.string(),    "--listen",         "127.0.0.1:0", "--guests",       "read",
       "--users",          files / "users",  "--user",           "bert:other",  "--data-ports",   "20000-20099",
       "--public-address", "192.0.2.99",     "--login-attempts", "1",           "--max-sessions", "2",
       "--greeting",       "Good morning",   "--threads",        "2",           "--log",          files / "log",
       "--xferlog",        files / "xferlog"})});
  files.write("server.toml", "# as above\nroot = '" + root.string() +
                                 "'\nlisten = '127.0.0.1:0'\nguests = 'read'\nusers = '" + (files / "users") +
                                 "'\nuser = ['bert:other']\ndata-ports = '20000-20099'\npublic-address = "
                                 "['192.0.2.99']\nlogin-attempts = 1\nmax-sessions = 2\ngreeting = 'Good "
                                 "morning'\nthreads = 2\nexplain = false\nlog = '" +
                                 (files / "log") + "'\nxferlog = '" + (files / "xferlog") + "'\n");
  const auto by_file = behaviour(command({"--config", files / "server.toml"}));
  EXPECT_EQ(by_file, by_command_line);
  const Words expected{"220 Good morning",
                       "257 \"" + root.string() + '"',
                       "550 Permission denied",
                       "230 Logged in",
                       "227 Entering passive mode (192,0,2,99,78,",
                       "230 Logged in",
                       "421 Too many failed logins, closing the connection",
                       "421 Too many connections, try later",
                       "log",
                       "xferlog"};
  EXPECT_EQ(by_file, expected);
}

TEST_F(ServerProgram, IsContentWithTheSampleOfAConfigurationFileAsItIsAndWithAllOfIt) {
  std::ifstream sample{FTPLIKE_EXAMPLES "/server/server.toml"};
  std::string as_it_is, all;
  for (std::string line; std::getline(sample, line);) {
    as_it_is += line + '\n';
    const bool is_setting = line.starts_with("# ") && line.find(" = ") == line.find(' ', 2);
    all += (is_setting ? line.substr(2) : line) + '\n';
  }
  files.write("users", "");
  files.write("pam.d/ftplike", "");
  files.write("ticket-keys", std::string(160, '7') + '\n');
  Certificates certificates;
  const CertificateFiles own = certificates.issue("server");
  std::filesystem::copy_file(own.certificate, files / "fullchain.pem");
  std::filesystem::copy_file(own.key, files / "privkey.pem");
  std::filesystem::copy_file(certificates.authority(), files / "clients.pem");
  for (const auto& text : {as_it_is, all}) {
    files.write("server.toml", text);
    files.write("server/server_storage/a", "");
    Process check{Program{command({"--config", "server.toml", "--check"})}.in(files.string())};
    EXPECT_EQ(check.wait(), 0) << check.errors();
  }
  Process help{command({"--help"})};
  EXPECT_EQ(help.wait(), 0);
  for (auto at = help.output().find("\n  --"); at != std::string::npos; at = help.output().find("\n  --", at + 1)) {
    const auto name = help.output().substr(at + 5, help.output().find(' ', at + 5) - at - 5);
    if (name == "version" || name == "config" || name == "check") continue;
    EXPECT_NE(all.find('\n' + name + " = "), std::string::npos) << name;
  }
}

TEST_F(ServerProgram, LetsTheCommandLineWinOverTheConfigurationFile) {
  files.write("server.toml", "root = 'nowhere'\nlisten = ['127.0.0.1:0', '[::1]:0']\ngreeting = 'From the file'\n");
  Process server{here({"--config", files / "server.toml"})};
  Wire client{port_of(server)};
  EXPECT_EQ(client.reply(), "220 From the file");
  EXPECT_EQ(stop(server), 0);
  EXPECT_EQ(server.output().find("[::1]"), std::string::npos) << "what is said there is not added to what is said here";
}

TEST_F(ServerProgram, NamesTheLineOfAConfigurationFileThatIsWrong) {
  const auto expect_wrong = [&](const std::string& text, const std::string& words) {
    files.write("server.toml", text);
    expect_failure(here({"--config", files / "server.toml", "--check"}), 2, files / "server.toml" + words);
  };
  expect_wrong("threads = 1\n\nmax-sesions = 5\n", ":3: no such setting: max-sesions");
  expect_wrong("config = 'other.toml'\n", ":1: no such setting: config");
  expect_wrong("[limits]\nidle = 3\n", ":1: no such setting: limits");
  expect_wrong("idle-timeout = 300\ndata-timeout = 'soon'\n", ":2: data-timeout: 'soon' is not a number of seconds");
  expect_wrong("explain = 'yes'\n", ":1: explain: neither true nor false");
  expect_wrong("threads = [1, 2]\n", ":1: threads: only one value can be given");
  expect_wrong("root = true\n", ":1: root: neither text nor a number");
  expect_wrong("user = [['a']]\n", ":1: user: neither text nor a number");
  expect_wrong("listen = ['127.0.0.1:0'\nroot\n", ":2: ");
  expect_failure(here({"--config", files / "none.toml"}), 2, "cannot read " + files / "none.toml");
  expect_failure(here({"--config", files.string()}), 2, "cannot read " + files.string());
}

// ---- what is seen ----

TEST_F(ServerProgram, LogsSessionsAndTransfers) {
  Process server{here({"--user", "anna:secret", "--log", files / "log", "--xferlog", files / "xferlog"})};
  {
    Wire client{port_of(server)};
    log_in(client, "anna", "secret");
    store(client, "a b.txt", "hello");
    client.ask("QUIT");
  }
  EXPECT_EQ(stop(server), 0);
  const auto log = files.read("log");
  for (const char* words : {": connected to 127.0.0.1:", ": logged in as anna\n",
                            " anna: STOR /a b.txt: received 5 bytes in ", " anna: closed\n"}) {
    EXPECT_NE(log.find(words), std::string::npos) << words << " is not in\n" << log;
  }
  EXPECT_EQ(log.find("secret"), std::string::npos);
  EXPECT_TRUE(files.read("xferlog").ends_with(" 0 127.0.0.1 5 /a_b.txt b _ i r anna ftp 0 * c\n"))
      << files.read("xferlog");
}

TEST_F(ServerProgram, OpensItsLogsAgainAtSighup) {
  Process server{here({"--log", files / "log"})};
  const auto port = port_of(server);
  { Wire{port}.reply(); }
  std::filesystem::rename(files / "log", files / "log.1");
  server.signal(SIGHUP);
  EXPECT_EQ(server.error_line(), "ftplike-server: read again: 0 users");
  { Wire{port}.reply(); }
  EXPECT_EQ(stop(server), 0);
  EXPECT_NE(files.read("log.1").find(" #1 "), std::string::npos);
  EXPECT_NE(files.read("log").find(" #2 127.0.0.1:"), std::string::npos);
}

TEST_F(ServerProgram, LogsEveryCommandToTheStandardErrorsIfToldButNoPassword) {
  Process server{here({"--log", "-", "--log-commands", "--user", "anna:secret"})};
  Wire client{port_of(server)};
  log_in(client, "anna", "secret");
  EXPECT_EQ(stop(server), 0);
  for (const char* words : {": > USER anna\n", ": < 331 ", ": > PASS ***\n", ": < 230 "}) {
    EXPECT_NE(server.errors().find(words), std::string::npos) << words << " is not in\n" << server.errors();
  }
  EXPECT_EQ(server.errors().find("secret"), std::string::npos);
}

TEST_F(ServerProgram, TellsPrometheusWhatHappened) {
  Process server{here({"--user", "anna:secret", "--metrics", "127.0.0.1:0"})};
  Wire client{port_of(server)};
  const auto page = server.line_after("metrics on http://127.0.0.1:");
  log_in(client, "anna", "secret");
  store(client, "a.txt", "hello");
  const Wire scraper{page.substr(0, page.find('/'))};
  scraper.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto answer = scraper.receive_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  for (const char* line :
       {"ftplike_sessions_open 1\n", "ftplike_logins_total{result=\"accepted\"} 1\n",
        "ftplike_commands_total{verb=\"STOR\"} 1\n", "ftplike_data_bytes_total{direction=\"received\"} 5\n",
        "ftplike_transfers_total{direction=\"received\",verdict=\"complete\"} 1\n"}) {
    EXPECT_NE(answer.find(line), std::string::npos) << line << " is not in\n" << answer;
  }
  EXPECT_EQ(stop(server), 0) << "the page ends, too";
}

TEST_F(ServerProgram, LogsChangesOfFilesAndRefusalsWithoutItsCommands) {
  files.write("users", "");
  Process server{here({"--user", "anna:secret", "--anonymous", "read", "--log", files / "log"})};
  const auto port = port_of(server);
  {
    Wire client{port};
    log_in(client, "anna", "secret");
    for (const char* line : {"MKD d", "RNFR d", "RNTO e", "RMD e", "DELE sample_image.jpg", "QUIT"}) client.ask(line);
  }
  {
    Wire client{port};
    log_in(client, "anonymous", "me");
    client.ask("DELE images/demo_photo.jpg");
    client.ask("QUIT");
  }
  EXPECT_EQ(stop(server), 0);
  const auto log = files.read("log");
  for (const char* words : {" anna: MKD /d: made\n", " anna: RNTO /d: renamed to /e\n", " anna: RMD /e: removed\n",
                            " anna: DELE /sample_image.jpg: removed\n",
                            " anonymous: refused: DELE images/demo_photo.jpg in /: 550 Permission denied\n"}) {
    EXPECT_NE(log.find(words), std::string::npos) << words << " is not in\n" << log;
  }
}

TEST_F(ServerProgram, LogsInLinesOfJsonIfToldSo) {
  Process server{here({"--user", "anna:secret", "--log", files / "log", "--log-format", "json"})};
  {
    Wire client{port_of(server)};
    log_in(client, "anna", "secret");
    client.ask("DELE sample_image.jpg");
    client.ask("QUIT");
  }
  EXPECT_EQ(stop(server), 0);
  Process reader{{"python3", "-c",
                  "import json, sys\n"
                  "for line in open(sys.argv[1]):\n"
                  "    told = json.loads(line)\n"
                  "    print(told['event'], told['client'], told.get('user'), told.get('path'))",
                  files / "log"}};
  EXPECT_EQ(reader.wait(), 0) << reader.errors();
  EXPECT_EQ(reader.output(), "session_opened 127.0.0.1 None None\nlogin_tried 127.0.0.1 None None\n"
                             "file_changed 127.0.0.1 anna /sample_image.jpg\nsession_closed 127.0.0.1 anna None\n");
  expect_failure(here({"--log-format", "xml"}), 2, "--log-format: 'xml' is not text or json");
}

TEST_F(ServerProgram, LogsWhyAProxysConnectionWasDropped) {
  Process server{here({"--user", "anna:secret", "--trusted-proxy", "127.0.0.0/8", "--log", files / "log"})};
  {
    Wire client{port_of(server)};
    client.send("USER anna\r\n");
    EXPECT_EQ(client.receive_all(), "");
  }
  EXPECT_EQ(stop(server), 0);
  EXPECT_TRUE(files.read("log").ends_with(": dropped: no PROXY header: the connection begins with something else\n"))
      << files.read("log");
}

TEST_F(ServerProgram, TellsPrometheusOfItselfOfItsCertificateAndOfPartialFiles) {
  Certificates certificates;
  const CertificateFiles own = certificates.issue("server");
  root.write(".ftplike-partial.cut", "hello");
  Process server{here({"--user", "anna:secret", "--metrics", "127.0.0.1:0", "--cert", own.certificate, "--key", own.key})};
  const auto page = server.line_after("metrics on http://127.0.0.1:");
  const auto ask = [&](const std::string& how) {
    const Wire scraper{page.substr(0, page.find('/'))};
    scraper.send(how + " /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return scraper.receive_all();
  };
  std::string answer;
  do {  // the folder is looked through beside the server
    answer = ask("GET");
  } while (answer.find("ftplike_partial_files 1\n") == std::string::npos);
  for (const char* words :
       {"\nftplike_build_info{version=\"", "\nftplike_certificate_not_after_seconds ", "\nftplike_partial_bytes ",
        "\nprocess_open_fds ", "\nprocess_max_fds ", "\nprocess_resident_memory_bytes ", "\nprocess_cpu_seconds_total ",
        "\nprocess_start_time_seconds "}) {
    EXPECT_NE(answer.find(words), std::string::npos) << words << " is not in\n" << answer;
  }
  const auto head = ask("HEAD");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
  EXPECT_EQ(stop(server), 0);
}

TEST_F(ServerProgram, ListsAndRemovesWhatUploadsThatWereCutOffHaveLeft) {
  root.write("images/.ftplike-partial.cut", "hello");
  std::filesystem::last_write_time(root / "images/.ftplike-partial.cut",
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours{1});
  const auto partials = [&](Words words) {
    words.insert(words.begin(), "partials");
    Process looking{command(std::move(words))};
    EXPECT_EQ(looking.wait(), 0) << looking.errors();
    return looking.output();
  };
  const auto listed = partials({"list", root.string()});
  EXPECT_TRUE(listed.ends_with(" /images/.ftplike-partial.cut\n")) << listed;
  EXPECT_EQ(partials({"purge", root.string(), "--older", "7200"}), "");
  EXPECT_EQ(partials({"purge", root.string()}), listed);
  EXPECT_EQ(partials({"list", root.string()}), "");
  expect_failure(command({"partials", "list", root / "none"}), 3, "No such file or directory");
}

TEST_F(ServerProgram, TellsWhoIsThereAndEndsSessionsOverASocketThatIsItsOwnersAlone) {
  const std::string socket = files / "admin";
  Process server{here({"--user", "anna:secret", "--user", "bert:secret", "--admin-socket", socket})};
  const auto port = port_of(server);
  Wire anna{port};
  log_in(anna, "anna", "secret");
  Wire bert{port};
  log_in(bert, "bert", "secret");
  struct stat status {};
  ASSERT_EQ(::stat(socket.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto say = [&](Words words) {
    Process asking{command(std::move(words))};
    EXPECT_EQ(asking.wait(), 0) << asking.errors();
    return asking.output();
  };
  auto sessions = say({"who", socket});
  EXPECT_EQ(std::count(sessions.begin(), sessions.end(), '\n'), 2) << sessions;
  EXPECT_TRUE(sessions.starts_with("#1 127.0.0.1:")) << sessions;
  EXPECT_NE(sessions.find(" anna since 2"), std::string::npos) << sessions;
  EXPECT_NE(sessions.find(" waiting for a command\n#2 "), std::string::npos) << sessions;

  anna.ask("TYPE I");
  const Wire data{port_of_epsv(anna.ask("EPSV"))};
  anna.ask("STOR large");
  data.send("hello");
  while ((sessions = say({"who", socket})).find(" STOR /large received 5 bytes, ") == std::string::npos) {
  }
  expect_failure(command({"kick", socket, "--user", "carl"}), 1, "there is no such session");
  expect_failure(command({"kick", socket}), 2, "");
  expect_failure(command({"kick", socket, "--address", "nobody"}), 2, "refused: not understood");
  const auto kicked = say({"kick", socket, "--user", "anna"});
  EXPECT_TRUE(kicked.starts_with("#1 127.0.0.1:") && kicked.ends_with(" anna\n")) << kicked;
  EXPECT_EQ(anna.reply(), "421 Session ended by the operator");
  EXPECT_TRUE(bert.ask("NOOP").starts_with("200 "));
  EXPECT_TRUE(say({"kick", socket, "--address", "127.0.0.0/8"}).starts_with("#2 "));
  EXPECT_EQ(say({"who", socket}), "");

  expect_failure(here({"--admin-socket", socket}), 4, "Address already in use");
  server.signal(SIGKILL);
  server.wait();
  expect_failure(command({"who", socket}), 1, "no server answers on " + socket);
  Process next{here({"--admin-socket", socket})};
  port_of(next);
  EXPECT_EQ(say({"who", socket}), "");
  EXPECT_EQ(stop(next), 0);
  EXPECT_FALSE(files.has("admin"));
}

TEST_F(ServerProgram, TakesNothingForNoLimitWhereverThereIsOne) {
  Words options = here({"--user", "anna:secret"});
  for (const char* bound : {"--partial-lifetime", "--partial-share", "--max-file", "--ban-after", "--ban-within", "--ban-time",
                            "--max-sessions", "--max-sessions-per-address", "--login-attempts", "--login-timeout",
                            "--idle-timeout", "--drain-timeout", "--rate", "--data-timeout"}) {
    options.insert(options.end(), {bound, "0"});
  }
  Process server{options};
  {
    Wire client{port_of(server)};
    log_in(client, "anna", "secret");
    store(client, "a", "hello");
    client.ask("QUIT");
  }
  EXPECT_EQ(stop(server), 0);
  EXPECT_EQ(root.read("a"), "hello");
}

TEST_F(ServerProgram, ExplainsWhatHappensWithoutColoursWhereNoTerminalIs) {
  Process server{here({"--explain"})};
  {
    Wire client{port_of(server)};
    client.reply();
    EXPECT_EQ(Wire{port_announced(client.ask("RETR sample_image.jpg"))}.receive_all(), picture);
    client.reply();
    client.ask("QUIT");
  }
  EXPECT_EQ(stop(server), 0);
  for (const char* words : {"╭─ control connection ─", "│ RETR sample_image.jpg ──", "─ 226 Download complete │",
                            " waits ○ │", "─ opened ─", "═ 300 003 bytes ═"}) {
    EXPECT_NE(server.output().find(words), std::string::npos) << words << " is not in\n" << server.output();
  }
  EXPECT_EQ(server.output().find('\x1b'), std::string::npos);
}

// ---- its supervisor ----

namespace {

/// A socket that a supervisor listens on before the server runs.
class HandedOver {
 public:
  HandedOver() : socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.get(), any, size) != 0 || ::listen(socket.get(), 16) != 0 ||
        ::getsockname(socket.get(), any, &size) != 0) {
      throw std::system_error(errno, std::generic_category(), "a socket to hand over");
    }
    port = std::to_string(ntohs(address.sin_port));
  }
  OwnedDescriptor socket;
  std::string port;
};

/// Where a supervisor is told how its service does.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path) : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::system_error(errno, std::generic_category(), path);
    }
    const timeval patience{60, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  std::string next() const {
    std::array<char, 256> room;
    const auto n = ::recv(socket_.get(), room.data(), room.size(), 0);
    return n < 0 ? "(nothing)" : std::string{room.data(), static_cast<std::size_t>(n)};
  }

 private:
  OwnedDescriptor socket_;
};

/// As a service manager starts programs: with the socket as number 3, and told so by the variables.
Program supervised(const Words& words, const HandedOver& handed, const std::string& id = "$$", const std::string& name = "ftp") {
  Words arguments{"sh", "-c", "LISTEN_FDNAMES=" + name + " LISTEN_FDS=1 LISTEN_PID=" + id + " exec \"$0\" \"$@\""};
  arguments.insert(arguments.end(), words.begin(), words.end());
  return Program{arguments}.handing_over(handed.socket.get());
}

}  // namespace

TEST_F(ServerProgram, BeginsWithTlsOnASocketThatItsSupervisorCallsSo) {
  Certificates certificates;
  const CertificateFiles own = certificates.issue("server");
  const HandedOver handed;
  {
    Process server{supervised(command({"--root", root.string(), "--cert", own.certificate, "--key", own.key}), handed, "$$", "ftps")};
    EXPECT_EQ(server.line(), "listening with TLS on 127.0.0.1:" + handed.port);
    Process client{{"openssl", "s_client", "-quiet", "-connect", "127.0.0.1:" + handed.port}};
    EXPECT_EQ(client.line(), "220 FTP Server Ready\r");
  }
  Process server{supervised(command({"--root", root.string()}), handed, "$$", "ftps")};
  EXPECT_EQ(server.wait(), 2);
  EXPECT_EQ(server.errors(), "ftplike-server: a socket with the name ftps was handed in: without cert there is no TLS\n");
}

TEST_F(ServerProgram, SpeaksNoOlderTlsAndNoOtherCiphersThanItIsTold) {
  Certificates certificates;
  const CertificateFiles own = certificates.issue("server");
  const auto negotiated = [&](Words options, const char* version) {
    options.insert(options.end(), {"--cert", own.certificate, "--key", own.key});
    Process server{here(options)};
    Process client{{"openssl", "s_client", "-brief", "-starttls", "ftp", version, "-connect", "127.0.0.1:" + port_of(server)}};
    client.close_input();
    client.wait();
    const auto& said = client.errors();
    const auto at = said.find("Ciphersuite: ");
    return at == said.npos ? std::string{"none"} : said.substr(at + 13, said.find('\n', at) - at - 13);
  };
  EXPECT_EQ(negotiated({"--tls-oldest", "1.3"}, "-tls1_2"), "none");
  EXPECT_EQ(negotiated({"--tls-oldest", "1.3", "--tls-suites", "TLS_AES_128_GCM_SHA256"}, "-tls1_3"), "TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(negotiated({"--tls-ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"}, "-tls1_2"), "ECDHE-ECDSA-AES128-GCM-SHA256");
  expect_failure(here({"--tls-oldest", "1.1"}), 2, "--tls-oldest: '1.1' is not 1.2 or 1.3");
  expect_failure(here({"--tls-oldest", "1.3"}), 2, "tls-oldest: without cert there is no TLS");
  expect_failure(here({"--cert", own.certificate, "--key", own.key, "--tls-ciphers", "NONSENSE"}), 2, "");
}

TEST_F(ServerProgram, AcceptsSessionsFromASocketThatItsSupervisorHandsIn) {
  const HandedOver handed;
  Wire early{handed.port};  // before there is a server
  Process server{supervised(command({"--root", root.string()}), handed)};
  EXPECT_EQ(server.line(), "listening on 127.0.0.1:" + handed.port);
  EXPECT_EQ(early.reply(), "220 FTP Server Ready");
  EXPECT_EQ(early.ask("PWD"), "257 \"" + root.string() + "\"") << "guests may come in over loopback";
  EXPECT_EQ(stop(server), 0);
  EXPECT_EQ(server.output().find("3456"), std::string::npos) << "and from nowhere else";
}

TEST_F(ServerProgram, TakesNoSocketThatIsMeantForAnotherProcess) {
  const HandedOver handed;
  Process server{supervised(here(), handed, "1")};
  EXPECT_NE(port_of(server), handed.port);
  EXPECT_EQ(stop(server), 0);
  EXPECT_EQ(server.output().find(':' + handed.port), std::string::npos);
}

TEST_F(ServerProgram, RefusesToServeADescriptorThatIsNoListeningSocket) {
  HandedOver handed;
  handed.socket = OwnedDescriptor{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  Process server{supervised(command({"--root", root.string()}), handed)};
  EXPECT_EQ(server.wait(), 4);
  EXPECT_NE(server.errors().find("handed in"), std::string::npos) << server.errors();
}

TEST_F(ServerProgram, TellsItsSupervisorWhenItIsReadyAndWhenItStops) {
  const NotifySocket notify{files / "notify"};
  Process server{Program{here()}.with("NOTIFY_SOCKET", files / "notify")};
  EXPECT_EQ(notify.next(), "READY=1");
  Wire client{port_of(server)};
  EXPECT_EQ(client.reply(), "220 FTP Server Ready");
  server.signal(SIGTERM);
  EXPECT_EQ(notify.next(), "STOPPING=1");
  EXPECT_EQ(server.wait(), 0);
}
