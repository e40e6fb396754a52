// An inbox for cameras: each has a folder of its own, named after its address, into which it may put pictures, and can do
// nothing else there.
#include <chrono>
#include <exception>
#include <iostream>
#include <optional>

#include <ftplike/ftplike.hpp>
#include <ftplike/observers/on.hpp>
#include <ftplike/signals.hpp>

using namespace ftplike;
using namespace std::chrono_literals;

int main() try {
  TcpTransport network;
  // [docs]
  const auto cameras = [](const Credentials& who) -> std::optional<Account> {
    if (who.password != "snap") return std::nullopt;
    Account camera{who.user, Path{who.address.to_string()}, Right::write};
    camera.makes_root = true;
    return camera;
  };
  const auto arrivals = on_upload([](const TransferEnded& picture) {
    std::cout << picture.path.string() << ' ' << picture.size().value_or(picture.bytes) << " bytes" << std::endl;
  });
  ftplike::Server server{network, DirectoryStorage{"inbox", {.partial_lifetime = 1h}}, authenticate_with(cameras),
                         UploadRules{.allowed_names = {"*.jpg"}, .largest = 10'000'000}, arrivals};
  // [/docs]
  server.listen("127.0.0.1", 3456);
  stop_on_signals(network, server);
  network.run();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
