// expect: PartIsNothingThatAServerKnows<[^>]*string.*this is no part of a server|this is no part of a
// server.*PartIsNothingThatAServerKnows<[^>]*string
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, std::string{"Welcome"}}; }
