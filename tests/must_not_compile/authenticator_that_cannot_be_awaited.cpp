// expect: PartIsNoAuthenticator<Culprit.*log_in of an authenticator has to be awaitable|log_in of an authenticator has
// to be awaitable.*PartIsNoAuthenticator<Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

struct Culprit {
  std::optional<Account> log_in(const Credentials&) { return std::nullopt; }
  std::optional<Account> guest() const { return std::nullopt; }
};

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, Culprit{}}; }
