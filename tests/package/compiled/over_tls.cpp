#include <ftplike/tls.hpp>

void serve_over_tls() {
  ftplike::TlsTransport network{ftplike::TlsClient{}};
  ftplike::Server server{network, ftplike::DirectoryStorage{"."}};
  server.listen("127.0.0.1", 0);
  server.stop();
  network.run();
}
