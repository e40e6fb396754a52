// A client in a program that has threads and futures, and no coroutine of its own.
#include <exception>
#include <future>
#include <iostream>
#include <vector>

#include <ftplike/ftplike.hpp>

#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>

int main() try {
  // [readme]
  asio::thread_pool threads{2};
  ftplike::TcpTransport network{threads.get_executor()};
  auto client = asio::co_spawn(threads, ftplike::connect(network, "ftp://127.0.0.1:3456"), asio::use_future).get();

  std::promise<void> shown;
  asio::co_spawn(threads, client.list(), [&](std::exception_ptr failure, std::vector<ftplike::Entry> entries) {
    for (const auto& entry : entries) std::cout << entry.name << '\n';
    failure ? shown.set_exception(failure) : shown.set_value();
  });
  shown.get_future().get();

  asio::co_spawn(threads, client.quit(), asio::use_future).get();
  threads.join();  // before the transport goes
  // [/readme]
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
