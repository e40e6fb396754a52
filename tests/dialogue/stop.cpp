// A server that stops: in its time, whatever its sessions are about, and everybody hears of it.
#include <ftplike/server.hpp>

#include <functional>
#include <stdexcept>

#include "support/dialogue.hpp"
#include "support/served.hpp"
#include "support/started.hpp"
#include "support/waiting.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

/// Hears no cancellation, as awaitables of other people's may not.
awaitable<void> wait_deafly(std::shared_ptr<std::function<void()>> let_go) {
  const Executor executor = co_await asio::this_coro::executor;
  Condition changed{executor};
  *let_go = [&changed] { changed.notify(); };
  co_await changed.wait_uncancelled();
}
/// A storage that opens its files deafly, until the test lets it.
class DeafStorage : public MemoryStorage {
 public:
  explicit DeafStorage(std::shared_ptr<std::function<void()>> let_go)
      : MemoryStorage{{"/a", "hello"}}, let_go_{std::move(let_go)} {}
  awaitable<Reader> open(Path path, std::uint64_t offset) {
    co_await wait_deafly(let_go_);
    co_return co_await MemoryStorage::open(std::move(path), offset);
  }

 private:
  std::shared_ptr<std::function<void()>> let_go_;
};

struct Hanging : Ftp {
  using Commands = Ftp::Commands::With<Hang>;
};
Limits short_stop() {
  Limits limits;
  limits.drain = 10s;
  limits.abandon = 5s;
  return limits;
}

TEST(Stop, TellsHowManySessionsEndedByThemselvesAndHowManyWereCut) {
  SimulatedNetwork network{1};
  Served served{network, Hanging{}, WaitingStorage{}, WaitingAuthenticator{}, short_stop()};
  Dialogue first{network}, second{network}, third{network};
  third.log_in();
  third.say("HANG never");
  Started stopped{network, served.server().stopped()};
  served.server().stop();
  network.advance(9s);
  EXPECT_EQ(served.server().sessions(), 1u);
  EXPECT_FALSE(stopped.done());
  network.advance(2s);
  ASSERT_TRUE(stopped.done());
  const StopReport report = stopped.result();
  EXPECT_EQ(report.drained, 2u);
  EXPECT_EQ(report.cut, 1u);
  EXPECT_TRUE(report.stuck.empty());
}

TEST(Stop, TellsWhatIsStuckAndWhyAndDoesNotWaitForIt) {
  SimulatedNetwork network{1};
  const auto let_go = std::make_shared<std::function<void()>>();
  Served served{network, DeafStorage{let_go}, WaitingAuthenticator{}, short_stop()};
  Dialogue idle{network}, client{network, "10.0.0.9"};
  client.log_in("bert").passive();
  client.say("RETR a");
  Started stopped{network, served.server().stopped()};
  served.server().stop();
  network.advance(14s);
  EXPECT_FALSE(stopped.done());
  network.advance(2s + 1s);
  ASSERT_TRUE(stopped.done());
  const StopReport report = stopped.result();
  EXPECT_EQ(report.drained, 1u);
  EXPECT_EQ(report.cut, 1u);
  ASSERT_EQ(report.stuck.size(), 1u);
  EXPECT_EQ(report.stuck[0].number, 2u);
  EXPECT_EQ(report.stuck[0].user, "bert");
  EXPECT_EQ(report.stuck[0].peer.address(), address("10.0.0.9"));
  EXPECT_EQ(report.stuck[0].activity, "RETR");
  EXPECT_EQ(served.server().sessions(), 1u);
  (*let_go)();
  network.settle();
  EXPECT_EQ(served.server().sessions(), 0u) << "it was interrupted long ago";
}

TEST(Stop, IsHeardOfByAllWhoWaitForItWheneverTheyBegan) {
  SimulatedNetwork network{1};
  Served served{network, WaitingStorage{}, WaitingAuthenticator{}, short_stop()};
  auto& server = served.server();
  Dialogue client{network};
  client.log_in().passive();
  client.say("RETR open-never");
  Started before{network, server.stopped()}, also_before{network, server.stopped()}, given_up{network, server.stopped()};
  network.advance(24h);
  EXPECT_FALSE(before.done());
  given_up.cancel(network);
  EXPECT_TRUE(given_up.done());
  EXPECT_THROW(given_up.result(), std::system_error);
  Dialogue next{network};
  next.log_in().passive();
  next.say("RETR open-never");
  server.stop();
  network.settle();
  Started meanwhile{network, server.stopped()};
  network.advance(1min);
  Started after{network, server.stopped()};
  for (auto* one : {&before, &also_before, &meanwhile, &after}) {
    ASSERT_TRUE(one->done());
    EXPECT_EQ(one->result().cut, 1u);
  }
}

