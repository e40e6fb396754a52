// What a project does that has found ftplike: it compiles, links and runs a server, for a moment.
#include <ftplike/ftplike.hpp>

int main() {
  ftplike::TcpTransport network;
  ftplike::Server server{network, ftplike::DirectoryStorage{"."}};
  server.listen("127.0.0.1", 0);
  server.stop();
  network.run();
}
