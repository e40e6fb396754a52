#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

#include <ftplike/io/asio.hpp>
#include <ftplike/io/worker_pool.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/system/new_shared.hpp>

namespace ftplike::inline v0_2 {

/// What kind of blocking work something is, and for whom it is done.
class Workload {
 public:
  /// Of a kind, for a client; 0 is nobody in particular.
  Workload(WorkKind its_kind = WorkKind::disk, ClientKey its_client = 0) noexcept
      : kind{its_kind}, client{its_client} {}
  WorkKind kind;  // which workers do it
  ClientKey client;  // whose turn it takes
};

/// What coroutines of an execution context use of worker pools. It belongs to the context, so that whatever runs there
/// finds it, and so that a job that ends when the context is gone finds nobody.
class BlockingWork : public asio::execution_context::service {
 public:
  /// By which Asio finds the service.
  using key_type = BlockingWork;
  inline static asio::execution_context::id id;  // how Asio finds a service of this type

  /// Made by Asio, once for each execution context.
  explicit BlockingWork(asio::execution_context& owner, std::shared_ptr<WorkerPools> pools = WorkerPools::shared())
      : asio::execution_context::service{owner}, pools_{std::move(pools)} {}

  /// The workers that are used.
  WorkerPools& pools() noexcept { return *pools_; }
  /// Uses other workers from now on.
  void use(std::shared_ptr<WorkerPools> pools) noexcept { pools_ = std::move(pools); }
  /// Whether the context has ended, though its memory is there: what is posted there would never run, and never go.
  bool has_ended() const noexcept { return has_ended_; }

  /// A coroutine that waits for a job, on its executor. The job knows it by its number, and may outlive it.
  class Wait {
   public:
    /// Notes that a coroutine of `executor` waits for a worker.
    Wait(BlockingWork& work, const Executor& executor) : waits_{work.waits_} {
      const std::lock_guard lock{waits_->mutex};
      number_ = ++waits_->last_number;
      waits_->all.try_emplace(number_, executor);
    }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() {
      const std::lock_guard lock{waits_->mutex};
      waits_->all.erase(number_);
    }
    /// What the job calls when it is done, on its own thread.
    std::function<void()> waker() const {
      return [waits = waits_, number = number_] { waits->go_on(number, true); };
    }
    /// Whether the waker was called.
    bool is_over() const {
      const std::lock_guard lock{waits_->mutex};
      const auto place = waits_->all.find(number_);
      return place != waits_->all.end() && place->second.is_over;
    }
    /// Until the waker was called, or the coroutine is cancelled. Asio's timers and sockets, which want the thread to
    /// themselves, are not in this: any number of threads may run the context.
    template <class = void> awaitable<void> change() {
      const auto start = [waits = waits_, number = number_](auto handler) {
        const auto slot = asio::get_associated_cancellation_slot(handler);
        // First: once it is parked, the coroutine may be under way on another thread.
        if (slot.is_connected()) {
          asio::cancellation_slot{slot}.assign([waits, number](asio::cancellation_type) { waits->go_on(number, false); });
        }
        const auto parked = detail::new_shared<decltype(handler)>(std::move(handler));
        waits->park(number, [parked] { std::move (*parked)(); });
      };
      return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(start, use_awaitable);
    }

   private:
    friend class BlockingWork;
    struct Place {
      explicit Place(const Executor& its_executor) : executor{its_executor}, busy{its_executor} {}
      Executor executor;
      std::function<void()> resume;  // while the coroutine waits
      Executor busy;                 // meanwhile keeps the context from running out of work
      bool is_over = false;
    };
    struct Waits {
      /// Keeps what resumes a coroutine until it is to go on.
      void park(std::uint64_t number, std::function<void()> resume) {
        const std::lock_guard lock{mutex};
        const auto found = all.find(number);
        if (found == all.end()) return;
        Place& place = found->second;
        place.resume = std::move(resume);
        if (place.is_over) return go_on(place);
        place.busy = asio::prefer(place.executor, asio::execution::outstanding_work.tracked);
      }
      void go_on(std::uint64_t number, bool is_over) {
        const std::lock_guard lock{mutex};  // as long as it is held, the context cannot end
        const auto found = all.find(number);
        if (found == all.end()) return;
        found->second.is_over |= is_over;
        if (found->second.resume) go_on(found->second);
      }
      static void go_on(Place& place) {
        call_on(place.executor, std::exchange(place.resume, nullptr));
        place.busy = place.executor;
      }

      std::mutex mutex;
      std::map<std::uint64_t, Place> all;  // none once the context has ended
      std::uint64_t last_number = 0;
    };

    std::shared_ptr<Waits> waits_;
    std::uint64_t number_ = 0;
  };

 private:
  /// Coroutines that wait end here, with their context, and look for their places, which are gone.
  void shutdown() noexcept override {
    has_ended_ = true;
    std::map<std::uint64_t, Wait::Place> all;
    const std::lock_guard lock{waits_->mutex};
    all.swap(waits_->all);
  }

