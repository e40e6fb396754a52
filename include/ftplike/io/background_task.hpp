#pragma once
#include <exception>
#include <utility>

#include <ftplike/io/condition.hpp>

namespace ftplike::inline v0_2 {

/// A coroutine that runs beside the one that started it, until it is joined: the control connection's watch during a
/// transfer. The owner makes it end (by cancelling what it waits for) and joins it before it leaves.
template <class = void> class BasicBackgroundTask {
 public:
  /// Begins the operation on the executor.
  BasicBackgroundTask(const Executor& executor, awaitable<void> operation) : ended_{executor} {
    start_on(executor, std::move(operation), {}, [this](std::exception_ptr failure) {
      failure_ = std::move(failure);
      done_ = true;
      ended_.notify();
    });
  }
  BasicBackgroundTask(const BasicBackgroundTask&) = delete;
  BasicBackgroundTask& operator=(const BasicBackgroundTask&) = delete;

  /// Whether it has ended.
  bool done() const noexcept { return done_; }
  /// Waits for its end. What it threw is thrown here.
  awaitable<void> join() {
    while (!done_) co_await ended_.wait();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  Condition ended_;
  std::exception_ptr failure_;
  bool done_ = false;
};
using BackgroundTask = BasicBackgroundTask<>;  // a template, so that only what is called is compiled

}  // namespace ftplike
