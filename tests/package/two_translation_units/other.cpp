// The second unit uses what main.cpp uses: a function of a header that is not inline would be there twice.
#include <ftplike/ftplike.hpp>

void serve() {
  ftplike::TcpTransport network;
  ftplike::Server server{network, ftplike::MemoryStorage{}};
  server.listen("127.0.0.1", 0);
}
