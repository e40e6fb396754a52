// Coming in: users, guests, attempts, rights, roots, virtual hosts.
#include <ftplike/verbs/access.hpp>

#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/io/subnet.hpp>

#include "support/dialogue.hpp"
#include "support/recorded_work.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

MemoryStorage some_files() { return {{"/a.txt", "hello"}, {"/people/carl/c.txt", "of carl"}}; }

TEST(Login, LetsInWhoKnowsThePassword) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  Dialogue client{network};
  EXPECT_EQ(client.say("USER anna"), "331 Password required\r\n");
  EXPECT_EQ(client.say("PASS secret"), "230 Logged in\r\n");
  EXPECT_EQ(client.say("PWD"), "257 \"/\"\r\n");
  EXPECT_EQ(server.diary().of("login"), (std::vector<std::string>{"anna accepted"}));
}

TEST(Login, NeverShowsAPasswordToTheObserver) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  Dialogue client{network};
  client.log_in();
  client.say("pass secret");
  client.say("ACCT secret");
  for (const auto& line : server.diary().lines()) EXPECT_EQ(line.find("secret"), line.npos) << line;
  EXPECT_EQ(server.diary().of("command").at(1), "PASS ***");
}

TEST(Login, SaysTheSameOfWrongPasswordsAndOfUsersWhoDoNotExist) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  Dialogue wrong{network}, nobody{network};
  EXPECT_EQ(wrong.say("USER anna"), nobody.say("USER nobody"));
  EXPECT_EQ(wrong.say("PASS x"), "");
  EXPECT_EQ(nobody.say("PASS x"), "");
  EXPECT_EQ(wrong.hear_after(1s - 1ns), "");
  EXPECT_EQ(wrong.hear_after(1ns), "530 Login incorrect\r\n");
  EXPECT_EQ(nobody.hear(), "530 Login incorrect\r\n");
}

TEST(Login, PausesTwiceAsLongAfterEachAttemptAndThenCloses) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  Dialogue client{network};
  const auto attempt = [&client](Duration pause) {
    client.say("USER anna");
    EXPECT_EQ(client.say("PASS wrong"), "");
    EXPECT_EQ(client.hear_after(pause - 1ns), "");
    return client.hear_after(1ns);
  };
  EXPECT_EQ(attempt(1s), "530 Login incorrect\r\n");
  EXPECT_EQ(attempt(2s), "530 Login incorrect\r\n");
  EXPECT_EQ(attempt(4s), "421 Too many failed logins, closing the connection\r\n");
  EXPECT_TRUE(client.ended());
}

TEST(Login, MayAlsoFailBeforeItGoesWell) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  Dialogue client{network};
  client.say("USER anna");
  client.say("PASS wrong");
  EXPECT_EQ(client.hear_after(1s), "530 Login incorrect\r\n");
  EXPECT_EQ(client.say("PASS secret"), "503 USER first\r\n") << "each attempt names its user";
  EXPECT_EQ(client.say("LIST"), "530 Not logged in\r\n");
  client.log_in();
  EXPECT_EQ(client.fetch("RETR a.txt"), "hello");
}

TEST(Login, TakesAPasswordOnlyAfterAUser) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  Dialogue client{network};
  EXPECT_EQ(client.say("PASS secret"), "503 USER first\r\n");
  EXPECT_EQ(client.say("USER"), "501 Argument missing\r\n");
  EXPECT_EQ(client.say("PASS secret"), "503 USER first\r\n");
}

TEST(Login, OfAnonymousTakesAnyPasswordAndReads) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  for (const auto name : {"anonymous", "ftp", "Anonymous"}) {
    Dialogue client{network};
    client.log_in(name, "someone@example");
    EXPECT_EQ(client.fetch("RETR a.txt"), "hello");
    EXPECT_EQ(client.say("DELE a.txt"), "550 Permission denied\r\n");
    EXPECT_EQ(client.say("STOR b.txt"), "550 Permission denied\r\n");
  }
}

TEST(Login, CanBeFollowedByAnother) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  Dialogue client{network};
  client.log_in("carl");
  EXPECT_EQ(client.code("CWD /"), 250);
  client.log_in("anna");
  EXPECT_EQ(client.say("PWD"), "257 \"/\"\r\n");
  EXPECT_EQ(client.code("SIZE /people/carl/c.txt"), 213);
}

