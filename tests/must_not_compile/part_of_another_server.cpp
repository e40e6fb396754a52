// expect: PartIsNotOfThisServer<.*Culprit.*names another part of this kind|names another part of this
// kind.*PartIsNotOfThisServer<.*Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

struct Culprit {
  void operator()(const SessionOpened&) const {}
};

void serve(TcpTransport& network) {
  ServerOf<TcpTransport, DirectoryStorage> server{network, DirectoryStorage{"files"}, Culprit{}};
}
