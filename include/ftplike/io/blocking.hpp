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

/// Runs `work`, which stays where it is, on `threads`; ends on the executor of the coroutine that awaits it.
template <class Work> awaitable<void> run_on(asio::thread_pool& threads, Work& work) {
  const auto start = [&threads, &work](auto handler) {
    auto home = asio::get_associated_executor(handler);
    asio::post(threads, [&work, handler = std::move(handler), keep = asio::make_work_guard(home)]() mutable {
      work();
      asio::post(keep.get_executor(), std::move(handler));
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(start, use_awaitable);
}

}  // namespace detail

/// Runs `work` where blocking harms nobody and gives its result on the caller's own executor. What `work` throws is
/// thrown here.
///
/// **Cancellation:** none: what `work` refers to must live until it has ended, which awaiting it ensures.
template <class Work> awaitable<std::invoke_result_t<Work&>> blocking(Work work) {
  using Result = std::invoke_result_t<Work&>;
  const Executor here = co_await asio::this_coro::executor;
  auto& context = asio::query(here, asio::execution::context);
  if (!asio::has_service<BlockingPool>(context)) co_return work();

  std::exception_ptr failure;
  std::conditional_t<std::is_void_v<Result>, bool, std::optional<Result>> result{};
  auto work_there = [&] {
    try {
      if constexpr (std::is_void_v<Result>) {
        work();
      } else {
        result.emplace(work());
      }
    } catch (...) { failure = std::current_exception(); }
  };
  auto& threads = asio::use_service<BlockingPool>(context).threads();
  co_await detail::run_on(threads, work_there);
  if (failure) std::rethrow_exception(failure);
  if constexpr (!std::is_void_v<Result>) co_return std::move(*result);
}

}  // namespace ftplike
