#pragma once
#include <system_error>

#include <ftplike/io/asio.hpp>

namespace ftplike {

/// A place where coroutines wait until somebody opens it for those who wait just then. What they wait for is theirs to
/// look at, before and after.
///
/// **Cancellation:** ends the wait, without an error.
class Gate {
 public:
  explicit Gate(const Executor& executor) : timer_{executor, Time::max()} {}

  awaitable<void> wait() {
    std::error_code ignored;
    co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
  }
  /// The same for a coroutine that handles its own cancellation: none of it comes here.
  awaitable<void> wait_uncancelled() {
    std::error_code ignored;
    const auto no_slot = asio::bind_cancellation_slot(asio::cancellation_slot{}, use_awaitable);
    co_await timer_.async_wait(asio::redirect_error(no_slot, ignored));
  }
  void open() { timer_.cancel(); }

 private:
  asio::steady_timer timer_;  // never rings
};

}  // namespace ftplike
