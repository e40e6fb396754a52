#pragma once
#include <chrono>
#include <exception>
#include <functional>
#include <system_error>
#include <utility>

#include <ftplike/io/condition.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/protocol/error.hpp>

namespace ftplike::inline v0_2 {

/// Ends what a coroutine does, wherever it waits, and keeps the reason.
///
/// The coroutine is started with `slot()`. That it is to end is a state of the coroutine, which Asio keeps: what it
/// waits for just now is cancelled, and its next `co_await` throws `operation_aborted`, that of a coroutine of its own
/// included. It goes on with other work after `co_await recover()`, which is the one thing that it can await then.
///
/// **Threads:** its coroutine's executor. **Lifetime:** outlives the coroutine.
class Interruption {
 public:
  Interruption() = default;
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// What the coroutine is started with.
  asio::cancellation_slot slot() noexcept { return signal_.slot(); }
  /// The first reason stays.
  void interrupt(std::error_code why) {
    if (!why_) why_ = why;
    signal_.emit(asio::cancellation_type::terminal);
  }
  /// Why; nothing if there was no interruption since the last `recover`.
  const std::error_code& why() const noexcept { return why_; }
  /// What an operation failed with, or if that is the interruption, the reason of it.
  std::error_code reason_of(std::exception_ptr failure) const noexcept {
    const std::error_code error = code_of(std::move(failure));
    return why_ && error == asio::error::operation_aborted ? why_ : error;
  }
  /// For another coroutine with this slot.
  void forget() noexcept { why_ = {}; }
  /// To be called before what it would cancel is destroyed: Asio's sockets leave a pointer to themselves in the slot.
  void leave() noexcept { signal_.slot().clear(); }
  /// In the coroutine: it may wait again.
  [[nodiscard]] auto recover() noexcept {  // no coroutine, which would be cancelled itself
    why_ = {};
    return asio::this_coro::reset_cancellation_state();
  }

 private:
  asio::cancellation_signal signal_;
  std::error_code why_;
};

/// The limits of time of a coroutine's steps, cheap enough to be set for every command: moving the limit on is one
/// store, and the timer is looked at again only when it rings. When a limit runs out, the coroutine is interrupted, a
/// millisecond later at the most.
///
/// **Lifetime:** of the coroutine. **Threads:** its executor.
template <Transport T> class Deadline {
 public:
  /// **Lifetime:** all three outlive it.
  Deadline(T& network, const Executor& executor, Interruption& interruption)
      : network_{network}, interruption_{interruption}, timer_{network, executor} {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  /// The limit of a step, from its beginning to the end of a scope. Inside of it there can be others, which hold
  /// instead of it while they last; after them it is counted anew, at the latest when it would have run out.
  class Limit {
   public:
    /// `Duration::max()`: none. `why` is the reason of the interruption.
    Limit(Deadline& deadline, Duration duration, std::error_code why)
        : deadline_{deadline}, outer_{deadline.limit_}, duration_{duration}, why_{why} {
      extend();
      deadline_.limit_ = this;  // last: of a limit for which there is no memory nothing is left
    }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    ~Limit() {
      deadline_.limit_ = outer_;
      if (outer_) outer_->resumed_ = true;
    }
    /// The same limit again, counted from now.
    void extend() {
      resumed_ = false;
      end_ = time_after(deadline_.network_.now(), duration_);
      deadline_.arm_for(end_);
    }
    /// Whether it ran out.
    bool expired() const noexcept { return expired_; }

   private:
    friend class Deadline;
    Deadline& deadline_;
    Limit* const outer_;
    const Duration duration_;
    const std::error_code why_;
    Time end_{};
    bool expired_ = false;
    bool resumed_ = false;  // to be counted anew
  };

  /// Between two steps, for long: no timer keeps a loop busy that has nothing else to do.
  void rest() {
    if (!limit_ && std::exchange(armed_, false)) timer_.cancel();
  }
  /// Counts the limit that holds now from now on, if one does.
  void extend() {
    if (limit_) limit_->extend();
  }

 private:
  /// What a limit may be late by: the time left until some moment, asked for twice, differs by less.
  static constexpr Duration negligible = std::chrono::milliseconds{1};

  void arm_for(Time end) {
    if (end != Time::max() && (!armed_ || end < rings_at_ - negligible)) arm(end);
  }
  void arm(Time when) {
    armed_ = false;  // if there is no memory for it, the next limit tries again
    timer_.start(when, [this] { ring(); });
    rings_at_ = when;
    armed_ = true;
  }
  void ring() {
    armed_ = false;
    if (!limit_) return;
    const Time now = network_.now();
    if (std::exchange(limit_->resumed_, false)) limit_->end_ = time_after(now, limit_->duration_);
    if (limit_->end_ == Time::max()) return look_after_outer(now);
    if (now < limit_->end_) return arm(limit_->end_);
    limit_->expired_ = true;
    interruption_.interrupt(limit_->why_);
  }
  /// The limit that holds has no end: it is looked again whether one around it holds by then.
  void look_after_outer(Time now) {
    for (const Limit* outer = limit_->outer_; outer; outer = outer->outer_) {
      if (outer->duration_ != Duration::max()) return arm(time_after(now, outer->duration_));
    }
  }

  T& network_;
  Interruption& interruption_;
  typename T::Timer timer_;
  Limit* limit_ = nullptr;
  Time rings_at_{};
  bool armed_ = false;
};

}  // namespace ftplike
