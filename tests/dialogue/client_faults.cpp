#include "support/client.hpp"

#include <gtest/gtest.h>

#include "support/folder.hpp"
#include "support/scripted_client.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// Servers that do what they should not, and what has to hold all the same.

TEST(ClientFaults, TakesTheDataThatComesAfterTheir226) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
  server.hears("RETR a").says("150 Here").says("226 Done").waits(5s).sends("hello").closes_data();
  server.dialogue("NOOP", "200 OK");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(text_of(client, "a")), "hello");
  network.run(client.noop());
}

TEST(ClientFaults, TakesTheDataOfAServerThatSays226WithoutA150) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
  server.hears("RETR a").says("226 Done").waits(5s).sends("hello").closes_data().dialogue("NOOP", "200 OK");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(text_of(client, "a")), "hello");
  network.run(client.noop());
}

TEST(ClientFaults, WaitsForA226ThatComesLate) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hello").closes_data().waits(55s).says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(text_of(client, "a")), "hello");
}

TEST(ClientFaults, DoesNotTakeA226ThatComesFarTooLateForAnotherReply) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hello").closes_data().waits(61s).hears("ABOR").hears("PWD");
  server.says("226 Done").says("225 Nothing to abort").says("257 \"/\"").dialogue("SIZE b", "213 7");
  TestClient client = enter(network);
  const auto error = error_of(network, text_of(client, "a"));
  EXPECT_EQ(error.code(), Errc::timed_out);
  EXPECT_EQ(error.transferred(), 5u);
  EXPECT_EQ(network.run(client.size("b")), 7u);
}

TEST(ClientFaults, DoesNotTakeASecond226ForAnotherReply) {
  for (const Duration pause : {Duration{0s}, Duration{1s}}) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
    server.hears("RETR a").says("150 Here").sends("hello").closes_data().says("226 Done").waits(pause);
    server.says("226 Done again").dialogue("SIZE b", "213 7");
    TestClient client = enter(network);
    EXPECT_EQ(network.run(text_of(client, "a")), "hello");
    EXPECT_EQ(network.run(client.size("b")), 7u);
  }
}

TEST(ClientFaults, GetsInStepAfterA425Then226) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
  server.hears("RETR a").says("425 Cannot open").hears("PWD").says("226 Done").says("257 \"/\"");
  server.dialogue("SIZE b", "213 7");
  TestClient client = enter(network);
  const auto error = error_of(network, text_of(client, "a"));
  EXPECT_STREQ(error.what(), "RETR: 425 Cannot open");
  EXPECT_EQ(error.channel(), Channel::data);
  EXPECT_EQ(network.run(client.size("b")), 7u);
}

TEST(ClientFaults, SaysWhatWasTransferredWhenTheServerGaveUp) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hel").waits(1s).closes_data().says("451 Disk error");
  server.dialogue("PWD", "257 \"/\"").dialogue("NOOP", "200 OK");
  TestClient client = enter(network);
  const auto error = error_of(network, text_of(client, "a"));
  EXPECT_STREQ(error.what(), "RETR: 451 Disk error");
  EXPECT_EQ(error.transferred(), 3u);
  EXPECT_EQ(error.channel(), Channel::data);
  network.run(client.noop());
}

TEST(ClientFaults, NoticesThatTheServerGivesUpAnUploadThatItDoesNotRead) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data().hears("STOR a").says("150 Send");
  server.waits(1s).says("552 Quota exceeded").dialogue("PWD", "257 \"/\"").dialogue("NOOP", "200 OK");
  TestClient client = enter(network);
  const Time before = network.now();
  const auto error = error_of(network, send_text(client, std::string(1'000'000, 'x'), "a"));
  EXPECT_STREQ(error.what(), "STOR: 552 Quota exceeded");
  EXPECT_EQ(error.code(), std::errc::no_space_on_device);
  EXPECT_LT(network.now() - before, 5s);
  network.run(client.noop());
}

