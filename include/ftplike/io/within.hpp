#pragma once
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include <ftplike/io/gate.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/protocol/error.hpp>

namespace ftplike {

/// How an operation ended, kept as a value until `get()` returns it or throws it.
template <class R> class Settled {
 public:
  void set(R value) { value_.emplace(std::move(value)); }
  void fail(std::exception_ptr failure) { failure_ = std::move(failure); }
  bool failed() const noexcept { return failure_ != nullptr; }
  const std::exception_ptr& failure() const noexcept { return failure_; }
  R get() {
    if (failure_) std::rethrow_exception(failure_);
    return std::move(*value_);
  }

 private:
  std::exception_ptr failure_;
  std::optional<R> value_;
};

template <> class Settled<void> {
 public:
  void fail(std::exception_ptr failure) { failure_ = std::move(failure); }
  bool failed() const noexcept { return failure_ != nullptr; }
  const std::exception_ptr& failure() const noexcept { return failure_; }
  void get() {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::exception_ptr failure_;
};

/// Runs `operation` to its end, good or bad, into `result`; itself it does not throw.
template <class R> awaitable<void> settle(awaitable<R> operation, Settled<R>& result) {
  try {
    if constexpr (std::is_void_v<R>) {
      co_await std::move(operation);
    } else {
      R value = co_await std::move(operation);
      result.set(std::move(value));
    }
  } catch (...) { result.fail(std::current_exception()); }
}

namespace detail {

/// Awaits `operation`, which does not throw, and can be cancelled by `stop` and by what cancels the caller.
inline awaitable<void> stoppable(asio::cancellation_signal& stop, awaitable<void> operation) {
  const Executor executor = co_await asio::this_coro::executor;
  auto outer = co_await asio::this_coro::cancellation_state;
  // What cancels us must reach the operation, whose slot is now `stop`'s and not the caller's.
  auto slot = outer.slot();
  if (slot.is_connected()) slot.assign([&stop](asio::cancellation_type type) { stop.emit(type); });
  std::exception_ptr failure;
  try {
    co_await asio::co_spawn(executor, std::move(operation), asio::bind_cancellation_slot(stop.slot(), use_awaitable));
  } catch (...) { failure = std::current_exception(); }
  if (slot.is_connected()) slot.clear();  // not by a destructor: a slot may be gone before a coroutine that never ended
  if (failure) std::rethrow_exception(failure);
}

}  // namespace detail

/// Runs `operation` for at most `limit`; then it is cancelled, waited for, and `Errc::timed_out` thrown.
///
/// For a step or a whole transfer, not for a chunk: it costs a few microseconds.
/// **Cancellation:** cancels the operation.
template <Transport T, class R> awaitable<R> within(T& network, Duration limit, awaitable<R> operation) {
  const Executor executor = co_await asio::this_coro::executor;
  asio::cancellation_signal stop;
  bool late = false;
  typename T::Timer timer{network, executor};
  timer.start(network.now() + limit, [&] {
    late = true;
    stop.emit(asio::cancellation_type::terminal);
  });
  Settled<R> result;
  auto settled = settle(std::move(operation), result);
  co_await detail::stoppable(stop, std::move(settled));
  if (late && result.failed()) throw std::system_error(Errc::timed_out);
  co_return result.get();
}

/// A coroutine that runs beside the one that started it, until it is joined: the control connection's watch during a
/// transfer. The owner makes it end (by cancelling what it waits for) and joins it before it leaves.
class Beside {
 public:
  Beside(const Executor& executor, awaitable<void> operation) : ended_{executor} {
    start_on(executor, std::move(operation), {}, [this](std::exception_ptr failure) {
      failure_ = std::move(failure);
      done_ = true;
      ended_.open();
    });
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

  bool done() const noexcept { return done_; }
  /// Waits for its end. What it threw is thrown here.
  awaitable<void> join() {
    while (!done_) co_await ended_.wait();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  Gate ended_;
  std::exception_ptr failure_;
  bool done_ = false;
};

/// The time limit of a session's present step, cheap enough to be set for every command: moving it on is one store, and
/// its timer is looked at again only when it rings. When the limit runs out, what it guards is cancelled.
template <Transport T> class Watchdog {
 public:
  Watchdog(T& network, const Executor& executor) : network_{network}, timer_{network, executor} {}
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// From now on `target.cancel()` is called if `limit` passes without another `guard`, `extend` or `rest`.
  template <class Target> void guard(Duration limit, Target& target) {
    target_ = &target;
    cancel_ = [](void* what) { static_cast<Target*>(what)->cancel(); };
    barked_ = false;
    limit_ = limit;
    extend();
  }
  /// The same limit again, counted from now.
  void extend() {
    deadline_ = network_.now() + limit_;
    if (!armed_ || deadline_ < rings_at_) arm();
  }
  /// Waits, guarding in the meantime nothing but the wait itself: `interrupt` ends it early, without an error.
  awaitable<void> sleep_until(Time when) {
    const Executor executor = co_await asio::this_coro::executor;
    Gate waiting{executor};
    typename T::Timer alarm{network_, executor};
    alarm.start(when, [&waiting] { waiting.open(); });
    void* const target = std::exchange(target_, &waiting);
    const auto cancel = std::exchange(cancel_, [](void* what) { static_cast<Gate*>(what)->open(); });
    const Duration limit = std::exchange(limit_, Duration::max() / 2);
    deadline_ = Time::max();
    co_await waiting.wait();
    target_ = target;
    cancel_ = cancel;
    limit_ = limit;
    extend();
  }
  /// Nothing is guarded any more.
  void rest() noexcept { target_ = nullptr; }
  /// Cancels what is guarded, as if its limit had run out, but without having barked.
  void interrupt() {
    if (target_) cancel_(target_);
  }
  /// Whether the limit of the last `guard` ran out.
  bool barked() const noexcept { return barked_; }

 private:
  void arm() {
    armed_ = true;
    rings_at_ = deadline_;
    timer_.start(rings_at_, [this] { ring(); });
  }
  void ring() {
    armed_ = false;
    if (!target_) return;
    if (network_.now() < deadline_) return arm();
    barked_ = true;
    cancel_(target_);
  }

  T& network_;
  typename T::Timer timer_;
  void* target_ = nullptr;
  void (*cancel_)(void*) = nullptr;
  Duration limit_{};
  Time deadline_{}, rings_at_{};
  bool armed_ = false, barked_ = false;
};

/// Runs `operation`, which does not throw, guarded by a session's watchdog: it is cancelled when the limit runs out,
/// the session is interrupted, or what awaits this is cancelled.
template <class Watchdog> awaitable<void> guarded(Watchdog& watchdog, Duration limit, awaitable<void> operation) {
  struct Stop {
    void cancel() { signal.emit(asio::cancellation_type::terminal); }
    asio::cancellation_signal signal;
  } stop;
  watchdog.guard(limit, stop);
  Settled<void> ended;
  auto running = detail::stoppable(stop.signal, std::move(operation));
  co_await settle(std::move(running), ended);
  watchdog.rest();
  ended.get();
}

}  // namespace ftplike
