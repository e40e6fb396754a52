#pragma once
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include <ftplike/io/settled.hpp>
#include <ftplike/system/new_shared.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

/// Awaits `operation`, which does not throw, on an executor. It is cancelled by the signal of `slot`; what cancels the
/// caller calls `cancel`, on the caller's executor.
template <class E = Executor>
awaitable<void> run_stoppable(std::type_identity_t<E> executor, asio::cancellation_slot slot, std::function<void()> cancel,
                                     awaitable<void> operation) {
  auto outer = co_await asio::this_coro::cancellation_state;
  auto outer_slot = outer.slot();
  // What `cancel` holds ends with this coroutine, also where the slot outlives it and its event loop.
  std::shared_ptr<const std::function<void()>> held;
  if (outer_slot.is_connected()) {
    held = detail::new_shared<const std::function<void()>>(std::move(cancel));
    outer_slot.assign([seen = std::weak_ptr{held}](asio::cancellation_type) {
      if (const auto still_there = seen.lock()) (*still_there)();
    });
  }
  std::exception_ptr failure;
  try {
    co_await spawn(executor, std::move(operation), slot, use_awaitable);
  } catch (...) { failure = std::current_exception(); }
  // Not by a destructor: a slot may be gone before a coroutine that never ended.
  if (outer_slot.is_connected()) outer_slot.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace detail

/// Runs an operation on another executor; on the caller's own, at once.
///
/// **Cancellation:** cancels the operation.
template <class R> awaitable<R> run_on(Executor executor, awaitable<R> operation) {
  const Executor here = co_await asio::this_coro::executor;
  if (here == executor) co_return co_await std::move(operation);
  const auto stop = detail::new_shared<asio::cancellation_signal>();
  const std::function<void()> cancel = [executor, stop] {
    asio::dispatch(executor, [stop] { stop->emit(asio::cancellation_type::terminal); });
  };
  Settled<R> result;
  auto settled = settle(std::move(operation), result);
  co_await detail::run_stoppable(executor, stop->slot(), cancel, std::move(settled));
  co_return result.get();
}

}  // namespace ftplike
