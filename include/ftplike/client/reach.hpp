#pragma once
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/client/reply_error.hpp>
#include <ftplike/client/url.hpp>
#include <ftplike/io/within.hpp>

namespace ftplike::detail {

/// A connection to the first of a host's addresses that takes one.
template <Transport T> awaitable<typename T::Stream> reach(T& network, const Url& url, Duration limit) {
  std::error_code error = std::make_error_code(std::errc::host_unreachable);
  try {
    const std::vector<Endpoint> endpoints = co_await within(network, limit, network.resolve(url.host, url.port));
    for (const Endpoint& endpoint : endpoints) {
      Settled<typename T::Stream> connected;
      co_await settle(within(network, limit, network.connect(endpoint)), connected);
      try {
        co_return connected.get();
      } catch (const std::system_error& failure) { error = failure.code(); }
    }
  } catch (const std::system_error& failure) { error = failure.code(); }
  throw ClientError{error, "connect", Channel::control, 0,
                    url.host + " port " + std::to_string(url.port) + ": " + error.message()};
}

}  // namespace ftplike::detail
