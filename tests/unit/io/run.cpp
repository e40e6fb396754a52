#include <ftplike/io/run.hpp>

#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <ftplike/io/tcp.hpp>

namespace {
using namespace ftplike;

awaitable<std::unique_ptr<int>> give(int value) { co_return std::make_unique<int>(value); }
awaitable<void> fail() {
  throw std::runtime_error("no");
  co_return;
}
awaitable<void> wait(TcpTransport& network) {
  const Time later = network.now() + std::chrono::hours{1};
  co_await network.sleep_until(later);
}
/// Waits for ever unless it is cancelled, which `cancel` sees to once it has begun.
awaitable<void> wait_after(TcpTransport& network, std::function<void()> cancel) {
  cancel();
  co_await wait(network);
}

TEST(Run, GivesTheResultOfAnOperation) {
  TcpTransport network{2};
  EXPECT_EQ(*ftplike::run(network, give(7)), 7);
}

TEST(Run, ThrowsWhatTheOperationThrew) {
  TcpTransport network;
  EXPECT_THROW(ftplike::run(network, fail()), std::runtime_error);
}

TEST(Run, LeavesWhatElseIsUnderWayToTheNextRun) {
  TcpTransport network;
  bool ended = false;
  start_on(network.executor(), wait(network), {}, [&](std::exception_ptr) { ended = true; });
  EXPECT_EQ(*ftplike::run(network, give(1)), 1);
  EXPECT_FALSE(ended);
}

TEST(Run, SaysSoIfTheTransportStopsBeforeTheOperationHasEnded) {
  TcpTransport network;
  Runner runner{network};
  EXPECT_THROW(runner.run(wait_after(network, [&] { network.stop(); })), std::logic_error);
  EXPECT_EQ(*runner.run(give(2)), 2) << "the one before is still there, but nobody's any more";
}

TEST(Run, SaysSoOnALoopThatIsNotTheTransports) {
  asio::io_context loop;
  TcpTransport network{loop};
  EXPECT_THROW(ftplike::run(network, give(1)), std::logic_error);
}

TEST(Runner, CancelsTheOperationUnderWay) {
  TcpTransport network;
  Runner runner{network};
  try {
    runner.run(wait_after(network, [&] { runner.cancel(); }));
    ADD_FAILURE() << "it was not cancelled";
  } catch (const std::system_error& error) { EXPECT_EQ(error.code(), asio::error::operation_aborted); }
}

TEST(Runner, CancelsNoOperationThatBeginsLater) {
  TcpTransport network;
  Runner runner{network};
  runner.cancel();
  EXPECT_EQ(*runner.run(give(3)), 3);
}

}  // namespace
