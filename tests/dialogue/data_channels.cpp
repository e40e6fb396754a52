// The ways that data connections come to be, and whom they keep out.
#include <ftplike/data_channel/negotiated.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

TestFiles files_to_move() { return {{"/a.txt", "hello"}, {"/b.txt", "world"}}; }

/// Whether nobody listens there.
bool is_closed(Dialogue& client, std::uint16_t port) {
  try {
    const auto peer = client.open(port);
    return false;
  } catch (const std::system_error& error) { return error.code() == std::errc::connection_refused; }
}

// ---- passive

TEST(PassiveChannel, TellsThePortOfEpsvAndSendsTheFileOverIt) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  EXPECT_EQ(client.say("EPSV"), "229 Entering extended passive mode (|||40001|)\r\n");
  EXPECT_EQ(client.say("RETR a.txt"), "150 Opening data connection for a.txt (5 bytes).\r\n");
  EXPECT_EQ(client.data(40001), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  EXPECT_TRUE(is_closed(client, 40001)) << "one connection an announcement";
}

TEST(PassiveChannel, TellsAddressAndPortOfPasv) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  EXPECT_EQ(client.say("PASV"), "227 Entering passive mode (127,0,0,1,156,65)\r\n");
  EXPECT_EQ(client.say("RETR a.txt").substr(0, 4), "150 ");
  EXPECT_EQ(client.data(40001), "hello");
}

TEST(PassiveChannel, KnowsTheProtocolsOfEpsv) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue four{network};
  EXPECT_EQ(four.code("EPSV 1"), 229);
  EXPECT_EQ(four.say("EPSV 2"), "522 Network protocol not supported, use (1)\r\n");
  EXPECT_EQ(four.code("EPSV 3"), 522);
  EXPECT_EQ(four.code("EPSV x"), 501);
  Dialogue six{network, "::1", "::1"};
  EXPECT_EQ(six.say("EPSV 1"), "522 Network protocol not supported, use (2)\r\n");
  EXPECT_EQ(six.code("EPSV 2"), 229);
  EXPECT_EQ(six.say("PASV"), "501 PASV is for IPv4 only, use EPSV\r\n");
  EXPECT_EQ(six.fetch("RETR a.txt"), "hello");
}

/// Whether a session has the reply that tells a port at once, after transfers each of which came so long after that.
bool is_told_at_once_after(std::initializer_list<Duration> waits, std::string_view verb = "EPSV") {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  std::string told = client.say(verb);
  bool at_once = true;
  for (const Duration wait : waits) {
    const auto number = static_cast<std::uint16_t>(40001 + server.diary().of("listening").size() - 1);
    network.advance(wait);
    EXPECT_EQ(client.code("RETR a.txt"), 150);
    EXPECT_EQ(client.data(number), "hello");
    EXPECT_EQ(client.hear(), "226 Download complete\r\n");
    told = client.say(verb);
    at_once = !told.empty();
    if (at_once) continue;
    EXPECT_EQ(client.hear_after(1ms), "") << "it may look a little later";
    told = client.hear_after(20ms);
    EXPECT_EQ(told.substr(0, 2), "22");
  }
  return at_once;
}

TEST(PassiveChannel, HoldsTheReplyBackFromAClientThatSitsStillForASecondAfterIt) {
  EXPECT_FALSE(is_told_at_once_after({1s}));
  EXPECT_FALSE(is_told_at_once_after({1100ms}, "PASV"));
  EXPECT_FALSE(is_told_at_once_after({1s, 0s})) << "for the rest of the session";
  EXPECT_TRUE(is_told_at_once_after({0s}));
  EXPECT_TRUE(is_told_at_once_after({990ms}));
  EXPECT_TRUE(is_told_at_once_after({2s}));
}

TEST(PassiveChannel, AllowsNothingElseAfterEpsvAll) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  EXPECT_EQ(client.say("EPSV ALL"), "200 EPSV ALL accepted\r\n");
  EXPECT_EQ(client.code("PASV"), 501);
  EXPECT_EQ(client.code("PORT 127,0,0,1,200,0"), 501);
  EXPECT_EQ(client.code("EPRT |1|127.0.0.1|51200|"), 501);
  EXPECT_EQ(client.fetch("RETR a.txt"), "hello");
}

