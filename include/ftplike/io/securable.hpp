#pragma once
#include <concepts>

#include <ftplike/io/bytes.hpp>

namespace ftplike::inline v0_2 {

/// A stream that begins in clear and can become a TLS one; what `TlsTransport` gives is a model.
///
/// - `secured()`: whether it is one by now.
/// - `accept_tls(control)`, `connect_tls(control)`: as the server's or the client's end of a data connection that
///   belongs to the control connection `control`, which is secured. The handshake may be cancelled, and goes on when it
///   is asked for again; one that has failed fails again. `control` is not used any more when it runs.
template <class S>
concept SecurableStream = Stream<S> && requires(S& stream, const S& constant) {
  { constant.secured() } -> std::same_as<bool>;
  { stream.accept_tls(stream) } -> std::same_as<awaitable<void>>;
  { stream.connect_tls(stream) } -> std::same_as<awaitable<void>>;
};

/// Whether a server can offer TLS over this transport: its streams can be secured, and it has a certificate.
template <class T> bool has_certificate([[maybe_unused]] const T& network) {
  if constexpr (SecurableStream<typename T::Stream>) {
    return static_cast<bool>(network.tls_server());
  } else {
    return false;
  }
}

}  // namespace ftplike
