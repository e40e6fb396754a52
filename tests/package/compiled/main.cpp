// README's server, and clients, in a program with ftplike::compiled, beside units of other kinds.
#include <ftplike/ftplike.hpp>
#include <sstream>
#include <string>

void serve_own_parts();
void serve_header_only();
void serve_over_tls();

namespace {

asio::awaitable<void> look(ftplike::TcpTransport& network, std::string url) {
  auto client = co_await ftplike::connect(network, ftplike::Url{url});
  (void)co_await client.list();
  auto file = co_await client.open("main.cpp");
  co_await file.close();
  co_await client.quit();
}

}  // namespace

int main() {
  ftplike::TcpTransport network;
  ftplike::Server server{network, ftplike::DirectoryStorage{SOURCES}, ftplike::Anonymous{.logins = "read"}};
  const auto port = std::to_string(server.listen("127.0.0.1", 0).port());
  ftplike::run(network, look(network, "ftp://127.0.0.1:" + port));
  ftplike::BasicBlockingClient client{network, "ftp://127.0.0.1:" + port};
  std::ostringstream text;
  ftplike::StreamSink sink{text};
  client.download("main.cpp", sink);
  client.quit();
  server.stop();
  network.run();
  serve_own_parts();
  serve_header_only();
#ifdef WITH_TLS
  serve_over_tls();
#endif
  return text.str().starts_with("// README's server") ? 0 : 1;
}
