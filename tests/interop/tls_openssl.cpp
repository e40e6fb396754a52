// TLS over real sockets: with OpenSSL's own client and server, and with itself.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>
#include <support/certificates.hpp>
#include <support/process.hpp>
#include <support/started.hpp>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <ftplike/tls/transport.hpp>

namespace {

using namespace ftplike;
using namespace std::chrono_literals;
using Stream = TlsTransport<>::Stream;

const Endpoint anywhere{asio::ip::address_v4::loopback(), 0};

awaitable<std::string> read_all(Stream& stream, std::size_t size = std::string::npos) {
  std::string text;
  std::string room(100'000, '?');
  while (text.size() < size) {
    const auto part = std::as_writable_bytes(std::span{room}).first(std::min(room.size(), size - text.size()));
    const std::size_t n = co_await stream.read_some(part);
    if (n == 0) break;
    text.append(room, 0, n);
  }
  co_return text;
}

/// What a piece of a test does on the network, on a thread of its own while the test talks to a program.
class Beneath {
 public:
  Beneath(TlsTransport<>& network, awaitable<void> operation)
      : operation_{network.executor(), within(network, 50s, std::move(operation))}, thread_{[&network] {
          network.run();
        }} {}
  ~Beneath() { thread_.join(); }
  /// How it ended.
  std::error_code error() {
    thread_.join();
    thread_ = std::thread{[] {}};
    EXPECT_TRUE(operation_.done());
    return operation_.error();
  }

 private:
  Started<void> operation_;
  std::thread thread_;
};

class TlsAndOpenssl : public testing::TestWithParam<TlsVersion> {
 protected:
  TlsAndOpenssl() : files_{certificates.issue("server")} {}

  TlsServerSettings server_settings(TlsReuse reuse = TlsReuse::required) const {
    TlsServerSettings settings;
    settings.certificate = files_.certificate;
    settings.key = files_.key;
    settings.newest = GetParam();
    settings.reuse = reuse;
    return settings;
  }
  TlsClient client() const {
    TlsClientSettings settings;
    settings.ca_file = certificates.authority();
    return TlsClient{settings};
  }
  Process s_client(const Endpoint& where, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"openssl",
                                   "s_client",
                                   "-connect",
                                   "127.0.0.1:" + std::to_string(where.port()),
                                   "-quiet",
                                   "-CAfile",
                                   certificates.authority(),
                                   "-verify_return_error",
                                   "-verify_hostname",
                                   "localhost",
                                   "-nocommands"};
    words.insert(words.end(), more.begin(), more.end());
    return Process{std::move(words)};
  }
  Process s_server() const {
    return Process{{"openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", files_.certificate, "-key", files_.key,
                    "-rev", GetParam() == TlsVersion::tls_1_2 ? "-tls1_2" : "-tls1_3"}};
  }

  Certificates certificates;

 private:
  CertificateFiles files_;
};

std::string name_of(const testing::TestParamInfo<TlsVersion>& version) {
  return version.param == TlsVersion::tls_1_2 ? "Tls12" : "Tls13";
}
INSTANTIATE_TEST_SUITE_P(Versions, TlsAndOpenssl, testing::Values(TlsVersion::tls_1_2, TlsVersion::tls_1_3), name_of);

TEST_P(TlsAndOpenssl, AsServerKnowsTheDataConnectionsOfASession) {
  TlsTransport<> network{TlsServer{server_settings()}};
  auto acceptor = network.listen(network.executor(), anywhere);
  const auto serve = [](TlsTransport<>& net, TlsTransport<>::Acceptor& door) -> awaitable<void> {
    const Executor executor = co_await asio::this_coro::executor;
    Stream control = co_await door.accept(executor);
    co_await control.accept_tls(net.tls_server());
    constexpr std::string_view greeting = "220 Ready\r\n";
    co_await control.write(as_bytes(greeting));
    const std::string command = co_await read_all(control, 6);
    EXPECT_EQ(command, "RETR a");
    for (int i = 0; i < 3; ++i) {
      Stream data = co_await door.accept(executor);
      co_await data.accept_tls(control);
      EXPECT_TRUE(data.details().resumed);
      constexpr std::string_view content = "a file\n";
      co_await data.write(as_bytes(content));
      co_await data.part(net, 10s);
    }
    Stream stranger = co_await door.accept(executor);
    Settled<void> refused;
    co_await settle(stranger.accept_tls(control), refused);
    EXPECT_TRUE(refused.failed());
    stranger.close();
    constexpr std::string_view farewell = "221 Goodbye\r\n";
    co_await control.write(as_bytes(farewell));
    co_await control.finish();
  };
  Beneath server{network, serve(network, acceptor)};
  const std::string session = certificates.path("session.pem");
  Process control = s_client(acceptor.endpoint(), {"-sess_out", session, "-alpn", "ftp"});
  EXPECT_EQ(control.line(), "220 Ready\r");
  control.say("RETR a");
  for (int i = 0; i < 3; ++i) {
    Process data = s_client(acceptor.endpoint(), {"-sess_in", session});
    EXPECT_EQ(data.line(), "a file");
    data.close_input();
    EXPECT_EQ(data.wait(), 0);
  }
  Process stranger = s_client(acceptor.endpoint());
  stranger.close_input();
  stranger.wait();
  EXPECT_EQ(control.line(), "221 Goodbye\r");
  EXPECT_EQ(server.error(), std::error_code{});
}

TEST_P(TlsAndOpenssl, AsServerRefusesAClientThatWantsAnotherProtocol) {
  TlsTransport<> network{TlsServer{server_settings()}};
  auto acceptor = network.listen(network.executor(), anywhere);
  const auto serve = [](TlsTransport<>& net, TlsTransport<>::Acceptor& door) -> awaitable<void> {
    const Executor executor = co_await asio::this_coro::executor;
    Stream control = co_await door.accept(executor);
    co_await control.accept_tls(net.tls_server());
  };
  Beneath server{network, serve(network, acceptor)};
  Process browser = s_client(acceptor.endpoint(), {"-alpn", "h2,http/1.1"});
  EXPECT_NE(browser.wait(), 0);
  EXPECT_EQ(server.error().message(), "TLS: no application protocol");
}

TEST_P(TlsAndOpenssl, AsClientResumesOnDataConnections) {
  Process peer = s_server();
  const auto told = peer.line_after("ACCEPT 127.0.0.1:");
  const Endpoint where{asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(told))};
  TlsTransport<> network{client()};
  const auto converse = [](TlsTransport<>& net, Endpoint there) -> awaitable<void> {
    constexpr std::string_view word = "NOOP\n";
    Stream control = co_await net.connect(there);
    co_await control.connect_tls(net.tls_client(), "localhost");
    co_await control.write(as_bytes(word));
    const std::string echo = co_await read_all(control, word.size());
    EXPECT_EQ(echo, "POON\n");
    co_await control.finish();  // this server has one connection at a time
    for (int i = 0; i < 3; ++i) {
      Stream data = co_await net.connect(there);
      co_await data.connect_tls(control);
      EXPECT_TRUE(data.details().resumed);
      co_await data.write(as_bytes(word));
      const std::string again = co_await read_all(data, word.size());
      EXPECT_EQ(again, "POON\n");
      co_await data.finish();
    }
  };
  Beneath ours{network, converse(network, where)};
  EXPECT_EQ(ours.error(), std::error_code{});
}

