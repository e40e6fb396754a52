// A profile of one's own is compiled where it is used.
#include <ftplike/bodies.hpp>

namespace {

struct Hello {
  static constexpr std::string_view verb = "HELO";
  static ftplike::Reply run(auto&, std::string_view) { return {200, "Hello yourself"}; }
};
struct MyFtp : ftplike::Ftp {
  using Commands = ftplike::Ftp::Commands::With<Hello>;
};

}  // namespace

void serve_own_parts() {
  ftplike::TcpTransport network;
  ftplike::Server server{network, MyFtp{}, ftplike::MemoryStorage{}};
  server.listen("127.0.0.1", 0);
  server.stop();
  network.run();
}
