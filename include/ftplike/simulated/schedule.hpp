#pragma once
#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/asio.hpp>
#include <ftplike/io/worker_pool.hpp>

// What a simulated network runs on: chance from a seed, a clock that moves when told, and coroutines that wait.
namespace ftplike::inline v0_2::detail::simulated {

/// Chance from a seed (splitmix64), the same with every compiler and library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) noexcept : state_{seed} {}
  /// One of 0 … n - 1.
  template <std::unsigned_integral N> N below(N n) noexcept {
    state_ += 0x9E3779B97F4A7C15u;
    auto mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return static_cast<N>((mixed ^ (mixed >> 31)) % n);
  }

 private:
  std::uint64_t state_;
};

/// A coroutine that waits.
class Waiter {
 public:
  virtual ~Waiter() = default;
  virtual void forget_slot() = 0;
  virtual void resume() = 0;
  std::error_code result;
};

template <class Handler> class HandlerWaiter final : public Waiter {
 public:
  explicit HandlerWaiter(Handler handler) : handler_{std::move(handler)} {}
  ~HandlerWaiter() override = default;
  void forget_slot() override {
    if (auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected()) slot.clear();
  }
  void resume() override {
    const auto executor = asio::get_associated_executor(handler_);
    asio::post(executor, [handler = std::move(handler_), error = result]() mutable { std::move(handler)(error); });
  }

 private:
  Handler handler_;
};

/// Runs coroutines one at a time, in an order that the seed chooses, and rings alarms when their time has come.
class Schedule {
 public:
  using Waiters = std::list<std::unique_ptr<Waiter>>;
  using AlarmKey = std::pair<Time, std::uint64_t>;  // the number keeps alarms of one time in the order of their setting

  explicit Schedule(std::uint64_t seed) : dice{seed} {}
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;
  ~Schedule() {
    over_ = true;
    for (auto* waiters : {&ready_, &waiting_}) {
      for (auto& waiter : *waiters) waiter->forget_slot();
      waiters->clear();  // each hands its coroutine to the io_context, which destroys it
    }
  }

  asio::io_context& context() noexcept { return io_; }
  Time now() const noexcept { return now_; }
  /// Whether the end has come, in which nothing is resumed any more.
  bool over() const noexcept { return over_; }

  Waiters::iterator park(std::unique_ptr<Waiter> waiter) { return waiting_.insert(waiting_.end(), std::move(waiter)); }
  void resume(Waiters::iterator waiter, std::error_code result) {
    (*waiter)->result = result;
    ready_.splice(ready_.end(), waiting_, waiter);
    (*waiter)->forget_slot();
  }

  AlarmKey set_alarm(Time when, std::function<void()> ring) {
    const AlarmKey key{when, ++last_alarm_};
    alarms_.emplace(key, std::move(ring));
    return key;
  }
  void cancel_alarm(const AlarmKey& key) { alarms_.erase(key); }

  /// Runs all that can run without time passing.
  void settle() {
    for (;;) {
      io_.restart();
      while (io_.poll_one() != 0) end_turn();
      if (!ready_.empty()) {
        const auto choice = dice.below(std::min(ready_.size(), most_choices));
        const auto next = std::next(ready_.begin(), static_cast<std::ptrdiff_t>(choice));
        const auto waiter = std::move(*next);
        ready_.erase(next);
        waiter->resume();
      } else if (!alarms_.empty() && alarms_.begin()->first.first <= now_) {
        alarms_.extract(alarms_.begin()).mapped()();
      } else {
        return;
      }
    }
  }
  /// Moves the clock to the next alarm, if that is not after `limit`, and settles; false if there is none.
  bool step(Time limit) {
    settle();
    if (alarms_.empty() || alarms_.begin()->first.first > limit) return false;
    now_ = alarms_.begin()->first.first;
    settle();
    return true;
  }
  void advance(Duration by) {
    const Time until = now_ + by;
    while (step(until)) {}
    now_ = until;
  }

  /// Calls a function when that many turns are over.
  void call_after(std::uint64_t turns, std::function<void()> call) { calls_.emplace(turns, std::move(call)); }
  std::uint64_t turns() const noexcept { return turns_; }

  /// Does work that may block: not now, but after as many turns of others as `chance` says.
  void do_later(std::function<void()> work, Dice& chance) {
    if (holds_work) return held_.push_back(std::move(work));
    take_turns(std::move(work), chance.below(4u));
  }
  /// Begins what was held back.
  void release_work() {
    holds_work = false;
    for (auto& work : std::exchange(held_, {})) take_turns(std::move(work), 0);
  }

