#pragma once
// A TLS client that a test holds in its own hand, outside any coroutine.
#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/io/simulated.hpp>
#include <ftplike/io/tls.hpp>

/// A simulated connection that begins in clear and can be secured, as a client would. What the other end makes of it
/// happens when the network settles.
class TlsPeer {
 public:
  TlsPeer(ftplike::SimulatedNetwork& network, ftplike::SimulatedPeer peer)
      : network_{network}, peer_{std::move(peer)} {}

  /// **Errors:** `std::system_error` if the handshake fails, or does not end when the network settles.
  void secure(const ftplike::TlsClientSettings& settings, const std::string& host = "localhost") {
    tls_ = std::make_unique<Connection>(std::make_shared<const ftplike::detail::tls::ClientContext>(settings), host);
    shake_hands();
  }
  /// The same as a data connection of that control connection.
  void secure(TlsPeer& control) {
    tls_ = control.tls_->connecting_data();
    shake_hands();
  }

  void type(std::string_view text) {
    if (!tls_) return peer_.type(text);
    if (!tls_->engine.write(ftplike::as_bytes(text))) throw std::system_error(tls_->engine.failure());
    send();
  }
  /// What has come by now.
  std::string text() {
    std::string all = peer_.text();
    if (!tls_) return all;
    ciphertext_ += all;
    all.clear();
    std::array<std::byte, 16 * 1024> room;
    for (;;) {
      std::size_t n = 0;
      const Step step = tls_->engine.read(room, n);
      all += ftplike::as_text(std::span{room}.first(n));
      if (step == Step::ended) said_goodbye_ = true;
      if (step == Step::failed) throw std::system_error(tls_->engine.failure());
      if (step == Step::ended || (step == Step::hungry && !feed())) return all;
    }
  }
  /// Says goodbye, if it is secured, and that no more will be typed.
  void finish() {
    if (tls_) {
      tls_->engine.say_goodbye();
      send();
    }
    peer_.finish();
  }
  /// Ends the connection without a goodbye.
  void hang_up() { peer_.hang_up(); }
  /// Whether the other end has finished; what it said before has been taken by `text`.
  bool ended() const { return peer_.ended(); }
  /// Whether it said so within TLS, as `text` found.
  bool said_goodbye() const { return said_goodbye_; }
  bool resumed() const { return SSL_session_reused(tls_->engine.ssl()) == 1; }
  /// What lies under it, to be spoilt.
  ftplike::SimulatedPeer& wire() { return peer_; }

 private:
  using Connection = ftplike::detail::tls::Connection;
  using Step = ftplike::detail::tls::Step;

  void shake_hands() {
    for (;;) {
      const Step step = tls_->engine.shake_hands();
      send();
      if (step == Step::done) return;
      if (step == Step::failed) throw std::system_error(tls_->engine.failure());
      if (ciphertext_.empty()) {
        network_.settle();
        ciphertext_ = peer_.text();
      }
      if (!feed()) throw std::system_error(ftplike::Errc::peer_lost);
    }
  }
  bool feed() {
    const auto room = tls_->engine.room();
    const std::size_t n = std::min(room.size(), ciphertext_.size());
    if (n == 0) return false;
    const auto bytes = ftplike::as_bytes(ciphertext_).first(n);
    std::copy(bytes.begin(), bytes.end(), room.begin());
    tls_->engine.received(n);
    ciphertext_.erase(0, n);
    return true;
  }
  void send() {
    for (auto bytes = tls_->engine.output(); !bytes.empty(); bytes = tls_->engine.output()) {
      peer_.type(ftplike::as_text(bytes));
      tls_->engine.sent(bytes.size());
    }
  }

  ftplike::SimulatedNetwork& network_;
  ftplike::SimulatedPeer peer_;
  std::unique_ptr<Connection> tls_;
  std::string ciphertext_;
  bool said_goodbye_ = false;
};