TEST(ClientFaults, GivesTheReasonOfTheServerThatResetTheDataConnection) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data().hears("STOR a").says("150 Send");
  server.closes_data().waits(1s).says("552 Quota exceeded").dialogue("PWD", "257 \"/\"");
  TestClient client = enter(network);
  const auto error = error_of(network, send_text(client, std::string(1'000'000, 'x'), "a"));
  EXPECT_STREQ(error.what(), "STOR: 552 Quota exceeded");
}

TEST(ClientFaults, EndsTheSessionOnA421AtAnyMoment) {
  using Script = std::function<void(ScriptedServer&)>;
  using Operation = std::function<awaitable<void>(TestClient&)>;
  const auto play = [](const Script& script, const Operation& operation) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.welcomes({"SIZE"});
    script(server);
    TestClient client = enter(network);
    network.advance(1s);
    const auto error = error_of(network, operation(client));
    EXPECT_EQ(error.code().value(), 421) << error.what();
    EXPECT_FALSE(client.is_open());
    EXPECT_EQ(error_of(network, client.noop()).code(), Errc::shutting_down);
  };
  const Operation noop = [](TestClient& client) { return client.noop(); };
  const Operation store = [](TestClient& client) { return send_text(client, std::string(1'000'000, 'x'), "a"); };
  const auto begin = [](ScriptedServer& server) -> ScriptedServer& {
    return server.dialogue("TYPE I", "200 OK").passive().accepts_data().hears("STOR a");
  };
  play([](ScriptedServer& server) { server.says("421 Timeout"); }, noop);
  play([](ScriptedServer& server) { server.says("421 Timeout").closes(); }, noop);
  play([](ScriptedServer& server) { server.dialogue("NOOP", "421 Timeout"); }, noop);
  play([](ScriptedServer& server) { server.dialogue("TYPE I", "200 OK").dialogue("EPSV", "421 Timeout"); }, store);
  play([&](ScriptedServer& server) { begin(server).says("421 Timeout"); }, store);
  play([&](ScriptedServer& server) { begin(server).says("150 Send").says("421 Timeout"); }, store);
  play([&](ScriptedServer& server) { begin(server).says("150 Send").waits(1s).says("421 Timeout"); }, store);
}

TEST(ClientFaults, UnderstandsRepliesWithoutCr) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says_raw("220 Hello\n").hears("USER ann").says_raw("331 Password?\n").hears("PASS secret");
  server.says_raw("230-Welcome\n to\n230 us\n").hears("FEAT").says_raw("211-Features\n SIZE\n211 End\n");
  server.hears("TYPE I").says_raw("200 OK\n").hears("SIZE a").says_raw("213 5\n");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(client.size("a")), 5u);
}

TEST(ClientFaults, UnderstandsOddRepliesOfSeveralLines) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes();
  server.dialogue("NOOP", "200-One\r\n226 is not the end\r\n200-nor this\r\n 200 nor this\r\n\r\n200 OK");
  server.dialogue("NOOP", "200").dialogue("SITE X", "200- \r\n200 \xFF\xFF");
  TestClient client = enter(network);
  network.run(client.noop());
  network.run(client.noop());
  EXPECT_EQ(network.run(client.command("SITE X")).text(), " \n\xFF");
}

TEST(ClientFaults, DoesNotReadAReplyThatNeverEnds) {
  TestNetwork network{1};
  ScriptedServer server{network};
  std::string lines = "200-\r\n";
  for (int i = 0; i < 200'000; ++i) lines += "for ever\r\n";
  server.welcomes().hears("NOOP").is_left().says_raw(lines);
  TestClient client = enter(network);
  EXPECT_EQ(error_of(network, client.noop()).code(), Errc::line_too_long);
  EXPECT_FALSE(client.is_open());
}

TEST(ClientFaults, DoesNotReadALineOf64Megabytes) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().hears("NOOP").is_left().says_raw("200 " + std::string(64 * 1024 * 1024, 'x'));
  TestClient client = enter(network);
  EXPECT_EQ(error_of(network, client.noop()).code(), Errc::line_too_long);
  EXPECT_FALSE(client.is_open());
}

