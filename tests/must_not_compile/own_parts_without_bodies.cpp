// expect: OwnPartsNeedBodiesHpp
#define FTPLIKE_SEPARATE_COMPILATION
#include <ftplike/ftplike.hpp>

void serve(ftplike::TcpTransport& network) { ftplike::Server server{network, ftplike::MemoryStorage{}}; }
