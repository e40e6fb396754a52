#pragma once
#include <cstddef>
#include <exception>
#include <list>
#include <memory>
#include <utility>

#include <ftplike/io/condition.hpp>

namespace ftplike::inline v0_2::detail {

/// Coroutines that run beside the one that started them and end before it goes on: it has to `join` them. When one
/// fails, the others are cancelled.
///
/// **Cancellation:** of `join` cancels them all; it waits for their ends all the same.
template <class = void> class BasicTaskGroup {
 public:
  explicit BasicTaskGroup(const Executor& executor) : state_{std::make_shared<State>(executor)} {}
  BasicTaskGroup(const BasicTaskGroup&) = delete;
  BasicTaskGroup& operator=(const BasicTaskGroup&) = delete;

  void start(awaitable<void> work) {
    auto& stop = state_->stops.emplace_back();
    ++state_->running;
    const auto done = [state = state_](std::exception_ptr failure) {
      --state->running;
      if (failure && !std::exchange(state->failed, true)) {
        state->failure = failure;
        state->cancel();
      }
      state->ended.notify();
    };
    start_on(state_->executor, std::move(work), stop.slot(), done);
  }
  void cancel() { state_->cancel(); }

  /// Waits for the ends of all. The first failure is thrown here.
  awaitable<void> join() {
    auto outer = co_await asio::this_coro::cancellation_state;
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    auto slot = outer.slot();
    if (outer.cancelled() != asio::cancellation_type::none) state_->cancel();
    co_await asio::this_coro::throw_if_cancelled(false);
    while (state_->running > 0) {
      // Each wait clears the slot of this coroutine when it ends, and must not take it itself.
      if (slot.is_connected()) slot.assign([state = state_](asio::cancellation_type) { state->cancel(); });
      co_await state_->ended.wait_uncancelled();
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (slot.is_connected()) slot.clear();
    if (state_->failure) std::rethrow_exception(state_->failure);
  }

 private:
  struct State {
    explicit State(const Executor& its_executor) : executor{its_executor}, ended{its_executor} {}
    void cancel() {
      for (auto& stop : stops) stop.emit(asio::cancellation_type::terminal);
    }
    Executor executor;
    Condition ended;
    std::list<asio::cancellation_signal> stops;
    std::exception_ptr failure;
    std::size_t running = 0;
    bool failed = false;
  };
  std::shared_ptr<State> state_;
};
using TaskGroup = BasicTaskGroup<>;  // a template, so that only what is called is compiled

}  // namespace ftplike::detail
