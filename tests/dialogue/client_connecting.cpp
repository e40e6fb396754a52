#include <ftplike/client/connecting.hpp>

#include <gtest/gtest.h>

#include <ftplike/client/proxy.hpp>

#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;
using namespace std::string_literals;

// The way to a server: its addresses, and proxies.

namespace {

/// A proxy at 10.0.0.5, port 1080: says what it is told to say to each first words, then connects to the port of
/// 127.0.0.1 that the last of them ends with, and passes on what comes.
class TestProxy {
 public:
  using Answer = std::function<std::string(const std::string&)>;

  TestProxy(TestNetwork& network, Answer answer)
      : host_{network.host("10.0.0.5")},
        acceptor_{host_.listen(host_.executor(), {asio::ip::make_address("10.0.0.5"), 1080})},
        answer_{std::move(answer)} {
    start_on(host_.executor(), serve(), {}, [](std::exception_ptr) {});
  }
  std::size_t connections() const { return connections_; }
  const std::string& heard() const { return heard_; }
  /// What it connects to when it has answered.
  std::optional<std::uint16_t> target;

 private:
  using Stream = SimulatedTransport::Stream;

  awaitable<void> serve() {
    for (;;) {
      Stream stream = co_await acceptor_.accept(host_.executor());
      ++connections_;
      start_on(host_.executor(), pass(std::move(stream)), {}, [](std::exception_ptr) {});
    }
  }
  awaitable<void> pass(Stream client) {
    target.reset();
    std::string pending;
    while (!target) {
      std::array<std::byte, 4096> room;
      const std::size_t n = co_await client.read_some(room);
      if (n == 0) co_return;
      heard_ += as_text(std::span{room}.first(n));
      pending += as_text(std::span{room}.first(n));
      const std::string said = answer_(pending);
      if (said.empty()) continue;
      pending.clear();
      co_await client.write(as_bytes(said));
    }
    const Endpoint where{asio::ip::make_address("127.0.0.1"), *target};
    Stream server = co_await host_.connect(where);
    auto both = std::make_shared<std::pair<Stream, Stream>>(std::move(client), std::move(server));
    start_on(host_.executor(), relay(both, both->second, both->first), {}, [](std::exception_ptr) {});
    co_await relay(both, both->first, both->second);
  }
  static awaitable<void> relay(std::shared_ptr<const void>, Stream& from, Stream& to) {
    for (;;) {
      std::array<std::byte, 4096> room;
      const std::size_t n = co_await from.read_some(room);
      if (n == 0) break;
      co_await to.write(std::span{room}.first(n));
    }
    co_await to.finish();
  }

  SimulatedTransport host_;
  SimulatedTransport::Acceptor acceptor_;
  Answer answer_;
  std::size_t connections_ = 0;
  std::string heard_;
};

std::uint16_t port_at_the_end(const std::string& bytes) {
  const auto byte = [&](std::size_t back) { return static_cast<unsigned char>(bytes[bytes.size() - back]); };
  return static_cast<std::uint16_t>(byte(2) << 8 | byte(1));
}

ClientOptions through(const std::string& proxy) {
  ClientOptions options;
  options.proxy = proxy;
  return options;
}

/// The error of a login that has to fail.
ClientError no_way(TestNetwork& network, const Url& url, const ClientOptions& options = {}) {
  return error_of(network, connect(network, url, options));
}

}  // namespace

TEST(ClientReach, TriesTheNextAddressWhereOneIsRefused) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  network.host("10.0.0.9");
  network.name("server.example", {"10.0.0.9", "127.0.0.1"});
  const Time before = network.now();
  TestClient client = log_in(network, {}, "server.example");
  EXPECT_EQ(client.peer().address().to_string(), "127.0.0.1");
  EXPECT_EQ(network.now(), before);
}

TEST(ClientReach, TriesTheNextAddressAfterAQuarterOfASecondOfSilence) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  network.host("10.0.0.9");
  network.unplug("10.0.0.9");
  network.name("server.example", {"10.0.0.9", "127.0.0.1"});
  const Time before = network.now();
  TestClient client = log_in(network, {}, "server.example");
  EXPECT_EQ(client.peer().address().to_string(), "127.0.0.1");
  EXPECT_EQ(network.now() - before, 250ms);
  network.settle();
  EXPECT_EQ(network.open_streams(), 2u);
}

