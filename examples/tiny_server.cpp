// A server: a folder, who may come in and do what, an address, run.
#include <ftplike/ftplike.hpp>

int main() {
  // [readme]
  ftplike::TcpTransport network;
  ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"},
                         ftplike::Anonymous{.logins = "read", .without_login = "write"}};
  server.listen("127.0.0.1", 3456);
  network.run();
  // [/readme]
}
