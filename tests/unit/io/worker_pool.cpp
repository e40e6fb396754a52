#include <ftplike/io/worker_pool.hpp>

#include <atomic>
#include <condition_variable>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <ftplike/io/blocking.hpp>

namespace {
using namespace ftplike;

/// What a test and the jobs of a pool tell one another.
class JobsDone {
 public:
  void note(const std::string& what) {
    const std::lock_guard lock{mutex_};
    all_.push_back(what);
    changed_.notify_all();
  }
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return all_.size() >= count; });
    return all_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> all_;
};

/// A pool of one thread, which a job of the test's keeps until it is let go.
class HeldPool {
 public:
  explicit HeldPool(std::size_t waiting = 10'000) : pool{std::in_place, 1u, waiting} {
    pool->submit(
        [state = state_] {
          state->done.note("held");
          const std::lock_guard held{state->hold};
        },
        99);
    wait_for(1);
  }
  void let_go() { holding_.unlock(); }
  bool submit(const std::string& what, ClientKey client) {
    return pool->submit([state = state_, what] { state->done.note(what); }, client);
  }
  std::vector<std::string> wait_for(std::size_t count) { return state_->done.wait_for(count); }

 private:
  struct State {  // may be in the hands of the pool's thread for a while yet
    JobsDone done;
    std::mutex hold;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
  std::unique_lock<std::mutex> holding_{state_->hold};

 public:
  std::optional<ThreadPool> pool;
};

TEST(ThreadPool, LetsOneJobOfAClientThatHasAThousandGoBeforeThatOfAnother) {
  HeldPool held;
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(held.submit("many", 1));
  ASSERT_TRUE(held.submit("one", 2));
  held.let_go();
  EXPECT_EQ(held.wait_for(1002).at(2), "one");
}

TEST(ThreadPool, LetsClientsTakeTurnsAndNobodyInParticularOneForEachJob) {
  HeldPool held;
  for (const std::string job : {"a1", "a2", "a3"}) held.submit(job, 1);
  for (const std::string job : {"-1", "-2"}) held.submit(job, 0);
  for (const std::string job : {"b1", "b2"}) held.submit(job, 2);
  held.let_go();
  EXPECT_EQ(held.wait_for(8), (std::vector<std::string>{"held", "a1", "-1", "-2", "b1", "a2", "b2", "a3"}));
}

TEST(ThreadPool, RefusesAJobWhenTooManyWait) {
  HeldPool held{3};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(held.submit("job", static_cast<ClientKey>(i + 1)));
  EXPECT_FALSE(held.submit("job", 7));
  held.let_go();
  held.wait_for(4);
  EXPECT_TRUE(held.submit("later", 7));
  EXPECT_EQ(held.wait_for(5).back(), "later");
}

TEST(ThreadPool, WorksOnAsManyJobsAtATimeAsItHasThreads) {
  struct Meeting {
    std::mutex mutex;
    std::condition_variable changed;
    int there = 0;
    JobsDone done;
  };
  const auto meeting = std::make_shared<Meeting>();
  ThreadPool pool{3};
  for (int i = 0; i < 3; ++i) {
    pool.submit(
        [meeting] {
          std::unique_lock lock{meeting->mutex};
          ++meeting->there;
          meeting->changed.notify_all();
          meeting->changed.wait(lock, [&] { return meeting->there == 3; });
          meeting->done.note("met");
        },
        1);
  }
  EXPECT_EQ(meeting->done.wait_for(3).size(), 3u);
}

TEST(ThreadPool, DropsWhatWaitsWhenItEnds) {
  const auto kept = std::make_shared<int>();
  HeldPool held;
  held.pool->submit([kept] {}, 1);
  EXPECT_EQ(kept.use_count(), 2);
  held.pool.reset();
  EXPECT_EQ(kept.use_count(), 1);
}

/// Waits for a job on an event loop of its own.
template <class Work> std::error_code outcome(asio::io_context& loop, Work work) {
  std::error_code error;
  start_on(loop.get_executor(), blocking(std::move(work)), {}, [&error](std::exception_ptr failure) {
    if (failure) error = code_of(failure);
  });
  loop.run();
  loop.restart();
  return error;
}
std::shared_ptr<WorkerPools> pools_with(std::unique_ptr<WorkerPool> disk) {
  return std::make_shared<WorkerPools>(std::move(disk), std::make_unique<ThreadPool>(1u), std::make_unique<ThreadPool>(1u));
}

TEST(Blocking, ThrowsBusyWhereTooMuchWaits) {
  asio::io_context loop;
  asio::make_service<BlockingWork>(loop, pools_with(std::make_unique<ThreadPool>(1u, 0u)));
  EXPECT_EQ(outcome(loop, [] {}), Errc::busy);
}

TEST(Blocking, ThrowsWhatTheWorkThrows) {
  asio::io_context loop;
  const auto fails = [] { throw std::system_error(Errc::bad_name); };
  EXPECT_EQ(outcome(loop, fails), Errc::bad_name);
}

/// One that hands on to the pool of a test.
class PassedOn final : public WorkerPool {
 public:
  explicit PassedOn(ThreadPool& pool) : pool_{pool} {}
  bool submit(Job job, ClientKey client) override { return pool_.submit(std::move(job), client); }

