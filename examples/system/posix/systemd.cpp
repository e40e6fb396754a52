#include "../../server/systemd.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <ftplike/protocol/text.hpp>

namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

bool is_loopback(int socket) {
  ftplike::Endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  return ::getsockname(socket, endpoint.data(), &size) == 0 && endpoint.address().is_loopback();
}

}  // namespace

std::vector<HandedIn> take_handed_in_sockets() {
  const auto process = ftplike::number_in<long>(variable("LISTEN_PID"));
  const auto count = ftplike::number_in<int>(variable("LISTEN_FDS"));
  std::string names = variable("LISTEN_FDNAMES");
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  std::vector<HandedIn> sockets;
  if (!process || *process != ::getpid() || !count) return sockets;
  for (int descriptor = 3; descriptor < 3 + *count; ++descriptor) {
    if (::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) break;  // fewer than were promised
    const auto colon = names.find(':');
    sockets.push_back({descriptor, names.substr(0, colon), is_loopback(descriptor)});
    names.erase(0, colon == names.npos ? colon : colon + 1);
  }
  return sockets;
}

void tell_supervisor(std::string_view state) {
  const std::string path = variable("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() < 2 || path.size() >= sizeof address.sun_path) return;
  std::copy(path.begin(), path.end(), address.sun_path);
  if (path.front() == '@') address.sun_path[0] = '\0';  // a name that is no file's
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  if (socket < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  (void)::sendto(socket, state.data(), state.size(), 0, reinterpret_cast<const sockaddr*>(&address), size);
  ::close(socket);
}
