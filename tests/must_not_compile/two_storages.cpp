// expect: TwoPartsOfOneKind<[^>]*DirectoryStorage.*a server takes one storage|a server takes one
// storage.*TwoPartsOfOneKind<[^>]*DirectoryStorage
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, DirectoryStorage{"more"}}; }
