// expect: PartIsTwoKindsInOne<[^>]*Culprit.*a server takes a part as one kind|a server takes a part as one
// kind.*PartIsTwoKindsInOne<[^>]*Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

struct Culprit : Anonymous {
  void operator()(const SessionOpened&) const {}
};

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, Culprit{}}; }
