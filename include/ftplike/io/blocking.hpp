#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include <ftplike/io/condition.hpp>
#include <ftplike/io/run_on.hpp>
#include <ftplike/io/worker_pool.hpp>
#include <ftplike/protocol/error.hpp>

namespace ftplike::inline v0_2 {

/// What kind of blocking work something is, and for whom it is done.
class Workload {
 public:
  Workload(WorkKind its_kind = WorkKind::disk, ClientKey its_client = 0) noexcept
      : kind{its_kind}, client{its_client} {}
  WorkKind kind;
  ClientKey client;
};

/// What coroutines of an execution context use of worker pools. It belongs to the context, so that whatever runs there
/// finds it, and so that a job that ends when the context is gone finds nobody.
class BlockingWork : public asio::execution_context::service {
 public:
  using key_type = BlockingWork;
  inline static asio::execution_context::id id;  // how Asio finds a service of this type

  explicit BlockingWork(asio::execution_context& owner, std::shared_ptr<WorkerPools> pools = WorkerPools::shared())
      : asio::execution_context::service{owner}, pools_{std::move(pools)} {}

  WorkerPools& pools() noexcept { return *pools_; }
  void use(std::shared_ptr<WorkerPools> pools) noexcept { pools_ = std::move(pools); }
  /// Whether one thread at the most runs the context, as it says itself.
  bool has_one_thread() const noexcept { return has_one_thread_; }
  void has_one_thread(bool whether) noexcept { has_one_thread_ = whether; }
  /// Whether the context has ended, though its memory is there: what is posted there would never run, and never go.
  bool has_ended() const noexcept { return has_ended_; }

  /// A coroutine that waits for a job, on its executor. The job knows it by its number, and may outlive it.
  class Wait {
   public:
    Wait(BlockingWork& work, const Executor& executor) : waits_{work.waits_}, changed_{executor} {
      const std::lock_guard lock{waits_->mutex};
      number_ = ++waits_->last_number;
      waits_->all.emplace(number_, Place{executor, this});
    }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() {
      const std::lock_guard lock{waits_->mutex};
      waits_->all.erase(number_);
    }
    /// What the job calls when it is done, on its own thread.
    std::function<void()> waker() const {
      return [waits = waits_, number = number_] { wake(waits, number); };
    }
    /// Until the waker was called.
    awaitable<void> done() {
      while (!done_) co_await changed_.wait();
    }

   private:
    friend class BlockingWork;
    struct Place {
      Executor executor;
      Wait* wait;
    };
    struct Waits {
      std::mutex mutex;
      std::unordered_map<std::uint64_t, Place> all;  // none once the context has ended
      std::uint64_t last_number = 0;
    };
    static void wake(const std::shared_ptr<Waits>& waits, std::uint64_t number) {
      const std::lock_guard lock{waits->mutex};  // as long as it is held, the context cannot end
      const auto place = waits->all.find(number);
      if (place == waits->all.end()) return;
      asio::post(place->second.executor, [waits, number] {
        Wait* wait = nullptr;
        {
          const std::lock_guard lock_again{waits->mutex};
          const auto found = waits->all.find(number);
          if (found != waits->all.end()) wait = found->second.wait;
        }
        if (!wait) return;
        wait->done_ = true;
        wait->changed_.notify();
      });
    }

    std::shared_ptr<Waits> waits_;
    Condition changed_;
    std::uint64_t number_ = 0;
    bool done_ = false;
  };

 private:
  void shutdown() noexcept override {
    has_ended_ = true;
    const std::lock_guard lock{waits_->mutex};
    waits_->all.clear();
  }

  std::shared_ptr<WorkerPools> pools_;
  std::atomic<bool> has_one_thread_ = false, has_ended_ = false;
  std::shared_ptr<Wait::Waits> waits_ = std::make_shared<Wait::Waits>();
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

/// Has a job done by the workers of a context; on an executor that runs one thing at a time. No template: what compilers
/// make of a coroutine takes them far longer than the work itself.
inline awaitable<void> have_done_here(std::shared_ptr<BlockingJob> job, Workload load) {
  const Executor executor = co_await asio::this_coro::executor;
  auto& work = asio::use_service<BlockingWork>(asio::query(executor, asio::execution::context));
  struct Leaving {
    ~Leaving() { job.leave(); }
    BlockingJob& job;
  } const leaving{*job};
  BlockingWork::Wait wait{work, executor};
  const auto run = [job, wake = wait.waker()] {
    job->run();
    wake();
  };
  if (!work.pools().of(load.kind).submit(run, load.client)) throw std::system_error(Errc::busy);
  co_await wait.done();
  job->check();
}

/// The same from any coroutine. Where several threads may run its context, and no strand of it, the wait has one.
inline awaitable<void> have_done(std::shared_ptr<BlockingJob> job, Workload load) {
  const Executor executor = co_await asio::this_coro::executor;
  auto& work = asio::use_service<BlockingWork>(asio::query(executor, asio::execution::context));
  const bool in_turn = work.has_one_thread() || executor.target<asio::strand<Executor>>();
  if (in_turn) {
    co_await have_done_here(std::move(job), load);
  } else {
    const Executor strand = asio::make_strand(executor);
    co_await run_on(strand, have_done_here(std::move(job), load));
  }
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

template <class Result>
awaitable<Result> have_done_for_result(std::shared_ptr<ResultJob<Result>> job, Workload load) {
  co_await have_done(job, load);
  co_return *std::move(job->result);
}

}  // namespace detail

/// Runs `work` where blocking harms nobody and gives its result on the caller's own executor. What `work` throws is
/// thrown here.
///
/// **Errors:** `Errc::busy` if too much is waiting to be done.
/// **Cancellation:** at once. Work that has begun goes on and is forgotten.
/// **Lifetime:** so `work` may outlive its caller, and owns or shares all that it touches.
template <class Work> awaitable<std::invoke_result_t<Work&>> blocking(Work work, Workload load = {}) {
  using Result = std::invoke_result_t<Work&>;
  if constexpr (std::is_void_v<Result>) {
    return detail::have_done(std::make_shared<detail::VoidJob<Work>>(std::move(work)), load);
  } else {
    return detail::have_done_for_result<Result>(std::make_shared<detail::WorkJob<Work, Result>>(std::move(work)), load);
  }
}

}  // namespace ftplike
