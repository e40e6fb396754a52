// A server inside a program, on real sockets and threads.
#include <ftplike/server.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <exception>
#include <gtest/gtest.h>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>

#include <asio/use_future.hpp>

#include <ftplike/client.hpp>
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

/// A sink for bytes that nobody needs.
struct Nowhere {
  awaitable<void> write(std::span<const std::byte>) { co_return; }
  awaitable<void> finish() { co_return; }
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

TEST(EmbeddedServer, HearsAnAbortThatIsThereAsSoonAsTheEndOfAShortUpload) {
  asio::io_context loop;
  TcpTransport network{loop};
  MemoryStorage files{{"/a", "old"}};
  Server server{network, files, Anonymous{.without_login = "write"}};
  Connection client{std::to_string(server.listen("127.0.0.1", 0).port())};
  const auto hear = [&] {
    while (!client.has_line()) loop.poll();
    return client.line();
  };
  const auto ask = [&](const char* command) {
    client.say(std::string{command} + "\r\n");
    return hear();
  };
  EXPECT_EQ(hear(), "220 FTP Server Ready");
  const std::string answer = ask("EPSV");
  const auto port = answer.substr(answer.find("|||") + 3);
  {
    Connection data{port.substr(0, port.find('|'))};
    EXPECT_TRUE(ask("STOR a").starts_with("150 "));
    data.say("some");
    while (loop.poll() > 0) continue;  // until it waits for more
  }
  client.say("ABOR\r\n");  // the loop has seen neither this nor the end of the data yet
  EXPECT_EQ(hear(), "426 Connection closed: transfer aborted");
  EXPECT_EQ(hear(), "226 Abort successful");
  EXPECT_EQ(files.text("/a"), "old");
  client.say("QUIT\r\n");
  server.stop();
  loop.run();
}

TEST(EmbeddedClient, KeepsNoLoopBusyWhileItIsIdle) {
  TcpTransport network;
  Server server{network, MemoryStorage{{"/a.txt", "hello"}}};
  const Embedded running{network, server};
  asio::io_context loop;
  TcpTransport ours{loop};
  const std::string url = "ftp://anonymous@127.0.0.1:" + running.port();
  auto client = asio::co_spawn(loop, connect(ours, url), asio::use_future);
  loop.run_for(std::chrono::seconds{20});
  ASSERT_TRUE(loop.stopped());
  auto idle = client.get();
  loop.restart();
  auto entries = asio::co_spawn(loop, idle.list(), asio::use_future);
  loop.run_for(std::chrono::seconds{20});
  ASSERT_TRUE(loop.stopped());
  EXPECT_EQ(entries.get().size(), 1u);
  EXPECT_TRUE(idle.is_open());
}

TEST(EmbeddedClient, EndsWithItsLoopInTheMiddleOfAnOperationThoughTheSignalThatCouldCancelItStays) {
  TcpTransport network;
  Server server{network, MemoryStorage{{"/big", std::string(20'000'000, 'x')}}};
  const Embedded running{network, server};
  const std::string url = "ftp://anonymous@127.0.0.1:" + running.port();
  asio::cancellation_signal stop;
  Nowhere sink;
  {
    asio::io_context loop;
    TcpTransport ours{loop};
    TransferOptions options;
    options.progress = [&loop](const Progress&) { loop.stop(); };
    const auto fetch = [&]() -> awaitable<void> {
      auto client = co_await connect(ours, url);
      co_await client.download("big", sink, options);
    };
    asio::co_spawn(loop, fetch, asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) { FAIL(); }));
    loop.run();
  }
  stop.emit(asio::cancellation_type::terminal);
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
