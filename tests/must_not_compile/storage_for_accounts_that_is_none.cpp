// expect: PartIsNoStorage<.*StoragePerAccount.*has to give a storage|has to give a storage.*PartIsNoStorage<.*StoragePerAccount
#include <string>

#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

void serve(TcpTransport& network) {
  Server server{network, StoragePerAccount{[](const Visitor& visitor) { return visitor.account.name; }}};
}
