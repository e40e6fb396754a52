#pragma once
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ftplike/io/transport.hpp>

namespace ftplike::inline v0_2 {

/// What the two ends of a secured connection agreed upon.
struct TlsDetails {
  std::string version, cipher;  // "TLSv1.3", "TLS_AES_256_GCM_SHA384"; empty of a connection in clear
  std::string server_name;      // the host that the client named; empty if none
  bool resumed = false;         // whether it goes on with another connection's session
  bool keys_logged = false;     // whether our end writes its keys down, by which others can read it
};

/// What a stream tells of the certificate that its peer showed: `subject` and `issuer` as by RFC 2253, the subject's
/// `common_name`, by which users can log in without a password, its alternative `names`, and by `fingerprint.text()` its
/// SHA-256.
template <class C>
concept CertificateOfPeer = requires(const C& certificate) {
  { certificate.subject } -> std::convertible_to<std::string>;
  { certificate.issuer } -> std::convertible_to<std::string>;
  { certificate.common_name } -> std::convertible_to<std::string>;
  { certificate.names } -> std::convertible_to<std::vector<std::string>>;
  { certificate.fingerprint.text() } -> std::convertible_to<std::string>;
};

namespace detail {

// The members of the two concepts below, one by one, so that it can be said which is missing.

template <class S>
concept TellsWhetherSecured = requires(const S& stream) {
  { stream.secured() } -> std::same_as<bool>;
};
template <class S>
concept TellsTlsDetails = requires(const S& stream) {
  { stream.details() } -> std::same_as<TlsDetails>;
};
template <class C>
concept PerhapsCertificate = requires { typename C::value_type; } &&
    std::same_as<C, std::optional<typename C::value_type>> && CertificateOfPeer<typename C::value_type>;
template <class S>
concept TellsPeerCertificate = requires(const S& stream) {
  { stream.peer_certificate() } -> PerhapsCertificate;
};
template <class S>
concept AcceptsTlsOfData = requires(S& data, S& control) {
  { data.accept_tls(control) } -> std::same_as<awaitable<void>>;
};
template <class S>
concept ConnectsTlsOfData = requires(S& data, S& control) {
  { data.connect_tls(control) } -> std::same_as<awaitable<void>>;
};
template <class S>
concept IsToldItsUser = requires(S& control, std::optional<std::string> user) {
  { control.belongs_to(user) } -> std::same_as<void>;
};
template <class S>
concept PreparesData = requires(S& control) {
  { control.prepare_data() } -> std::same_as<void>;
};
template <class T>
concept HasTlsServer = requires(const T& network) { static_cast<bool>(network.tls_server()); };
template <class T>
concept AcceptsTls = requires(const T& network, typename T::Stream& control, std::string_view heard) {
  { control.accept_tls(network.tls_server(), heard) } -> std::same_as<awaitable<void>>;
};
template <class T>
concept HasTlsClient = requires(const T& network) { network.tls_client(); };
template <class T>
concept ConnectsTls = requires(const T& network, typename T::Stream& control, const std::string& host) {
  { control.connect_tls(network.tls_client(), host) } -> std::same_as<awaitable<void>>;
};

}  // namespace detail

/// A stream that begins in clear and can become a TLS one: all that a session and a client ask of it besides being a
/// stream. What `TlsTransport` gives is a model; so may be what is made with another library for TLS.
///
/// - `secured()`: whether it is one by now. From then on an end without the peer's goodbye is an error, `finish()` says
///   ours, and nothing is read or written in clear.
/// - `details()`: what was agreed upon.
/// - `peer_certificate()`: an optional `CertificateOfPeer`, the one that the peer has shown and that was verified.
/// - `accept_tls(control)`, `connect_tls(control)`: as the server's or the client's end of a data connection that
///   belongs to the control connection `control`, which is secured. The handshake may be cancelled, and goes on when it
///   is asked for again, or ends at once if it is over; one that has failed fails again. `control` is not used any more
///   when it runs. The server's end throws `Errc::not_resumed` where the client has to prove that it is the same, and
///   does not.
/// - `belongs_to(user)`: of a server's control connection, which user it is of from now on, for such a proof; empty: of
///   nobody who could be told from others; none: it is not known yet. Whether secured or in clear.
/// - `prepare_data()`: of a server's control connection, whether secured or in clear: its client may open a data
///   connection after the next reply. One that resumes sessions gives it what to resume.
///
/// In every handshake the client speaks first: one that hears something else after the reply to AUTH goes no further.
/// Where there is nothing to be done, `belongs_to` and `prepare_data` do nothing. All handshakes throw
/// `std::system_error`, whose message is told to observers and, by a client, to the caller.
template <class S>
concept SecurableStream = Stream<S> && detail::TellsWhetherSecured<S> && detail::TellsTlsDetails<S> &&
    detail::TellsPeerCertificate<S> && detail::AcceptsTlsOfData<S> && detail::ConnectsTlsOfData<S> &&
    detail::IsToldItsUser<S> && detail::PreparesData<S>;

/// A transport with such streams: what the transport of every server and client is whose streams are securable. One that
/// has a part of this and not all does not compile.
///
/// - `tls_server()`: what a server shows; false where it has no certificate and cannot offer TLS.
/// - `tls_client()`: how a client knows its servers.
/// - `stream.accept_tls(network.tls_server(), heard)`: as the server's end of a control connection. `heard` is what was
///   read from it already and belongs to the handshake, and lasts as long as that.
/// - `stream.connect_tls(network.tls_client(), host)`: as the client's, of a name or an address, which lasts as long.
template <class T>
concept SecurableTransport = Transport<T> && SecurableStream<typename T::Stream> && detail::HasTlsServer<T> &&
    detail::AcceptsTls<T> && detail::HasTlsClient<T> && detail::ConnectsTls<T>;

namespace detail {

/// The fault of a transport that has something of TLS, but not all that servers and clients need.
template <class T> struct TransportLacksTls {
  using S = typename T::Stream;
  static_assert(TellsWhetherSecured<S>, "a stream that can be secured needs secured() const, which gives bool");
  static_assert(TellsTlsDetails<S>, "a stream that can be secured needs details() const, which gives TlsDetails");
  static_assert(TellsPeerCertificate<S>,
                "a stream that can be secured needs peer_certificate() const, which gives an optional CertificateOfPeer");
  static_assert(AcceptsTlsOfData<S>,
                "a stream that can be secured needs accept_tls(control), which gives awaitable<void>");
  static_assert(ConnectsTlsOfData<S>,
                "a stream that can be secured needs connect_tls(control), which gives awaitable<void>");
  static_assert(IsToldItsUser<S>, "a stream that can be secured needs belongs_to(std::optional<std::string>)");
  static_assert(PreparesData<S>, "a stream that can be secured needs prepare_data()");
  static_assert(HasTlsServer<T>, "a transport with TLS needs tls_server() const, whose result says whether it is there");
  static_assert(!HasTlsServer<T> || AcceptsTls<T>,
                "a stream that can be secured needs accept_tls(network.tls_server(), std::string_view), which gives "
                "awaitable<void>");
  static_assert(HasTlsClient<T>, "a transport with TLS needs tls_client() const");
  static_assert(!HasTlsClient<T> || ConnectsTls<T>,
                "a stream that can be secured needs connect_tls(network.tls_client(), const std::string&), which gives "
                "awaitable<void>");
};
/// Whoever has one of these means to have TLS.
template <class T>
concept MeansToHaveTls = requires(T& network) { network.tls_server(); } || requires(T& network) {
  network.tls_client();
} || requires(typename T::Stream& stream) { stream.secured(); };
template <class T> struct WholeTls {};
template <class T>
  requires(MeansToHaveTls<T> && !SecurableTransport<T>)
struct WholeTls<T> : TransportLacksTls<T> {};

}  // namespace detail

/// Whether a server can offer TLS over this transport: its streams can be secured, and it has a certificate.
template <class T> bool has_certificate([[maybe_unused]] const T& network) {
  if constexpr (SecurableTransport<T>) {
    return static_cast<bool>(network.tls_server());
  } else {
    return false;
  }
}

}  // namespace ftplike
