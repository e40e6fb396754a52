// expect: PartIsNothingThatAServerKnows<[^>]*Culprit.*this is no part of a server|this is no part of a
// server.*PartIsNothingThatAServerKnows<[^>]*Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

enum class Culprit { off, required };  // as TlsReuse, which belongs to TlsServerSettings

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, Culprit::required}; }
