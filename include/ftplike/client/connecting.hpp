#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/client/options.hpp>
#include <ftplike/client/proxy.hpp>
#include <ftplike/client/reply_error.hpp>
#include <ftplike/client/task_group.hpp>
#include <ftplike/io/within.hpp>

namespace ftplike::inline v0_2::detail {

/// Addresses of both families in turn, beginning with that of the first. RFC 8305 §4.
inline std::vector<Endpoint> in_turn(const std::vector<Endpoint>& endpoints) {
  std::vector<Endpoint> likes, others, result;
  for (const auto& endpoint : endpoints) {
    const bool is_like_first = endpoint.address().is_v4() == endpoints[0].address().is_v4();
    (is_like_first ? likes : others).push_back(endpoint);
  }
  for (std::size_t i = 0; i < std::max(likes.size(), others.size()); ++i) {
    if (i < likes.size()) result.push_back(likes[i]);
    if (i < others.size()) result.push_back(others[i]);
  }
  return result;
}

/// Connects to several addresses of a host, to each a while after the one before or as soon as that has failed, and
/// takes the first connection that comes to be. RFC 8305 §5.
template <Transport T> class Race {
 public:
  using Stream = typename T::Stream;

  Race(T& network, const Executor& executor, const ClientLimits& limits)
      : network_{network}, limits_{limits}, changed_{executor}, tasks_{executor} {}

  awaitable<Stream> run(std::vector<Endpoint> endpoints) {
    const Executor executor = co_await asio::this_coro::executor;
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);  // whatever comes, the attempts end before this does
    for (const Endpoint& endpoint : endpoints) {
      const std::size_t before = failed_;
      late_ = false;
      ++running_;
      tasks_.start(attempt(endpoint));
      typename T::Timer timer{network_, executor};
      timer.start(time_after(network_.now(), limits_.next_address), [this] {
        late_ = true;
        changed_.notify();
      });
      while (!is_over() && !late_ && failed_ == before) co_await wait();
      if (is_over()) break;
    }
    while (!is_over() && running_ > 0) co_await wait();
    tasks_.cancel();
    Settled<void> ignored;
    co_await settle(tasks_.join(), ignored);
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (cancelled_) throw std::system_error(asio::error::operation_aborted);
    if (!won_) throw std::system_error(error_);
    co_return std::move(*won_);
  }

 private:
  bool is_over() const noexcept { return won_ || cancelled_; }
  awaitable<void> wait() {
    co_await changed_.wait();
    const auto state = co_await asio::this_coro::cancellation_state;
    cancelled_ = state.cancelled() != asio::cancellation_type::none;
  }
  awaitable<void> attempt(Endpoint endpoint) {
    Settled<Stream> connected;
    co_await settle(within(network_, limits_.connect, network_.connect(endpoint, Address{})), connected);
    --running_;
    try {
      Stream stream = connected.get();
      if (!won_) won_.emplace(std::move(stream));
    } catch (const std::system_error& failure) {
      ++failed_;
      error_ = failure.code();
    }
    changed_.notify();
  }

  T& network_;
  const ClientLimits& limits_;
  Condition changed_;
  std::optional<Stream> won_;
  std::error_code error_ = std::make_error_code(std::errc::host_unreachable);  // the last one
  std::size_t running_ = 0, failed_ = 0;
  bool late_ = false, cancelled_ = false;
  TaskGroup tasks_;
};

/// A connection to a host, to whichever of its addresses takes one first.
template <Transport T> awaitable<typename T::Stream> connect_directly(T& network, std::string host, std::uint16_t port,
                                                                    const ClientLimits& limits) {
  const Executor executor = co_await asio::this_coro::executor;
  std::vector<Endpoint> endpoints = co_await within(network, limits.connect, network.resolve(host, port));
  Race<T> race{network, executor, limits};
  co_return co_await race.run(in_turn(std::move(endpoints)));
}

/// A connection to a host, through the proxy if the options name one.
template <Transport T>
awaitable<typename T::Stream> connect_to_host(T& network, std::string host, std::uint16_t port, const ClientOptions& options) {
  const auto proxy = Proxy::parse(options.proxy);
  if (!proxy) co_return co_await connect_directly(network, std::move(host), port, options.limits);
  typename T::Stream stream = co_await connect_directly(network, proxy->where.host, proxy->where.port, options.limits);
  co_await within(network, options.limits.connect, pass_proxy(stream, *proxy, std::move(host), port));
  co_return stream;
}

/// A connection to the server that a URL names.
template <Transport T>
awaitable<typename T::Stream> connect_to_server(T& network, const Url& url, const ClientOptions& options) {
  std::error_code error;
  std::string through;
  try {
    if (!options.proxy.empty()) {
      const auto proxy = Proxy::parse(options.proxy);
      if (!proxy) {
        throw std::system_error(std::make_error_code(std::errc::invalid_argument), "not a URL of a proxy");
      }
      through = " through " + proxy->where.host + " port " + std::to_string(proxy->where.port);
    }
    co_return co_await connect_to_host(network, url.host, url.port, options);
  } catch (const std::system_error& failure) { error = failure.code(); }
  throw ClientError{error, "connect", Channel::control, 0,
                    url.host + " port " + std::to_string(url.port) + through + ": " + error.message()};
}

}  // namespace ftplike::detail
