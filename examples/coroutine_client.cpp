// A client in a program with coroutines: fetches all files of a folder.
#include <exception>
#include <iostream>

#include <ftplike/ftplike.hpp>

using ftplike::awaitable;

// [readme]
awaitable<void> fetch(ftplike::TcpTransport& network) {
  auto client = co_await ftplike::connect(network, "ftp://127.0.0.1:3456");
  co_await client.cwd("images");
  const auto entries = co_await client.list();
  for (const auto& entry : entries) co_await client.download(entry.name, "client_files");
  co_await client.quit();
}
// [/readme]

int main() try {
  // [main]
  ftplike::TcpTransport network;
  ftplike::run(network, fetch(network));
  // [/main]
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