  Dice dice;
  bool holds_work = false;

 private:
  /// Of those that are ready, the next is one of the first so many: a turn takes no longer with a million than with these.
  static constexpr std::size_t most_choices = 64;

  void take_turns(std::function<void()> work, std::uint64_t left) {
    asio::post(io_, [this, work = std::move(work), left]() mutable {
      if (left == 0) return work();
      take_turns(std::move(work), left - 1);
    });
  }

  void end_turn() {
    if (auto due = calls_.extract(++turns_)) due.mapped()();
  }

  Time now_{std::chrono::hours{1}};  // not 0, which may mean "never" to somebody
  std::map<AlarmKey, std::function<void()>> alarms_;
  std::uint64_t last_alarm_ = 0;
  std::map<std::uint64_t, std::function<void()>> calls_;
  std::uint64_t turns_ = 0;
  Waiters waiting_, ready_;
  std::vector<std::function<void()>> held_;
  bool over_ = false;
  asio::io_context io_{1};  // last, so first to go: the coroutines that it still holds use the members above
};

/// The workers of a simulated network: its one thread, at moments that the seed chooses.
class Workers final : public WorkerPool {
 public:
  Workers(Schedule& schedule, std::uint64_t seed) : schedule_{schedule}, chance_{seed} {}
  bool submit(Job job, ClientKey) override {
    schedule_.do_later(std::move(job), chance_);
    return true;
  }

 private:
  Schedule& schedule_;
  Dice chance_;
};

/// A call at a time, unless it is cancelled or destroyed before.
class Alarm {
 public:
  explicit Alarm(Schedule& schedule) noexcept : schedule_{schedule} {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() { cancel(); }
  void set(Time when, std::function<void()> ring) {
    cancel();
    key_ = schedule_.set_alarm(when, std::move(ring));
  }
  void cancel() {
    if (key_.second != 0) schedule_.cancel_alarm(std::exchange(key_, {}));
  }

 private:
  Schedule& schedule_;
  Schedule::AlarmKey key_{};
};

/// What one operation at a time waits for.
class Signal {
 public:
  explicit Signal(Schedule& schedule) noexcept : schedule_{schedule} {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  /// An operation that may wait, from its first step to its last: what is cancelled between two waits counts, too.
  class Turn {
   public:
    explicit Turn(Signal& signal) : signal_{signal} {
      if (std::exchange(signal.busy_, true)) {
        throw std::logic_error("two operations of one kind at a time on one stream or acceptor");
      }
      signal.cancelled_ = false;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { signal_.busy_ = false; }

   private:
    Signal& signal_;
  };

  /// Waits, within a `Turn`, for `wake`. Throws `operation_aborted` after `cancel`.
  awaitable<void> wait() {
    if (std::exchange(cancelled_, false)) throw std::system_error(asio::error::operation_aborted);
    const auto start = [this](auto handler) {
      if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
        slot.assign([this](asio::cancellation_type) { wake(asio::error::operation_aborted); });
      }
      place_ = schedule_.park(std::make_unique<HandlerWaiter<decltype(handler)>>(std::move(handler)));
      waiting_ = true;
    };
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(std::error_code)>(start, use_awaitable);
  }
  /// Lets the operation that waits, if one does, go on or fail.
  void wake(std::error_code result = {}) {
    if (schedule_.over() || !std::exchange(waiting_, false)) return;
    schedule_.resume(place_, result);
  }
  void cancel() {
    if (waiting_) return wake(asio::error::operation_aborted);
    cancelled_ = busy_;
  }

 private:
  Schedule& schedule_;
  Schedule::Waiters::iterator place_{};
  bool busy_ = false, waiting_ = false, cancelled_ = false;
};

/// Waits until `when`.
inline awaitable<void> wait_until(Schedule& schedule, Time when) {
  Signal due{schedule};
  const Signal::Turn turn{due};
  Alarm alarm{schedule};
  alarm.set(when, [&due] { due.wake(); });
  while (schedule.now() < when) co_await due.wait();
}

/// Lets others run first, or not: chance decides.
inline awaitable<void> yield(Schedule& schedule) {
  const auto start = [&schedule](auto handler) {
    schedule.resume(schedule.park(std::make_unique<HandlerWaiter<decltype(handler)>>(std::move(handler))), {});
  };
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(std::error_code)>(start, use_awaitable);
}

}  // namespace ftplike::detail::simulated
