#include "support/server.hpp"

#include <ftplike/server.hpp>

namespace {
using namespace ftplike;

struct Files : TestFiles {
  explicit Files(TestFiles files) : TestFiles{std::move(files)} {}
  static std::string label() { return "server/server_storage"; }
};

std::string text(const Endpoint& endpoint) {
  return endpoint.address().to_string() + ':' + std::to_string(endpoint.port());
}
std::string text(Direction direction) { return direction == Direction::sent ? "sent" : "received"; }

/// Writes the diary.
class Witness {
 public:
  explicit Witness(std::shared_ptr<Diary> diary) : diary_{std::move(diary)} {}

  void operator()(const SessionOpened& event) { say(event, "opened", event.who.peer.address().to_string()); }
  void operator()(const SessionRefused& event) { say(event, "refused", event.who.peer.address().to_string() + ": " + std::string{event.why}); }
  std::optional<Reply> operator()(const CommandSeen& event) {
    say(event, "command", std::string{event.verb} + (event.argument.empty() ? "" : " ") + std::string{event.argument});
    if (!diary_->hook) return std::nullopt;
    return diary_->hook(event);
  }
  void operator()(const ReplySeen& event) {
    say(event, "reply", std::to_string(event.reply.code()) + ' ' + event.reply.text());
  }
  void operator()(const LoginTried& event) {
    say(event, "login", std::string{event.user} + (event.accepted ? " accepted" : " refused"));
  }
  void operator()(const ClientBanned& event) {
    say(event, "banned", event.subnet.text() + (event.error ? ": " + event.error.message() : ""));
  }
  void operator()(const DataListening& event) { say(event, "listening", text(event.local)); }
  void operator()(const StrangerRefused& event) { say(event, "stranger", event.stranger.address().to_string()); }
  void operator()(const DataOpened& event) { say(event, "data opened", text(event.local)); }
  void operator()(const DataClosed& event) {
    say(event, "data closed", text(event.direction) + ' ' + std::to_string(event.total));
  }
  void operator()(const TransferEnded& event) {
    say(event, "transfer",
        std::string{event.verb} + ' ' + event.path.string() + ' ' + text(event.direction) + ' ' +
            std::to_string(event.bytes) + " bytes from " + std::to_string(event.offset) +
            (event.ascii ? " as text" : "") + (event.listing ? ", a listing" : "") + ": " +
            (event.complete() ? "complete" : event.error.message()));
  }
  void operator()(const SessionClosed& event) {
    say(event, "closed", event.error ? event.error.message() : "after a farewell");
  }
  void operator()(const ServerStopped& event) {
    diary_->write("stopped drained " + std::to_string(event.report.drained) + " cut " +
                  std::to_string(event.report.cut));
  }

 private:
  template <class Event> void say(const Event& event, const std::string& what, const std::string& more) {
    diary_->write(what + ' ' + more + (event.who.user.empty() ? "" : " (" + event.who.user + ')'));
  }
  std::shared_ptr<Diary> diary_;
};

}  // namespace

struct TestServer::Running {
  Running(TestNetwork& network, TestFiles files, Setup setup)
      : server{network,
               Ftp{},
               Files{std::move(files)},
               std::move(setup.users),
               setup.limits,
               setup.ports.value_or(DataPorts{40001, 49999}),
               std::move(setup.address),
               std::move(setup.greeting),
               std::move(setup.proxies),
               std::move(setup.rules),
               std::move(setup.bans),
               setup.compression,
               Witness{diary}} {
    diary->hook = std::move(setup.hook);
  }

  std::shared_ptr<Diary> diary = std::make_shared<Diary>();
  ServerOf<TestNetwork, Files, UserTable, Witness> server;
};

TestServer::TestServer(TestNetwork& network, TestFiles files, Setup setup)
    : network_{network}, running_{std::make_unique<Running>(network, std::move(files), std::move(setup))} {
  listen({asio::ip::address_v4::loopback(), port});
  listen({asio::ip::address_v6::loopback(), port});
}

TestServer::~TestServer() {
  stop();
  network_.advance(std::chrono::hours{1});
  EXPECT_EQ(sessions(), 0u);
  EXPECT_EQ(network_.open_streams(), 0u);
  EXPECT_EQ(network_.open_acceptors(), 0u);
  EXPECT_EQ(network_.pending_timers(), 0u);
}

void TestServer::listen(const Endpoint& where) { running_->server.listen(where, beginning_of_sessions); }
void TestServer::stop() { running_->server.stop(); }
std::size_t TestServer::sessions() const { return running_->server.sessions(); }
const Diary& TestServer::diary() const { return *running_->diary; }
