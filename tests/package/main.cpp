// What a project does that has found ftplike: it compiles, links and runs all headers and a real socket. A server would take
// twice the time for each way to find it; two_translation_units/ has one.
#include <ftplike/ftplike.hpp>

int main() {
  ftplike::TcpTransport network;
  const auto acceptor = network.listen(network.executor(), ftplike::Endpoint{asio::ip::address_v4::loopback(), 0});
  network.run();
}