TEST(ClientFaults, DoesNotWaitForEverForAReplyThatDrips) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().hears("NOOP").is_left();
  for (int i = 0; i < 70; ++i) server.says_raw(i == 0 ? "200-" : "x").waits(1s);
  TestClient client = enter(network);
  const Time before = network.now();
  EXPECT_EQ(error_of(network, client.noop()).code(), Errc::timed_out);
  EXPECT_LE(network.now() - before, 60s);
}

TEST(ClientFaults, DoesNotTakeAFileForWholeThatIsShorterThanItsSize) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "the old file");
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hel").closes_data().says("226 Done").dialogue("NOOP", "200 OK");
  TestClient client = enter(network);
  const auto error = error_of(network, client.download("a", folder.string()));
  EXPECT_EQ(error.code(), Errc::too_short);
  EXPECT_EQ(error.transferred(), 3u);
  EXPECT_EQ(folder.read("a"), "the old file");
  network.run(client.noop());
}

TEST(ClientFaults, SaysThatAnUploadDidNotArriveAsAWhole) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").passive().accepts_data().hears("STOR a").says("150 Send");
  server.receives("hello").closes_data().says("226 Done").dialogue("SIZE a", "213 3");
  TestClient client = enter(network);
  EXPECT_EQ(error_of(network, send_text(client, "hello", "a")).code(), Errc::too_short);
}

TEST(ClientFaults, TakesAnUploadForWholeThatCannotBeLookedAt) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").passive().accepts_data().hears("STOR a").says("150 Send");
  server.receives("hello").closes_data().says("226 Done").dialogue("SIZE a", "550 Permission denied");
  TestClient client = enter(network);
  network.run(send_text(client, "hello", "a"));
}

TEST(ClientFaults, FetchesAFileWhoseLengthTheServerDoesNotTell) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "550 Not known").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hello").closes_data().says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(text_of(client, "a")), "hello");
}

TEST(ClientFaults, NeverDialsTheHostOfA227) {
  TestNetwork network{1};
  auto trap = network.host("10.0.0.66");
  auto bait = trap.listen_raw({asio::ip::make_address("10.0.0.66"), 40001});
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").dialogue("EPSV", "500 What?").hears("PASV");
  server.opens_data("227 Entering passive mode (10,0,0,66,{pasv})").accepts_data();
  server.hears("RETR a").says("150 Here").sends("hello").closes_data().says("226 Done");
  // The next time it knows that there is no EPSV.
  server.hears("PASV").opens_data("227 (192,168,1,1,{pasv})").accepts_data();
  server.hears("RETR b").says("150 Here").sends("world").closes_data().says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(text_of(client, "a")), "hello");
  EXPECT_EQ(network.run(text_of(client, "b")), "world");
  EXPECT_EQ(bait.waiting(), 0u);
}

TEST(ClientFaults, GivesUpADataConnectionThatStalls) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hel").hears("ABOR").hears("PWD").closes_data();
  server.says("426 Aborted").says("226 Abort successful").says("257 \"/\"").dialogue("NOOP", "200 OK");
  TestClient client = enter(network);
  const auto error = error_of(network, text_of(client, "a"));
  EXPECT_EQ(error.code(), Errc::stalled);
  EXPECT_EQ(error.channel(), Channel::data);
  EXPECT_EQ(error.transferred(), 3u);
  network.run(client.noop());
}