TEST(PassiveChannel, RemembersEpsvAllBeyondTransfersThatFail) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move(), some_users());
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.say("EPSV ALL"), "200 EPSV ALL accepted\r\n");
  const auto only_epsv = [&client] {
    return client.code("PASV") == 501 && client.code("PORT 127,0,0,1,200,0") == 501 &&
           client.code("EPRT |1|127.0.0.1|51200|") == 501;
  };
  EXPECT_EQ(client.fetch("RETR nowhere"), "550 File not found\r\n");
  EXPECT_TRUE(only_epsv());
  client.passive();
  EXPECT_EQ(client.code("RETR a.txt"), 150);
  EXPECT_EQ(client.hear_after(30s), "425 No data connection\r\n");
  EXPECT_TRUE(only_epsv());
  client.passive();
  EXPECT_EQ(client.code("STOR new"), 150);
  EXPECT_EQ(client.say("ABOR"), "426 Connection closed: transfer aborted\r\n226 Abort successful\r\n");
  EXPECT_TRUE(only_epsv());
  EXPECT_EQ(client.fetch("RETR a.txt"), "hello");
}

TEST(PassiveChannel, TellsThePublicAddressOfTheClientsNetwork) {
  TestNetwork network{1};
  network.host("127.0.0.1", "10.0.0.1");
  PublicAddress by_network;
  by_network.add(Subnet{address("10.0.0.0"), 8}, address("10.9.9.9")).add(Subnet{}, address("192.0.2.7"));
  auto server = serve(network, files_to_move(), by_network);
  server.listen({address("10.0.0.1"), TestServer::port});
  Dialogue inside{network, "10.0.0.2", "10.0.0.1"};
  Dialogue outside{network, "198.51.100.3", "10.0.0.1"};
  EXPECT_EQ(inside.say("PASV"), "227 Entering passive mode (10,9,9,9,156,65)\r\n");
  EXPECT_EQ(outside.say("PASV"), "227 Entering passive mode (192,0,2,7,156,66)\r\n");
  EXPECT_EQ(outside.fetch("RETR a.txt"), "hello") << "it still listens where the client came in";
}

TEST(PassiveChannel, TellsTheAddressThatTheClientReachedWithoutAPublicOne) {
  TestNetwork network{1};
  network.host("127.0.0.1", "10.0.0.1");
  auto server = serve(network, files_to_move());
  server.listen({address("10.0.0.1"), TestServer::port});
  Dialogue client{network, "10.0.0.2", "10.0.0.1"};
  EXPECT_EQ(client.say("PASV"), "227 Entering passive mode (10,0,0,1,156,65)\r\n");
}

TEST(PassiveChannel, HasOneOpenPortASession) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  const auto listeners = network.open_acceptors();
  {
    Dialogue client{network};
    EXPECT_EQ(client.passive(), 40001);
    EXPECT_EQ(client.passive(), 40002);
    EXPECT_EQ(client.code("PASV"), 227);
    EXPECT_EQ(network.open_acceptors(), listeners + 1);
    EXPECT_TRUE(is_closed(client, 40001));
  }
  network.settle();
  EXPECT_EQ(network.open_acceptors(), listeners) << "it goes with its session";
}

TEST(PassiveChannel, ClosesItsPortWhenItIsNotWantedAnyMore) {
  for (const std::string_view command : {"ABOR", "USER anna", "REIN", "PORT 127,0,0,1,200,0", "QUIT"}) {
    TestNetwork network{1};
    auto server = serve(network, files_to_move());
    const auto listeners = network.open_acceptors();
    Dialogue client{network};
    client.passive();
    client.say(command);
    EXPECT_EQ(network.open_acceptors(), listeners) << command;
  }
}

TEST(PassiveChannel, ClosesAPortThatNobodyUsesAndTellsTheTransferThatComesForIt) {
  TestNetwork network{1};
  Limits limits;
  limits.connect_data = 10s;
  auto server = serve(network, files_to_move(), some_users(), limits);
  const auto listeners = network.open_acceptors();
  Dialogue client{network};
  client.log_in();
  client.passive();
  network.advance(6s);
  client.passive();
  network.advance(6s);
  EXPECT_EQ(network.open_acceptors(), listeners + 1) << "the second is open for less than ten seconds";
  network.advance(6s);
  EXPECT_EQ(network.open_acceptors(), listeners);
  EXPECT_EQ(client.say("RETR a.txt"), "425 No data connection\r\n");
  EXPECT_EQ(client.fetch("RETR a.txt"), "hello");
  client.passive();
  network.advance(30s);
  EXPECT_EQ(client.fetch("RETR a.txt"), "hello") << "a new port takes the place of one that was closed";
}

