// The same server as main.cpp's, compiled here once more.
#include <ftplike/ftplike.hpp>

#ifdef FTPLIKE_SEPARATE_COMPILATION
#error "this unit is to be header-only"
#endif

void serve_header_only() {
  ftplike::TcpTransport network;
  ftplike::Server server{network, ftplike::DirectoryStorage{"."}, ftplike::Anonymous{.logins = "read"}};
  server.listen("127.0.0.1", 0);
  server.stop();
  network.run();
}
