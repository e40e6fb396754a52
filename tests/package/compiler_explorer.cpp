#include <ftplike/ftplike.hpp>

#include <iostream>

// Both ends of FTP in one process without a socket: a server, and a client that types.
int main() {
  ftplike::SimulatedNetwork network{/*seed*/ 7};
  ftplike::Server server{network, ftplike::MemoryStorage{{"/a.txt", "hello"}}, ftplike::DataPorts{40001, 40001}};
  const auto control = server.listen("127.0.0.1", 3456);
  auto client = network.dial(control);
  client.type("RETR a.txt\r\n");
  network.settle();
  auto data = network.dial(ftplike::Endpoint{control.address(), 40001});
  network.settle();
  std::cout << "over the data connection: " << data.text() << '\n';
  data.hang_up();
  network.settle();
  std::cout << client.text();
}
