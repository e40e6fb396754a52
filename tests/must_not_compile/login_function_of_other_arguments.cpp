// expect: CheckLoginFunction<Culprit.*cannot be called with a const Credentials|cannot be called with a const Credentials.*CheckLoginFunction<Culprit
#include <ftplike/io/tcp.hpp>
#include <ftplike/server.hpp>
#include <ftplike/users/function.hpp>

using namespace ftplike;

struct Culprit {
  std::optional<Account> operator()(const std::string& user, const std::string& password) const;
};

void serve(TcpTransport& network) {
  Server server{network, DirectoryStorage{"files"}, authenticate_with(Culprit{})};
}
