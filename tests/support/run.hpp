#pragma once
// Runs an awaitable to its end, on a context of its own.
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include <ftplike/io/asio.hpp>

/// Runs `operation` on `context` until it has ended, and gives its result or throws what it threw.
template <class R> R run(asio::io_context& context, ftplike::awaitable<R> operation) {
  std::exception_ptr failure;
  context.restart();
  if constexpr (std::is_void_v<R>) {
    ftplike::start_on(context.get_executor(), std::move(operation), {},
                      [&](std::exception_ptr thrown) { failure = thrown; });
    context.run();
    if (failure) std::rethrow_exception(failure);
  } else {
    std::optional<R> result;
    // The result of co_spawn has to have a default value, which what a storage gives has not.
    const auto keep = [](ftplike::awaitable<R> awaited, std::optional<R>& place) -> ftplike::awaitable<void> {
      R value = co_await std::move(awaited);
      place.emplace(std::move(value));
    };
    ftplike::start_on(context.get_executor(), keep(std::move(operation), result), {},
                      [&](std::exception_ptr thrown) { failure = thrown; });
    context.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }
}

template <class R> R run(ftplike::awaitable<R> operation) {
  asio::io_context context;
  return run(context, std::move(operation));
}
