#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <system_error>
#include <utility>

#include <ftplike/io/asio.hpp>
#include <ftplike/system/new_shared.hpp>

namespace ftplike::inline v0_2::detail {

/// Timers of one executor, which share one of Asio's: an idle session's takes a third of the memory here.
///
/// **Threads:** any; but a timer is started, cancelled and destroyed only where its call cannot be running at that moment, as
/// on the executor.
template <class E = Executor> class BasicTimerQueue : public std::enable_shared_from_this<BasicTimerQueue<E>> {
 public:
  /// A call that waits for its time, at most one.
  class Timer {
   public:
    explicit Timer(std::shared_ptr<BasicTimerQueue> queue) : queue_{std::move(queue)} {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer() { cancel(); }
    void start(Time when, std::function<void()> call) { queue_->start(*this, when, std::move(call)); }
    void cancel() { queue_->cancel(*this); }

   private:
    friend class BasicTimerQueue;
    const std::shared_ptr<BasicTimerQueue> queue_;
    std::function<void()> call_;  // none: it does not wait
    typename std::multimap<Time, Timer*>::iterator place_;
  };

  explicit BasicTimerQueue(const E& executor) : first_{executor} {}

 private:
  using Call = std::function<void()>;

  void start(Timer& timer, Time when, Call call) {
    Call forgotten;  // goes without the lock: what goes with it may be another timer
    const std::lock_guard lock{mutex_};
    forgotten = forget(timer);
    timer.place_ = waiting_.emplace(when, &timer);
    timer.call_ = std::move(call);
    if (timer.place_ != waiting_.begin() && waits_) return;
    try {
      wait();
    } catch (...) {
      forgotten = forget(timer);  // what was not started is not called
      throw;
    }
  }
  void cancel(Timer& timer) {
    Call forgotten;  // as above
    const std::lock_guard lock{mutex_};
    forgotten = forget(timer);
    if (waiting_.empty() && std::exchange(waits_, false)) first_.cancel();  // it would keep a loop busy
  }
  Call forget(Timer& timer) {
    Call call = std::exchange(timer.call_, nullptr);
    if (call) waiting_.erase(timer.place_);
    return call;
  }
  void wait() {
    waits_ = false;  // if there is no memory for it, the next one that is started tries again
    first_.expires_at(waiting_.begin()->first);
    first_.async_wait([seen = this->weak_from_this()](std::error_code error) {
      const auto self = seen.lock();
      if (self && !error) self->ring();
    });
    waits_ = true;
  }
  /// Makes one call, and has the loop come back for the next, so that others have their turn in between.
  void ring() {
    Call call;
    {
      const std::lock_guard lock{mutex_};
      waits_ = false;
      if (!waiting_.empty() && waiting_.begin()->first <= Time::clock::now()) {
        call = std::exchange(waiting_.begin()->second->call_, nullptr);
        waiting_.erase(waiting_.begin());
      }
      if (!waiting_.empty()) wait();
    }
    if (call) call();
  }

  std::mutex mutex_;
  SteadyTimer<E> first_;
  bool waits_ = false;
  std::multimap<Time, Timer*> waiting_;
};
using TimerQueue = BasicTimerQueue<>;  // a template, so that only what is called is compiled

}  // namespace ftplike::detail