  std::shared_ptr<WorkerPools> pools_;
  std::atomic<bool> has_ended_ = false;
  std::shared_ptr<Wait::Waits> waits_ = detail::new_shared<Wait::Waits>();
};

/// Whether the event loop of an executor has ended. Nothing is to be posted there then that holds the loop's memory.
inline bool has_ended(const Executor& executor) {
  return asio::use_service<BlockingWork>(asio::query(executor, asio::execution::context)).has_ended();
}

namespace detail {

/// A job and what came of it. Whoever waits for it may leave it behind.
class BlockingJob {
 public:
  BlockingJob() = default;
  BlockingJob(const BlockingJob&) = delete;
  BlockingJob& operator=(const BlockingJob&) = delete;
  virtual ~BlockingJob() = default;

  void run() noexcept {
    if (left_) return;
    try {
      call();
    } catch (...) { failure_ = std::current_exception(); }
  }
  /// Nobody waits for it any more: if it has not begun it need not.
  void leave() noexcept { left_ = true; }
  void check() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  virtual void call() = 0;
  std::exception_ptr failure_;
  std::atomic<bool> left_ = false;
};

/// A job that the workers of a context have been given, and do while whoever gave it goes on. It knows nothing of what
/// the job is: what compilers make of a coroutine takes them far longer than the work itself.
template <class = void> class BasicJobUnderWay {
 public:
  BasicJobUnderWay(const Executor& executor, std::shared_ptr<BlockingJob> job, Workload load)
      : BasicJobUnderWay{executor, asio::use_service<BlockingWork>(asio::query(executor, asio::execution::context)),
                         std::move(job), load} {}
  BasicJobUnderWay(const BasicJobUnderWay&) = delete;
  BasicJobUnderWay& operator=(const BasicJobUnderWay&) = delete;
  ~BasicJobUnderWay() { job_->leave(); }

  /// Waits for its end. What it threw is thrown here.
  awaitable<void> end() {
    while (!wait_.is_over()) co_await wait_.change();
    job_->check();
  }

 private:
  BasicJobUnderWay(const Executor& executor, BlockingWork& work, std::shared_ptr<BlockingJob> job, Workload load)
      : job_{std::move(job)}, wait_{work, executor} {
    const auto run = [job = job_, wake = wait_.waker()] {
      job->run();
      wake();
    };
    if (!work.pools().of(load.kind).submit(run, load.client)) throw std::system_error(Errc::busy);
  }

  std::shared_ptr<BlockingJob> job_;
  BlockingWork::Wait wait_;
};
using JobUnderWay = BasicJobUnderWay<>;  // a template, so that only what is called is compiled

/// Has a job done.
template <class = void> awaitable<void> have_done(std::shared_ptr<BlockingJob> job, Workload load) {
  const Executor executor = co_await asio::this_coro::executor;
  JobUnderWay under_way{executor, std::move(job), load};
  co_await under_way.end();
}

template <class Result> class ResultJob : public BlockingJob {
 public:
  std::optional<Result> result;
};
template <class Work, class Result> class WorkJob final : public ResultJob<Result> {
 public:
  explicit WorkJob(Work work) : work_{std::move(work)} {}

 private:
  void call() override { this->result.emplace(work_()); }
  Work work_;
};
template <class Work> class VoidJob final : public BlockingJob {
 public:
  explicit VoidJob(Work work) : work_{std::move(work)} {}

 private:
  void call() override { work_(); }
  Work work_;
};

/// The same for one that has a result: a `ResultJob<Result>`.
template <class Result> awaitable<Result> have_done_for_result(std::shared_ptr<BlockingJob> job, Workload load) {
  co_await have_done(job, load);
  co_return *std::move(static_cast<ResultJob<Result>&>(*job).result);
}

/// Work that has a result, in the hands of workers while whoever began it goes on.
///
/// **Errors:** as `blocking`, of which it is the beginning and, by `get`, the end. **Lifetime:** likewise; destroyed
/// before, it leaves the work behind.
template <class Work> class WorkUnderWay {
 public:
  using Result = std::invoke_result_t<Work&>;
  WorkUnderWay(const Executor& executor, Work work, Workload load)
      : WorkUnderWay{executor, new_shared<WorkJob<Work, Result>>(std::move(work)), load} {}
  awaitable<Result> get() {
    co_await job_.end();
    co_return *std::move(result_->result);
  }

 private:
  WorkUnderWay(const Executor& executor, std::shared_ptr<ResultJob<Result>> job, Workload load)
      : result_{job}, job_{executor, job, load} {}
  std::shared_ptr<ResultJob<Result>> result_;
  JobUnderWay job_;
};

}  // namespace detail

/// Runs `work` where blocking harms nobody and gives its result on the caller's own executor. What `work` throws is
/// thrown here.
///
/// **Errors:** `Errc::busy` if too much is waiting to be done.
/// **Cancellation:** at once. Work that has begun goes on and is forgotten.
/// **Lifetime:** so `work` may outlive its caller, and owns or shares all that it touches.
template <class Work> awaitable<std::invoke_result_t<Work&>> blocking(Work work, Workload load = {}) {
  using Result = std::invoke_result_t<Work&>;
  // By one type of pointer, from which one type of shared pointer is made.
  if constexpr (std::is_void_v<Result>) {
    std::unique_ptr<detail::BlockingJob> job{new detail::VoidJob<Work>{std::move(work)}};
    return detail::have_done(std::move(job), load);
  } else {
    std::unique_ptr<detail::BlockingJob> job{new detail::WorkJob<Work, Result>{std::move(work)}};
    return detail::have_done_for_result<Result>(std::move(job), load);
  }
}

}  // namespace ftplike
