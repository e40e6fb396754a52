// expect: the State of a profile has to be derived from SessionState
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>

using namespace ftplike;

struct Mine : FtpLike {
  struct State {
    int counter = 0;
  };
};

void serve(TcpTransport& network) { Server server{network, Mine{}, MemoryStorage{}}; }
