// expect: TwoPartsOfOneKind<[^>]*FtpLike.*a server takes one profile|a server takes one
// profile.*TwoPartsOfOneKind<[^>]*FtpLike
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, FtpLike{}, Ftp{}}; }
