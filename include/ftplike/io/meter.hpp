#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include <ftplike/io/asio.hpp>

namespace ftplike::inline v0_2 {

/// A limit of bytes per second that any number of transfers share. It says when the next bytes may follow; waiting is
/// the transfer's own business, so that a limit costs no processor time. **Threads:** safe.
class Meter {
 public:
  /// 0 bytes per second: no limit.
  explicit Meter(std::uint64_t bytes_per_second = 0) noexcept : rate_{bytes_per_second} {}

  /// The rate; 0: no limit.
  std::uint64_t bytes_per_second() const noexcept { return rate_.load(std::memory_order_relaxed); }
  /// Another rate from now on. **Threads:** any.
  void set_rate(std::uint64_t bytes_per_second) noexcept { rate_.store(bytes_per_second, std::memory_order_relaxed); }
  /// A piece for this rate, so that transfers go on smoothly: about an eighth of a second's worth.
  std::size_t piece(std::size_t largest) const noexcept {
    const auto rate = bytes_per_second();
    if (rate == 0) return largest;
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(rate / 8, 512, largest));
  }
  /// Counts `count` bytes that went by at `now`. Gives the time before which no more may follow.
  Time after(std::size_t count, Time now) {
    const auto rate = bytes_per_second();
    if (rate == 0) return now;
    const auto cost = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(static_cast<double>(count) / static_cast<double>(rate)));
    const std::lock_guard lock{mutex_};
    free_ = std::max(free_, now) + cost;
    return free_;
  }

 private:
  std::atomic<std::uint64_t> rate_;
  std::mutex mutex_;
  Time free_{};  // when all that went by is paid for
};

}  // namespace ftplike
