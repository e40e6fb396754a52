#pragma once
#include <algorithm>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/securable.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/io/within.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/system/files.hpp>
#include <ftplike/tls/connection.hpp>

namespace ftplike::inline v0_2 {

/// A stream over another one, in clear until it is secured by TLS.
///
/// Secured, `finish` says goodbye (close_notify) before it closes our direction, and an end of the stream without the
/// peer's goodbye is `Errc::peer_lost`: a transfer that somebody cut short is never taken for a whole one.
///
/// **Errors:** besides the lower stream's, those of `tls_category`.
/// **Cancellation:** of a read loses nothing. Of a write some may have gone; the rest of a record that has begun goes
/// with the next write. A handshake of a data connection that was cancelled goes on when it is asked for again; any
/// other one that was cancelled leaves a stream that is good for nothing. RFC 8446, RFC 5246.
template <class Lower> class TlsStream {
 public:
  /// Over a connection in clear.
  explicit TlsStream(Lower lower) : lower_{std::move(lower)} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    return tls_ ? read_secured(room) : lower_.read_some(room);
  }
  /// The same with the error as a value.
  awaitable<std::size_t> read_some(std::span<std::byte> room, std::error_code& error)
    requires requires(Lower& lower) { lower.read_some(room, error); }
  {
    return tls_ ? try_read_secured(room, error) : lower_.read_some(room, error);
  }
  /// The same in two steps and without a coroutine, as `detail::read_then` says; secured, what comes goes to the engine.
  template <class Then> void read_then(std::span<std::byte> room, detail::ReadHandler<Then> handler)
    requires requires(Lower& lower) { lower.read_then(room, std::move(handler)); }
  {
    lower_.read_then(tls_ ? tls_->engine.room() : room, std::move(handler));
  }
  /// The second step.
  std::optional<std::size_t> bytes_of_read(std::span<std::byte> room, const detail::ReadResult& result)
    requires requires(Lower& lower) { lower.bytes_of_read(room, result); }
  {
    const std::optional<std::size_t> n = lower_.bytes_of_read(room, result);
    if (!tls_) return n;
    if (n == 0u) throw std::system_error(Errc::peer_lost);
    tls_->engine.received(n.value_or(0));
    std::size_t decrypted = 0;
    return tls_->engine.read(room, decrypted) == Step::done ? std::optional{decrypted} : std::nullopt;
  }
  /// Whether nothing comes without a read of the connection below: what is there already, or is wrong, `read_some` tells.
  bool needs_a_read() const noexcept { return !tls_ || tls_->engine.is_hungry(); }
  /// As the connection below has it; secured, nothing.
  std::size_t read_unregistered(std::span<std::byte> room) noexcept
    requires requires(Lower& lower) { lower.read_unregistered(room); }
  {
    return tls_ ? 0 : lower_.read_unregistered(room);
  }
  /// What has come already, 0 if that is nothing; secured, of the record that was read last.
  std::size_t read_now(std::span<std::byte> room) noexcept
    requires requires(Lower& lower) { lower.read_now(room); }
  {
    std::size_t n = 0;
    if (!tls_) return lower_.read_now(room);
    return tls_->engine.read(room, n) == Step::done ? n : 0;
  }
  /// As the connection below has it; secured, nothing.
  std::size_t write_now(std::span<const std::byte> bytes)
    requires requires(Lower& lower) { lower.write_now(bytes); }
  {
    return tls_ ? 0 : lower_.write_now(bytes);
  }
  awaitable<void> write(std::span<const std::byte> bytes) { return tls_ ? write_secured(bytes) : lower_.write(bytes); }
  awaitable<std::size_t> write_some(std::span<const std::byte> bytes) {
    return tls_ ? write_some_secured(bytes) : lower_.write_some(bytes);
  }
  awaitable<void> finish() { return tls_ ? finish_secured() : lower_.finish(); }
  /// Finishes, and if it is secured waits at most `limit` until the peer has said goodbye or gone. What else the peer
  /// says is dropped: a connection that is closed with something unread takes from the peer what is still on its way.
  template <Transport T> awaitable<void> part(T& network, Duration limit) {
    co_await finish();
    if (!tls_) co_return;
    Settled<void> ignored;
    co_await settle(within(network, limit, read_to_end()), ignored);
  }
  /// Of what is secured, only that the connection below it has ended.
  bool has_ended() const { return lower_.has_ended(); }
  /// Whether nothing can be read now, neither bytes nor an end; of what is secured, whether nothing more has come, be it
  /// only a part of a record.
  bool is_quiet() const requires requires(const Lower& lower) { lower.is_quiet(); }
  { return needs_a_read() && lower_.is_quiet(); }
  /// As the connection below has it.
  void make_prompt() requires requires(Lower& lower) { lower.make_prompt(); }
  { lower_.make_prompt(); }
  /// As the connection below has it.
  void mark_as_control() { ftplike::mark_as_control(lower_); }
  void cancel() { lower_.cancel(); }
  void close() { lower_.close(); }
  /// As the connection below has it.
  void reset() requires requires(Lower& lower) { lower.reset(); }
  { lower_.reset(); }
  Endpoint local() const { return lower_.local(); }
  Endpoint remote() const { return lower_.remote(); }