 private:
  ThreadPool& pool_;
};

TEST(Blocking, DoesNotBeginWhatNobodyWaitsForAnyMore) {
  HeldPool held;
  const auto begun = std::make_shared<bool>(false);
  auto work = [begun] { *begun = true; };
  auto loop = std::make_unique<asio::io_context>();
  asio::make_service<BlockingWork>(*loop, pools_with(std::make_unique<PassedOn>(*held.pool)));
  asio::cancellation_signal stop;
  std::exception_ptr failure;
  start_on(loop->get_executor(), blocking(work), stop.slot(), [&](std::exception_ptr its) { failure = its; });
  loop->poll();
  stop.emit(asio::cancellation_type::terminal);
  loop->restart();
  loop->poll();
  ASSERT_TRUE(failure);
  EXPECT_EQ(code_of(failure), asio::error::operation_aborted);
  start_on(loop->get_executor(), blocking(work));
  loop->restart();
  loop->poll();
  loop.reset();
  held.submit("last", 1);
  held.let_go();
  held.wait_for(2);
  EXPECT_FALSE(*begun);
}

TEST(WorkUnderWay, IsDoneBeforeAnybodyAsksForItsResult) {
  HeldPool held;
  asio::io_context loop;
  asio::make_service<BlockingWork>(loop, pools_with(std::make_unique<PassedOn>(*held.pool)));
  const auto work = [state = std::make_shared<int>(6)] { return ++*state; };
  detail::WorkUnderWay<std::remove_const_t<decltype(work)>> under_way{loop.get_executor(), work, Workload{}};
  held.submit("last", 0);
  held.let_go();
  held.wait_for(2);
  int result = 0;
  const auto ask = [&]() -> awaitable<void> {
    const int given = co_await under_way.get();
    result = given;
  };
  start_on(loop.get_executor(), ask());
  loop.poll();
  EXPECT_EQ(result, 7);
}

TEST(WorkUnderWay, IsNotBegunOnceItsOwnerIsGone) {
  HeldPool held;
  asio::io_context loop;
  asio::make_service<BlockingWork>(loop, pools_with(std::make_unique<PassedOn>(*held.pool)));
  const auto begun = std::make_shared<bool>(false);
  const auto work = [begun] { return *begun = true; };
  {
    const detail::WorkUnderWay<std::remove_const_t<decltype(work)>> under_way{loop.get_executor(), work, Workload{}};
  }
  held.submit("last", 0);
  held.let_go();
  held.wait_for(2);
  EXPECT_FALSE(*begun);
}

TEST(Blocking, NeedsNoStrandWhereSeveralThreadsRunTheLoop) {
  asio::io_context loop;
  asio::make_service<BlockingWork>(loop, pools_with(std::make_unique<ThreadPool>(4u)));
  constexpr unsigned coroutines = 100, rounds = 20;
  std::atomic<unsigned> sum = 0;
  const auto count = [&sum]() -> awaitable<void> {
    for (unsigned i = 0; i < rounds; ++i) {
      auto work = [] { return 1u; };
      const unsigned one = co_await blocking(std::move(work));
      sum += one;
    }
  };
  for (unsigned i = 0; i < coroutines; ++i) start_on(loop.get_executor(), count());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&loop] { loop.run(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sum, coroutines * rounds);
}

TEST(Blocking, LetsWorkThatHasBegunOutliveItsCallerAndTheLoop) {
  struct Shared {
    JobsDone done;
    std::mutex hold;
  };
  const auto shared = std::make_shared<Shared>();
  std::unique_lock holding{shared->hold};
  auto loop = std::make_unique<asio::io_context>();
  asio::make_service<BlockingWork>(*loop, pools_with(std::make_unique<ThreadPool>(1u)));
  auto work = [shared] {
    shared->done.note("begun");
    const std::lock_guard held{shared->hold};
    shared->done.note("ended");
  };
  start_on(loop->get_executor(), blocking(std::move(work)));
  loop->poll();
  shared->done.wait_for(1);
  loop.reset();
  holding.unlock();
  EXPECT_EQ(shared->done.wait_for(2).back(), "ended");
}

}  // namespace
