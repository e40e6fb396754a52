// A server inside a program, on real sockets and threads.
#include <ftplike/server.hpp>

#include <chrono>
#include <csignal>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <ftplike/io/tcp.hpp>
#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>

#include "connection.hpp"
#include "support/folder.hpp"

namespace {
using namespace ftplike;

/// Runs a transport in a thread of its own, which ends when its server has been stopped.
template <class Server> class Embedded {
 public:
  Embedded(TcpTransport& network, Server& server)
      : server_{server}, port_{std::to_string(server.listen("127.0.0.1", 0).port())}, thread_{[&] { network.run(); }} {}
  Embedded(const Embedded&) = delete;
  Embedded& operator=(const Embedded&) = delete;
  ~Embedded() {
    server_.stop();
    thread_.join();
  }
  const std::string& port() const noexcept { return port_; }

 private:
  Server& server_;
  const std::string port_;
  std::thread thread_;
};

}  // namespace

TEST(EmbeddedServer, ServesOnAllThreadsWhoeverElseTookAnExecutor) {
  TcpTransport network{3};
  (void)network.executor();  // the first, on which nothing happens then
  Server server{network, MemoryStorage{}};
  const Embedded running{network, server};
  for (int i = 0; i < 7; ++i) {
    Connection client{running.port()};
    EXPECT_EQ(client.reply(), "220 FTP Server Ready");
    EXPECT_EQ(client.ask("NOOP"), "200 OK");
  }
}

TEST(EmbeddedServer, NamesAnIpv4AddressAsOneThoughItListensInTheMannerOfIpv6) {
  TcpTransport network;
  Server server{network, MemoryStorage{}, Anonymous{.without_login = "write"}};
  const auto port = std::to_string(server.listen("::ffff:127.0.0.1", 0).port());
  const Embedded running{network, server};
  Connection client{port};
  EXPECT_EQ(client.reply(), "220 FTP Server Ready");
  EXPECT_TRUE(client.ask("PASV").starts_with("227 Entering passive mode (127,0,0,1,"));
}

TEST(EmbeddedWait, MayBeGivenUpAfterWhatCouldHaveCancelledItIsGone) {
  auto network = std::make_unique<TcpTransport>();
  {
    asio::cancellation_signal stop;
    const Time later = network->now() + std::chrono::hours{1};
    start_on(network->main_executor(), within(*network, std::chrono::hours{2}, network->sleep_until(later)), stop.slot());
    call_on(network->main_executor(), [&network] { network->stop(); });
    network->run();
  }
  network.reset();
}

TEST(EmbeddedServer, CanGoOnAfterAnExceptionOfTheProgramThatCameThroughRun) {
  TcpTransport network{2};
  Server server{network, MemoryStorage{}};
  server.listen("127.0.0.1", 0);
  call_on(network.main_executor(), [] { throw std::runtime_error("the program's own"); });
  EXPECT_THROW(network.run(), std::runtime_error);
  const Embedded running{network, server};
  Connection client{running.port()};
  EXPECT_EQ(client.reply(), "220 FTP Server Ready");
}

TEST(EmbeddedServer, OutlivesAClientThatDiesInADownloadThoughNobodyIgnoresSigpipe) {
  ASSERT_EQ(std::signal(SIGPIPE, SIG_DFL), SIG_DFL);
  TestFolder folder;
  folder.write("big", std::string(8'000'000, 'x'));
  TcpTransport network;
  Server server{network, DirectoryStorage{folder.string()}};
  const Embedded running{network, server};
  for (int i = 0; i < 5; ++i) {
    Connection client{running.port()};
    client.reply();
    const auto announced = client.ask("RETR big");
    Connection data{announced.substr(4, announced.find(' ', 4) - 4)};
    EXPECT_FALSE(data.receive().empty());
    data.reset();
    EXPECT_EQ(client.reply().substr(0, 3), "426");
    EXPECT_EQ(client.ask("NOOP"), "200 OK");
  }
}