TEST(Stop, CutsOffNoReplyThatIsBeingWritten) {
  SimulatedNetwork network{1, {.window = 100}};
  Served served{network, Hanging{}, WaitingStorage{}, WaitingAuthenticator{}, short_stop()};
  Dialogue client{network};
  const std::string help = client.say("HELP");
  ASSERT_GT(help.size(), 250u);
  client.control().type("HELP\r\n");
  network.settle();  // as much of it is on its way as the window takes
  served.server().stop();
  network.advance(5s);
  EXPECT_EQ(served.server().sessions(), 1u);
  EXPECT_EQ(client.hear(), help + "421 Server is shutting down\r\n");
  EXPECT_EQ(served.server().sessions(), 0u);
}

TEST(Stop, MayBeCalledAgainAndThenDoesNothing) {
  SimulatedNetwork network{1};
  std::size_t reports = 0;
  const auto count = [&reports](const ServerStopped&) { ++reports; };
  Served served{network, WaitingStorage{}, WaitingAuthenticator{}, count};
  for (int i = 0; i < 3; ++i) {
    served.server().stop();
    network.advance(1min);
  }
  EXPECT_EQ(reports, 1u);
}

TEST(Stop, ComesToItsEndAfterEachSession) {
  for (const std::string what : {"", "RETR open-never", "HANG never", "STOR open-never"}) {
    SCOPED_TRACE(what);
    SimulatedNetwork network{1};
    std::vector<std::string> told;
    const auto closed = [&told](const SessionClosed&) { told.push_back("closed"); };
    const auto stopped = [&told](const ServerStopped& event) {
      told.push_back("stopped, " + std::to_string(event.report.cut) + " cut");
    };
    Served served{network, Hanging{}, WaitingStorage{}, WaitingAuthenticator{}, Observers{closed, stopped}};
    Dialogue idle{network}, client{network};
    client.log_in().passive();
    if (!what.empty()) client.say(what);
    served.server().stop();
    network.advance(10min);
    EXPECT_EQ(told, (std::vector<std::string>{"closed", "closed", what.empty() ? "stopped, 0 cut" : "stopped, 1 cut"}));
  }
}

TEST(Stop, IsForGood) {
  SimulatedNetwork network{1};
  Served served{network, MemoryStorage{}};
  served.server().stop();
  network.settle();
  for (int i = 0; i < 2; ++i) {
    try {
      served.server().listen("127.0.0.1", 21);
      ADD_FAILURE() << "it listens";
    } catch (const std::system_error& error) { EXPECT_EQ(error.code(), Errc::shutting_down); }
    auto made = network.listen(network.executor(), {address("127.0.0.1"), 22});
    EXPECT_THROW(served.server().accept_from(std::move(made)), std::system_error);
    network.advance(1min);
  }
  EXPECT_EQ(network.open_acceptors(), 0u);
}

TEST(Stop, EndsASessionThatAProxyIntroducesTooSlowly) {
  SimulatedNetwork network{1};
  Limits limits = short_stop();
  limits.login = 1h;
  Served served{network, WaitingStorage{}, WaitingAuthenticator{}, limits, TrustedProxies{{*Subnet::parse("127.0.0.1")}}};
  auto proxy = network.dial({address("127.0.0.1"), TestServer::port});
  proxy.type("PROXY TCP4");
  network.settle();
  Started stopped{network, served.server().stopped()};
  served.server().stop();
  network.advance(11s);
  ASSERT_TRUE(stopped.done());
  EXPECT_EQ(stopped.result().cut, 1u);
  EXPECT_TRUE(proxy.ended());
}

TEST(Stop, OfAServerThatIsDestroyedGoesOnByItself) {
  SimulatedNetwork network{1};
  std::size_t reports = 0;
  const auto count = [&reports](const ServerStopped&) { ++reports; };
  std::optional<Dialogue> client;
  std::optional<Started<StopReport>> stopped;
  {
    Server server{network, WaitingStorage{}, WaitingAuthenticator{}, count};
    server.listen("127.0.0.1", TestServer::port);
    client.emplace(network);
    client->log_in().passive();
    client->say("RETR open-never");
    stopped.emplace(network, server.stopped());
  }
  EXPECT_EQ(reports, 0u);
  network.advance(1min);
  EXPECT_EQ(reports, 1u);
  EXPECT_TRUE(stopped->done());
  EXPECT_EQ(client->hear(), "421 Server is shutting down\r\n");
  EXPECT_EQ(network.open_streams(), 0u);
}

}  // namespace