TEST(PassiveChannel, TakesAConnectionThatComesBeforeTheCommand) {
  TestNetwork network{1};
  TestFiles files = files_to_move();
  auto server = serve(network, files);
  Dialogue client{network};
  auto early = client.open(client.passive());
  early.type("early");
  early.finish();
  EXPECT_EQ(client.say("STOR c.txt"), "150 Opening data connection for c.txt\r\n226 Upload complete\r\n");
  EXPECT_EQ(files.text("/c.txt"), "early");
}

TEST(PassiveChannel, TakesAConnectionThatComesAtTheLastMoment) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  const auto port = client.passive();
  EXPECT_EQ(client.code("RETR a.txt"), 150);
  EXPECT_EQ(client.hear_after(30s - 1ns), "");
  EXPECT_EQ(client.data(port), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
}

TEST(PassiveChannel, GivesUpAfterTheLimitAndTheSessionLives) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  const auto listeners = network.open_acceptors();
  Dialogue client{network};
  client.passive();
  EXPECT_EQ(client.code("RETR a.txt"), 150);
  EXPECT_EQ(client.hear_after(30s), "425 No data connection\r\n");
  EXPECT_EQ(network.open_acceptors(), listeners);
  EXPECT_EQ(client.fetch("RETR a.txt"), "hello");
}

TEST(PassiveChannel, UsesOnlyTheFirstOfTwoConnections) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  const auto port = client.passive();
  auto first = client.open(port);
  auto second = client.open(port);
  EXPECT_EQ(client.code("RETR a.txt"), 150);
  EXPECT_EQ(client.all_of(first), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  EXPECT_TRUE(second.was_reset());
}

TEST(PassiveChannel, LetsOneAnnouncementBeUsedOnce) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  EXPECT_EQ(client.fetch("RETR a.txt"), "hello");
  EXPECT_EQ(client.say("RETR b.txt"), "150 40002\r\n") << "nothing is negotiated any more";
  EXPECT_EQ(client.data(40002), "world");
}

TEST(PassiveChannel, MayBeUsedByTheNextCommandIfOneFailsBefore) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  auto early = client.open(client.passive());
  EXPECT_EQ(client.say("RETR nowhere"), "550 File not found\r\n");
  EXPECT_EQ(client.code("RETR b.txt"), 150);
  EXPECT_EQ(client.all_of(early), "world");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
}

TEST(PassiveChannel, IsNotUsedUpByStrangers) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  const auto port = client.passive();
  auto before = network.dial({address("127.0.0.1"), port}, address("203.0.113.9"));
  EXPECT_EQ(client.code("RETR a.txt"), 150);
  auto after = network.dial({address("127.0.0.1"), port}, address("203.0.113.9"));
  network.settle();
  EXPECT_TRUE(before.ended() && after.ended());
  EXPECT_EQ(before.text() + after.text(), "");
  EXPECT_EQ(client.data(port), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  EXPECT_EQ(server.diary().of("stranger"), (std::vector<std::string>{"203.0.113.9", "203.0.113.9"}));
}

TEST(PassiveChannel, StrangersDoNotMakeTheWaitLonger) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  const auto port = client.passive();
  EXPECT_EQ(client.code("RETR a.txt"), 150);
  for (int i = 0; i < 29; ++i) {
    EXPECT_EQ(client.hear_after(1s), "");
    const auto stranger = network.dial({address("127.0.0.1"), port}, address("203.0.113.9"));
  }
  EXPECT_EQ(client.hear_after(1s), "425 No data connection\r\n");
}

// ---- announced

