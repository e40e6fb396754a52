// A server behind a proxy that says, by the PROXY protocol, whom it passes on.
#include <ftplike/server.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;
using namespace std::string_literals;

TrustedProxies the_proxy() { return {{Subnet{address("127.0.0.1"), 32}}}; }

/// A connection through the proxy, which has said nothing yet.
SimulatedPeer pass_on(SimulatedNetwork& network) {
  auto connection = network.dial({address("127.0.0.1"), TestServer::port});
  network.settle();
  return connection;
}

TEST(TrustedProxy, NamesTheClientBeforeTheGreeting) {
  SimulatedNetwork network{1};
  auto server = serve(network, MemoryStorage{}, the_proxy());
  auto client = pass_on(network);
  EXPECT_EQ(client.text(), "") << "nobody is greeted before it is known who it is";
  client.type("PROXY TCP4 198.51.100.7 192.0.2.1 50000 21\r\nPWD\r\n");
  network.settle();
  EXPECT_EQ(client.text(), "220 FTP Server Ready\r\n257 \"server/server_storage\"\r\n");
  EXPECT_EQ(server.diary().of("opened"), std::vector<std::string>{"198.51.100.7"});
}

// ---- data connections

constexpr std::string_view introduction = "PROXY TCP4 198.51.100.7 192.0.2.1 50000 21\r\n";

/// The binary form, with an extension of four bytes behind the addresses.
std::string binary_introduction(std::string_view last_octet = "\x07") {
  std::string header{"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x10", 16};
  header += "\xC6\x33\x64" + std::string{last_octet} + "\xC0\x00\x02\x01"s + "\xC3\x50\x00\x15"s + "\x04\x00\x01x"s;
  return header;
}

/// A client that the proxy has passed on, of a server with a file.
struct PassedOn {
  PassedOn() {
    network.settle();
    control.type(introduction);
    hear();
  }
  std::string say(std::string_view line) {
    control.type(std::string{line} + "\r\n");
    return hear();
  }
  std::string hear() {
    network.settle();
    return control.text();
  }
  SimulatedPeer dial(std::string_view from = "127.0.0.1") {
    auto data = network.dial({address("127.0.0.1"), port++}, address(from));
    network.settle();
    return data;
  }
  SimulatedNetwork network{1};
  MemoryStorage files{{"/a.txt", "hello"}};
  TestServer server = serve(network, files, the_proxy());
  SimulatedPeer control = pass_on(network);
  std::uint16_t port = 40001;
};

TEST(TrustedProxy, SaysOnDataConnectionsTooWhomItPassesOn) {
  for (const std::string& header : {std::string{introduction}, binary_introduction()}) {
    for (const auto passive : {"EPSV", "NOOP"}) {
      PassedOn it;
      it.say(passive);
      EXPECT_TRUE(it.say("STOR b.txt").starts_with("150 "));
      auto upload = it.dial();
      upload.type(header + "PROXY and the rest of the content");
      upload.finish();
      EXPECT_EQ(it.hear(), "226 Upload complete\r\n");
      EXPECT_EQ(it.files.text("/b.txt"), "PROXY and the rest of the content");
      it.say(passive);
      EXPECT_TRUE(it.say("RETR a.txt").starts_with("150 "));
      auto download = it.dial();
      EXPECT_EQ(download.text(), "") << "nobody is known yet to be there";
      download.type(header);
      it.network.settle();
      EXPECT_EQ(download.text(), "hello");
    }
  }
}

TEST(TrustedProxy, LetsTheClientMakeDataConnectionsItself) {
  PassedOn it;
  EXPECT_TRUE(it.say("RETR a.txt").starts_with("150 "));
  auto data = it.dial("198.51.100.7");
  EXPECT_EQ(data.text(), "hello");
}

TEST(TrustedProxy, PassesNoStrangerOnToTheDataOfAClient) {
  const std::string stranger = "PROXY TCP4 198.51.100.8 192.0.2.1 50000 21\r\n";
  for (const std::string& header : {stranger, binary_introduction("\x08"), "PROXY UNKNOWN\r\n"s, "content of a file"s}) {
    PassedOn it;
    EXPECT_TRUE(it.say("STOR b.txt").starts_with("150 "));
    auto refused = it.dial();
    refused.type(header + "content");
    it.network.settle();
    EXPECT_TRUE(refused.ended());
    EXPECT_EQ(it.hear(), "") << "the client's may still come";
    EXPECT_EQ(it.server.diary().of("stranger").size(), 1u);
    it.port = 40001;
    auto upload = it.dial();
    upload.type(std::string{introduction} + "mine");
    upload.finish();
    EXPECT_EQ(it.hear(), "226 Upload complete\r\n");
    EXPECT_EQ(it.files.text("/b.txt"), "mine");
  }
}

