// expect: PartIsMissing<[^>]*DirectoryStorage.*a server has to be given this part|a server has to be given this part.*PartIsMissing<[^>]*DirectoryStorage
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

void serve(TcpTransport& network) { Server server{network, Anonymous{.logins = "read"}}; }