  /// Sends from a file: up to `most` bytes from `position` on, 0 if it ends before them.
  awaitable<std::size_t> send_file(int file, std::uint64_t position,
                                   std::size_t most) requires detail::FileSender<Lower> {
    return tls_ ? send_file_secured(file, position, most) : lower_.send_file(file, position, most);
  }

  /// Whether a handshake has been made.
  bool secured() const noexcept { return tls_ != nullptr; }
  /// Secures the stream as a server, to which the client speaks first. `heard` is what was read from it already and
  /// belongs to the handshake: behind a proxy that introduced the client, and never after AUTH.
  ///
  /// **Errors:** whatever is wrong with what the client says or shows; the stream is good for nothing then.
  awaitable<void> accept_tls(TlsServer server, std::string_view heard = {}) {
    begin(std::make_unique<Connection>(server.context()));
    tls_->engine.begin_with(as_bytes(heard));
    return shake_hands();
  }
  /// Secures the stream as the server's end of a data connection, which belongs to the session of `control`, or goes on
  /// with that where it was left. `control` may be gone before it ends.
  ///
  /// **Errors:** as above; `Errc::not_resumed` if the client does not prove that it is the same.
  awaitable<void> accept_tls(TlsStream& control) {
    if (!tls_) begin(control.connection()->accepting_data());
    return shake_hands_for(control.connection());
  }
  /// Secures the stream as a client of `host`, a name or an address.
  ///
  /// **Errors:** as above; those of `certificate_category` if the server is not the one that it should be.
  awaitable<void> connect_tls(TlsClient client, std::string host) {
    begin(std::make_unique<Connection>(client.context_, std::move(host)));
    return shake_hands();
  }
  /// Secures the stream as the client's end of a data connection, or goes on with that where it was left: it resumes
  /// the session of `control`.
  awaitable<void> connect_tls(TlsStream& control) {
    if (!tls_) begin(control.connection()->connecting_data());
    return shake_hands();
  }

  /// Tells which user this control connection of a server's is of, for `TlsReuse::same_user`; empty: of nobody who
  /// could be told from others; none: it is not known yet. Of a stream in clear it says nothing.
  void belongs_to(std::optional<std::string> user) {
    if (tls_) tls_->belongs_to(std::move(user));
  }
  /// Tells that a reply comes next to which this control connection's client may open a data connection.
  void prepare_data() {
    if (tls_) tls_->prepare_data();
  }

  /// What the peer showed; none if it has no certificate. One that is not ignored has been verified.
  std::optional<PeerCertificate> peer_certificate() const { return tls_ ? tls_->peer() : std::nullopt; }
  /// What the handshake settled.
  TlsDetails details() const {
    if (!tls_) return {};
    const SSL* const ssl = tls_->engine.ssl();
    const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    const bool keys_logged = SSL_CTX_get_keylog_callback(SSL_get_SSL_CTX(ssl)) != nullptr;
    return {SSL_get_version(ssl), SSL_get_cipher_name(ssl), name ? name : "", SSL_session_reused(ssl) == 1,
            keys_logged};
  }

