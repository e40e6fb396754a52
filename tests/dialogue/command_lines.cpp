// How lines are read, whoever wrote them.
#include <ftplike/server/dispatch.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;
using namespace std::string_literals;

TEST(Blanks, AroundACommandAreNoneOfIt) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}, {"/d/", ""}}, some_users());
  Dialogue client{network};
  EXPECT_EQ(client.say(" USER anna "), "331 Password required\r\n");
  EXPECT_EQ(client.say("  PASS secret"), "230 Logged in\r\n");
  for (const auto& [line, code] : std::vector<std::pair<std::string, int>>{
           {"PWD ", 257}, {" PWD", 257},     {"\tPWD\t", 257}, {"SYST ", 215},  {"FEAT  ", 211},      {"CDUP ", 250},
           {"NOOP ", 200}, {"TYPE I ", 200}, {" TYPE I", 200}, {"TYPE A N ", 200}, {"TYPE L 8 ", 200}, {"STRU F ", 200},
           {"MODE S ", 200}, {"EPSV ", 229}, {"EPSV 1 ", 229}, {"PASV ", 227}, {"ABOR ", 225}, {"REST 3 ", 350},
           {"RANG 1 2 ", 350}, {"ALLO 3 ", 200}, {"OPTS UTF8 ON ", 200}, {"HELP PWD ", 214}, {"STAT ", 211},
           {"PORT 127,0,0,1,200,0 ", 200}, {"EPRT |1|127.0.0.1|51200| ", 200}, {"LANG EN ", 200}, {"MLST ", 250},
           {"SITE HELP ", 214}, {"TYPE  I", 200}, {"TYPE  L 8 ", 200}, {"REST  3", 350}, {"HELP  PWD", 214},
           {"SITE  HELP  MFMT", 214}, {"OPTS  UTF8  ON", 200}, {"REIN ", 220}, {"QUIT ", 221}}) {
    EXPECT_EQ(client.code(line), code) << line;
  }
  EXPECT_TRUE(client.ended());
}

TEST(Blanks, AroundACommandAreNoneOfItInTheDialectWithoutLineEndingsToo) {
  TestNetwork network{1};
  MemoryStorage files{{"/d/", ""}, {"/a", "hello"}};
  auto server = serve(network, files);
  Dialogue client{network};
  const auto say = [&](std::string_view bytes) {
    client.type(bytes);
    return client.hear_after(20ms);
  };
  EXPECT_EQ(say(" pwd "), "257 \"server/server_storage\"\r\n");
  EXPECT_EQ(say("CWD d "), "250 Directory changed to d\r\n");
  EXPECT_EQ(say("CWD .. "), "250 Directory changed to ..\r\n");
  EXPECT_EQ(say("STOR new "), "150 40001\r\n");
  client.put(40001, "x");
  EXPECT_EQ(client.hear(), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/new"), "x");
  EXPECT_EQ(say("RETR a  "), "150 40002\r\n");
  EXPECT_EQ(client.data(40002), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
}

// Two files may differ by a blank alone; if it was taken off, one upload would replace the other.
TEST(Blanks, AtTheEndsOfANameBelongToIt) {
  TestNetwork network{1};
  MemoryStorage files{{"/a", "without"}};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.store("STOR a ", "with"), "226 Upload complete\r\n");
  EXPECT_EQ(client.store("STOR  a", "before"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "without");
  EXPECT_EQ(client.fetch("RETR a "), "with");
  EXPECT_EQ(client.fetch("RETR  a"), "before");
  EXPECT_EQ(client.say("SIZE a "), "213 4\r\n");
  EXPECT_EQ(client.code("MLST a "), 250);
  EXPECT_EQ(client.fetch("NLST a "), "a \r\n");
  EXPECT_EQ(client.say("DELE a "), "250 File removed\r\n");
  EXPECT_EQ(files.text("/a"), "without");
  EXPECT_EQ(client.code("MKD d "), 257);
  EXPECT_EQ(client.code("CWD d "), 250);
  EXPECT_EQ(client.say("PWD"), "257 \"/d \"\r\n");
}

TEST(Blanks, AtTheEndOfAPasswordBelongToIt) {
  TestNetwork network{1};
  UserTable users{Anonymous{}};
  users.add(UserEntry{Account{"dora", Path{}, Rights::all()}, Password::plain("two words ")});
  auto server = serve(network, {}, users);
  Dialogue client{network};
  client.say("USER dora");
  client.say("PASS two words");
  EXPECT_EQ(client.hear_after(1s), "530 Login incorrect\r\n");
  client.say("USER dora");
  EXPECT_EQ(client.say(" PASS two words "), "230 Logged in\r\n");
}

TEST(Secrets, ReachNoObserverHoweverTheyAreSaid) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  client.say("USER anna");
  for (const auto line : {" PASS secret", "\tPASS secret", "PAS secret", "PASSWORD: secret", "pass\tsecret", "> PASS secret",
                          "P4ss! secret secret", "ACCT secret", " acct secret", "SITE PSWD secret new"}) {
    client.say(line);
    client.hear_after(10s);
  }
  const auto& lines = server.diary().lines();
  EXPECT_GT(lines.size(), 10u);
  for (const auto& line : lines) EXPECT_EQ(line.find("secret"), std::string::npos) << line;
}

TEST(UnknownVerb, IsShownToTheObserverWithoutWhatFollows) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  client.say("XYZZY");
  client.say("XYZZY plugh");
  EXPECT_EQ(server.diary().of("command"), (std::vector<std::string>{"XYZZY", "XYZZY ***"}));
}

