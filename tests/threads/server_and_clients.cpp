// Servers and clients on several threads, real sockets between them. The preset tsan looks for races in what they do.
#include <ftplike/ftplike.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <ftplike/client/blocking.hpp>
#include <ftplike/client/pool.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/users/user_table.hpp>

#include "support/folder.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

constexpr unsigned threads = 4;

/// A hash for passwords that costs nothing, but a worker's thread.
struct CheapHash {
  std::string operator()(const std::string& password, const std::string&) const { return "$6$salt$" + password; }
};
BasicUserTable<CheapHash> users() {
  BasicUserTable<CheapHash> table{Anonymous{.logins = "read"}};
  table.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::hashed("$6$salt$secret")});
  table.add(UserEntry{Account{"bert", Path{}, Rights::reading()}, Password::plain("secret")});
  return table;
}
Limits limits() {
  Limits some;
  some.login_pause = 1ms;
  some.drain = 500ms;
  some.abandon = 5s;
  return some;
}

/// Counts what a server tells it, from whatever thread.
struct Counted {
  std::atomic<std::size_t> opened = 0, closed = 0, transfers = 0, stopped = 0;
};
struct Counting {
  void operator()(const SessionOpened&) const { ++counted->opened; }
  void operator()(const SessionClosed&) const { ++counted->closed; }
  void operator()(const TransferEnded&) const { ++counted->transfers; }
  void operator()(const ServerStopped&) const { ++counted->stopped; }
  std::shared_ptr<Counted> counted = std::make_shared<Counted>();
};

/// A transport's own threads, all of them.
class OwnLoops {
 public:
  OwnLoops() : thread_{[this] { network_.run(); }} {}
  TcpTransport& network() { return network_; }
  ~OwnLoops() {
    keep_.reset();
    thread_.join();
  }

 private:
  TcpTransport network_{threads};
  asio::executor_work_guard<Executor> keep_{network_.main_executor()};
  std::thread thread_;
};
/// An event loop of the program's, which several of its threads run.
class UsersLoop {
 public:
  UsersLoop() {
    for (auto& thread : threads_) thread = std::thread{[this] { loop_.run(); }};
  }
  TcpTransport& network() { return network_; }
  ~UsersLoop() {
    keep_.reset();
    for (auto& thread : threads_) thread.join();
  }

 private:
  asio::io_context loop_{threads};
  asio::executor_work_guard<asio::io_context::executor_type> keep_{loop_.get_executor()};
  TcpTransport network_{loop_};
  std::array<std::thread, threads> threads_;
};

/// Runs an operation on one of a transport's executors, and waits for it in this thread.
template <class R> std::future<R> begin(TcpTransport& network, awaitable<R> operation) {
  return asio::co_spawn(network.executor(), std::move(operation), asio::use_future);
}

Url url_of(std::uint16_t port, const std::string& user = "anna") {
  Url url{"127.0.0.1", port};
  url.user = user;
  url.password = "secret";
  return url;
}

