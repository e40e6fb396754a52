// A client that believes one authority only, and says with whom it speaks.
#include <exception>
#include <iostream>

#include <ftplike/tls.hpp>

// [readme]
ftplike::awaitable<void> fetch(ftplike::TlsTransport<>& network) {
  auto client = co_await ftplike::connect(network, "ftpes://127.0.0.1:3456");
  std::cout << client.tls().version << ", " << client.peer_certificate()->subject << '\n';
  co_await client.download("a.txt", "a.txt");
  co_await client.quit();
}
// [/readme]

int main() try {
  // [trust]
  ftplike::TlsTransport network{ftplike::TlsClient{{.ca_file = "cert.pem"}}};
  ftplike::run(network, fetch(network));
  // [/trust]
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
