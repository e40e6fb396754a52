#pragma once
// All of ftplike, and TLS by OpenSSL.
#include <ftplike/ftplike.hpp>
#include <ftplike/tls/compiled.hpp>
#include <ftplike/tls/transport.hpp>
#include <ftplike/verbs/security.hpp>

namespace ftplike::inline v0_2 {

/// A client over TLS for programs without coroutines:
///
///     ftplike::TlsBlockingClient client{ftplike::TlsClient{{.ca_file = "ca.pem"}}, "ftpes://ann@ftp.example.org"};
using TlsBlockingClient = BasicBlockingClient<TlsTransport<>>;

}  // namespace ftplike::inline v0_2