TEST_P(TlsAndOpenssl, AsClientSaysWhyItDoesNotTrustAServer) {
  Process peer = s_server();
  const auto told = peer.line_after("ACCEPT 127.0.0.1:");
  const Endpoint where{asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(told))};
  TlsTransport<> network{client()};
  const auto call = [](TlsTransport<>& net, Endpoint there) -> awaitable<void> {
    Stream control = co_await net.connect(there);
    co_await control.connect_tls(net.tls_client(), "ftp.example");
  };
  Beneath ours{network, call(network, where)};
  EXPECT_EQ(ours.error().message(), "the certificate is for another host");
}

TEST_P(TlsAndOpenssl, SendsAFileFromWhereItIsToldInClearAndSecured) {
  std::string content;
  for (int i = 0; content.size() < 3'000'000; ++i) content += std::to_string(i) + ' ';
  const std::string path = certificates.path("file");
  {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out{std::fopen(path.c_str(), "w"), &std::fclose};
    ASSERT_EQ(std::fwrite(content.data(), 1, content.size(), out.get()), content.size());
  }
  const OwnedDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  for (const bool secured : {false, true}) {
    TlsTransport<> network{client(), TlsServer{server_settings()}};
    auto acceptor = network.listen(network.executor(), anywhere);
    const auto serve = [](TlsTransport<>& net, TlsTransport<>::Acceptor& door, int from, bool tls) -> awaitable<void> {
      const Executor executor = co_await asio::this_coro::executor;
      Stream data = co_await door.accept(executor);
      if (tls) co_await data.accept_tls(net.tls_server());
      std::uint64_t position = 1000;
      for (;;) {
        const std::size_t n = co_await data.send_file(from, position, 1'000'000);
        if (n == 0) break;
        position += n;
      }
      co_await data.finish();
    };
    std::string heard;
    const auto fetch = [](TlsTransport<>& net, Endpoint there, bool tls, std::string& result) -> awaitable<void> {
      Stream data = co_await net.connect(there);
      if (tls) co_await data.connect_tls(net.tls_client(), "localhost");
      std::string all = co_await read_all(data);
      result = std::move(all);
    };
    Started<void> serving{network.executor(), serve(network, acceptor, file.get(), secured)};
    Beneath ours{network, fetch(network, acceptor.endpoint(), secured, heard)};
    EXPECT_EQ(ours.error(), std::error_code{});
    EXPECT_TRUE(serving.done());
    EXPECT_FALSE(serving.error());
    EXPECT_TRUE(heard == content.substr(1000));
  }
}

