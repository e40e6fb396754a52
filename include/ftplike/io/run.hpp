#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

#include <ftplike/io/settled.hpp>

namespace ftplike::inline v0_2 {

/// Runs operations on a transport with event loops of its own, one after the other, each to its end: for `main`, for
/// tests, for threads without coroutines. `run(network, operation)` is the short form for one.
///
///     ftplike::TcpTransport network;
///     ftplike::Runner runner{network};
///     auto client = runner.run(ftplike::connect(network, url));
///     auto entries = runner.run(client.list());
///
/// **Cancellation:** by `cancel`. **Lifetime:** not beyond the transport's.
/// **Threads:** one at a time, which becomes one of the transport's while an operation runs; `cancel` from any.
template <class T> class Runner {
 public:
  /// **Lifetime:** the network outlives it.
  explicit Runner(T& network) : network_{network}, executor_{network.executor()} {}

  /// The result of an operation. What else goes on on the transport goes on meanwhile, and waits afterwards.
  ///
  /// **Errors:** what the operation threw; what came out of the transport's `run`; `std::logic_error` if the operation
  /// did not end, because the transport was stopped or its loops are not its own.
  template <class R> R run(awaitable<R> operation) {
    const auto result = std::make_shared<Settled<R>>();
    drive(settle(std::move(operation), *result), result);
    return result->get();
  }

  /// Ends the operation that is under way, with `operation_aborted`; one that begins later is not touched.
  void cancel() {
    call_on(executor_, [state = state_, number = state_->number.load()] {
      if (state->call && state->number == number) state->call->stop.emit(asio::cancellation_type::terminal);
    });
  }

 private:
  struct Call {
    asio::cancellation_signal stop;
    std::exception_ptr failure;
    bool ended = false, given_up = false;
  };
  struct State {
    std::atomic<std::uint64_t> number = 0;  // of operations that have begun
    std::shared_ptr<Call> call;             // under way
  };

  void drive(awaitable<void> operation, std::shared_ptr<const void> kept) {
    const auto call = std::make_shared<Call>();
    state_->call = call;
    ++state_->number;
    const auto at_end = [call, kept = std::move(kept), state = state_, network = &network_](std::exception_ptr failure) {
      if (call->given_up) return;
      call->failure = std::move(failure);  // cancelled before it began
      call->ended = true;
      state->call = nullptr;
      network->stop();
    };
    start_on(executor_, std::move(operation), call->stop.slot(), at_end);
    network_.run();
    if (call->failure) std::rethrow_exception(call->failure);
    if (call->ended) return;
    call->given_up = true;
    state_->call = nullptr;
    throw std::logic_error("the operation has not ended, but the transport does not run any more");
  }

  T& network_;
  const Executor executor_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

/// Runs one operation on a transport with event loops of its own to its end, and gives its result or throws what it
/// threw. See `Runner`.
template <class R, class T>
requires requires(T& network) {
  network.run();
  network.stop();
}
R run(T& network, awaitable<R> operation) {
  return Runner<T>{network}.run(std::move(operation));
}

}  // namespace ftplike
