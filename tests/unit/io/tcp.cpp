#include <ftplike/io/tcp.hpp>

#include <array>
#include <asio/system_executor.hpp>
#include <asio/thread_pool.hpp>
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <set>
#include <stdexcept>
#include <string>
#include <support/folder.hpp>
#include <support/started.hpp>
#include <support/tcp_pair.hpp>
#include <sys/socket.h>
#include <thread>
#include <vector>

#include <ftplike/storage/file.hpp>

namespace {

using namespace ftplike;

/// The descriptors of this process that are sockets, and that a child would inherit.
std::set<int> inherited_sockets() {
  std::set<int> found;
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    int type = 0;
    socklen_t size = sizeof type;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0) continue;
    if ((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) == 0) found.insert(descriptor);
  }
  return found;
}

#ifndef ASIO_NO_TYPEID  // without which nobody knows a strand
TEST(TcpTransportOnAnExecutor, HasAStrandOfItsOwnForWhoeverComesOnNone) {
  asio::thread_pool threads{1};
  const Executor outer{threads.get_executor()};
  TcpTransport network{outer};
  EXPECT_TRUE(is_strand(network.executor()));
  EXPECT_TRUE(is_strand(network.executor_near(outer)));
  EXPECT_TRUE(is_strand(network.executor_near(asio::system_executor{})));
}
TEST(TcpTransportOnAnExecutor, LetsWhoeverComesOnAStrandStayThere) {
  asio::thread_pool threads{1};
  TcpTransport network{Executor{threads.get_executor()}};
  const Executor strand = network.executor();
  EXPECT_EQ(network.executor_near(strand), strand);
}
#endif

TEST(TcpSockets, AreNotInheritedByChildren) {
  const auto before = inherited_sockets();
  TcpPair pair;
  auto listening = pair.network.listen(pair.network.executor(), TcpPair::any_port);
  EXPECT_EQ(inherited_sockets(), before);
}

TEST(TcpStream, ReadsNowOnlyWhatHasComeAndLeavesAnEndToTheNextRead) {
  TcpPair pair;
  std::array<std::byte, 8> room{};
  EXPECT_EQ(pair.ours->read_now(room), 0u);
  EXPECT_FALSE(pair.error_of(pair.theirs->write(as_bytes("twelve bytes"))));
  EXPECT_EQ(pair.ours->read_now(room), 8u);
  EXPECT_EQ(pair.ours->read_now(room), 4u);
  pair.theirs->close();
  EXPECT_EQ(pair.ours->read_now(room), 0u);
  Started reading{pair.network.executor(), pair.ours->read_some(room)};
  pair.run_until_done(reading);
  EXPECT_EQ(reading.result(), 0u);
}
TEST(TcpStream, IsQuietWhileNeitherBytesNorAnEndCanBeRead) {
  TcpPair pair;
  std::array<std::byte, 8> room{};
  EXPECT_TRUE(pair.ours->is_quiet());
  EXPECT_FALSE(pair.error_of(pair.theirs->write(as_bytes("bytes"))));
  EXPECT_FALSE(pair.ours->is_quiet());
  EXPECT_EQ(pair.ours->read_now(room), 5u);
  EXPECT_TRUE(pair.ours->is_quiet());
  pair.theirs->close();
  EXPECT_FALSE(pair.ours->is_quiet());
}
TEST(TcpStream, IsNotQuietWhenItsConnectionBroke) {
  TcpPair pair;
  pair.theirs->reset();
  EXPECT_FALSE(pair.ours->is_quiet());
}
TEST(TcpStream, GivesTheErrorOfAReadAsAValueToWhoeverWantsThat) {
  TcpPair pair;
  std::array<std::byte, 8> room{};
  std::error_code error;
  Started reading{pair.network.executor(), pair.ours->read_some(room, error)};
  pair.loop.restart();
  pair.loop.poll();
  EXPECT_FALSE(reading.done());
  pair.ours->cancel();
  pair.run_until_done(reading);
  EXPECT_FALSE(reading.error());
  EXPECT_EQ(error, asio::error::operation_aborted);
}
TEST(TcpStream, RaisesNoSignalWhoeverRunsItsLoop) {
  struct sigaction fatal {}, former {};
  fatal.sa_handler = SIG_DFL;
  ASSERT_EQ(::sigaction(SIGPIPE, &fatal, &former), 0);
  TcpPair pair;
  pair.theirs->reset();
  const std::string text(100'000, 'x');
  std::error_code error;
  for (int i = 0; i < 10 && !error; ++i) error = pair.error_of(pair.ours->write(as_bytes(text)));
  EXPECT_TRUE(error == std::errc::broken_pipe || error == std::errc::connection_reset) << error.message();
  EXPECT_EQ(pair.error_of(pair.ours->write(as_bytes(text))), std::errc::broken_pipe);
  ::sigaction(SIGPIPE, &former, nullptr);
}

#if FTPLIKE_LINUX_WAYS
TEST(TcpStream, RaisesNoSignalWhereItSendsFromAFile) {
  struct sigaction fatal {}, former {};
  fatal.sa_handler = SIG_DFL;
  ASSERT_EQ(::sigaction(SIGPIPE, &fatal, &former), 0);
  const TestFolder folder;
  folder.write("a", std::string(100'000, 'x'));
  const int file = ::open((folder / "a").c_str(), O_RDONLY | O_CLOEXEC);
  TcpPair pair;
  pair.theirs->reset();
  for (int i = 0; i < 3; ++i) (void)pair.error_of(pair.ours->send_file(file, 0, 100'000));
  EXPECT_EQ(pair.error_of(pair.ours->send_file(file, 0, 100'000)), std::errc::broken_pipe);
  sigset_t pending;
  ::sigpending(&pending);
  EXPECT_EQ(::sigismember(&pending, SIGPIPE), 0);
  ::close(file);
  ::sigaction(SIGPIPE, &former, nullptr);
}
#endif

TEST(TcpTransport, MakesAStrandForEachSessionOnTheLoopOfTheProgram) {
  constexpr int sessions = 8, rounds = 200;
  asio::io_context loop{4};
  TcpTransport network{loop};
  struct Session {
    std::atomic<int> inside = 0;
    int turns = 0;  // of all its coroutines, which the strand keeps apart
  };
  std::array<Session, sessions> all;
  std::atomic<int> at_once = 0;
  const auto work = [&](Session& session) -> awaitable<void> {
    const Executor executor = co_await asio::this_coro::executor;
    for (int i = 0; i < rounds; ++i) {
      if (++session.inside != 1) ++at_once;
      ++session.turns;
      --session.inside;
      co_await asio::post(executor, use_awaitable);
    }
  };
  for (Session& session : all) {
    const Executor executor = network.executor();
    for (int i = 0; i < 4; ++i) start_on(executor, work(session));
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&loop] { loop.run(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(at_once, 0);
  for (const Session& session : all) EXPECT_EQ(session.turns, 4 * rounds);
}

TEST(TcpTransport, HasAnExceptionOfAnyThreadComeOutOfRun) {
  for (unsigned which = 0; which < 3; ++which) {
    TcpTransport network{3};
    std::vector<Executor> executors;
    for (int i = 0; i < 3; ++i) executors.push_back(network.executor());
    const auto busy = asio::make_work_guard(network.main_executor());
    call_on(executors[which], [] { throw std::runtime_error("escaped"); });
    EXPECT_THROW(network.run(), std::runtime_error) << which;
  }
}

}  // namespace