TEST(TlsOnALoopOfTheProgram, SecuresWhatRunsThere) {
  Certificates certificates;
  const CertificateFiles files = certificates.issue("server");
  TlsServerSettings shown;
  shown.certificate = files.certificate;
  shown.key = files.key;
  TlsClientSettings trusting;
  trusting.ca_file = certificates.authority();
  asio::io_context loop;
  TlsTransport<> network{TlsClient{trusting}, TlsServer{shown}, loop};
  auto acceptor = network.listen(network.executor(), anywhere);
  const auto greet = [](TlsTransport<>& net, TlsTransport<>::Acceptor& door) -> awaitable<void> {
    const Executor executor = co_await asio::this_coro::executor;
    Stream control = co_await door.accept(executor);
    co_await control.accept_tls(net.tls_server());
    constexpr std::string_view greeting = "220 Ready\r\n";
    co_await control.write(as_bytes(greeting));
    co_await control.finish();
  };
  std::string heard;
  const auto hear = [](TlsTransport<>& net, Endpoint there, std::string& result) -> awaitable<void> {
    Stream control = co_await net.connect(there);
    co_await control.connect_tls(net.tls_client(), "localhost");
    std::string all = co_await read_all(control);
    result = std::move(all);
  };
  Started<void> greeting{network.executor(), greet(network, acceptor)};
  Started<void> hearing{network.executor(), hear(network, acceptor.endpoint(), heard)};
  loop.run();
  EXPECT_TRUE(greeting.done() && hearing.done());
  EXPECT_EQ(heard, "220 Ready\r\n");
}

}  // namespace
