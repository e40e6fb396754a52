#pragma once
#include <optional>
#include <utility>

#include <ftplike/io/tcp.hpp>
#include <ftplike/protocol/entry.hpp>
#ifdef FTPLIKE_HAS_TLS
#include <ftplike/tls/transport.hpp>
#endif

#include "configuration.hpp"

/// The network that the server serves on, and its certificates; without a certificate it is as good as a plain one.
class ServingNetwork {
 public:
#ifdef FTPLIKE_HAS_TLS
  static constexpr bool has_tls = true;
  using Transport = ftplike::TlsTransport<>;
  using Certificates = ftplike::TlsServer;
#else
  static constexpr bool has_tls = false;
  using Transport = ftplike::TcpTransport;
  struct Certificates {};
#endif

  ServingNetwork(Certificates certificates, unsigned threads);

  /// Reads the certificate and its key again, for the sessions to come. **Errors:** `std::system_error`.
  void reread();
  /// When the certificate ends, if there is one.
  std::optional<ftplike::Timestamp> valid_until() const;

 private:
  [[maybe_unused]] Certificates certificates_;

 public:
  Transport transport;
};

/// Checks what was said of TLS, and reads the certificate and the other files. **Errors:** `Failure`.
ServingNetwork::Certificates read_certificates(const Protecting& wishes);
/// What the server then demands of its clients.
ftplike::TlsPolicy policy_of(const Protecting& wishes);
