// A program that has been there for long: a loop of its own on four threads, and a small protocol, one word a line. Now it
// takes files by FTP as well, on the same loop, and "count" tells how many have come.
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ftplike/ftplike.hpp>
#include <ftplike/signals.hpp>

#include <asio/detached.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

using asio::ip::tcp;
using ftplike::awaitable;
using ftplike::use_awaitable;

std::atomic<int> arrived = 0;  // by several threads at once

awaitable<void> answer(tcp::socket socket, std::function<void()> stop) {
  std::string line;
  for (;;) {
    const std::size_t n = co_await asio::async_read_until(socket, asio::dynamic_buffer(line, 80), '\n', use_awaitable);
    const std::string word = line.substr(0, n - 1);
    line.erase(0, n);
    if (word == "stop") stop();
    const std::string reply = word == "count" ? std::to_string(arrived) + " files came\n" : "count or stop\n";
    co_await asio::async_write(socket, asio::buffer(reply), use_awaitable);
  }
}

awaitable<void> answer_all(tcp::acceptor& acceptor, std::function<void()> stop) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
    asio::co_spawn(acceptor.get_executor(), answer(std::move(socket), stop), asio::detached);
  }
}

// [end]
awaitable<void> end(auto& server, asio::io_context& loop) {
  const ftplike::StopReport report = co_await server.stopped();  // whoever calls stop()
  std::cout << report.drained << " sessions ended, " << report.cut << " were cut\n";
  for (const auto& stuck : report.stuck) std::cout << stuck.peer << " is stuck in " << stuck.activity << '\n';
  loop.stop();
}
// [/end]

int main() try {
  // [observer]
  const auto count = [](const ftplike::TransferEnded& transfer) {
    if (transfer.direction == ftplike::Direction::received && transfer.complete()) ++arrived;
  };
  // [/observer]
  // [readme]
  asio::io_context loop;
  ftplike::TcpTransport network{loop};
  ftplike::Server server{network, ftplike::DirectoryStorage{"inbox"}, ftplike::Anonymous{.without_login = "write"}, count};
  server.listen("127.0.0.1", 3456);
  // [/readme]

  // [threads]
  tcp::acceptor acceptor{loop, {asio::ip::make_address("127.0.0.1"), 3457}};
  asio::co_spawn(loop, answer_all(acceptor, [&] { server.stop(); }), asio::detached);
  ftplike::stop_on_signals(network, server);
  asio::co_spawn(loop, end(server, loop), asio::detached);

  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { loop.run(); });
  loop.run();
  for (auto& thread : threads) thread.join();
  // [/threads]
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
