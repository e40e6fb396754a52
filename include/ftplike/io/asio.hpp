#pragma once
// The one door to Asio: the few headers that we need, and every difference between Asio 1.22 and today's, settled here.
#include <exception>  // Asio 1.22 uses it and does not include it

#include <asio/version.hpp>

#if ASIO_VERSION < 102200
#error "ftplike needs standalone Asio 1.22 or later"
#endif

// What a macro of Asio's is has to be the same in all files of a program, also in those that do not know ftplike. So none
// is defined here: the CMake target does it where it has to be, and whoever builds without it is told so.
#include <asio/any_io_executor.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/dispatch.hpp>
#include <asio/error.hpp>
#include <asio/execution/context.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/query.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#ifndef ASIO_HAS_CO_AWAIT
#error "Asio sees no C++20 coroutines. With -std=c++20 and Asio before 1.26, which does not know Clang's, define ASIO_HAS_CO_AWAIT=1 and ASIO_HAS_STD_COROUTINE=1 for the whole program"
#endif
#if defined(__clang__) && defined(ASIO_HAS_THREAD_KEYWORD_EXTENSION)
// Clang, when it optimises, keeps the address of a `__thread` variable beyond a co_await. A coroutine that goes on in
// another thread of the same io_context would take memory from the thread it comes from.
#error "With Clang define ASIO_DISABLE_THREAD_KEYWORD_EXTENSION for the whole program"
#endif

#include <chrono>
#include <functional>
#include <memory>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include <ftplike/system/new_shared.hpp>