TEST(Verbs, AreLettersOfAsciiOnly) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  client.log_in();
  for (const auto line : {"PW\xC3\x90", "\xEF\xBC\xB0\xEF\xBC\xB7\xEF\xBC\xA4", "L\xC4\xB0ST", "l\xC4\xB1st", "\xD0 x",
                          "PWD\xA0", "\xEF\xBB\xBFPWD"}) {
    EXPECT_EQ(client.say(line), "502 Command not implemented\r\n") << line;
    EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
  }
}

TEST(Lines, ThatBeginWithALineFeedAreAnEmptyOneAndACommand) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.say("\nPWD"), "500 Command expected\r\n257 \"/\"\r\n");
  EXPECT_EQ(client.say("\n\r\nPWD"), "500 Command expected\r\n500 Command expected\r\n257 \"/\"\r\n");
  EXPECT_EQ(client.say(" "), "500 Command expected\r\n");
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
}

TEST(Renaming, IsForThoseWhoAreLoggedIn) {
  TestNetwork network{1};
  MemoryStorage files{{"/a", "hello"}};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  for (const auto line : {"RNTO b", "RNFR a", "RNTO b"}) EXPECT_EQ(client.say(line), "530 Not logged in\r\n");
  client.say("USER anna");
  for (const auto line : {"RNFR a", "RNTO b"}) EXPECT_EQ(client.say(line), "530 Not logged in\r\n");
  client.say("USER anna");
  client.say("PASS secret");
  EXPECT_EQ(client.say("RNTO b"), "503 RNFR first\r\n");
  EXPECT_EQ(client.code("RNFR a"), 350);
  EXPECT_EQ(client.say("USER anna"), "331 Password required\r\n");
  EXPECT_EQ(client.say("PASS secret"), "230 Logged in\r\n");
  EXPECT_EQ(client.say("RNTO b"), "503 RNFR first\r\n") << "it was for the session before";
  EXPECT_EQ(files.text("/a"), "hello");
}

TEST(Password, WithoutAUserIsAskedForNobody) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  for (const auto line : {"PASS secret", "PASS", "PASS ", " PASS secret"}) {
    EXPECT_EQ(client.say(line), "503 USER first\r\n") << line;
  }
  client.log_in();
  EXPECT_EQ(client.say("PASS secret"), "503 USER first\r\n");
  EXPECT_EQ(server.diary().of("login"), std::vector<std::string>{"anna accepted"});
}

TEST(UnterminatedCommand, IsMarkedForTheObserver) {
  TestNetwork network{1};
  std::vector<std::string> unterminated;
  Diary::Hook marks = [&unterminated](const CommandSeen& command) -> std::optional<Reply> {
    if (command.unterminated) unterminated.emplace_back(command.verb);
    return std::nullopt;
  };
  auto server = serve(network, {}, marks);
  Dialogue client{network};
  client.type("PWD");
  EXPECT_EQ(client.hear_after(20ms), "257 \"server/server_storage\"\r\n");
  client.say("LIST nowhere");
  client.say("PWD");
  EXPECT_EQ(unterminated, std::vector<std::string>{"PWD"});
}

}  // namespace