TEST(Login, EndsWithReinAndLeavesNothingBehind) {
  TestNetwork network{1};
  auto server = serve(network, {{"/d/a.txt", "hello"}}, some_users());
  Dialogue client{network};
  client.log_in().binary();
  client.say("CWD d");
  client.say("REST 3");
  client.say("RNFR a.txt");
  client.say("OPTS MLST type;");
  client.passive();
  EXPECT_EQ(client.say("REIN"), "220 Ready for a new user\r\n");
  EXPECT_EQ(client.say("PWD"), "530 Not logged in\r\n");
  client.log_in();
  EXPECT_EQ(client.say("PWD"), "257 \"/\"\r\n");
  EXPECT_EQ(client.say("RNTO b.txt"), "503 RNFR first\r\n");
  EXPECT_NE(client.say("FEAT").find("MLST type*;size*;"), std::string::npos);
  EXPECT_NE(client.say("STAT").find("TYPE A"), std::string::npos);
  EXPECT_EQ(client.say("RETR /d/a.txt"), "150 40002\r\n");
  EXPECT_EQ(client.data(40002), "hello");
}

TEST(Login, MayTakeItsTimeAgainAfterRein) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.hear_after(2min), "");
  EXPECT_EQ(client.say("REIN"), "220 Ready for a new user\r\n");
  EXPECT_EQ(client.hear_after(59s), "");
  EXPECT_EQ(client.say("USER anna"), "331 Password required\r\n");
  EXPECT_EQ(client.say("PASS secret"), "230 Logged in\r\n");
}

TEST(Login, OfAGuestMayComeLate) {
  TestNetwork network{1};
  auto server = serve(network, some_files());
  Dialogue client{network};
  EXPECT_EQ(client.hear_after(4min), "");
  EXPECT_EQ(client.say("USER anna"), "331 Password required\r\n");
  EXPECT_EQ(client.hear_after(59s), "");
  EXPECT_EQ(client.hear_after(1s), "421 Timed out, closing the connection\r\n");
}

TEST(Account, IsAskedForByNobody) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.say("ACCT some"), "202 No account information needed\r\n");
}

// ---- rights and roots

TEST(Rights, AreAskedForByEachCommand) {
  const std::vector<std::pair<Right, std::vector<std::string>>> needed{
      {Right::list, {"LIST", "NLST", "MLSD", "MLST a.txt", "STAT a.txt", "SIZE a.txt", "MDTM a.txt"}},
      {Right::read, {"RETR a.txt"}},
      {Right::write, {"STOR b.txt", "STOU", "MFMT 20200101000000 a.txt", "SITE CHMOD 600 a.txt"}},
      {Right::append, {"APPE a.txt"}},
      {Right::remove, {"DELE a.txt", "RMD d"}},
      {Right::rename, {"RNFR a.txt"}},
      {Right::make_directories, {"MKD e", "XMKD f"}}};
  for (const auto& [right, commands] : needed) {
    for (const auto& command : commands) {
      for (const bool granted : {true, false}) {
        Rights rights;
        for (const auto& [one, unused] : needed) {
          if ((one == right) == granted) rights = rights | one;
        }
        TestNetwork network{1};
        auto server = serve(network, {{"/a.txt", "hello"}, {"/d/", ""}}, Anonymous{.without_login = rights});
        Dialogue client{network};
        const auto reply = client.say(command);
        EXPECT_EQ(reply == "550 Permission denied\r\n", !granted) << command << ": " << reply;
      }
    }
  }
}

TEST(Rights, ToWriteAloneAreEnoughForADropBox) {
  TestNetwork network{1};
  MemoryStorage files{{"/d/secret", "x"}};
  UserTable users;
  users.add(UserEntry{Account{"anna", Path{}, "none,write"}, Password::plain("secret")});
  users.add(UserEntry{Account{"nobody", Path{}, Rights::none()}, Password::plain("secret")});
  auto server = serve(network, files, std::move(users));
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.say("CWD d"), "250 Directory changed to /d\r\n");
  EXPECT_EQ(client.store("STOR photo", "12345"), "226 Upload complete\r\n");
  for (const std::string looking : {"LIST", "MLSD", "SIZE photo", "MDTM photo", "RETR photo", "DELE secret"}) {
    EXPECT_EQ(client.say(looking), "550 Permission denied\r\n") << looking;
  }
  EXPECT_EQ(client.say("CDUP"), "250 Directory changed to /\r\n");
  EXPECT_EQ(files.text("/d/photo"), "12345");
  client.log_in("nobody");
  EXPECT_EQ(client.say("CWD d"), "550 Permission denied\r\n") << "it would tell that there is one";
}

