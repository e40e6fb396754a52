#include "support/client.hpp"

#include <gtest/gtest.h>

#include "support/scripted_server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

namespace {

template <class... More> TestClient reach(TestNetwork& network, Url url, More... more) {
  return network.run(connect(network, std::move(url), std::move(more)...));
}

ClientOptions speaking(Dialect dialect) {
  ClientOptions options;
  options.dialect = dialect;
  return options;
}

}  // namespace

TEST(ClientLogin, TakesAServerThatAnswersBeforeAnyLoginForOneOfTheFtpLikeDialect) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says("220 FTP Server Ready").dialogue("PWD", "257 \"server/server_storage\"").dialogue("PWD", "257 \"x\"");
  TestClient client = reach(network, "ftp://10.0.0.2");
  EXPECT_EQ(client.dialect(), Dialect::ftplike);
  EXPECT_EQ(client.greeting().text(), "FTP Server Ready");
  EXPECT_EQ(network.run(client.pwd()), "x");
}

TEST(ClientLogin, SendsNoEndingsToAServerOfTheFtpLikeDialectThatEndsItsRepliesWithABareLf) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says_raw("220 FTP Server Ready\n").hears_in_one_read("PWD\r\n").says_raw("257 \"s\"\n");
  server.hears_in_one_read("CWD images").says_raw("250 Directory changed to images\n");
  TestClient client = reach(network, "ftp://10.0.0.2");
  network.run(client.cwd("images"));
}

TEST(ClientLogin, SendsNoEndingsWhenToldThatTheDialectIsFtpLikeEither) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says_raw("220 FTP Server Ready\n").hears_in_one_read("PWD").says_raw("257 \"s\"\n");
  TestClient client = reach(network, "ftp://10.0.0.2", speaking(Dialect::ftplike));
  EXPECT_EQ(network.run(client.pwd()), "s");
}

TEST(ClientLogin, TakesAServerThatDoesNotKnowUserForOneOfTheFtpLikeDialect) {
  for (const std::string reply : {"502 Command not implemented", "500 What?"}) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.says_raw("220 Ready\n").hears("USER ann").says_raw(reply + "\n");
    server.hears_in_one_read("PWD").says_raw("257 \"s\"\n");
    TestClient client = reach(network, "ftp://ann:secret@10.0.0.2");
    EXPECT_EQ(client.dialect(), Dialect::ftplike);
    EXPECT_EQ(network.run(client.pwd()), "s");
  }
}

TEST(ClientLogin, DoesNotTakeItForThatWhenToldThatTheDialectIsStandard) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says("220 Ready").dialogue("USER ann", "502 Command not implemented");
  EXPECT_THROW(reach(network, "ftp://ann:secret@10.0.0.2", speaking(Dialect::standard)), ReplyError);
}

TEST(ClientLogin, LogsInAsAnonymousWhereAServerAsks) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says("220 Hello").dialogue("PWD", "530 Please login").dialogue("USER anonymous", "331 Any password");
  server.dialogue("PASS anonymous@", "230 Welcome").dialogue("FEAT", "211 No features");
  EXPECT_EQ(reach(network, "ftp://10.0.0.2").dialect(), Dialect::standard);
}

TEST(ClientLogin, AsksForTheFeaturesOfAStandardServerAndSwitchesUtf8On) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"UTF8", "REST STREAM", "MLST type*;size*;modify*;"}).dialogue("OPTS UTF8 ON", "200 OK");
  TestClient client = reach(network, "ftp://ann:secret@10.0.0.2");
  EXPECT_TRUE(client.features().has("rest stream"));
  EXPECT_EQ(client.features().value("MLST"), "type*;size*;modify*;");
}

TEST(ClientLogin, AsksForTheSystemOfAServerWithoutFeat) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says("220 Hello").dialogue("USER ann", "230 Welcome").dialogue("FEAT", "500 What?");
  server.dialogue("SYST", "215 UNIX Type: L8");
  EXPECT_FALSE(reach(network, "ftp://ann:secret@10.0.0.2").features().known());
}

