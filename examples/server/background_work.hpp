#pragma once
#include <functional>
#include <memory>
#include <system_error>
#include <utility>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/condition.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/io/stoppable_task.hpp>
#include <ftplike/protocol/error.hpp>

/// Some work that may block, done by a worker each time that it is asked for, and what is to be done after it on the
/// executor: `then` hears `Errc::busy` where the workers had no room for it. Asked for while it is under way, it is done once
/// more afterwards: work that hangs never holds a second worker.
///
/// **Threads:** those of its executor, which runs one at a time. **Lifetime:** `work` may outlive it, and owns or shares what
/// it touches; `then` does not. Neither may throw.
class BackgroundWork {
 public:
  BackgroundWork(const ftplike::Executor& executor, std::function<void()> work, std::function<void(std::error_code)> then)
      : state_{std::make_shared<State>(executor, std::move(work), std::move(then))}, task_{executor, run(state_)} {}
  BackgroundWork(const BackgroundWork&) = delete;
  BackgroundWork& operator=(const BackgroundWork&) = delete;
  ~BackgroundWork() { state_->has_owner = false; }

  /// Asks for it, from any thread.
  void ask() {
    asio::post(state_->executor, [state = state_] {
      state->is_asked_for = true;
      state->asked.notify();
    });
  }

 private:
  struct State {
    State(const ftplike::Executor& its_executor, std::function<void()> its_work, std::function<void(std::error_code)> its_then)
        : executor{its_executor}, asked{its_executor}, work{std::move(its_work)}, then{std::move(its_then)} {}
    const ftplike::Executor executor;
    ftplike::Condition asked;
    bool is_asked_for = false, has_owner = true;
    const std::function<void()> work;
    const std::function<void(std::error_code)> then;
  };

  static ftplike::awaitable<void> run(std::shared_ptr<State> state) {
    for (;;) {
      while (!state->is_asked_for) co_await state->asked.wait();
      state->is_asked_for = false;
      ftplike::Settled<void> done;
      std::function<void()> work = state->work;
      co_await ftplike::settle(ftplike::blocking(std::move(work)), done);
      // It may have left in the turn in which the work ended. Asio from 1.22.2 on may tell of the interruption later than that.
      if (!state->has_owner) co_return;
      state->then(done.failed() ? ftplike::code_of(done.failure()) : std::error_code{});
    }
  }

  std::shared_ptr<State> state_;
  ftplike::StoppableTask task_;
};
