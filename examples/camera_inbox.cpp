// An inbox for cameras: each has a folder of its own, named after its address, into which it may put pictures, and can do
// nothing else there.
#include <chrono>
#include <csignal>
#include <iostream>
#include <optional>

#include <ftplike/ftplike.hpp>

#include <asio/signal_set.hpp>

using namespace ftplike;
using namespace std::chrono_literals;

int main() {
  TcpTransport network;
  // [docs]
  const auto cameras = [](const Credentials& who) -> std::optional<Account> {
    if (who.password != "snap") return std::nullopt;
    Account camera{who.user, Path{who.address.to_string()}, Right::write};
    camera.makes_root = true;
    return camera;
  };
  const auto arrivals = [](const TransferEnded& picture) {
    if (picture.complete()) std::cout << picture.path.string() << ' ' << picture.bytes << " bytes" << std::endl;
  };
  ftplike::Server server{network, DirectoryStorage{"inbox", {.partial_lifetime = 1h}}, authenticate_with(cameras),
                         UploadRules{.allowed_names = {"*.jpg"}, .largest = 10'000'000}, arrivals};
  // [/docs]
  server.listen("127.0.0.1", 3456);
  asio::signal_set signals{network.executor(), SIGINT, SIGTERM};
  signals.async_wait([&server](std::error_code, int) { server.stop(); });
  network.run();
}
