// expect: PartIsNothingThatAServerKnows<[^>]*duration.*this is no part of a server|this is no part of a
// server.*PartIsNothingThatAServerKnows<[^>]*duration
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, std::chrono::seconds{30}}; }
