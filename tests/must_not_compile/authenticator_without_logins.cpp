// expect: PartIsNoAuthenticator<Culprit.*needs a public log_in|needs a public log_in.*PartIsNoAuthenticator<Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

struct Culprit {
  awaitable<std::optional<Account>> login(const Credentials&) { co_return std::nullopt; }
  std::optional<Account> guest() const { return std::nullopt; }
};

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, Culprit{}}; }