TEST(TrustedProxy, HasNoDataConnectionTakenForAHeaderThatIsNone) {
  const std::string signature{"\r\n\r\n\0\r\nQUIT\n", 12};
  for (const std::string& header : {
           signature + "\x21\x11\0\x08"s + "\xC6\x33\x64\x07\xC0\x00\x02\x01"s,  // too short for its family
           signature + "\x21\x11\xFF\xFF"s,                                      // too long
           signature + "\x31\x11\0\x0C"s,                                        // another version
           signature + "\x20\x11\0\x0C"s + std::string(12, '\0'),                // the proxy speaks for itself
           signature + "\x21\x21\0\x24"s + std::string(36, '\x07'),              // another family
           "PROXY TCP6 2001:db8::7 2001:db8::1 50000 21\r\n"s,
           "PROXY TCP6 2001:db8::x::7 2001:db8::1 50000 21\r\n"s,
           "PROXY TCP4 198.51.100.7 192.0.2.1 50000\r\n"s,
           "PROXY TCP6 :::::: ::1 50000 21\r\n"s,
           "PROXY UNKNOWN " + std::string(200, 'x'),
       }) {
    PassedOn it;
    EXPECT_TRUE(it.say("STOR b.txt").starts_with("150 "));
    auto refused = it.dial();
    refused.type(header + "content");
    it.network.settle();
    EXPECT_TRUE(refused.ended());
    EXPECT_EQ(it.server.diary().of("stranger").size(), 1u);
    it.network.advance(31s);
    EXPECT_EQ(it.hear(), "425 No data connection\r\n");
    EXPECT_FALSE(it.files.text("/b.txt"));
  }
}

TEST(TrustedProxy, MayTakeItsTimeForEachByteOfAHeader) {
  for (const std::string& header : {std::string{introduction}, binary_introduction()}) {
    PassedOn it;
    EXPECT_TRUE(it.say("STOR b.txt").starts_with("150 "));
    auto upload = it.dial();
    for (const char byte : header) {
      upload.type(std::string{byte});
      it.network.advance(100ms);
    }
    upload.type("content");
    upload.finish();
    it.network.advance(20ms);
    EXPECT_EQ(it.hear(), "226 Upload complete\r\n");
    EXPECT_EQ(it.files.text("/b.txt"), "content");
  }
}

TEST(TrustedProxy, ThatSaysNothingOnADataConnectionIsGivenUpInTime) {
  PassedOn it;
  EXPECT_TRUE(it.say("RETR a.txt").starts_with("150 "));
  auto data = it.dial();
  it.network.advance(31s);
  EXPECT_EQ(it.hear(), "425 No data connection\r\n");
  EXPECT_EQ(data.text(), "");
  EXPECT_EQ(it.say("NOOP"), "200 OK\r\n");
}

TEST(UntrustedProxy, IsAStrangerToTheDataOfAClient) {
  PassedOn it;
  EXPECT_TRUE(it.say("STOR b.txt").starts_with("150 "));
  auto refused = it.dial("203.0.113.9");
  refused.type(introduction);
  it.network.settle();
  EXPECT_TRUE(refused.ended());
  EXPECT_EQ(it.server.diary().of("stranger"), std::vector<std::string>{"203.0.113.9"});
}

