// expect: TwoPartsOfOneKind.*a server takes one application|a server takes one application.*TwoPartsOfOneKind
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

using namespace ftplike;

void serve(TcpTransport& network, int& one, const long& other) {
  Server server{network, MemoryStorage{}, Application{one}, Application{other}};
}
