#pragma once
// A TLS client that a test holds in its own hand, outside any coroutine.
#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/simulated/network.hpp>
#include <ftplike/tls/transport.hpp>

/// A simulated connection that begins in clear and can be secured, as a client would. What the other end makes of it
/// happens when the network settles, and the handshake, too.
class TlsPeer {
 public:
  using Context = ftplike::detail::tls::ClientContext;

  TlsPeer(ftplike::SimulatedNetwork& network, ftplike::SimulatedPeer peer)
      : network_{&network}, state_{std::make_shared<State>(std::move(peer))} {}
  TlsPeer(TlsPeer&&) noexcept = default;
  TlsPeer& operator=(TlsPeer&& other) noexcept {
    if (this != &other) hang_up();
    network_ = other.network_;
    state_ = std::move(other.state_);
    return *this;
  }
  ~TlsPeer() { hang_up(); }

  /// **Errors:** `std::system_error` if the handshake fails, or does not end when the network settles.
  void secure(const ftplike::TlsClientSettings& settings, const std::string& host = "localhost") {
    begin_to_secure(std::make_shared<const Context>(settings), host);
    expect_secured();
  }
  /// The same as a data connection of that control connection.
  void secure(TlsPeer& control) {
    begin(control.state_->tls->connecting_data());
    expect_secured();
  }
  /// Lets the handshake begin when the network settles. What is typed until it is done goes behind it.
  void begin_to_secure(TlsPeer& control) { begin(control.state_->tls->connecting_data()); }
  void begin_to_secure(std::shared_ptr<const Context> context, const std::string& host = "localhost") {
    begin(std::make_unique<Connection>(std::move(context), host));
  }

  void type(std::string_view text) {
    if (!state_->tls) return state_->wire.type(text);
    state_->typed += text;
    state_->send_typed();
  }
  /// What has come by now; where that is a part of a record, the network settles until all of it has.
  std::string text() {
    if (!state_->tls) return state_->wire.text();
    for (;;) {
      const bool more = state_->take();
      auto text = state_->decrypted();
      if (!more || !text.empty()) return text;
      network_->settle();
    }
  }
  /// Says goodbye, if it is secured, and that no more will be typed.
  void finish() {
    state_->finished = true;
    if (!state_->tls) return state_->wire.finish();
    state_->send_typed();
  }
  /// Ends the connection without a goodbye.
  void hang_up() {
    if (state_) state_->wire.hang_up();
  }
  /// Breaks it.
  void reset() { state_->wire.reset(); }
  /// Whether the other end has finished; what it said before has been taken by `text`.
  bool ended() const { return state_->wire.ended(); }
  bool was_reset() const { return state_->wire.was_reset(); }
  /// Whether it said so within TLS, as `text` found.
  bool said_goodbye() const { return state_->said_goodbye; }
  bool resumed() const { return SSL_session_reused(state_->tls->engine.ssl()) == 1; }
  /// Whether it has a session that it could resume elsewhere.
  bool has_session() const {
    const SSL_SESSION* const session = SSL_get_session(state_->tls->engine.ssl());
    return session && SSL_SESSION_is_resumable(session) == 1;
  }
  ftplike::Endpoint local() const { return state_->wire.local(); }
  ftplike::Endpoint remote() const { return state_->wire.remote(); }
  /// What lies under it, to be spoilt.
  ftplike::SimulatedPeer& wire() { return state_->wire; }

 private:
  using Connection = ftplike::detail::tls::Connection;
  using Step = ftplike::detail::tls::Step;

  struct State {
    explicit State(ftplike::SimulatedPeer peer) : wire{std::move(peer)} {}

    /// Takes what has come; gives whether that was something.
    bool take() {
      if (failure) std::rethrow_exception(failure);
      const auto more = ready ? wire.text() : std::string{};
      ciphertext += more;
      return !more.empty();
    }
    std::string decrypted() {
      std::string all;
      if (!ready) return all;
      std::array<std::byte, 16 * 1024> room;
      for (;;) {
        std::size_t n = 0;
        const Step step = tls->engine.read(room, n);
        all += ftplike::as_text(std::span{room}.first(n));
        if (step == Step::ended) said_goodbye = true;
        if (step == Step::failed) throw std::system_error(tls->engine.failure());
        if (step == Step::ended || (step == Step::hungry && !feed())) return all;
      }
    }
    bool feed() {
      const auto room = tls->engine.room();
      const std::size_t n = std::min(room.size(), ciphertext.size());
      if (n == 0) return false;
      const auto bytes = ftplike::as_bytes(ciphertext).first(n);
      std::copy(bytes.begin(), bytes.end(), room.begin());
      tls->engine.received(n);
      ciphertext.erase(0, n);
      return true;
    }
    void send() {
      for (auto bytes = tls->engine.output(); !bytes.empty(); bytes = tls->engine.output()) {
        wire.type(ftplike::as_text(bytes));
        tls->engine.sent(bytes.size());
      }
    }
    void send_typed() {
      if (!ready) return;
      const auto text = std::exchange(typed, {});
      for (auto rest = ftplike::as_bytes(text); !rest.empty();) {
        const auto part = rest.first(std::min(rest.size(), ftplike::detail::tls::Engine::piece));
        if (!tls->engine.write(part)) throw std::system_error(tls->engine.failure());
        send();
        rest = rest.subspan(part.size());
      }
      if (finished) tls->engine.say_goodbye();
      send();
      if (finished) wire.finish();
    }

    ftplike::SimulatedPeer wire;
    std::unique_ptr<Connection> tls;
    bool ready = false, finished = false, said_goodbye = false;
    std::string typed, ciphertext;
    std::exception_ptr failure;  // of the handshake, unless the connection ended
  };

  void begin(std::unique_ptr<Connection> connection) {
    state_->tls = std::move(connection);
    ftplike::start_on(network_->executor(), shake_hands(state_));
  }
  void expect_secured() {
    network_->settle();
    if (state_->failure) std::rethrow_exception(state_->failure);
    if (!state_->ready) throw std::system_error(ftplike::Errc::peer_lost);
  }
  static ftplike::awaitable<void> shake_hands(std::shared_ptr<State> state) {
    try {
      for (;;) {
        const Step step = state->tls->engine.shake_hands();
        state->send();
        if (step == Step::done) break;
        if (step == Step::failed) throw std::system_error(state->tls->engine.failure());
        if (state->feed()) continue;
        co_await state->wire.arrival();
        state->ciphertext = state->wire.text();
        if (state->ciphertext.empty()) co_return;
      }
      state->ready = true;
      state->send_typed();
    } catch (...) { state->failure = std::current_exception(); }
  }

  ftplike::SimulatedNetwork* network_;
  std::shared_ptr<State> state_;
};
