#pragma once
#include <cstddef>
#include <span>
#include <utility>

#include <ftplike/io/bytes.hpp>

namespace ftplike::inline v0_2 {

/// Calls `tell(bytes)` with what goes over a stream, which it does not own.
template <Stream S, class Tell> class WatchedStream {
 public:
  /// `tell` is called with the bytes that have gone over. **Lifetime:** the stream outlives it.
  WatchedStream(S& stream, Tell tell) : stream_{stream}, tell_{std::move(tell)} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const std::size_t n = co_await stream_.read_some(room);
    if (n > 0) tell_(std::span<const std::byte>{room.first(n)});
    co_return n;
  }
  awaitable<void> write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const std::size_t n = co_await stream_.write_some(bytes);
      tell_(bytes.first(n));
      bytes = bytes.subspan(n);
    }
  }
  awaitable<void> finish() { return stream_.finish(); }

 private:
  S& stream_;
  Tell tell_;
};

}  // namespace ftplike::inline v0_2
