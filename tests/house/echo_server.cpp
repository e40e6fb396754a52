// What the compile budget measures against: the plain Asio echo server of one page.
#include <array>
#include <asio.hpp>

asio::awaitable<void> echo(asio::ip::tcp::socket socket) {
  std::array<char, 1024> data;
  for (;;) {
    const std::size_t n = co_await socket.async_read_some(asio::buffer(data), asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(data, n), asio::use_awaitable);
  }
}

asio::awaitable<void> listen() {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::acceptor acceptor{executor, {asio::ip::address_v4::loopback(), 7}};
  for (;;) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(executor, echo(std::move(socket)), asio::detached);
  }
}

int main() {
  asio::io_context context;
  asio::co_spawn(context, listen(), asio::detached);
  context.run();
}
