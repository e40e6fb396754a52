// expect: TwoPartsOfOneKind<[^>]*Anonymous.*a server takes one authenticator|a server takes one
// authenticator.*TwoPartsOfOneKind<[^>]*Anonymous
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/users/user_table.hpp>

using namespace ftplike;

void serve(TcpTransport& network) {
  Server server{network, DirectoryStorage{"files"}, Anonymous{.logins = "read"}, UserTable{}};
}
