#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/run_on.hpp>
#include <ftplike/io/settled.hpp>

namespace ftplike::inline v0_2::detail {

/// What a job has borrowed of the coroutine that waits for it.
class Loan {
 public:
  /// On the worker: does what uses it, unless it was given back before.
  void use(const std::function<void()>& work) {
    const std::lock_guard lock{mutex_};
    if (!over_) work();
  }
  /// Gives it back, if it is not being used just now.
  bool try_to_end() {
    const std::unique_lock lock{mutex_, std::try_to_lock};
    if (!lock) return false;
    over_ = true;
    return true;
  }
  /// Gives it back, after waiting for whoever uses it.
  void end() {
    const std::lock_guard lock{mutex_};
    over_ = true;
  }

 private:
  std::mutex mutex_;
  bool over_ = false;
};

/// As `blocking`, for work that touches what is its caller's: a stream, a buffer.
///
/// **Cancellation:** at once if the work has not begun; else when it has ended, since it cannot be left behind.
/// **Lifetime:** what it touches outlives the call. A coroutine that is destroyed waits for it, too.
template <class = void> awaitable<void> blocking_on_borrowed(std::function<void()> work, Workload load = {}) {
  class Giving {
   public:
    explicit Giving(Loan& loan) noexcept : loan_{loan} {}
    Giving(const Giving&) = delete;
    Giving& operator=(const Giving&) = delete;
    ~Giving() { loan_.end(); }

   private:
    Loan& loan_;
  };
  const Executor executor = co_await asio::this_coro::executor;
  const auto loan = std::make_shared<Loan>();
  const Giving giving{*loan};
  const auto stop = std::make_shared<asio::cancellation_signal>();
  const std::function<void()> cancel = [loan, stop] {
    if (loan->try_to_end()) stop->emit(asio::cancellation_type::terminal);
  };
  auto job = [loan, work = std::move(work)] { loan->use(work); };
  const auto done = std::make_shared<Settled<void>>();
  auto settled = settle(blocking(std::move(job), load), *done);
  co_await run_stoppable(executor, stop->slot(), cancel, std::move(settled));
  done->get();
}

}  // namespace ftplike::inline v0_2::detail
