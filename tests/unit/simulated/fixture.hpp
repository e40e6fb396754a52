#pragma once
// What the tests of the simulated network share.
#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include <ftplike/simulated/network.hpp>

inline const ftplike::Endpoint door{asio::ip::address_v4::loopback(), 21};

/// Reads up to `most` bytes, as text.
inline ftplike::awaitable<std::string> read(ftplike::SimulatedStream& stream, std::size_t most) {
  std::string text(most, '?');
  const auto room = std::as_writable_bytes(std::span{text});
  const std::size_t n = co_await stream.read_some(room);
  text.resize(n);
  co_return text;
}

/// Reads to the end.
inline ftplike::awaitable<std::string> read_all(ftplike::SimulatedStream& stream) {
  std::string text;
  for (;;) {
    const std::string part = co_await read(stream, 1000);
    if (part.empty()) co_return text;
    text += part;
  }
}

inline ftplike::awaitable<void> write(ftplike::SimulatedStream& stream, std::string text) {
  co_await stream.write(ftplike::as_bytes(text));
}
