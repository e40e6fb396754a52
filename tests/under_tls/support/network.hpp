#pragma once
// What dialogues and faults run on, in place of tests/support/network.hpp: a simulated network where every connection
// to a server is secured from its first byte on, control and data. The tests do not notice.
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include <ftplike/simulated/gtest.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/tls/transport.hpp>
#include <ftplike/verbs/security.hpp>

#include "support/certificates.hpp"
#include "support/tls_peer.hpp"

/// What both ends show and trust, made once.
struct TestIdentity {
  static const TestIdentity& get() {
    static const TestIdentity identity;
    return identity;
  }

  ftplike::TlsServer server;
  ftplike::TlsClient client;
  std::shared_ptr<const TlsPeer::Context> peer;

 private:
  TestIdentity() {
    Certificates certificates;
    const auto files = certificates.issue("server");
    ftplike::TlsServerSettings shown;
    shown.certificate = files.certificate;
    shown.key = files.key;
    server = ftplike::TlsServer{shown};
    ftplike::TlsClientSettings trusting;
    trusting.insecure = true;  // whatever the name by which a test reaches a server
    client = ftplike::TlsClient{trusting};
    peer = std::make_shared<const TlsPeer::Context>(trusting);
  }
};

using TestPeer = TlsPeer;

/// Begins, as a client of the test's server.
inline TestPeer secured(ftplike::SimulatedNetwork& network, ftplike::SimulatedPeer peer) {
  TestPeer made{network, std::move(peer)};
  made.begin_to_secure(TestIdentity::get().peer, "127.0.0.1");
  return made;
}

/// A listening socket of a client: whoever connects, the server, is asked for a handshake at once.
class TestListener {
 public:
  TestListener(ftplike::SimulatedNetwork& network, ftplike::SimulatedListener listener)
      : state_{std::make_shared<State>(network, std::move(listener))} {
    ftplike::start_on(network.executor(), take_all(state_));
  }
  TestListener(TestListener&&) noexcept = default;
  TestListener& operator=(TestListener&&) = delete;
  ~TestListener() {
    if (state_) state_->listener.reset();
  }

  std::size_t waiting() const { return state_->waiting.size() + state_->listener->waiting(); }
  TestPeer take() {
    if (state_->waiting.empty()) throw std::logic_error("nobody has connected to the test's listener");
    TestPeer first = std::move(state_->waiting.front());
    state_->waiting.pop_front();
    return first;
  }

 private:
  struct State {
    State(ftplike::SimulatedNetwork& its_network, ftplike::SimulatedListener its_listener)
        : network{its_network}, listener{std::move(its_listener)} {}

    ftplike::SimulatedNetwork& network;
    std::optional<ftplike::SimulatedListener> listener;
    std::list<TestPeer> waiting;
  };
  static ftplike::awaitable<void> take_all(std::shared_ptr<State> state) {
    while (state->listener) {
      co_await state->listener->arrival();
      state->waiting.push_back(secured(state->network, state->listener->take()));
    }
  }

  std::shared_ptr<State> state_;
};

class TestNetwork : public ftplike::TlsTransport<ftplike::SimulatedNetwork> {
 public:
  explicit TestNetwork(std::uint64_t seed, const ftplike::NetworkConditions& conditions = {})
      : TlsTransport{TestIdentity::get().client, TestIdentity::get().server, seed, conditions} {}

  TestPeer dial(const ftplike::Endpoint& where, const ftplike::Address& from = {}) {
    return secured(*this, SimulatedNetwork::dial(where, from));
  }
  TestListener listen_raw(const ftplike::Endpoint& where) {
    return TestListener{*this, SimulatedNetwork::listen_raw(where)};
  }
};

inline constexpr auto beginning_of_sessions = ftplike::Beginning::implicit_tls;

/// A connection to a server, as a transport gives it, that takes commands.
inline ftplike::awaitable<TestNetwork::Stream> connection_to(TestNetwork& network, ftplike::Endpoint where) {
  auto stream = co_await network.connect(where);
  co_await stream.connect_tls(network.tls_client(), "127.0.0.1");
  co_return stream;
}

/// The handshakes of a server with a client's control and data connection.
inline ftplike::awaitable<void> welcome(TestNetwork::Stream& control) {
  return control.accept_tls(TestIdentity::get().server);
}
inline ftplike::awaitable<void> welcome(TestNetwork::Stream& data, TestNetwork::Stream& control) {
  if (!data.secured()) co_await data.accept_tls(control);
}
