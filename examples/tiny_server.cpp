// A server: a folder, an address, run. Both dialects; guests may write, since it listens on loopback alone.
#include <ftplike/ftplike.hpp>

int main() {
  // [readme]
  ftplike::TcpTransport network;
  ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"}};
  server.listen("127.0.0.1", 3456);
  network.run();
  // [/readme]
}