/// One session that does something of everything, and breaks off a download in its middle.
awaitable<void> converse(TcpTransport& network, std::uint16_t port, int number) {
  const std::string name = "file" + std::to_string(number % 50);
  const std::string text(20'000, static_cast<char>('a' + number % 26));
  auto client = co_await connect(network, url_of(port));
  TextSource source{text};
  (void)co_await client.upload(source, name);
  TextSink sink;
  (void)co_await client.download(name, sink);
  EXPECT_EQ(sink.text().size(), text.size());
  const std::vector<Entry> entries = co_await client.list();
  EXPECT_FALSE(entries.empty());
  (void)co_await client.stat(name);
  TransferOptions broken_off;
  broken_off.progress = [](const Progress&) { throw std::system_error(Errc::aborted); };
  Settled<TransferResult> ended;
  TextSink rest;
  auto download = client.download("big", rest, broken_off);
  co_await settle(std::move(download), ended);
  EXPECT_TRUE(ended.failed());
  co_await client.noop();
  if (number % 2 == 0) co_await client.quit();
}
/// Logs in with a wrong password.
awaitable<void> knock(TcpTransport& network, std::uint16_t port) {
  Url url = url_of(port);
  url.password = "wrong";
  auto connecting = connect(network, std::move(url));
  Settled<Client<TcpTransport>> refused;
  co_await settle(std::move(connecting), refused);
  EXPECT_TRUE(refused.failed());
}
/// Stays until the server has enough of it, whose data nobody fetches.
awaitable<void> stay(TcpTransport& network, std::uint16_t port) {
  auto client = co_await connect(network, url_of(port));
  (void)co_await client.command("EPSV");
  Settled<Reply> ended;
  auto download = client.command("RETR big");
  co_await settle(std::move(download), ended);
  EXPECT_TRUE(ended.failed());
}

template <class Loops> class Threads : public testing::Test {};
struct Name {
  template <class Loops> static std::string GetName(int) {
    return std::is_same_v<Loops, OwnLoops> ? "OfTheTransport" : "OfTheProgram";
  }
};
using Both = testing::Types<OwnLoops, UsersLoop>;
TYPED_TEST_SUITE(Threads, Both, Name);

TYPED_TEST(Threads, ServeHundredsOfSessionsAndStop) {
  const Counting counting;
  TestFolder folder;
  folder.write("big", std::string(4'000'000, 'x'));
  TypeParam there;
  Server server{there.network(), DirectoryStorage{folder.string()}, users(), limits(), counting};
  const std::uint16_t port = server.listen("127.0.0.1", 0).port();
  {
    TypeParam here;
    for (int round = 0; round < 8; ++round) {
      std::vector<std::future<void>> all;
      for (int i = 0; i < 25; ++i) all.push_back(begin(here.network(), converse(here.network(), port, round * 25 + i)));
      for (int i = 0; i < 3; ++i) all.push_back(begin(here.network(), knock(here.network(), port)));
      (void)server.sessions();
      for (auto& one : all) one.get();
    }
    std::vector<std::future<void>> staying;
    for (int i = 0; i < 10; ++i) staying.push_back(begin(here.network(), stay(here.network(), port)));
    while (server.sessions() < staying.size()) std::this_thread::yield();
    auto before = begin(there.network(), server.stopped());
    server.stop();
    server.stop();
    auto after = begin(here.network(), server.stopped());
    for (auto& one : staying) {
      try {
        one.get();
      } catch (const std::system_error&) {  // it had not logged in yet
      }
    }
    const StopReport report = before.get();
    EXPECT_TRUE(report.stuck.empty());
    EXPECT_EQ(after.get().cut, report.cut);
  }
  EXPECT_EQ(server.sessions(), 0u);
  EXPECT_EQ(counting.counted->opened, counting.counted->closed);
  EXPECT_EQ(counting.counted->stopped, 1u);
  EXPECT_GE(counting.counted->transfers, 200u * 4);
}

/// More sessions than keep their coroutine while they wait for a command.
std::vector<Client<TcpTransport>> crowd(TcpTransport& network, std::uint16_t port) {
  std::vector<std::future<Client<TcpTransport>>> connecting;
  while (connecting.size() < 3 * detail::most_waiting_coroutines) {
    connecting.push_back(begin(network, connect(network, url_of(port, "bert"))));
  }
  std::vector<Client<TcpTransport>> clients;
  for (auto& one : connecting) clients.push_back(one.get());
  return clients;
}
/// Says something, whether or not somebody is there to hear it; gives whether there was.
awaitable<bool> is_heard(Client<TcpTransport>& client) {
  Settled<void> answered;
  auto asking = client.noop();
  co_await settle(std::move(asking), answered);
  co_return !answered.failed();
}

TYPED_TEST(Threads, EndSessionsThatWaitWhileTheirClientsGoOn) {
  const Counting counting;
  TypeParam there;
  Server server{there.network(), MemoryStorage{}, users(), limits(), counting};
  const std::uint16_t port = server.listen("127.0.0.1", 0).port();
  {
    TypeParam here;
    auto clients = crowd(here.network(), port);
    const auto all_ask = [&] {
      std::vector<std::future<bool>> asking;
      for (auto& client : clients) asking.push_back(begin(here.network(), is_heard(client)));
      return asking;
    };
    for (int round = 0; round < 5; ++round) {
      for (auto& one : all_ask()) EXPECT_TRUE(one.get());
    }
    auto at_the_end_of_half = all_ask();
    const auto is_even = [](const SessionInfo& who) { return who.number % 2 == 0; };
    EXPECT_EQ(begin(there.network(), server.end_sessions(is_even)).get().size(), clients.size() / 2);
    for (auto& one : at_the_end_of_half) (void)one.get();
    auto at_the_stop = all_ask();
    auto stopped = begin(here.network(), server.stopped());
    server.stop();
    for (auto& one : at_the_stop) (void)one.get();
    EXPECT_TRUE(stopped.get().stuck.empty());
    for (auto& one : all_ask()) EXPECT_FALSE(one.get());
  }
  EXPECT_EQ(counting.counted->opened, 3 * detail::most_waiting_coroutines);
  EXPECT_EQ(counting.counted->closed, counting.counted->opened);
}

TEST(TransportsThatEnd, TakeTheSessionsThatWaitAlong) {
  OwnLoops here;
  std::vector<Client<TcpTransport>> clients;
  {
    TcpTransport there{threads};
    const asio::executor_work_guard<Executor> keep{there.main_executor()};
    std::thread loops{[&there] { there.run(); }};
    Server server{there, MemoryStorage{}, users(), limits()};
    clients = crowd(here.network(), server.listen("127.0.0.1", 0).port());
    there.stop();
    loops.join();
  }
  for (auto& client : clients) EXPECT_FALSE(begin(here.network(), is_heard(client)).get());
}

TYPED_TEST(Threads, ShareOnePoolOfClients) {
  TypeParam there;
  Server server{there.network(), MemoryStorage{{"/a", "hello"}}, users(), limits()};
  const std::uint16_t port = server.listen("127.0.0.1", 0).port();
  {
    TypeParam here;
    ClientPool<TcpTransport> pool{here.network(), url_of(port, "bert")};
    const auto look = [](typename ClientPool<TcpTransport>::Session& session) { return session.size("a"); };
    std::vector<std::future<std::uint64_t>> all;
    for (int i = 0; i < 100; ++i) all.push_back(begin(here.network(), pool.use(look)));
    for (auto& one : all) EXPECT_EQ(one.get(), 5u);
    begin(here.network(), pool.quit()).get();
  }
  auto stopped = begin(there.network(), server.stopped());
  server.stop();
  stopped.get();
}

TYPED_TEST(Threads, CancelClientsOnThreadsThatAreNotTheirs) {
  TypeParam there;
  Server server{there.network(), MemoryStorage{{"/big", std::string(4'000'000, 'x')}}, users(), limits()};
  const std::uint16_t port = server.listen("127.0.0.1", 0).port();
  {
    TypeParam here;
    std::vector<std::future<void>> all;
    const auto work = [&here, port](int number) -> awaitable<void> {
      auto client = co_await connect(here.network(), url_of(port));
      TextSink sink;
      const auto limit = std::chrono::microseconds{number * 50};
      Settled<TransferResult> ended;
      auto bounded = within(here.network(), limit, client.download("big", sink));
      co_await settle(std::move(bounded), ended);
      co_await client.noop();
    };
    for (int i = 0; i < 60; ++i) all.push_back(begin(here.network(), work(i)));
    for (auto& one : all) one.get();
  }
  auto stopped = begin(there.network(), server.stopped());
  server.stop();
  stopped.get();
}

TYPED_TEST(Threads, CancelNoOperationThatBeganAfterTheOneThatWasMeant) {
  TypeParam there;
  Server server{there.network(), MemoryStorage{}, users(), limits()};
  const std::uint16_t port = server.listen("127.0.0.1", 0).port();
  {
    asio::thread_pool callers{1};  // outlives the loops, which may still have something to post to it
    TypeParam here;
    const auto work = [&here, port]() -> awaitable<void> {
      const Executor caller = co_await asio::this_coro::executor;
      auto client = co_await connect(here.network(), url_of(port));
      for (int i = 0; i < 400; ++i) {
        const auto stop = std::make_shared<asio::cancellation_signal>();
        const auto emit = [stop] { stop->emit(asio::cancellation_type::terminal); };
        auto hops = std::make_shared<std::function<void(int)>>();
        *hops = [hops, emit, caller, there = here.network().executor()](int left) {
          asio::post(there, [hops, emit, caller, left] {
            if (left > 0) return (*hops)(left - 1);
            *hops = {};
            asio::post(caller, emit);
          });
        };
        (*hops)(i % 20);
        Settled<void> ended;
        auto meant = settle(client.noop(), ended);
        co_await asio::co_spawn(caller, std::move(meant), asio::bind_cancellation_slot(stop->slot(), use_awaitable));
        co_await client.noop();  // would throw
      }
    };
    asio::co_spawn(callers.get_executor(), work(), asio::use_future).get();
  }
  auto stopped = begin(there.network(), server.stopped());
  server.stop();
  stopped.get();
}

TEST(BlockingClients, WorkInThreadsOfTheirOwn) {
  OwnLoops there;
  Server server{there.network(), MemoryStorage{{"/a", "hello"}}, users(), limits()};
  const std::uint16_t port = server.listen("127.0.0.1", 0).port();
  {
    std::vector<std::thread> all;
    for (int i = 0; i < 8; ++i) {
      all.emplace_back([port, i] {
        for (int round = 0; round < 5; ++round) {
          BlockingClient client{url_of(port)};
          const std::string name = "b" + std::to_string(i);
          TextSource source{std::string(50'000, 'y')};
          client.upload(source, name);
          TextSink sink;
          client.download(name, sink);
          EXPECT_EQ(sink.text().size(), 50'000u);
          EXPECT_FALSE(client.list().empty());
        }
      });
    }
    for (auto& one : all) one.join();
  }
  auto stopped = begin(there.network(), server.stopped());
  server.stop();
  EXPECT_TRUE(stopped.get().stuck.empty());
}

}  // namespace
