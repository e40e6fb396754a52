// expect: TransportHasNoTls<[^>]*TcpTransport.*implicit_tls needs a transport with TLS|implicit_tls needs a transport
// with TLS.*TransportHasNoTls<[^>]*TcpTransport
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

void serve(TcpTransport& network) {
  Server server{network, DirectoryStorage{"files"}};
  server.listen("127.0.0.1", 990, Beginning::implicit_tls);
}
