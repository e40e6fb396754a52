// expect: PartIsNothingThatAServerKnows<[^>]*ClientLimits.*this is no part of a server|this is no part of a
// server.*PartIsNothingThatAServerKnows<[^>]*ClientLimits
#include <ftplike/client.hpp>
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, ClientLimits{}}; }