TEST(AnnouncedChannel, IsNotUsedUpByStrangers) {
  TestNetwork network{1};
  TestFiles files = files_to_move();
  auto server = serve(network, files);
  Dialogue client{network};
  EXPECT_EQ(client.say("STOR c.txt"), "150 40001\r\n");
  auto stranger = network.dial({address("127.0.0.1"), 40001}, address("203.0.113.9"));
  stranger.type("poison");
  network.settle();
  EXPECT_TRUE(stranger.ended());
  client.put(40001, "mine");
  EXPECT_EQ(client.hear(), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/c.txt"), "mine");
}

TEST(AnnouncedChannel, GivesUpAfterTheLimitAndTheSessionLives) {
  TestNetwork network{1};
  TestFiles files = files_to_move();
  auto server = serve(network, files);
  const auto listeners = network.open_acceptors();
  Dialogue client{network};
  EXPECT_EQ(client.say("STOR c.txt"), "150 40001\r\n");
  EXPECT_EQ(client.hear_after(30s - 1ns), "");
  EXPECT_EQ(client.hear_after(1ns), "425 No data connection\r\n");
  EXPECT_EQ(network.open_acceptors(), listeners);
  EXPECT_EQ(files.paths().size(), 2u) << "nothing is left of a file that never came";
  EXPECT_EQ(client.say("RETR a.txt"), "150 40002\r\n");
  EXPECT_EQ(client.data(40002), "hello");
}

// ---- active

/// The argument of a PORT that names this port of 127.0.0.1.
std::string here(std::uint16_t port) {
  return "127,0,0,1," + std::to_string(port / 256) + ',' + std::to_string(port % 256);
}

TEST(ActiveChannel, ConnectsToThePortThatTheClientNames) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  auto listener = network.listen_raw({address("127.0.0.1"), 51200});
  EXPECT_EQ(client.say("PORT " + here(51200)), "200 Will connect to port 51200\r\n");
  EXPECT_EQ(listener.waiting(), 0u) << "only when there is something to transfer";
  EXPECT_EQ(client.code("RETR a.txt"), 150);
  auto data = listener.take();
  EXPECT_EQ(client.all_of(data), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  EXPECT_EQ(data.remote().address(), address("127.0.0.1"));
}

TEST(ActiveChannel, TakesUploadsOverEprtOnBothFamilies) {
  for (const std::string host : {"127.0.0.1", "::1"}) {
    TestNetwork network{1};
    TestFiles files = files_to_move();
    auto server = serve(network, files);
    Dialogue client{network, host, host};
    auto listener = network.listen_raw({address(host), 51200});
    const auto family = host == "::1" ? "2" : "1";
    EXPECT_EQ(client.code(std::string{"EPRT |"} + family + '|' + host + "|51200|"), 200);
    EXPECT_EQ(client.code("STOR c.txt"), 150);
    auto data = listener.take();
    data.type("over there");
    data.finish();
    EXPECT_EQ(client.hear(), "226 Upload complete\r\n");
    EXPECT_EQ(files.text("/c.txt"), "over there");
  }
}

TEST(ActiveChannel, RefusesOtherHostsAndLowPortsBeforeAnyConnect) {
  TestNetwork network{1};
  network.host("10.0.0.66");
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  const auto mail = network.listen_raw({address("127.0.0.1"), 25});
  EXPECT_EQ(client.say("PORT 127,0,0,1,0,25"), "501 Port below 1024 refused\r\n");
  EXPECT_EQ(client.code("PORT 127,0,0,1,3,255"), 501);
  EXPECT_EQ(client.say("PORT 10,0,0,66,200,0"), "501 Only your own address is connected to\r\n");
  EXPECT_EQ(client.code("EPRT |1|10.0.0.66|51200|"), 501);
  EXPECT_EQ(client.code("EPRT |2|::1|51200|"), 501) << "the same host, but not the address we know it by";
  EXPECT_EQ(client.code("EPRT |1|127.0.0.1|25|"), 501);
  EXPECT_EQ(client.say("RETR a.txt"), "150 40001\r\n") << "none of them armed anything";
  EXPECT_EQ(mail.waiting(), 0u);
  EXPECT_EQ(server.diary().of("stranger").size(), 6u);
}

TEST(ActiveChannel, RefusesWhatIsNoAddress) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  for (const auto command : {"PORT", "PORT 1,2,3,4,5", "PORT 127,0,0,1,256,0", "PORT 127,0,0,1,200,0,1",
                             "PORT 127,0,0,1,0,0", "EPRT", "EPRT |1|127.0.0.1|0|", "EPRT |1|127.0.0.1|51200",
                             "EPRT |2|not:an:address|51200|", "EPRT |1|127.0.0.1|99999|"}) {
    EXPECT_EQ(client.code(command), 501) << command;
  }
  EXPECT_EQ(client.say("EPRT |3|127.0.0.1|51200|"), "522 Network protocol not supported, use (1,2)\r\n");
}

