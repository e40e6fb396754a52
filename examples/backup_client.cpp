// A backup without coroutines: a picture from memory and a log from a stream, sent at once by a client that survives
// lost connections, goes on where it was cut off, can be stopped by Ctrl-C, and compares a checksum in the end. The
// arguments are the server's URL and the log.
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>
#include <csignal>
#include <cstddef>
#include <exception>
#include <fstream>
#include <iostream>
#include <vector>

#include <ftplike/client/digests.hpp>
#include <ftplike/client/pool.hpp>
#include <ftplike/ftplike.hpp>

using namespace ftplike;
using asio::use_future;

volatile std::sig_atomic_t leaving = 0;

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  std::signal(SIGINT, [](int) { leaving = 1; });
  const std::vector<std::byte> pixels(5'000'000, std::byte{7});
  std::ifstream file{argv[2], std::ios::binary};
  // [readme]
  asio::thread_pool threads{1};
  TcpTransport network{threads.get_executor()};
  ClientPool pool{network, argv[1]};  // tries again what may succeed
  TransferOptions options;
  options.resume = true;
  options.progress = [](const Progress&) { return leaving ? Go::stop : Go::on; };
  auto picture = asio::co_spawn(threads, pool.upload(BytesSource{pixels}, "picture.raw", options), use_future);
  auto log = asio::co_spawn(threads, pool.upload(StreamSource{file}, "today.log", options), use_future);
  picture.wait(), log.wait();  // the network stays until both have ended
  std::cout << picture.get().transferred << " and " << log.get().transferred << " bytes sent\n";
  auto compared = asio::co_spawn(threads, verify(pool, "picture.raw", BytesSource{pixels}), use_future);
  std::cout << "compared by " << compared.get().value_or("nothing, for the server has no checksums") << '\n';
  // [/readme]
  asio::co_spawn(threads, pool.quit(), use_future).get();
  threads.join();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