 private:
  using Connection = detail::tls::Connection;
  using Step = detail::tls::Step;
  using Engine = detail::tls::Engine;

  const std::shared_ptr<Connection>& connection() const {
    if (!tls_) throw std::system_error(std::make_error_code(std::errc::not_connected));
    return tls_;
  }
  void begin(std::shared_ptr<Connection> connection) {
    // A handshake goes to and fro in small pieces, which must not wait for one another.
    if constexpr (requires { lower_.make_prompt(); }) lower_.make_prompt();
    if (tls_) throw std::system_error(std::make_error_code(std::errc::already_connected));
    tls_ = std::move(connection);
  }

  awaitable<void> shake_hands() {
    auto& engine = tls_->engine;
    for (;;) {
      const Step step = engine.shake_hands();
      if (step == Step::failed) break;
      (void)co_await flush();
      if (step == Step::done) co_return;
      co_await receive();
    }
    co_await fail();
  }
  awaitable<void> shake_hands_for(std::shared_ptr<Connection> control) {
    co_await shake_hands();
    co_await control->expect_owner_of(*tls_);
  }

  awaitable<std::size_t> read_secured(std::span<std::byte> room) {
    auto& engine = tls_->engine;
    for (;;) {
      std::size_t n = 0;
      const Step step = engine.read(room, n);
      if (step == Step::done || step == Step::ended) co_return n;
      if (step == Step::failed) break;
      co_await receive();
    }
    co_await fail();
    co_return 0;
  }
  awaitable<std::size_t> try_read_secured(std::span<std::byte> room, std::error_code& error) {
    std::size_t n = 0;
    try {
      const std::size_t came = co_await read_secured(room);
      n = came;
    } catch (const std::system_error& failure) { error = failure.code(); }
    co_return n;
  }
  awaitable<void> read_to_end() {
    std::vector<std::byte> room(1024);
    for (;;) {
      const std::size_t n = co_await read_secured(room);
      if (n == 0) co_return;
    }
  }

  awaitable<std::size_t> write_some_secured(std::span<const std::byte> bytes) {
    const auto part = bytes.first(std::min(bytes.size(), tls_->piece.get()));
    (void)co_await write_piece(part);
    co_return part.size();
  }
  awaitable<void> write_secured(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const std::size_t n = co_await write_some_secured(bytes);
      bytes = bytes.subspan(n);
    }
  }
  /// Encrypts a piece and sends it; gives whether the peer took it without a wait.
  awaitable<bool> write_piece(std::span<const std::byte> part) {
    auto& engine = tls_->engine;
    if (engine.is_midway()) (void)co_await flush();  // left by a write that was cancelled
    if (!engine.write(part)) throw std::system_error(engine.failure());
    const std::size_t writes = co_await flush();
    tls_->piece.note(writes);
    co_return writes == 1;
  }
  awaitable<std::size_t> send_file_secured(int file, std::uint64_t position, std::size_t most) {
    auto& room = tls_->plaintext;
    room.resize(Engine::piece);
    std::size_t sent = 0;
    for (bool flows = true; flows && sent < most;) {
      const std::size_t size = std::min(tls_->piece.get(), most - sent);
      const auto n = detail::sys::read_at(file, room.data(), size, static_cast<detail::sys::Offset>(position + sent));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) detail::fail_with(errno);
      if (n == 0) break;
      const auto part = std::span<const std::byte>{room}.first(static_cast<std::size_t>(n));
      const bool at_once = co_await write_piece(part);
      flows = at_once;
      sent += part.size();
    }
    co_return sent;
  }
  awaitable<void> finish_secured() {
    tls_->engine.say_goodbye();
    std::error_code error;
    try {
      (void)co_await flush();
    } catch (const std::system_error& failure) { error = failure.code(); }
    // All that was to be delivered has gone out before: a peer that took it and left needs no goodbye.
    if (error == asio::error::operation_aborted) throw std::system_error(error);
    co_await lower_.finish();
  }

  awaitable<void> receive() {
    const auto room = tls_->engine.room();
    const std::size_t n = co_await lower_.read_some(room);
    if (n == 0) throw std::system_error(Errc::peer_lost);
    tls_->engine.received(n);
  }
  /// Sends what OpenSSL wants to be sent; gives how many writes it took. If it is cancelled, the rest goes with the
  /// next write. Reads have no part in it, so that they can be cancelled: what OpenSSL answers to what it reads (a new
  /// key) goes with the next write, too.
  awaitable<std::size_t> flush() {
    std::size_t writes = 0;
    if (std::exchange(tls_->writing, true)) co_return writes;  // the one that is under way takes it along
    try {
      for (auto rest = tls_->engine.output(); !rest.empty(); rest = tls_->engine.output()) {
        const std::size_t n = co_await lower_.write_some(rest);
        tls_->engine.sent(n);
        ++writes;
      }
    } catch (...) {
      tls_->writing = false;
      throw;
    }
    tls_->writing = false;
    co_return writes;
  }
  /// Tells the peer why, if it can, and throws.
  awaitable<void> fail() {
    Settled<std::size_t> ignored;
    co_await settle(flush(), ignored);
    throw std::system_error(tls_->engine.failure());
  }

  Lower lower_;
  std::shared_ptr<Connection> tls_;
};

