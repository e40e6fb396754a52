// expect: CheckLoginFunction<Culprit.*this gives something else|this gives something else.*CheckLoginFunction<Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/users/function.hpp>

using namespace ftplike;

struct Culprit {
  bool operator()(const Credentials&) const;
};

void serve(TcpTransport& network) {
  Server server{network, DirectoryStorage{"files"}, authenticate_with(Culprit{})};
}
