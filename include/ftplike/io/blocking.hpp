#pragma once
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <ftplike/io/asio.hpp>

namespace ftplike {

/// The threads of a transport on which work may block. It belongs to an execution context, so that whatever runs there
/// finds it; a context without one (a simulated network's) runs such work in place, which keeps it deterministic.
class BlockingPool : public asio::execution_context::service {
 public:
  using key_type = BlockingPool;
  inline static asio::execution_context::id id;  // how Asio finds a service of this type

  explicit BlockingPool(asio::execution_context& owner,
                        std::shared_ptr<asio::thread_pool> threads = std::make_shared<asio::thread_pool>(4))
      : asio::execution_context::service{owner}, threads_{std::move(threads)} {}
  asio::thread_pool& threads() noexcept { return *threads_; }

 private:
  void shutdown() noexcept override {}
  std::shared_ptr<asio::thread_pool> threads_;
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
  auto& threads = asio::use_service<BlockingPool>(context).threads();
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
/// **Lifetime:** `work` is a named callable that is not const; it is not copied, and has to live until it has ended, as
/// it does where that is awaited.
/// **Cancellation:** none.
template <class Work>
  requires(!std::is_const_v<Work>)
awaitable<std::invoke_result_t<Work&>> blocking(Work& work) {
  using Result = std::invoke_result_t<Work&>;
  if constexpr (std::is_void_v<Result>) {
    return detail::do_blocking([](void* it) { (*static_cast<Work*>(it))(); }, &work);
  } else {
    return detail::do_blocking_for<Result>(
        [](void* it, std::optional<Result>& result) { result.emplace((*static_cast<Work*>(it))()); }, &work);
  }
}

}  // namespace ftplike
