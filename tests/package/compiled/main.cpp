// README's server in a program with ftplike::compiled, beside units of other kinds.
#include <ftplike/ftplike.hpp>

void serve_own_parts();
void serve_header_only();
void serve_over_tls();

int main() {
  ftplike::TcpTransport network;
  ftplike::Server server{network, ftplike::DirectoryStorage{"."}, ftplike::Anonymous{.logins = "read"}};
  server.listen("127.0.0.1", 0);
  server.stop();
  network.run();
  serve_own_parts();
  serve_header_only();
#ifdef WITH_TLS
  serve_over_tls();
#endif
}
