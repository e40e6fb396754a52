#pragma once
#include <exception>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <ftplike/io/asio.hpp>

namespace ftplike {

/// Threads on which work may block.
class BlockingThreads {
 public:
  explicit BlockingThreads(unsigned count = 4) {
    for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { context_.run(); });
  }
  BlockingThreads(const BlockingThreads&) = delete;
  BlockingThreads& operator=(const BlockingThreads&) = delete;
  ~BlockingThreads() { join(); }

  Executor executor() noexcept { return context_.get_executor(); }
  /// Waits for the end of all that was given to them. They take nothing after that.
  void join() {
    busy_.reset();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> busy_{context_.get_executor()};
  std::vector<std::thread> threads_;
};

/// The threads of a transport on which work may block. It belongs to an execution context, so that whatever runs there
/// finds it; a context without one (a simulated network's) runs such work in place, which keeps it deterministic.
class BlockingPool : public asio::execution_context::service {
 public:
  using key_type = BlockingPool;
  inline static asio::execution_context::id id;  // how Asio finds a service of this type

  explicit BlockingPool(asio::execution_context& owner,
                        std::shared_ptr<BlockingThreads> threads = std::make_shared<BlockingThreads>())
      : asio::execution_context::service{owner}, threads_{std::move(threads)} {}
  Executor executor() noexcept { return threads_->executor(); }

 private:
  void shutdown() noexcept override {}
  std::shared_ptr<BlockingThreads> threads_;
};

namespace detail {

/// Calls `run(work)` where blocking harms nobody; ends on the executor of the coroutine that awaits it. No template:
/// what compilers make of a coroutine, and Asio of a handler, takes them far longer than the work itself.
inline awaitable<void> do_blocking(void (*run)(void*), void* work) {
  const Executor here = co_await asio::this_coro::executor;
  auto& context = asio::query(here, asio::execution::context);
  if (!asio::has_service<BlockingPool>(context)) {
    run(work);
    co_return;
  }
  const Executor threads = asio::use_service<BlockingPool>(context).executor();
  std::exception_ptr failure;
  const auto start = [&threads, &failure, run, work](auto handler) {
    auto home = asio::get_associated_executor(handler);
    asio::post(threads,
               [&failure, run, work, handler = std::move(handler), keep = asio::make_work_guard(home)]() mutable {
                 try {
                   run(work);
                 } catch (...) { failure = std::current_exception(); }
                 asio::post(keep.get_executor(), std::move(handler));
               });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(start, use_awaitable);
  if (failure) std::rethrow_exception(failure);
}

template <class Result> awaitable<Result> do_blocking_for(void (*run)(void*, std::optional<Result>&), void* what) {
  std::optional<Result> result;
  auto put = [&] { run(what, result); };
  void (*const call)(void*) = [](void* it) { (*static_cast<decltype(put)*>(it))(); };
  co_await do_blocking(call, &put);
  co_return *std::move(result);
}

}  // namespace detail

/// Runs `work` where blocking harms nobody and gives its result on the caller's own executor. What `work` throws is
/// thrown here.
///
/// **Lifetime:** `work` stays where it is, and must until it has ended, which awaiting it ensures.
/// **Cancellation:** none.
template <class Work> awaitable<std::invoke_result_t<Work&>> blocking(Work& work) {
  using Result = std::invoke_result_t<Work&>;
  if constexpr (std::is_void_v<Result>) {
    return detail::do_blocking([](void* it) { (*static_cast<Work*>(it))(); }, &work);
  } else {
    return detail::do_blocking_for<Result>(
        [](void* it, std::optional<Result>& result) { result.emplace((*static_cast<Work*>(it))()); }, &work);
  }
}

}  // namespace ftplike
