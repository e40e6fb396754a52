// Our client where the handshake of a data connection and the answer to its command come in whatever order, or never.
#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/simulated/network.hpp>
#include <ftplike/tls.hpp>

#include "support/certificates.hpp"
#include "support/identity.hpp"

namespace {

using namespace ftplike;
using namespace std::chrono_literals;
using Wire = TlsTransport<SimulatedTransport>;

/// What a server does with one transfer.
enum class Way {
  as_usual,             // says 150, then shakes hands
  handshake_first,      // hears no command before it has shaken hands
  refuses_at_once,      // says 550 and never looks at the data connection
  refuses_when_shaken,  // says 550 after the handshake
  no_handshake,         // says 150, and no more
  no_answer,            // shakes hands, and says nothing more
  babbles,              // says something on the data connection that is no TLS, then 150 and 425
  babbles_first,        // the same, but some time before
  babbles_and_refuses,  // says that, and some time later 425 in the place of 150
  hangs_up,             // closes the data connection in the middle of the handshake, then says 150 and 425
};
constexpr Way ways[]{Way::as_usual,      Way::handshake_first,    Way::refuses_at_once, Way::refuses_when_shaken,
                     Way::no_handshake,  Way::no_answer,          Way::babbles,         Way::hangs_up,
                     Way::babbles_first, Way::babbles_and_refuses};

/// A server with implicit TLS that does one transfer in its own way, and all others as usual. Its files are "hello".
class OddServer {
 public:
  OddServer(Wire& network, Way way)
      : network_{network},
        door_{network.listen(network.executor(), {asio::ip::address_v4::loopback(), 990})},
        data_door_{network.listen(network.executor(), {asio::ip::address_v4::loopback(), 40'000})},
        way_{way} {
    start_on(network.executor(), serve(), {}, [](std::exception_ptr) {});
  }

  std::string received;  // of the last upload

 private:
  awaitable<void> serve() {
    const Executor executor = co_await asio::this_coro::executor;
    auto control = co_await door_.accept(executor);
    co_await control.accept_tls(network_.tls_server());
    control_.emplace(std::move(control));
    co_await say("220 Hello");
    for (;;) {
      const std::string line = co_await hear();
      const std::string verb = line.substr(0, 4);
      if (verb == "RETR" || verb == "STOR") {
        co_await transfer(verb);
      } else {
        const std::string answer = answer_to(verb);
        co_await say(answer);
        if (verb == "EPSV" && way_ == Way::handshake_first) co_await take_data(true);
      }
    }
  }
  static std::string answer_to(const std::string& verb) {
    if (verb == "USER") return "331 Password?";
    if (verb == "PASS") return "230 Welcome";
    if (verb == "PWD\r") return "257 \"/\"";
    if (verb == "FEAT") return "211-Features:\r\n EPSV\r\n211 End";
    if (verb == "EPSV") return "229 Passive (|||40000|)";
    if (verb == "ABOR") return "426 Aborted\r\n226 Done";
    return "200 OK";
  }
  awaitable<void> transfer(std::string verb) {
    const Way way = std::exchange(way_, Way::as_usual);
    const bool early = way == Way::refuses_when_shaken || way == Way::no_answer;
    if (way != Way::handshake_first) co_await take_data(early);
    if (way == Way::refuses_at_once || way == Way::refuses_when_shaken) co_return co_await say("550 No such file");
    if (way == Way::no_answer) co_return;
    const bool waits = way == Way::babbles_first || way == Way::babbles_and_refuses;
    if (way == Way::babbles || waits) co_await babble();
    if (waits) co_await network_.sleep_until(network_.now() + 1s);
    if (way == Way::babbles_and_refuses) co_return co_await say("425 No data connection");
    if (way == Way::hangs_up) data_.reset();
    co_await say("150 Here");
    if (way == Way::no_handshake) co_return;
    if (way == Way::babbles || way == Way::babbles_first || way == Way::hangs_up)
      co_return co_await say("425 No data connection");
    if (way != Way::handshake_first) co_await data_->accept_tls(*control_);
    co_await carry(std::move(verb));
    co_await say("226 Complete");
  }
  /// Those of transfers that failed stay as they are.
  awaitable<void> take_data(bool shakes_hands) {
    const Executor executor = co_await asio::this_coro::executor;
    if (data_) kept_.push_back(std::move(*data_));
    auto data = co_await data_door_.accept(executor);
    data_.emplace(std::move(data));
    if (shakes_hands) co_await data_->accept_tls(*control_);
  }
  awaitable<void> babble() {
    constexpr std::string_view text = "HTTP/1.0 400 Bad Request\r\n\r\n";
    co_await data_->write(as_bytes(text));
  }
  awaitable<void> carry(std::string verb) {
    constexpr std::string_view text = "hello";
    if (verb == "RETR") {
      co_await data_->write(as_bytes(text));
      co_await data_->finish();
      co_return;
    }
    received.clear();
    std::vector<std::byte> room(4096);
    for (std::size_t n = 1; n > 0;) {
      const std::size_t came = co_await data_->read_some(room);
      received += as_text(std::span{room}.first(came));
      n = came;
    }
    co_await data_->finish();
  }
  awaitable<void> say(std::string text) {
    text += "\r\n";
    co_await control_->write(as_bytes(text));
  }
  /// A line; throws at the end.
  awaitable<std::string> hear() {
    std::vector<std::byte> room(4096);
    while (heard_.find('\n') == heard_.npos) {
      const std::size_t n = co_await control_->read_some(room);
      if (n == 0) throw std::system_error(Errc::peer_lost);
      heard_ += as_text(std::span{room}.first(n));
    }
    std::string line = heard_.substr(0, heard_.find('\n'));
    heard_.erase(0, line.size() + 1);
    co_return line;
  }

  Wire& network_;
  Wire::Acceptor door_, data_door_;
  Way way_;
  std::optional<Wire::Stream> control_, data_;
  std::vector<Wire::Stream> kept_;
  std::string heard_;
};

Url url_of_anna() {
  Url url{"127.0.0.1", 990};
  url.secure = Secure::implicit_tls;
  url.user = "anna";
  url.password = "secret";
  return url;
}

/// A download, or an upload, of "hello" to that server in that way, and one more of each as usual.
struct OddSession {
  OddSession(Way way, bool sends, const NetworkConditions& conditions) : network{3, conditions} {
    Wire theirs{TlsServer{Identity::get().server}, network};
    Wire mine{TlsClient{Identity::get().client}, network};
    {
      OddServer server{theirs, way};
      const auto note = [this](const HandshakeFailed& handshake) { failures.push_back(handshake.error.message()); };
      auto client = network.run(connect(mine, url_of_anna(), {}, note));
      const auto did = [&](bool upload) {
        const auto began = network.now();
        try {
          if (upload) {
            TextSource source{"hello"};
            network.run(client.upload(source, "b.txt"));
            EXPECT_EQ(server.received, "hello");
          } else {
            TextSink sink;
            network.run(client.download("a.txt", sink));
            EXPECT_EQ(sink.text(), "hello");
          }
        } catch (const ClientError& error) {
          took = network.now() - began;
          return std::string{error.what()};
        }
        took = network.now() - began;
        return std::string{"none"};
      };
      outcome = did(sends);
      took_first = took;
      is_open = client.is_open();
      if (is_open) {
        EXPECT_EQ(did(!sends), "none");
        EXPECT_EQ(did(sends), "none");
        EXPECT_LT(took, 1s);
      }
      client.close();
      network.settle();
    }
    network.advance(1h);
    EXPECT_EQ(network.open_streams(), 0u);
    EXPECT_EQ(network.open_acceptors(), 0u);
    EXPECT_EQ(network.pending_timers(), 0u);
  }

  SimulatedNetwork network;
  std::string outcome;
  bool is_open = false;
  std::vector<std::string> failures;  // of handshakes
  Duration took{}, took_first{};
};

/// What may be told of it, behind the verb, and when at the latest.
struct Expected {
  std::vector<std::string> outcomes;
  Duration within = 1s;
};
Expected expected_of(Way way) {
  switch (way) {
    case Way::as_usual:
    case Way::handshake_first: return {{"none"}};
    case Way::refuses_at_once:
    case Way::refuses_when_shaken: return {{"550 No such file"}};
    case Way::no_handshake: return {{"timed out"}, ClientLimits{}.connect_data + 1s};
    case Way::no_answer: return {{"timed out"}, ClientLimits{}.reply + 1s};
    case Way::babbles:
      return {{"425 No data connection", "425 No data connection (the peer does not speak TLS)",
               "the peer does not speak TLS"}};
    case Way::babbles_first:
      return {{"425 No data connection (the peer does not speak TLS)", "the peer does not speak TLS"}, 2s};
    case Way::babbles_and_refuses: return {{"425 No data connection (the peer does not speak TLS)"}, 2s};
    case Way::hangs_up:  // msvcrt has no words for it
      return {{"425 No data connection", std::make_error_code(std::errc::connection_reset).message()}};
  }
  return {};
}

TEST(TlsClientOrders, LeaveTheSessionInStepWhateverComesFirstOrNever) {
  const std::vector<NetworkConditions> all{
      {},
      {.delay = 10ms},
      {.split = Split::every_byte, .interleave = true},
      {.window = 1000, .split = Split::somewhere, .delay = 10ms, .jitter = 10ms, .interleave = true}};
  for (const auto& conditions : all) {
    for (const Way way : ways) {
      for (const bool sends : {false, true}) {
        SCOPED_TRACE(std::to_string(static_cast<int>(way)) + (sends ? ", upload" : ", download"));
        const OddSession session{way, sends, conditions};
        std::string outcome = session.outcome;
        const std::string verb = sends ? "STOR: " : "RETR: ";
        if (outcome.starts_with(verb)) outcome.erase(0, verb.size());
        const auto [outcomes, within] = expected_of(way);
        EXPECT_NE(std::find(outcomes.begin(), outcomes.end(), outcome), outcomes.end()) << outcome;
        EXPECT_LT(session.took_first, within);
        EXPECT_TRUE(session.is_open);
        if (way == Way::babbles_first || way == Way::babbles_and_refuses) {
          EXPECT_EQ(session.failures, std::vector<std::string>{"the peer does not speak TLS"});
        }
      }
    }
  }
}

TEST(TlsClientOrders, HaveTheHandshakeCostOneRoundTripBesideTheCommand) {
  SimulatedNetwork network{5};
  Wire theirs{TlsServer{Identity::get().server}, network};
  Wire mine{TlsClient{Identity::get().client}, network};
  UserTable users;
  users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
  Server server{theirs, MemoryStorage{{"/a.txt", "hello"}}, std::move(users)};
  server.listen({asio::ip::address_v4::loopback(), 990}, Beginning::implicit_tls);
  {
    auto client = network.run(connect(mine, url_of_anna()));
    TextSink sink, again;
    network.run(client.download("a.txt", sink));  // says TYPE I
    network.conditions().delay = 10ms;
    auto began = network.now();
    const auto ways_between_the_ends = [&] { return (network.now() - std::exchange(began, network.now())) / 10ms; };
    // EPSV and its reply; the connection; ClientHello with the command, ServerHello with the 150; Finished, all data.
    // After the first download the server waits for the client's end, which from so far comes too late; so it waits no
    // more.
    constexpr int transfer = 2 + 1 + 2 + 2, end = 2, size = 2;
    (void)network.run(client.list());
    EXPECT_EQ(ways_between_the_ends(), transfer + end);
    network.run(client.download("a.txt", again));
    EXPECT_EQ(ways_between_the_ends(), size + transfer);
    TextSource source{"hello"};
    network.run(client.upload(source, "b.txt"));
    EXPECT_EQ(ways_between_the_ends(), size + transfer);
  }
  server.stop();
  network.advance(1h);
}

}  // namespace