namespace ftplike::inline v0_2 {

/// What every operation that waits gives back: `co_await` it, or hand it to `start_on`.
using asio::awaitable;
using asio::use_awaitable;

/// Where coroutines run.
using Executor = asio::any_io_executor;
/// An address and a port, on real and on simulated networks.
using Endpoint = asio::ip::tcp::endpoint;
/// An IPv4 or IPv6 address without a port.
using Address = asio::ip::address;
/// The clock of every limit: steady, never wall time. A simulated network has its own.
using Time = std::chrono::steady_clock::time_point;
/// A span of time by that clock.
using Duration = std::chrono::steady_clock::duration;
/// Asio's timer of that clock.
template <class E = Executor> using SteadyTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, E>;

/// A time that is so much later; the end of all time where no clock counts so far. `Duration::max()` says "never".
constexpr Time time_after(Time now, Duration duration) noexcept {
  return duration > Time::max() - now ? Time::max() : now + duration;
}

// What Asio makes of a function or a coroutine takes a compiler long. So there is one type of function; and what needs
// no template parameter has one all the same where it uses Asio, and is compiled only where it is called.

/// Whether what runs on an executor runs one at a time because it is a strand. `false` where nothing tells the type of what an
/// executor holds: up to Asio 1.22 its `target` takes any for the type that is asked for.
template <class E = Executor> bool is_strand([[maybe_unused]] const std::type_identity_t<E>& executor) noexcept {
#ifdef ASIO_NO_TYPEID
  return false;
#else
  return executor.target_type() == typeid(asio::strand<E>);
#endif
}

/// Calls a function on an executor, later.
template <class E = Executor>
void call_on(const std::type_identity_t<E>& executor, std::function<void()> function) {
  asio::post(executor, std::move(function));
}

/// Lets others run first.
template <class E = Executor> awaitable<void> give_way(const std::type_identity_t<E>& executor) {
  return asio::post(executor, use_awaitable);
}

namespace detail {

#if ASIO_VERSION >= 102202 && ASIO_VERSION < 103002
/// Up to 1.28.1 Asio may emit a signal later than it is told, when what was cancelled has ended: this keeps the signal until
/// then. And from 1.26 on what is cancelled before it begins throws out of the loop: so it hears of that once it has begun.
template <class E = Executor> class BasicSpawnCancellation : public std::enable_shared_from_this<BasicSpawnCancellation<E>> {
 public:
  explicit BasicSpawnCancellation(const E& executor) : executor_{executor} {}
  asio::cancellation_slot slot() noexcept { return signal_.slot(); }
  void cancel(asio::cancellation_type type) {
    type_ = type;
    if (begun_) emit();
  }
  void begin() {
    begun_ = true;
    if (type_ != asio::cancellation_type::none) emit();
  }

 private:
  void emit() {
    signal_.emit(type_);
    asio::post(executor_, [kept = this->shared_from_this()] {});
  }
  asio::cancellation_signal signal_;
  asio::cancellation_type type_ = asio::cancellation_type::none;
  E executor_;
  bool begun_ = false;
};
using SpawnCancellation = BasicSpawnCancellation<>;  // a template, so that only what is called is compiled

template <class E = Executor> awaitable<void> begin(std::shared_ptr<SpawnCancellation> cancellation, awaitable<void> operation) {
  std::exception_ptr failure;
  cancellation->begin();
  try {
    co_await std::move(operation);
  } catch (...) { failure = std::current_exception(); }
  co_await asio::this_coro::throw_if_cancelled(false);  // nor is the end to throw
  if (failure) std::rethrow_exception(failure);
}
/// What is begun in place of `operation`, and the slot that cancels it.
template <class E> void prepare(const E& executor, awaitable<void>& operation, asio::cancellation_slot& slot) {
  if (!slot.is_connected()) return;
  const auto cancellation = new_shared<SpawnCancellation>(executor);
  slot.assign([cancellation](asio::cancellation_type type) { cancellation->cancel(type); });
  slot = cancellation->slot();
  operation = begin<E>(cancellation, std::move(operation));
}
#else
template <class E> void prepare(const E&, awaitable<void>&, asio::cancellation_slot&) {}
#endif

#if ASIO_VERSION >= 102202 && ASIO_VERSION < 102600
/// In these versions a coroutine that another one awaits is told of its cancellation on that one's executor, which may be in
/// another thread. With this between the two it is told on its own; its end is then posted to the one that awaits it.
template <class Handler, class E> class PassingOn {
 public:
  using executor_type = E;
  PassingOn(const E& here, Handler handler)
      : here_{here}, work_{asio::make_work_guard(asio::get_associated_executor(handler, here))}, handler_{std::move(handler)} {}
  executor_type get_executor() const noexcept { return here_; }
  void operator()(std::exception_ptr failure) {
    asio::post(work_.get_executor(), [handler = std::move(handler_), failure = std::move(failure)]() mutable {
      std::move(handler)(std::move(failure));
    });
  }

 private:
  E here_;
  asio::executor_work_guard<E> work_;  // of the other one
  Handler handler_;
};
#endif

/// Asio's `co_spawn`, cancelled by `slot`.
template <class Token, class E = Executor>
auto spawn(const std::type_identity_t<E>& executor, awaitable<void> operation, asio::cancellation_slot slot, Token token) {
  prepare<E>(executor, operation, slot);
#if ASIO_VERSION >= 102202 && ASIO_VERSION < 102600
  if constexpr (std::is_same_v<Token, asio::use_awaitable_t<E>>) {
    const auto begin_it = [executor, slot](auto handler, awaitable<void> begun) {
      PassingOn<decltype(handler), E> passing_on{executor, std::move(handler)};
      asio::co_spawn(executor, std::move(begun), asio::bind_cancellation_slot(slot, std::move(passing_on)));
    };
    return asio::async_initiate<Token, void(std::exception_ptr)>(begin_it, token, std::move(operation));
  }
#endif
  return asio::co_spawn(executor, std::move(operation), asio::bind_cancellation_slot(slot, std::move(token)));
}

}  // namespace detail

/// What is called with what a coroutine threw, or null, when it has ended.
using AtEnd = std::function<void(std::exception_ptr)>;

/// Runs a coroutine on an executor. `slot` can cancel it; what it throws goes to `at_end` alone.
template <class E = Executor>
void start_on(
    const std::type_identity_t<E>& executor, awaitable<void> operation, asio::cancellation_slot slot = {},
    AtEnd at_end = [](std::exception_ptr) {}) {
  detail::spawn(executor, std::move(operation), slot, std::move(at_end));
}

}  // namespace ftplike
