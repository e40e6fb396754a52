// Servers that signals stop. Each test runs the loops in its own thread, so that a signal always has a handler.
#include <ftplike/signals.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <gtest/gtest.h>
#include <optional>
#include <span>

#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

/// Takes what a session says, and never says anything.
awaitable<void> listen_to(TcpTransport& network, Endpoint where, bool& greeted) {
  auto stream = co_await network.connect(where);
  std::array<std::byte, 1000> room;
  for (;;) {
    const std::size_t n = co_await stream.read_some(room);
    if (n == 0) co_return;
    greeted = true;
  }
}

/// A storage that never answers, but has two signals come when it is asked.
struct Stuck : MemoryStorage {
  awaitable<Entry> stat(Path) {
    std::raise(SIGTERM);
    std::raise(SIGINT);
    const Executor executor = co_await asio::this_coro::executor;
    asio::steady_timer never{executor, Time::max()};
    co_await never.async_wait(use_awaitable);
    co_return Entry{};
  }
};

awaitable<void> ask_for_size(TcpTransport& network, Endpoint where) {
  auto stream = co_await network.connect(where);
  co_await stream.write(as_bytes("SIZE a\r\n"));
  std::array<std::byte, 1000> room;
  for (;;) {
    const std::size_t n = co_await stream.read_some(room);
    if (n == 0) co_return;
  }
}

class Reported {
 public:
  explicit Reported(std::optional<StopReport>& report) : report_{report} {}
  void operator()(const ServerStopped& event) const { report_ = event.report; }

 private:
  std::optional<StopReport>& report_;
};

TEST(StopOnSignals, EndsAServerOnLoopsOfItsOwnAndTheLoopsWithIt) {
  for (const int signal : {SIGINT, SIGTERM}) {
    std::optional<StopReport> report;
    TcpTransport network{2};
    Server server{network, MemoryStorage{}, Reported{report}};
    const Endpoint where = server.listen("127.0.0.1", 0);
    stop_on_signals(network, server);
    bool greeted = false;
    start_on(network.main_executor(), listen_to(network, where, greeted));
    asio::post(network.main_executor(), [signal] { std::raise(signal); });
    network.run();
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->cut, 0u);
  }
}

TEST(StopOnSignals, EndsAServerOnTheUsersLoopWhichThenHasNothingToDo) {
  std::optional<StopReport> report;
  asio::io_context loop;
  TcpTransport network{loop};
  Server server{network, MemoryStorage{}, Reported{report}};
  server.listen("127.0.0.1", 0);
  stop_on_signals(network, server);
  asio::post(loop, [] { std::raise(SIGTERM); });
  loop.run();
  EXPECT_TRUE(report.has_value());
}

TEST(StopOnSignals, LetsGoOfALoopWhoseServerWasStoppedOtherwiseOrIsGone) {
  asio::io_context loop;
  TcpTransport network{loop};
  {
    Server server{network, MemoryStorage{}};
    server.listen("127.0.0.1", 0);
    stop_on_signals(network, server);
  }
  loop.run();
}

TEST(StopOnSignals, CutsWhatIsLeftAtTheSecondSignal) {
  std::optional<StopReport> report;
  asio::io_context loop;
  TcpTransport network{loop};
  Server server{network, Stuck{}, Limits{.operation = 24h, .drain = 24h}, Reported{report}};
  const Endpoint where = server.listen("127.0.0.1", 0);
  stop_on_signals(network, server, 0s);
  start_on(network.main_executor(), ask_for_size(network, where));
  loop.run();
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->cut, 1u);
  EXPECT_EQ(report->drained, 0u);
}

}  // namespace
