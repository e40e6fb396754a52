// What the compile budget measures: the server of four lines.
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/directory.hpp>

int main() {
  ftplike::TcpTransport network;
  ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"}};
  server.listen("127.0.0.1", 3456);
  network.run();
}
