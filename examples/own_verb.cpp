// A verb of one's own: XSUM tells the sum of the bytes of a file. HELP shows it by itself, and a second XSUM in the
// table does not compile.
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <ftplike/ftplike.hpp>

using ftplike::awaitable;
using ftplike::Reply;

awaitable<std::uint64_t> sum_of(ftplike::ByteSource auto& file) {
  std::uint64_t sum = 0;
  std::vector<std::byte> room(64 * 1024);
  for (;;) {
    const std::size_t n = co_await file.read_some(room);
    if (n == 0) co_return sum;
    for (std::size_t i = 0; i < n; ++i) sum += std::to_integer<unsigned>(room[i]);
  }
}

// [readme]
struct Xsum {
  static constexpr std::string_view verb = "XSUM";
  static constexpr std::string_view help = "XSUM <path>: sum of the bytes of a file";
  static awaitable<Reply> run(auto& session, std::string_view argument) {
    auto file = co_await session.storage().open(session.path(argument), 0);
    const auto sum = co_await sum_of(file);
    co_return Reply{213, std::to_string(sum)};  // no such file? the storage throws, the session answers 550
  }
};
struct MyFtp : ftplike::Ftp {
  using Commands = ftplike::Ftp::Commands::With<Xsum>;
};
// [/readme]

int main() try {
  ftplike::TcpTransport network;
  ftplike::Server server{network, ftplike::DirectoryStorage{"server_storage"}, MyFtp{}};
  server.listen("127.0.0.1", 3456);
  network.run();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
