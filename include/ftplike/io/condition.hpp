#pragma once
#include <system_error>

#include <ftplike/io/asio.hpp>

namespace ftplike::inline v0_2 {

/// A condition variable for coroutines of one executor: `wait` suspends until the next `notify`. As with
/// `std::condition_variable`, the caller looks at what it waits for before and after.
///
/// **Cancellation:** ends the wait, without an error; the next `co_await` of the coroutine throws.
/// **Threads:** those of its executor, one at a time.
template <class E = Executor> class BasicCondition {
 public:
  /// **Threads:** the executor's; it must run one at a time.
  explicit BasicCondition(const Executor& executor) : timer_{executor, Time::max()} {}

  /// Until the next `notify`, or until the coroutine is cancelled.
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
  /// Wakes all who wait just now.
  void notify() { timer_.cancel(); }

 private:
  SteadyTimer<E> timer_;  // never expires
};
using Condition = BasicCondition<>;  // a template, so that only what is called is compiled

}  // namespace ftplike
