// A server behind a proxy that says, by the PROXY protocol, whom it passes on.
#include <ftplike/server.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

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

TEST(TrustedProxy, MayPassDataConnectionsOnAsWellAsTheClientMayMakeThem) {
  SimulatedNetwork network{1};
  auto server = serve(network, MemoryStorage{{"/a.txt", "hello"}}, the_proxy());
  auto client = pass_on(network);
  client.type("PROXY TCP4 198.51.100.7 192.0.2.1 50000 21\r\nRETR a.txt\r\n");
  network.settle();
  auto data = network.dial({address("127.0.0.1"), 40001});
  network.settle();
  EXPECT_EQ(data.text(), "hello");
}

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

TEST(UntrustedProxy, IsNotBelieved) {
  SimulatedNetwork network{1};
  auto server = serve(network, MemoryStorage{});
  Dialogue client{network};
  EXPECT_EQ(client.code("PROXY TCP4 198.51.100.7 192.0.2.1 50000 21"), 502);
  EXPECT_EQ(server.diary().of("opened"), std::vector<std::string>{"127.0.0.1"});
}

}  // namespace
