// Events: an observer is anything that can be called with one of the events of io/observer.hpp. A hook on commands may
// answer one with a reply of its own. What may be uploaded is a rule, which holds for every command.
#include <exception>
#include <iostream>
#include <optional>

#include <ftplike/ftplike.hpp>
#include <ftplike/observers/on.hpp>
#include <ftplike/signals.hpp>

using namespace ftplike;

int main() try {
  TcpTransport network;
  // [readme]
  const auto arrivals = on_upload([](const ftplike::TransferEnded& upload) {
    const auto size = upload.size().value_or(upload.bytes);
    std::cout << upload.shown_path().string() << " arrived, " << size << " bytes" << std::endl;
  });
  const auto troubles = on_error([](const ftplike::Trouble& trouble) {
    std::cerr << trouble.who.peer << ": " << trouble.activity << ": " << trouble.error.message() << '\n';
  });
  const auto help = [](const ftplike::CommandSeen& command) -> std::optional<Reply> {
    if (command.verb == "HELP") return Reply{214, "Ask Anna in room 7"};
    return std::nullopt;
  };
  ftplike::Server server{network, DirectoryStorage{"server_storage"}, Anonymous{.without_login = "write"},
                         UploadRules{.refused_names = {"*.exe"}, .largest = 100'000'000},
                         Observers{arrivals, troubles, help}};
  // [/readme]
  server.listen("127.0.0.1", 3456);
  stop_on_signals(network, server);
  network.run();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
