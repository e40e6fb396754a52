// A game: its loop draws a picture sixty times a second, and in what time is left looks after the network. It fetches a
// level, and meanwhile others may fetch its saved games. SIGTERM ends it.
#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <thread>

#include <ftplike/ftplike.hpp>

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using ftplike::awaitable;

volatile std::sig_atomic_t leaving = 0;

void draw() {}

awaitable<void> fetch_level(ftplike::TcpTransport& network) {
  auto client = co_await ftplike::connect(network, "ftp://127.0.0.1:3456");
  co_await client.download("level.dat", "level.dat");
  co_await client.quit();
}

int main() try {
  std::signal(SIGTERM, [](int) { leaving = 1; });
  asio::io_context loop;
  const auto busy = asio::make_work_guard(loop);
  ftplike::TcpTransport network{loop};
  ftplike::Server server{network, ftplike::DirectoryStorage{"saves"}};
  server.listen("127.0.0.1", 3457);

  bool playing = true;
  asio::co_spawn(loop, server.stopped(), [&](std::exception_ptr, ftplike::StopReport) { playing = false; });
  asio::co_spawn(loop, fetch_level(network), [](std::exception_ptr failure) {
    std::cout << (failure ? "no level\n" : "level 1\n") << std::flush;
  });
  // [readme]
  auto next_frame = Clock::now();
  while (playing) {
    draw();
    if (leaving) server.stop();
    next_frame += 16ms;
    while (Clock::now() < next_frame && loop.poll_one() > 0) {}
    std::this_thread::sleep_until(next_frame);
  }
  // [/readme]
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
