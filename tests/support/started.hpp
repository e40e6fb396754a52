#pragma once
// An operation that runs while the test looks on.
#include <exception>
#include <memory>
#include <system_error>
#include <utility>

#include <ftplike/simulated/network.hpp>
#include <ftplike/io/within.hpp>

/// An operation under way on `executor`; the test lets it run, looks whether it is done, and cancels it by its slot.
template <class R> class Started {
 public:
  Started(const ftplike::Executor& executor, ftplike::awaitable<R> operation) : state_{std::make_shared<State>()} {
    ftplike::start_on(executor, ftplike::settle(std::move(operation), state_->result), state_->stop.slot(),
                      [state = state_](std::exception_ptr) { state->done = true; });
  }
  /// The same on a simulated network, where it runs as far as it gets at once.
  Started(ftplike::SimulatedNetwork& network, ftplike::awaitable<R> operation)
      : Started{network.executor(), std::move(operation)} {
    network.settle();
  }
  bool done() const { return state_->done; }
  void cancel() { state_->stop.emit(asio::cancellation_type::terminal); }
  void cancel(ftplike::SimulatedNetwork& network) {
    cancel();
    network.settle();
  }
  R result() { return state_->result.get(); }
  /// What it failed with; none if it is not done or went well.
  std::error_code error() {
    if (!state_->done || !state_->result.failed()) return {};
    try {
      state_->result.get();
    } catch (const std::system_error& error) { return error.code(); }
    return {};
  }

 private:
  struct State {
    ftplike::Settled<R> result;
    asio::cancellation_signal stop;
    bool done = false;
  };
  std::shared_ptr<State> state_;
};