TEST(ClientReach, TakesTheAddressThatAnswersFirst) {
  TestNetwork network{1, {.delay = 400ms}};
  auto server = serve(network, {}, some_users());
  network.name("server.example", {"127.0.0.1", "::1"});
  TestClient client = log_in(network, {}, "server.example");
  EXPECT_EQ(client.peer().address().to_string(), "127.0.0.1");
  client.close();
  network.advance(1s);
  EXPECT_EQ(server.sessions(), 0u);
}

TEST(ClientReach, TakesTheFamiliesOfAddressesInTurn) {
  const auto endpoint = [](const char* text) { return Endpoint{asio::ip::make_address(text), 21}; };
  const auto mixed =
      detail::in_turn({endpoint("::1"), endpoint("::2"), endpoint("::3"), endpoint("10.0.0.1"), endpoint("10.0.0.2")});
  EXPECT_EQ(mixed, (std::vector<Endpoint>{endpoint("::1"), endpoint("10.0.0.1"), endpoint("::2"), endpoint("10.0.0.2"),
                                          endpoint("::3")}));
  EXPECT_TRUE(detail::in_turn({}).empty());
}

TEST(ClientReach, GivesUpWhenAllAddressesHave) {
  TestNetwork network{1};
  network.host("10.0.0.8");
  network.host("10.0.0.9");
  network.unplug("10.0.0.9");
  network.name("server.example", {"10.0.0.9", "10.0.0.8"});
  const Time before = network.now();
  EXPECT_EQ(no_way(network, "ftp://server.example").code(), Errc::timed_out);
  EXPECT_EQ(network.now() - before, 30s);
}

/// A network whose names nobody ever looks up.
struct NamelessNetwork : TestNetwork {
  using TestNetwork::TestNetwork;
  awaitable<std::vector<Endpoint>> resolve(std::string, std::uint16_t) {
    co_await sleep_until(Time::max());
    co_return std::vector<Endpoint>{};
  }
};

TEST(ClientReach, IsNotWaitedForWhereItsNameIsNeverLookedUp) {
  NamelessNetwork network{1};
  const Time begin = network.now();
  ClientOptions options;
  options.limits.connect = 10s;
  const ClientError error = error_of(network, connect(network, "ftp://nowhere.example", options));
  EXPECT_EQ(error.code(), Errc::timed_out);
  EXPECT_EQ(network.now() - begin, 10s);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(ClientReach, CanBeCancelledWhileNobodyAnswers) {
  TestNetwork network{1};
  network.host("10.0.0.9");
  network.unplug("10.0.0.9");
  Started trying{network, connect(network, "ftp://10.0.0.9")};
  EXPECT_FALSE(trying.done());
  trying.cancel(network);
  EXPECT_TRUE(trying.done());
  EXPECT_THROW(trying.result(), ClientError);
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(ClientProxy, OfSocksPassesBothConnectionsOn) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestProxy* self = nullptr;
  TestProxy proxy{network, [&self](const std::string& said) -> std::string {
                    if (said == "\5\1\0"s) return "\5\0"s;
                    self->target = port_at_the_end(said);
                    return "\5\0\0\1\0\0\0\0\0\0"s;
                  }};
  self = &proxy;
  TestClient client = log_in(network, through("socks5://10.0.0.5:1080"));
  EXPECT_EQ(network.run(text_of(client, "a")), "hello");
  EXPECT_EQ(client.peer().address().to_string(), "10.0.0.5");
  EXPECT_EQ(proxy.connections(), 2u);
  EXPECT_TRUE(proxy.heard().starts_with("\5\1\0\5\1\0\1\x7f\0\0\1\x0d\x80"s));
}

TEST(ClientProxy, OfSocksLearnsTheNameAndThePassword) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  TestProxy* self = nullptr;
  TestProxy proxy{network, [&self](const std::string& said) -> std::string {
                    if (said == "\5\2\0\2"s) return "\5\2"s;
                    if (said == "\1\3ann\6secret") return "\1\0"s;
                    self->target = port_at_the_end(said);
                    return "\5\0\0\3\4name\0\0"s;
                  }};
  self = &proxy;
  TestClient client = log_in(network, through("socks5://ann:secret@10.0.0.5"), "server.example");
  EXPECT_TRUE(client.is_open());
  EXPECT_NE(proxy.heard().find("\5\1\0\3\x0eserver.example\x0d\x80"s), std::string::npos);
}

