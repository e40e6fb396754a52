#include "support/client.hpp"

#include <gtest/gtest.h>

#include "support/scripted_client.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// NOOPs during a long transfer: servers answer at once, afterwards, or never.

namespace {

/// A RETR that takes more than a minute; after `before` comes the first NOOP.
ScriptedServer& slow(ScriptedServer& server) {
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("one").waits(40s).sends("two").waits(40s).sends("three");
  return server.hears("NOOP");
}

void expect_whole(ScriptedServer& server, TestNetwork& network) {
  server.dialogue("STAT b", "211 b");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(text_of(client, "a")), "onetwothree!");
  EXPECT_EQ(network.run(client.command("STAT b")).text(), "b");
}

}  // namespace

TEST(ClientKeepAlive, MayBeAnsweredAtOnce) {
  TestNetwork network{1};
  ScriptedServer server{network};
  slow(server).says("200 OK").sends("!").closes_data().says("226 Done");
  expect_whole(server, network);
}

TEST(ClientKeepAlive, MayBeAnsweredAfterTheTransfer) {
  for (const std::string answer : {"200 OK", "500 What?", "502 No", "503 Not now"}) {
    TestNetwork network{1};
    ScriptedServer server{network};
    slow(server).sends("!").closes_data().says("226 Done").says(answer);
    expect_whole(server, network);
  }
}

TEST(ClientKeepAlive, MayBeAnsweredLongAfterTheTransfer) {
  TestNetwork network{1};
  ScriptedServer server{network};
  slow(server).sends("!").closes_data().says("226 Done").hears("PWD").says("200 OK").says("257 \"/\"");
  expect_whole(server, network);
}

TEST(ClientKeepAlive, MayNeverBeAnswered) {
  TestNetwork network{1};
  ScriptedServer server{network};
  slow(server).sends("!").closes_data().says("226 Done").dialogue("PWD", "257 \"/\"");
  expect_whole(server, network);
}

TEST(ClientKeepAlive, IsNotSentWhereItIsSwitchedOff) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data().hears("RETR a").says("150 Here");
  for (int i = 0; i < 10; ++i) server.sends("x").waits(50s);
  server.closes_data().says("226 Done").dialogue("STAT b", "211 b");
  ClientOptions options;
  options.keep_alive = {};
  TestClient client = enter(network, options);
  EXPECT_EQ(network.run(text_of(client, "a")), "xxxxxxxxxx");
  EXPECT_EQ(network.run(client.command("STAT b")).text(), "b");
}
