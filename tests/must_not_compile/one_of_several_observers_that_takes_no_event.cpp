// expect: ObserverThatTakesNoEvent<[^>]*Culprit.*this is no observer|this is no
// observer.*ObserverThatTakesNoEvent<[^>]*Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

struct Culprit {
  void operator()(int) const {}
};

void serve(TcpTransport& network) {
  Server server{network, DirectoryStorage{"files"}, Observers{[](const SessionOpened&) {}, Culprit{}}};
}