TEST(ClientLogin, GivesAnAccountWhereAServerAsksForOne) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says("220 Hello").dialogue("USER ann", "331 Password?").dialogue("PASS secret", "332 Account?");
  server.dialogue("ACCT books", "230 Welcome").dialogue("FEAT", "211 None");
  ClientOptions options;
  options.account = "books";
  EXPECT_TRUE(reach(network, "ftp://ann:secret@10.0.0.2", options).is_open());
}

TEST(ClientLogin, WaitsForTheGreetingAfterA120) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says("120 In a minute").waits(50s).says("220 Hello").dialogue("PWD", "257 \"/\"");
  EXPECT_TRUE(reach(network, "ftp://10.0.0.2").is_open());
}

TEST(ClientLogin, PassesOverWhatStandsBeforeTheGreeting) {
  for (const std::string banner : {"\r\n", "Welcome to this machine\r\n\r\n2024 all rights reserved\r\n"}) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.says_raw(banner + "220 Hello\r\n").dialogue("PWD", "257 \"/\"").dialogue("PWD", "257 \"x\"");
    TestClient client = reach(network, "ftp://10.0.0.2");
    EXPECT_EQ(client.greeting().text(), "Hello");
    EXPECT_EQ(network.run(client.pwd()), "x");
  }
}

TEST(ClientLogin, SaysWhyAServerTurnedItAway) {
  const auto refusal = [](std::string greeting) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.says(std::move(greeting));
    try {
      reach(network, "ftp://10.0.0.2");
    } catch (const ClientError& error) { return std::string{error.what()}; }
    return std::string{};
  };
  EXPECT_EQ(refusal("421 Too many connections"), "connect: 421 Too many connections");
  EXPECT_EQ(refusal("554 Go away"), "connect: 554 Go away");
  EXPECT_EQ(refusal("Sorry\r\n421 Too many connections"), "connect: 421 Too many connections");
  EXPECT_EQ(refusal("SSH-2.0-OpenSSH_9.2p1"), "connect: unexpected reply");
  EXPECT_EQ(refusal("HTTP/1.1 400 Bad Request"), "connect: unexpected reply");
}

TEST(ClientLogin, KeepsThePasswordOutOfErrors) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says("220 Hello").dialogue("USER ann", "331 Password?").dialogue("PASS secret", "530 Login incorrect");
  try {
    reach(network, "ftp://ann:secret@10.0.0.2");
    FAIL();
  } catch (const ReplyError& error) {
    EXPECT_STREQ(error.what(), "PASS: 530 Login incorrect");
    EXPECT_EQ(error.code(), std::errc::permission_denied);
    EXPECT_EQ(error.reply().code(), 530);
    EXPECT_EQ(error.verb(), "PASS");
  }
}

TEST(ClientLogin, GivesUpOnAServerThatDoesNotGreet) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.waits(61s);
  try {
    reach(network, "ftp://10.0.0.2");
    FAIL();
  } catch (const ClientError& error) { EXPECT_EQ(error.code(), Errc::timed_out); }
  network.advance(1s);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(ClientLogin, GivesUpOnAHostThatDoesNotAnswer) {
  TestNetwork network{1};
  network.host("10.0.0.9");
  network.unplug("10.0.0.9");
  try {
    reach(network, "ftp://10.0.0.9");
    FAIL();
  } catch (const ClientError& error) {
    EXPECT_EQ(error.code(), Errc::timed_out);
    EXPECT_STREQ(error.what(), "connect: 10.0.0.9 port 21: timed out");
  }
}

TEST(ClientLogin, SaysWhichHostRefusedOrIsNotKnown) {
  TestNetwork network{1};
  network.host("10.0.0.9");
  EXPECT_THROW(reach(network, Url{"10.0.0.9", 3456}), ClientError);
  EXPECT_THROW(reach(network, "ftp://nowhere.example"), ClientError);
}