TEST(ClientFaults, TakesPasvWhereTheAnswerToEpsvIsOfNoUse) {
  for (const std::string answer : {"202 OK", "229 Entering extended passive mode", "425 Cannot", "500 What?"}) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.welcomes().dialogue("TYPE I", "200 OK").dialogue("EPSV", answer);
    for (const std::string name : {"a", "b"}) {  // the next time it knows
      server.hears("PASV").opens_data("227 (10,0,0,2,{pasv})").accepts_data();
      server.hears("RETR " + name).says("150 Here").sends("hello").closes_data().says("226 Done");
    }
    TestClient client = enter(network);
    for (const std::string name : {"a", "b"}) EXPECT_EQ(network.run(text_of(client, name)), "hello") << answer;
  }
}

TEST(ClientFaults, TakesThePortOfA227InAnswerToEpsv) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").hears("EPSV").opens_data("227 (10,0,0,66,{pasv})").accepts_data();
  server.hears("RETR a").says("150 Here").sends("hello").closes_data().says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(text_of(client, "a")), "hello");
}

TEST(ClientFaults, TakesPasvWhereThePortOfEpsvCannotBeReached) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").passive().refuses_data();
  for (const std::string name : {"a", "b"}) {
    server.hears("PASV").opens_data("227 (10,0,0,2,{pasv})").accepts_data();
    server.hears("RETR " + name).says("150 Here").sends("hello").closes_data().says("226 Done");
  }
  TestClient client = enter(network);
  for (const std::string name : {"a", "b"}) EXPECT_EQ(network.run(text_of(client, name)), "hello");
}

TEST(ClientFaults, SaysThatNoDataPortCanBeReached) {
  for (const bool has_pasv : {true, false}) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.welcomes().dialogue("TYPE I", "200 OK");
    for (int i = 0; i < 2; ++i) {  // EPSV may do better the next time
      server.passive().refuses_data().hears("PASV");
      if (has_pasv)
        server.opens_data("227 (10,0,0,2,{pasv})").refuses_data();
      else
        server.says("502 No");
    }
    server.dialogue("NOOP", "200 OK");
    TestClient client = enter(network);
    for (int i = 0; i < 2; ++i) {
      const auto error = error_of(network, text_of(client, "a"));
      EXPECT_EQ(error.code(), std::errc::connection_refused);
      EXPECT_EQ(error.channel(), Channel::data);
    }
    network.run(client.noop());
  }
}

TEST(ClientFaults, SaysBeforehandWhatAPortIsForWhereTheServerWantsThat) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"PRET", "REST STREAM"}).dialogue("TYPE I", "200 OK").dialogue("PRET RETR a", "200 OK");
  server.dialogue("EPSV", "502 No").dialogue("PRET RETR a", "200 OK").hears("PASV");
  server.opens_data("227 (10,0,0,2,{pasv})").accepts_data();
  server.hears("RETR a").says("150 Here").sends("hello").closes_data().says("226 Done");
  server.dialogue("TYPE A", "200 OK").dialogue("PRET LIST", "504 Not for that").hears("PASV");
  server.opens_data("227 (10,0,0,2,{pasv})").accepts_data().hears("LIST").says("150 Here").closes_data();
  server.says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(text_of(client, "a")), "hello");
  EXPECT_TRUE(network.run(client.list()).empty());
}

TEST(ClientFaults, EndsTheSessionWhereTheServerSaysNothingAnyMore) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().hears("NOOP").is_left().hears_something();
  TestClient client = enter(network);
  EXPECT_EQ(error_of(network, client.noop()).code(), Errc::timed_out);
  EXPECT_TRUE(client.is_open());  // its answer may still come
  EXPECT_EQ(error_of(network, client.pwd()).code(), Errc::timed_out);
  EXPECT_FALSE(client.is_open());
}

TEST(ClientFaults, HearsTheAnswerToACommandBeforeItAsksTheNext) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().hears("STAT a").waits(65s).says("211 a").dialogue("STAT b", "211 b");
  TestClient client = enter(network);
  EXPECT_EQ(error_of(network, client.command("STAT a")).code(), Errc::timed_out);
  EXPECT_EQ(network.run(client.command("STAT b")).text(), "b");
}
