#pragma once
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

#include <ftplike/io/asio.hpp>

/// Stops the server at the first SIGINT or SIGTERM, the second one then has its usual effect; at each signal to read again,
/// where there is one, has that done, but no more once the server is to stop.
///
/// **Threads:** those of its executor, which runs one at a time.
class Signals {
 public:
  Signals(const ftplike::Executor& executor, std::optional<int> to_read_again, std::function<void()> stop,
          std::function<void()> reread)
      : ends_{executor, SIGINT, SIGTERM}, hang_ups_{executor}, breath_{executor}, reread_{std::move(reread)} {
    ends_.async_wait([this, stop = std::move(stop)](std::error_code error, int) {
      if (error) return;
      is_over_ = true;
      stop();
      std::error_code ignored;
      hang_ups_.cancel(ignored);
      // timeout(1) and others deliver one signal twice.
      breath_.expires_after(std::chrono::milliseconds{200});
      breath_.async_wait([this](std::error_code) { ends_.clear(); });
    });
    if (to_read_again) {
      hang_ups_.add(*to_read_again);
      await_hang_up();
    }
  }
  /// The server has stopped: nothing is waited for any more. From any thread.
  void rest() {
    asio::post(breath_.get_executor(), [this] { breath_.cancel(); });
  }

 private:
  void await_hang_up() {
    hang_ups_.async_wait([this](std::error_code error, int) {
      if (error || is_over_) return;  // one that came right behind the end is not cancelled any more
      reread_();
      await_hang_up();
    });
  }

  asio::signal_set ends_, hang_ups_;
  asio::steady_timer breath_;
  std::function<void()> reread_;
  bool is_over_ = false;
};
