// A server that hears no password and moves no byte of a file in clear. docs/tls.md makes the certificate.
#include <exception>
#include <iostream>

#include <ftplike/tls.hpp>

int main() try {
  // [readme]
  ftplike::TlsTransport network{ftplike::TlsServer{{.certificate = "cert.pem", .key = "key.pem"}}};
  ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"}, ftplike::TlsPolicy::required};
  server.listen("127.0.0.1", 3456);
  network.run();
  // [/readme]
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
