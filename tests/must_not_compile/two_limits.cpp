// expect: TwoPartsOfOneKind<[^>]*Limits.*a server takes each setting once|a server takes each setting
// once.*TwoPartsOfOneKind<[^>]*Limits
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, Limits{}, Greeting{}, Limits{}}; }
