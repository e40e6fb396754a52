#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/asio.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/tls/client.hpp>
#include <ftplike/tls/engine.hpp>
#include <ftplike/tls/server.hpp>

namespace ftplike::inline v0_2::detail::tls {

/// How much is encrypted at a time: little where the peer takes little, for only a piece that went as a whole shows
/// that a slow peer still takes something. To grow it needs more of a window than it will then use at once.
class PieceSize {
 public:
  std::size_t get() const noexcept { return size_; }
  /// `writes` is how often the peer had to make room for the piece that went last.
  void note(std::size_t writes) noexcept {
    if (writes > 1) grows_next_ = false;
    if (writes > 2) size_ = std::max(size_ / 2, smallest);
    if (writes == 1 && std::exchange(grows_next_, !grows_next_)) size_ = std::min(size_ * 2, Engine::piece);
  }

 private:
  static constexpr std::size_t smallest = 4 * 1024;
  std::size_t size_ = smallest;
  bool grows_next_ = false;
};

/// One end of a TLS connection: the engine, and to whom it belongs.
class Connection {
 public:
  /// A server's end of a control connection.
  explicit Connection(std::shared_ptr<const ServerContext> context)
      : Connection{std::move(context), Belonging{new_owner(), false}} {
    belongs_to(std::nullopt);
  }
  /// A client's end, of a connection to that host.
  Connection(std::shared_ptr<const ClientContext> context, std::string host)
      : engine{context->get()}, client_{std::move(context)}, host_{std::move(host)} {
    SSL* const ssl = engine.ssl();
    SSL_set_connect_state(ssl);
    SSL_set_app_data(ssl, &tickets_);
    std::error_code is_name;
    asio::ip::make_address(host_, is_name);
    if (is_name) {
      require(SSL_set_tlsext_host_name(ssl, host_.c_str()) == 1 && SSL_set1_host(ssl, host_.c_str()) == 1, host_);
    } else {
      require(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host_.c_str()) == 1, host_);
    }
  }

  /// The server's end of a data connection that belongs to this control connection.
  std::unique_ptr<Connection> accepting_data() const {
    if (!server_) throw std::system_error(std::make_error_code(std::errc::not_connected));
    const Owner owner = server_->reuse() == TlsReuse::off ? new_owner() : belonging_.owner;
    std::unique_ptr<Connection> data{new Connection{server_, Belonging{owner, true}}};
    SSL_set_num_tickets(data->engine.ssl(), 0);  // a client that only sends would close without having read them
    data->engine.keep_buffers();
    return data;
  }
  /// The client's end of one, which goes on with the session of this control connection.
  std::unique_ptr<Connection> connecting_data() {
    if (!client_) throw std::system_error(std::make_error_code(std::errc::not_connected));
    auto data = std::make_unique<Connection>(client_, host_);
    SSL_set_app_data(data->engine.ssl(), nullptr);  // a server may take no others than its control connection's
    if (const auto session = tickets_.take()) SSL_set_session(data->engine.ssl(), session.get());
    data->engine.keep_buffers();
    return data;
  }
  /// Tells which user a server's control connection is of; none: it is not known yet.
  void belongs_to(std::optional<std::string> user) {
    if (shares_sessions()) server_->owners().name(belonging_.owner, std::move(user));
  }
  /// Has the client get a fresh session with the next reply, if others' data connections may resume it: parallel ones
  /// share what their process has, and OpenSSL takes a session of TLS 1.3 once only.
  void prepare_data() const {
    if (shares_sessions()) SSL_new_session_ticket(engine.ssl());
  }
  /// Checks, after the handshake, that `data` has this control connection's client. Waits where that depends on who a
  /// client is that has yet to log in.
  ///
  /// **Errors:** `Errc::not_resumed`.
  awaitable<void> expect_owner_of(Connection& data) const {
    SSL* const ssl = data.engine.ssl();
    if (SSL_session_reused(ssl) == 1) {
      const Owner its = owner_of(SSL_get_session(ssl));
      if (its != belonging_.owner) co_await expect_same_user(its);
      // What it used up it shall have again. TLS 1.3 only; goes out with the next reply.
      if (!std::exchange(data.ticket_is_replaced_, true)) SSL_new_session_ticket(engine.ssl());
      co_return;
    }
    const auto mine = peer(), its = data.peer();
    const bool same = !mine || (its && its->fingerprint == mine->fingerprint);
    const bool must_resume = server_->reuse() >= TlsReuse::same_user;
    if (!same || must_resume) throw std::system_error(Errc::not_resumed);
  }
  std::optional<PeerCertificate> peer() const {
    const X509* const certificate = SSL_get0_peer_certificate(engine.ssl());
    if (!certificate) return std::nullopt;
    return PeerCertificate{certificate};
  }

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (shares_sessions()) server_->owners().leave(belonging_.owner, std::chrono::steady_clock::now());
  }

  Engine engine;
  PieceSize piece;
  bool writing = false;
  std::vector<std::byte> plaintext;  // of a file on its way

 private:
  Connection(std::shared_ptr<const ServerContext> context, const Belonging& belonging)
      : engine{context->get()}, belonging_{belonging}, server_{std::move(context)} {
    SSL* const ssl = engine.ssl();
    SSL_set_accept_state(ssl);
    SSL_set_app_data(ssl, const_cast<Belonging*>(&belonging_));
    set_owner(ssl, belonging_.owner);
  }

  /// Whether other control connections' data connections may resume this one's sessions.
  bool shares_sessions() const noexcept {
    return server_ && !belonging_.is_data && server_->reuse() == TlsReuse::same_user;
  }
  awaitable<void> expect_same_user(Owner its) const {
    using enum Owners::Verdict;
    auto& owners = server_->owners();
    co_await owners.until_known(its);
    const auto verdict = owners.compare(belonging_.owner, its, std::chrono::steady_clock::now());
    if (verdict != same) throw std::system_error(Errc::not_resumed);
  }

  const Belonging belonging_{};
  bool ticket_is_replaced_ = false;
  std::shared_ptr<const ServerContext> server_;
  std::shared_ptr<const ClientContext> client_;
  std::string host_;
  Tickets tickets_;
};

}  // namespace ftplike::detail::tls
