#pragma once
#include <memory>
#include <utility>

#include <ftplike/io/condition.hpp>
#include <ftplike/io/deadline.hpp>
#include <ftplike/system/new_shared.hpp>

namespace ftplike::inline v0_2 {

/// A coroutine that runs beside the one that started it, and whose starter may leave at any time: the destructor
/// interrupts it and does not wait. So it owns, or shares, all that it touches after it has been interrupted. What it
/// throws is dropped.
///
/// **Threads:** its executor. **Cancellation:** of `stop` and `join` ends the wait, not the coroutine.
template <class = void> class BasicStoppableTask {
 public:
  /// Begins the operation on the executor.
  BasicStoppableTask(const Executor& executor, awaitable<void> operation) : state_{detail::new_shared<State>(executor)} {
    start_on(executor, run(state_, std::move(operation)), state_->interruption.slot());
  }
  BasicStoppableTask(BasicStoppableTask&&) noexcept = default;
  BasicStoppableTask& operator=(BasicStoppableTask&&) = delete;
  ~BasicStoppableTask() {
    if (state_) interrupt();
  }

  /// Ends the operation wherever it waits. **Threads:** that of its executor.
  void interrupt() {
    if (state_->runs) state_->interruption.interrupt(asio::error::operation_aborted);
  }
  /// Interrupts it and waits for its end.
  awaitable<void> stop() {
    interrupt();
    return join();
  }
  /// Waits for its end.
  awaitable<void> join() {
    while (state_->runs) co_await state_->ended.wait();
  }

 private:
  struct State {
    explicit State(const Executor& executor) : ended{executor} {}
    Interruption interruption;
    Condition ended;
    bool runs = true;
  };
  /// Tells when the coroutine has ended, be it that its event loop was destroyed.
  class Running {
   public:
    explicit Running(std::shared_ptr<State> state) noexcept : state_{std::move(state)} {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
      state_->runs = false;
      state_->ended.notify();
    }

   private:
    std::shared_ptr<State> state_;
  };

  static awaitable<void> run(std::shared_ptr<State> state, awaitable<void> operation) {
    const Running running{std::move(state)};
    try {
      co_await std::move(operation);
    } catch (...) {  // its starter finds out
    }
  }

  std::shared_ptr<State> state_;
};
using StoppableTask = BasicStoppableTask<>;  // a template, so that only what is called is compiled

}  // namespace ftplike