/// A transport over another one, whose streams begin in clear and can be secured.
///
///     ftplike::TlsTransport network{ftplike::TlsServer{{.certificate = "chain.pem", .key = "key.pem"}}};
///
/// Further arguments go to the lower transport: a number of threads, a loop of yours, or the simulated network to be used.
template <Transport Lower = TcpTransport> class TlsTransport : public Lower {
 public:
  /// A connection that can be secured.
  using Stream = TlsStream<typename Lower::Stream>;

  /// Where such streams come in.
  class Acceptor {
   public:
    /// Accepts what `lower` does.
    explicit Acceptor(typename Lower::Acceptor lower) : lower_{std::move(lower)} {}
    awaitable<Stream> accept(const Executor& executor) {
      auto stream = co_await lower_.accept(executor);
      co_return Stream{std::move(stream)};
    }
    Endpoint endpoint() const { return lower_.endpoint(); }
    void cancel() { lower_.cancel(); }
    void close() { lower_.close(); }

   private:
    typename Lower::Acceptor lower_;
  };

  /// For servers.
  template <class... More>
    requires std::constructible_from<Lower, More...>
  explicit TlsTransport(TlsServer server, More&&... lower)
      : Lower(std::forward<More>(lower)...), server_{std::move(server)} {}
  /// For clients.
  template <class... More>
    requires std::constructible_from<Lower, More...>
  explicit TlsTransport(TlsClient client, More&&... lower)
      : Lower(std::forward<More>(lower)...), client_{std::move(client)} {}
  /// For what is both.
  template <class... More>
    requires std::constructible_from<Lower, More...>
  TlsTransport(TlsClient client, TlsServer server, More&&... lower)
      : Lower(std::forward<More>(lower)...), server_{std::move(server)}, client_{std::move(client)} {}

  awaitable<Stream> connect(Endpoint where, Address from = {}) {
    auto stream = co_await Lower::connect(where, from);
    co_return Stream{std::move(stream)};
  }
  Acceptor listen(const Executor& executor, const Endpoint& where) { return Acceptor{Lower::listen(executor, where)}; }

  /// What `Stream::accept_tls` and `Stream::connect_tls` take.
  const TlsServer& tls_server() const noexcept { return server_; }
  /// The settings of the client's end.
  const TlsClient& tls_client() const noexcept { return client_; }

 private:
  TlsServer server_;
  TlsClient client_;
};

static_assert(SecurableTransport<TlsTransport<>>);

}  // namespace ftplike
