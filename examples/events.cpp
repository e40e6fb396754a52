// Events: an observer is anything that can be called with one of the events of io/observer.hpp. A hook on commands may
// refuse one with a reply of its own.
#include <iostream>
#include <optional>

#include <ftplike/ftplike.hpp>

using namespace ftplike;

int main() {
  TcpTransport network;
  // [readme]
  const auto arrivals = [](const ftplike::TransferEnded& transfer) {
    if (transfer.direction != Direction::received || !transfer.complete()) return;
    std::cout << transfer.path.string() << " arrived, " << transfer.bytes << " bytes" << std::endl;
  };
  const auto no_programs = [](const ftplike::CommandSeen& command) -> std::optional<Reply> {
    if (command.verb == "STOR" && command.argument.ends_with(".exe")) return Reply{553, "No programs here"};
    return std::nullopt;
  };
  ftplike::Server server{network, DirectoryStorage{"server_storage"}, Observers{arrivals, no_programs}};
  // [/readme]
  server.listen("127.0.0.1", 3456);
  network.run();
}
