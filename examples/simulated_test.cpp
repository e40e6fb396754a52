// A test without sockets, threads or waiting: a server, a client, one seed, and a clock that moves only when told.
#include <gtest/gtest.h>

#include <ftplike/server.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/storage/memory.hpp>

using namespace ftplike;

// [readme]
TEST(Retr, SendsTheFileThenSaysSo) {
  SimulatedNetwork network{/*seed*/ 7};
  Server server{network, MemoryStorage{{"/a.txt", "hello"}}, DataPorts{40001, 40999}};
  const Endpoint control = server.listen("127.0.0.1", 3456);
  auto client = network.dial(control);
  client.type("RETR a.txt\r\n");
  network.settle();
  EXPECT_EQ(client.text(), "220 FTP Server Ready\r\n150 40001\r\n");
  auto data = network.dial(Endpoint{control.address(), 40001});
  network.settle();
  EXPECT_EQ(data.text(), "hello");
  EXPECT_EQ(client.text(), "226 Download complete\r\n");
}
// [/readme]