TEST(ClientProxy, OfHttpPassesBothConnectionsOn) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestProxy* self = nullptr;
  TestProxy proxy{network, [&self](const std::string& said) -> std::string {
                    if (!said.ends_with("\r\n\r\n")) return {};
                    const auto colon = said.find(':');
                    self->target = static_cast<std::uint16_t>(std::stoi(said.substr(colon + 1)));
                    return "HTTP/1.1 200 Connection established\r\nVia: 1\r\n\r\n";
                  }};
  self = &proxy;
  TestClient client = log_in(network, through("http://ann:secret@10.0.0.5:1080"), "server.example");
  EXPECT_EQ(network.run(text_of(client, "a")), "hello");
  EXPECT_EQ(proxy.connections(), 2u);
  EXPECT_TRUE(
      proxy.heard().starts_with("CONNECT server.example:3456 HTTP/1.1\r\nHost: server.example:3456\r\n"
                                "Proxy-Authorization: Basic YW5uOnNlY3JldA==\r\n\r\n"))
      << proxy.heard();
}

TEST(ClientProxy, TellsWhyItRefuses) {
  TestNetwork network{1};
  std::string answer;
  TestProxy proxy{network, [&answer](const std::string& said) { return said == "\5\1\0"s ? "\5\0"s : answer; }};
  const auto refused = [&](const std::string& its_answer, const std::string& way) {
    answer = its_answer;
    return no_way(network, "ftp://10.0.0.2", through(way + "://10.0.0.5:1080"));
  };
  EXPECT_EQ(refused("\5\5\0\1\0\0\0\0\0\0"s, "socks5").code(), std::errc::connection_refused);
  EXPECT_EQ(refused("\5\2\0\1\0\0\0\0\0\0"s, "socks5").code(), std::errc::permission_denied);
  EXPECT_EQ(refused("HTTP/1.0 407 Who are you?\r\n\r\n", "http").code(), std::errc::permission_denied);
  EXPECT_EQ(refused("HTTP/1.0 503 No\r\n\r\n", "http").code(), std::errc::connection_refused);
  EXPECT_EQ(refused("SSH-2.0 is not what you want\r\n\r\n", "http").code(), Errc::bad_reply);
  EXPECT_EQ(refused(std::string(20'000, 'x'), "http").code(), Errc::bad_reply);
  EXPECT_EQ(std::string{refused("HTTP/1.0 503 No\r\n\r\n", "http").what()},
            "connect: 10.0.0.2 port 21 through 10.0.0.5 port 1080: " +
                std::make_error_code(std::errc::connection_refused).message());
}

TEST(ClientProxy, IsNotWaitedForForEver) {
  TestNetwork network{1};
  TestProxy proxy{network, [](const std::string&) { return std::string{}; }};
  const Time before = network.now();
  EXPECT_EQ(no_way(network, "ftp://10.0.0.2", through("socks5://10.0.0.5:1080")).code(), Errc::timed_out);
  EXPECT_EQ(network.now() - before, 30s);
}

TEST(ClientProxy, HasAUrl) {
  TestNetwork network{1};
  EXPECT_EQ(no_way(network, "ftp://10.0.0.2", through("10.0.0.5:1080")).code(), std::errc::invalid_argument);
  const auto proxy = detail::Proxy::parse("socks5h://ann:s%40@[::1]:99/");
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->where.host, "::1");
  EXPECT_EQ(proxy->where.port, 99);
  EXPECT_EQ(proxy->where.password, "s@");
  EXPECT_EQ(detail::Proxy::parse("http://h")->where.port, 8080);
  EXPECT_FALSE(detail::Proxy::parse("ftp://h"));
}

TEST(ClientConnecting, IsWhatAClientWaitsForThatIsMadeOfNothing) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestClient client;
  EXPECT_FALSE(client.is_open());
  client.close();
  network.run(client.quit());
  TextSink sink;
  TextSource source{"hello"};
  EXPECT_EQ(error_of(network, client.pwd()).code(), std::errc::not_connected);
  EXPECT_EQ(error_of(network, client.noop()).code(), std::errc::not_connected);
  EXPECT_EQ(error_of(network, client.list()).code(), std::errc::not_connected);
  EXPECT_EQ(error_of(network, client.set_modified("a", Timestamp{})).code(), std::errc::not_connected);
  EXPECT_EQ(error_of(network, client.download("a", sink)).code(), std::errc::not_connected);
  EXPECT_EQ(error_of(network, client.upload(source, "a")).code(), std::errc::not_connected);
  EXPECT_EQ(error_of(network, client.open("a")).code(), std::errc::not_connected);
  EXPECT_THROW((void)client.features(), ClientError);
  client = network.run(connect(network, anna()));
  EXPECT_TRUE(client.is_open());
  EXPECT_EQ(network.run(client.size("a")), 5u);
}