TEST(SessionWithoutAProxy, TakesWhatLooksLikeOnesWordForContent) {
  SimulatedNetwork network{1};
  MemoryStorage files;
  auto server = serve(network, files, TrustedProxies{{Subnet{address("127.0.0.9"), 32}}});
  Dialogue client{network};
  EXPECT_EQ(client.say("STOR b.txt"), "150 40001\r\n");
  client.put(40001, introduction);
  EXPECT_EQ(client.hear_after(20ms), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/b.txt"), introduction);
  EXPECT_EQ(client.say("STOR c.txt"), "150 40002\r\n");
  auto refused = network.dial({address("127.0.0.1"), 40002}, address("127.0.0.9"));
  refused.type("PROXY TCP4 127.0.0.1 192.0.2.1 50000 21\r\n");
  network.settle();
  EXPECT_TRUE(refused.ended());
}

// ---- control connections

TEST(TrustedProxy, IsHungUpOnWhenItDoesNotSayWhomItPassesOn) {
  SimulatedNetwork network{1};
  auto server = serve(network, MemoryStorage{}, the_proxy());
  auto client = pass_on(network);
  client.type("USER anna\r\n");
  network.settle();
  EXPECT_TRUE(client.ended());
  auto silent = pass_on(network);
  network.advance(61s);
  EXPECT_TRUE(silent.ended());
  EXPECT_EQ(server.sessions(), 0u);
}

TEST(TrustedProxy, ThatLooksAtTheServersHealthIsGreetedAndNobodyIsToldOfIt) {
  const std::string local{"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16}, line = "PROXY UNKNOWN\r\n";
  for (const std::string& check : {local, line, local + "QUIT\r\n"}) {
    SimulatedNetwork network{1};
    auto server = serve(network, MemoryStorage{}, the_proxy());
    auto proxy = pass_on(network);
    proxy.type(check);
    network.settle();
    EXPECT_EQ(proxy.text(), "220 FTP Server Ready\r\n");
    proxy.finish();
    network.settle();
    EXPECT_TRUE(proxy.ended());
    EXPECT_EQ(server.sessions(), 0u);
    EXPECT_EQ(server.diary().lines(), std::vector<std::string>{});
    auto silent = pass_on(network);
    silent.finish();
    network.settle();
    EXPECT_TRUE(silent.ended());
    EXPECT_EQ(server.diary().lines(), std::vector<std::string>{});
    auto stays = pass_on(network);
    stays.type(check);
    network.advance(6s);
    EXPECT_TRUE(stays.ended());
  }
}

TEST(TrustedProxy, HearsWhenItLooksAtTheServersHealthThatNobodyCanComeIn) {
  SimulatedNetwork network{1};
  Limits one;
  one.sessions = 1;
  auto server = serve(network, MemoryStorage{}, the_proxy(), one);
  auto client = pass_on(network);
  client.type("PROXY TCP4 198.51.100.7 192.0.2.1 50000 21\r\n");
  auto full = pass_on(network), late = pass_on(network);
  full.type("PROXY UNKNOWN\r\n");
  network.settle();
  EXPECT_EQ(full.text(), "421 Too many connections, try later\r\n");
  server.stop();
  late.type("PROXY UNKNOWN\r\n");
  network.settle();
  EXPECT_EQ(late.text(), "421 Server is shutting down\r\n");
}

TEST(TrustedProxy, CanPassNobodyOnToAServerThatHasBegunToStop) {
  SimulatedNetwork network{1};
  auto server = serve(network, MemoryStorage{}, the_proxy());
  auto client = pass_on(network);
  server.stop();
  network.settle();
  client.type("PROXY TCP4 198.51.100.7 192.0.2.1 50000 21\r\n");
  network.settle();
  EXPECT_EQ(client.text(), "421 Server is shutting down\r\n");
  EXPECT_TRUE(client.ended());
}

TEST(TrustedProxy, HasTheSessionsOfAnIpv6ClientCountedByTheFirstHalfOfItsAddress) {
  SimulatedNetwork network{1};
  Limits limits;
  limits.sessions_per_address = 2;
  auto server = serve(network, MemoryStorage{}, the_proxy(), limits);
  const auto come = [&network](const std::string& client) {
    auto connection = pass_on(network);
    connection.type("PROXY TCP6 " + client + " 2001:db8::1 50000 21\r\n");
    network.settle();
    return connection;
  };
  auto first = come("2001:db8:1:2::7"), second = come("2001:db8:1:2:ffff::8"), third = come("2001:db8:1:2:1:2:3:4");
  auto other = come("2001:db8:1:3::7");
  EXPECT_EQ(second.text(), "220 FTP Server Ready\r\n");
  EXPECT_EQ(third.text(), "421 Too many connections, try later\r\n");
  EXPECT_EQ(other.text(), "220 FTP Server Ready\r\n");
}

TEST(UntrustedProxy, IsNotBelieved) {
  SimulatedNetwork network{1};
  auto server = serve(network, MemoryStorage{});
  Dialogue client{network};
  EXPECT_EQ(client.code("PROXY TCP4 198.51.100.7 192.0.2.1 50000 21"), 502);
  EXPECT_EQ(server.diary().of("opened"), std::vector<std::string>{"127.0.0.1"});
}

}  // namespace
