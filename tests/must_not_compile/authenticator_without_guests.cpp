// expect: PartIsNoAuthenticator<Culprit.*needs a public guest|needs a public guest.*PartIsNoAuthenticator<Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>

using namespace ftplike;

struct Culprit {
  awaitable<std::optional<Account>> log_in(const Credentials&) { co_return std::nullopt; }
  std::optional<Account> guests() const { return std::nullopt; }
};

void serve(TcpTransport& network) { Server server{network, DirectoryStorage{"files"}, Culprit{}}; }
