// expect: TwoPartsOfOneKind<[^>]*Culprit.*wrap them in Observers|wrap them in Observers.*TwoPartsOfOneKind<[^>]*Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

struct Culprit {
  void operator()(const SessionOpened&) const {}
};

void serve(TcpTransport& network) {
  Server server{network, DirectoryStorage{"files"}, Culprit{}, [](const SessionClosed&) {}};
}
