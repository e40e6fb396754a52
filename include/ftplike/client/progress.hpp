#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include <ftplike/io/asio.hpp>

namespace ftplike::inline v0_2 {

/// How far a transfer has come. `size` is 0 if it is not known.
class Progress {
 public:
  std::uint64_t offset = 0;       // where it began, when resumed
  std::uint64_t transferred = 0;  // bytes over the data connection
  std::uint64_t size = 0;         // of the whole file
  Duration elapsed{};
  double rate = 0;       // bytes a second, over the last seconds
  Duration remaining{};  // that the rest will take at that rate; zero if that cannot be said
};

namespace detail {

/// How fast a transfer is, from what it moved in the last seconds.
class RateMeter {
 public:
  explicit RateMeter(Time began) noexcept { marks_.fill(Mark{began, 0}); }

  /// Notes that `total` bytes have been moved by `now`.
  void note(Time now, std::uint64_t total) noexcept {
    now_ = Mark{now, total};
    if (now - marks_[last_].when < std::chrono::seconds{1}) return;
    last_ = (last_ + 1) % marks_.size();
    marks_[last_] = now_;
  }
  /// Bytes a second.
  double rate() const noexcept {
    const Mark& oldest = marks_[(last_ + 1) % marks_.size()];
    const std::chrono::duration<double> span = now_.when - oldest.when;
    return span.count() > 0 ? static_cast<double>(now_.total - oldest.total) / span.count() : 0;
  }

 private:
  struct Mark {
    Time when{};
    std::uint64_t total = 0;
  };
  std::array<Mark, 6> marks_;
  std::size_t last_ = 0;
  Mark now_;
};

/// What a transfer has come to by now.
inline Progress progress_of(const RateMeter& meter, Duration elapsed, std::uint64_t offset, std::uint64_t transferred,
                            std::uint64_t size) {
  Progress progress;
  progress.offset = offset;
  progress.transferred = transferred;
  progress.size = size;
  progress.elapsed = elapsed;
  progress.rate = meter.rate();
  const auto done = offset + transferred;
  if (size > done && progress.rate > 0) {
    constexpr double longest = 3e8;  // ten years, which any clock can count
    const std::chrono::duration<double> rest{std::min(longest, static_cast<double>(size - done) / progress.rate)};
    progress.remaining = std::chrono::duration_cast<Duration>(rest);
  }
  return progress;
}

}  // namespace detail
}  // namespace ftplike
