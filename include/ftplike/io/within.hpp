#pragma once
#include <system_error>
#include <utility>

#include <ftplike/io/run_on.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/protocol/error.hpp>

namespace ftplike::inline v0_2 {

/// Runs `operation` for at most `limit`; then it is cancelled, waited for, and `Errc::timed_out` thrown. What cannot be
/// cancelled (an awaitable of somebody's that knows no cancellation slots) is waited for as long as it takes.
///
/// For a step or a whole transfer, not for a chunk: it costs a few microseconds.
/// **Cancellation:** cancels the operation.
template <Transport T, class R> awaitable<R> within(T& network, Duration limit, awaitable<R> operation) {
  const Executor executor = co_await asio::this_coro::executor;
  asio::cancellation_signal stop;
  const auto cancel = [&stop] { stop.emit(asio::cancellation_type::terminal); };
  bool late = false;
  typename T::Timer timer{network, executor};
  timer.start(time_after(network.now(), limit), [&] {
    late = true;
    cancel();
  });
  Settled<R> result;
  auto settled = settle(std::move(operation), result);
  co_await detail::run_stoppable(executor, stop.slot(), cancel, std::move(settled));
  if (late && result.failed()) throw std::system_error(Errc::timed_out);
  co_return result.get();
}

}  // namespace ftplike
