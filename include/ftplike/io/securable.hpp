#pragma once
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include <ftplike/io/transport.hpp>

namespace ftplike::inline v0_2 {

/// What the two ends of a secured connection agreed upon.
struct TlsDetails {
  std::string version, cipher;  // "TLSv1.3", "TLS_AES_256_GCM_SHA384"; empty of a connection in clear
  std::string server_name;      // the host that the client named; empty if none
  bool resumed = false;         // whether it goes on with another connection's session
  bool keys_logged = false;     // whether our end writes its keys down, by which others can read it
};

/// A stream that begins in clear and can become a TLS one: all that a session and a client ask of it besides being a
/// stream. What `TlsTransport` gives is a model.
///
/// - `secured()`: whether it is one by now. From then on an end without the peer's goodbye is an error, `finish()` says
///   ours, and nothing is read or written in clear.
/// - `details()`: what was agreed upon.
/// - `accept_tls(control)`, `connect_tls(control)`: as the server's or the client's end of a data connection that
///   belongs to the control connection `control`, which is secured. The handshake may be cancelled, and goes on when it
///   is asked for again; one that has failed fails again. `control` is not used any more when it runs. The server's end
///   throws `Errc::not_resumed` where the client has to prove that it is the same, and does not.
/// - `belongs_to(user)`: of a server's control connection, which user it is of from now on, for such a proof; empty: of
///   nobody who could be told from others; none: it is not known yet.
///
/// It may also have `peer_certificate()`, by whose `common_name` users can log in without a password, and
/// `prepare_data()`, by which a server's control connection is told that its client will open a data connection.
template <class S>
concept SecurableStream = Stream<S> && requires(S& stream, const S& constant, std::optional<std::string> user) {
  { constant.secured() } -> std::same_as<bool>;
  { constant.details() } -> std::same_as<TlsDetails>;
  { stream.accept_tls(stream) } -> std::same_as<awaitable<void>>;
  { stream.connect_tls(stream) } -> std::same_as<awaitable<void>>;
  { stream.belongs_to(user) } -> std::same_as<void>;
};

/// A transport with such streams: what the transport of every server and client is whose streams are securable.
///
/// - `tls_server()`: what a server shows; false where it has no certificate and cannot offer TLS.
/// - `tls_client()`: how a client knows its servers.
/// - `stream.accept_tls(network.tls_server(), heard)`: as the server's end of a control connection. `heard` is what was
///   read from it already and belongs to the handshake.
/// - `stream.connect_tls(network.tls_client(), host)`: as the client's, of a name or an address.
template <class T>
concept SecurableTransport = Transport<T> && SecurableStream<typename T::Stream> &&
    requires(T& network, typename T::Stream& stream, std::string_view heard, std::string host) {
  {static_cast<bool>(network.tls_server())};
  { stream.accept_tls(network.tls_server(), heard) } -> std::same_as<awaitable<void>>;
  { stream.connect_tls(network.tls_client(), host) } -> std::same_as<awaitable<void>>;
};

/// Whether a server can offer TLS over this transport: its streams can be secured, and it has a certificate.
template <class T> bool has_certificate([[maybe_unused]] const T& network) {
  if constexpr (SecurableStream<typename T::Stream>) {
    static_assert(SecurableTransport<T>, "streams that can be secured, on a transport that cannot say how");
    return static_cast<bool>(network.tls_server());
  } else {
    return false;
  }
}

}  // namespace ftplike
