// expect: ObserverThatWouldChangeEvents<[^>]*Culprit.*an observer takes its events by const reference|an observer takes
// its events by const reference.*ObserverThatWouldChangeEvents<[^>]*Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

struct Culprit {
  void operator()(CommandSeen&) const {}
};

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, Culprit{}}; }