TEST(ActiveChannel, AnswersWhenNobodyListensThere) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  EXPECT_EQ(client.code("PORT " + here(51200)), 200);
  EXPECT_EQ(client.say("RETR a.txt"), "150 Opening data connection for a.txt (5 bytes).\r\n425 No data connection\r\n");
  EXPECT_EQ(client.fetch("RETR a.txt"), "hello");
}

TEST(ActiveChannel, GivesUpAConnectThatNeverEnds) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  const auto listener = network.listen_raw({address("127.0.0.1"), 51200});
  EXPECT_EQ(client.code("PORT " + here(51200)), 200);
  network.fail({.operation = 2}, Fault::stall);  // after the 150
  EXPECT_EQ(client.code("RETR a.txt"), 150);
  EXPECT_EQ(client.hear_after(30s - 1ns), "");
  EXPECT_EQ(client.hear_after(1ns), "425 No data connection\r\n");
  EXPECT_EQ(client.fetch("RETR a.txt"), "hello");
}

TEST(ActiveChannel, CanBeAbortedWhileItConnects) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  Dialogue client{network};
  EXPECT_EQ(client.code("PORT " + here(51200)), 200);
  network.fail({.operation = 2}, Fault::stall);
  EXPECT_EQ(client.code("RETR a.txt"), 150);
  EXPECT_EQ(client.say("ABOR"), "426 Connection closed: transfer aborted\r\n226 Abort successful\r\n");
}

TEST(NegotiatedChannel, UsesWhatWasNegotiatedLast) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move());
  const auto listeners = network.open_acceptors();
  Dialogue client{network};
  auto listener = network.listen_raw({address("127.0.0.1"), 51200});
  client.passive();
  EXPECT_EQ(client.code("PORT " + here(51200)), 200);
  EXPECT_EQ(network.open_acceptors(), listeners) << "the passive port is closed";
  EXPECT_EQ(client.code("RETR a.txt"), 150);
  auto first = listener.take();
  EXPECT_EQ(client.all_of(first), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  EXPECT_EQ(client.code("PORT " + here(51200)), 200);
  EXPECT_EQ(client.fetch("RETR b.txt"), "world");
  EXPECT_EQ(listener.waiting(), 0u);
}

// ---- ports

TEST(DataPortRange, WhenUsedUpGivesFourTwoFiveAndLeaksNothing) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move(), DataPorts{40001, 40002});
  const auto listeners = network.open_acceptors();
  Dialogue third{network};
  {
    Dialogue first{network}, second{network};
    EXPECT_EQ(first.passive(), 40001);
    EXPECT_EQ(second.passive(), 40002);
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(third.say("EPSV"), "425 No data connection\r\n");
      EXPECT_EQ(third.say("PASV"), "425 No data connection\r\n");
      EXPECT_EQ(third.say("RETR a.txt"), "425 No data connection\r\n") << "no 150 before it";
    }
    EXPECT_EQ(network.open_acceptors(), listeners + 2);
  }
  network.settle();
  EXPECT_EQ(third.fetch("RETR a.txt"), "hello");
  EXPECT_EQ(network.open_acceptors(), listeners);
}

TEST(DataPortRange, IsHandedOutInTurnPastPortsOfOthers) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move(), DataPorts{40001, 40003});
  const auto other_program = network.listen_raw({address("127.0.0.1"), 40002});
  Dialogue client{network};
  EXPECT_EQ(client.passive(), 40001);
  EXPECT_EQ(client.passive(), 40003);
  EXPECT_EQ(client.passive(), 40001);
}

TEST(DataPortRange, OfOneServesOneTransferAfterAnother) {
  TestNetwork network{1};
  auto server = serve(network, files_to_move(), DataPorts{40001, 40001});
  Dialogue client{network};
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.fetch("RETR a.txt"), "hello");
}

}  // namespace
