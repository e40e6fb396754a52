// A server: a folder, who may come in and do what, an address, run.
#include <exception>
#include <iostream>

#include <ftplike/ftplike.hpp>

int main() try {
  // [readme]
  ftplike::TcpTransport network;
  ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"},
                         ftplike::Anonymous{.logins = "read", .without_login = "write"}};
  server.listen("127.0.0.1", 3456);
  network.run();
  // [/readme]
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
