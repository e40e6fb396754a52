#pragma once
// What the tests of TLS share: the two ends of a connection over a simulated network.
#include <algorithm>
#include <array>
#include <cstddef>
#include <gtest/gtest.h>
#include <span>
#include <string>
#include <string_view>
#include <support/certificates.hpp>
#include <support/started.hpp>
#include <system_error>
#include <utility>

#include <ftplike/simulated/network.hpp>
#include <ftplike/tls/transport.hpp>

using TlsNetwork = ftplike::TlsTransport<ftplike::SimulatedTransport>;
using TlsEnd = TlsNetwork::Stream;

/// Reads up to `most` bytes, as text.
inline ftplike::awaitable<std::string> read(TlsEnd& stream, std::size_t most = 100'000) {
  std::string text(most, '?');
  const auto room = std::as_writable_bytes(std::span{text});
  const std::size_t n = co_await stream.read_some(room);
  text.resize(n);
  co_return text;
}
/// Reads as many bytes, or to the end.
inline ftplike::awaitable<std::string> read_all(TlsEnd& stream, std::size_t size = std::string::npos) {
  std::string text;
  while (text.size() < size) {
    const std::string part = co_await read(stream, std::min<std::size_t>(size - text.size(), 100'000));
    if (part.empty()) break;
    text += part;
  }
  co_return text;
}
inline ftplike::awaitable<void> write(TlsEnd& stream, std::string text) {
  co_await stream.write(ftplike::as_bytes(text));
}
inline ftplike::awaitable<void> write_and_finish(TlsEnd& stream, std::string text) {
  co_await stream.write(ftplike::as_bytes(text));
  co_await stream.finish();
}

/// The two ends of a connection.
struct Ends {
  TlsEnd server, client;
};

/// A new connection, in clear.
inline Ends connect(ftplike::SimulatedNetwork& network) {
  TlsNetwork tls{ftplike::TlsServer{}, network};
  auto acceptor = tls.listen(network.executor(), {asio::ip::address_v4::loopback(), 0});
  auto client = network.run(tls.connect(acceptor.endpoint()));
  auto server = network.run(acceptor.accept(network.executor()));
  return {std::move(server), std::move(client)};
}

/// How the two operations of a handshake ended.
struct Outcome {
  std::error_code server, client;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};
inline const Outcome good{};

inline Outcome both(ftplike::SimulatedNetwork& network, ftplike::awaitable<void> server,
                    ftplike::awaitable<void> client) {
  Started<void> one{network.executor(), std::move(server)}, other{network.executor(), std::move(client)};
  network.settle();
  EXPECT_TRUE(one.done());
  EXPECT_TRUE(other.done());
  return {one.error(), other.error()};
}

/// A server and a client that trusts it, and connections between them.
class Pair {
 public:
  explicit Pair(ftplike::SimulatedNetwork& its_network, ftplike::TlsServerSettings its_server = {},
                ftplike::TlsClientSettings its_client = {})
      : network{its_network}, server{complete(std::move(its_server))}, client{complete(std::move(its_client))} {}

  /// A control connection, secured.
  Ends control() {
    Ends ends = connect(network);
    EXPECT_EQ(both(network, ends.server.accept_tls(server), ends.client.connect_tls(client, "localhost")), good);
    return ends;
  }
  /// Secures a data connection of these control connections' ends.
  Outcome secure_data(Ends& data, TlsEnd& server_control, TlsEnd& client_control) {
    return both(network, data.server.accept_tls(server_control), data.client.connect_tls(client_control));
  }
  /// What `from` says and `to` hears.
  std::string say(TlsEnd& from, TlsEnd& to, const std::string& text) {
    Started<void> said{network.executor(), write(from, text)};
    return network.run(read_all(to, text.size()));
  }

  ftplike::SimulatedNetwork& network;
  Certificates certificates;
  ftplike::TlsServer server;
  ftplike::TlsClient client;

 private:
  ftplike::TlsServerSettings complete(ftplike::TlsServerSettings settings) {
    const auto files = certificates.issue("server");
    settings.certificate = files.certificate;
    settings.key = files.key;
    return settings;
  }
  ftplike::TlsClientSettings complete(ftplike::TlsClientSettings settings) {
    settings.ca_file = certificates.authority();
    return settings;
  }
};

/// A connection whose ends have the test between them: it decides what gets through.
class Relay {
  ftplike::SimulatedNetwork& network_;
  ftplike::SimulatedListener listener_;

 public:
  explicit Relay(ftplike::SimulatedNetwork& network)
      : network_{network}, listener_{network.listen_raw({asio::ip::address_v4::loopback(), 0})} {}

  TlsEnd client = open(), server = open();
  ftplike::SimulatedPeer at_client = listener_.take(), at_server = listener_.take();

  /// Lets everything through, in both directions, until nothing more is said.
  void pump() {
    for (bool something = true; something;) {
      network_.settle();
      const std::string up = at_client.text(), down = at_server.text();
      at_server.type(up);
      at_client.type(down);
      something = !up.empty() || !down.empty();
    }
  }
  Outcome shake_hands(Pair& pair) {
    Started<void> one{network_.executor(), server.accept_tls(pair.server)};
    Started<void> other{network_.executor(), client.connect_tls(pair.client, "localhost")};
    pump();
    EXPECT_TRUE(one.done());
    EXPECT_TRUE(other.done());
    return {one.error(), other.error()};
  }

 private:
  TlsEnd open() {
    TlsNetwork tls{ftplike::TlsServer{}, network_};
    return network_.run(tls.connect(listener_.endpoint()));
  }
};