TEST(Root, OfAnAccountIsAllThatItSees) {
  TestNetwork network{1};
  MemoryStorage files = some_files();
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in("carl").binary();
  EXPECT_EQ(client.say("PWD"), "257 \"/\"\r\n");
  EXPECT_EQ(client.fetch("NLST"), "c.txt\r\n");
  EXPECT_EQ(client.say("SIZE /a.txt"), "550 File not found\r\n");
  EXPECT_EQ(client.say("SIZE ../../../a.txt"), "550 File not found\r\n");
  EXPECT_EQ(client.say("CWD ../.."), "250 Directory changed to /\r\n");
  EXPECT_EQ(client.say("PWD"), "257 \"/\"\r\n");
  EXPECT_EQ(client.store("STOR /up.txt", "x"), "226 Upload complete\r\n");
  EXPECT_EQ(client.say("MKD /d"), "257 \"/d\" created\r\n");
  EXPECT_NE(client.say("MLST /up.txt").find(" /up.txt\r\n"), std::string::npos);
  EXPECT_EQ(files.text("/people/carl/up.txt"), "x");
}

TEST(Root, IsNotNamedInTheStatusOfATransfer) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  Dialogue client{network};
  client.log_in("carl").binary().passive();
  EXPECT_EQ(client.code("RETR c.txt"), 150);
  EXPECT_EQ(client.say("STAT"), "213 RETR /c.txt: 0 bytes by now\r\n");
}

// ---- virtual hosts

TEST(VirtualHost, ChoosesAmongUsersOfOneName) {
  UserTable users;
  users.add(UserEntry{Account{"anna", Path{"/one"}, Rights::all()}, Password::plain("first"), "one.example"});
  users.add(UserEntry{Account{"anna", Path{"/two"}, Rights::all()}, Password::plain("second"), "two.example"});
  TestNetwork network{1};
  auto server = serve(network, {{"/one/1", "x"}, {"/two/2", "xx"}}, users);
  Dialogue client{network};
  EXPECT_EQ(client.say("HOST two.example"), "220 Host accepted\r\n");
  client.log_in("anna", "second");
  EXPECT_EQ(client.fetch("NLST"), "2\r\n");
  EXPECT_EQ(client.say("HOST one.example"), "503 HOST must come before the login\r\n");
  EXPECT_EQ(client.say("REIN"), "220 Ready for a new user\r\n");
  EXPECT_EQ(client.say("HOST one.example"), "220 Host accepted\r\n") << "RFC 7151 §3.2.2: after REIN it may come again";
  client.log_in("anna", "first");
  EXPECT_EQ(client.fetch("NLST"), "1\r\n");
}

TEST(VirtualHost, MakesTheSessionAStandardOne) {
  TestNetwork network{1};
  auto server = serve(network, some_files());
  Dialogue client{network};
  EXPECT_EQ(client.say("HOST any.example"), "220 Host accepted\r\n");
  EXPECT_EQ(client.say("PWD"), "530 Not logged in\r\n");
}

TEST(VirtualHost, CannotBeNamedBetweenUserAndPassword) {
  TestNetwork network{1};
  auto server = serve(network, some_files(), some_users());
  Dialogue client{network};
  client.say("USER anna");
  EXPECT_EQ(client.say("HOST any.example"), "503 HOST must come before the login\r\n");
  EXPECT_EQ(client.say("PASS secret"), "230 Logged in\r\n");
}

TEST(Login, HasPasswordsHashedByTheirOwnWorkersInTurnForTheAddressesOfClients) {
  TestNetwork network{1};
  const RecordedWork work{network.executor()};
  UserTable users;
  users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::hashed("$5$rounds=1000$salt$none")});
  auto server = serve(network, some_files(), std::move(users));
  for (const std::string_view from : {"10.0.0.8", "10.0.0.9", "10.0.0.8"}) {
    Dialogue client{network, from};
    client.say("USER anna");
    client.say("PASS secret");
  }
  const ClientKey first = client_key(address("10.0.0.8")), second = client_key(address("10.0.0.9"));
  EXPECT_NE(first, second);
  EXPECT_EQ(work.passwords, (std::vector<ClientKey>{first, second, first}));
  EXPECT_TRUE(work.others.empty());
}

}  // namespace
