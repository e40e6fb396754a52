#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include <ftplike/io/asio.hpp>

namespace ftplike::inline v0_2 {

/// How far a transfer has come.
class Progress {
 public:
  std::uint64_t offset = 0;       // where it began, when resumed
  std::uint64_t transferred = 0;  // bytes over the data connection
  std::uint64_t size = 0;         // of the whole file; 0 if it is not known
  Duration elapsed{};  // since the transfer began
  /// Bytes a second, over the last seconds, six at most. Nothing in the first second of a transfer, when buffers fill and
  /// a rate would be any number.
  std::optional<double> rate;
  /// What the rest will take at that rate. Nothing while that is not known, or the size, or when nothing moves.
  std::optional<Duration> remaining;
};

/// What a transfer is to do now.
enum class Go { on, stop };

namespace detail {

/// Whether a function that is told of progress says how to go on, or nothing.
template <class Tell> constexpr bool says_how_to_go_on() {
  if constexpr (std::is_invocable_v<Tell&, const Progress&>) {
    using Said = std::invoke_result_t<Tell&, const Progress&>;
    return std::is_void_v<Said> || std::is_same_v<Said, Go>;
  } else {
    return false;
  }
}

/// Fails unless something can be told of progress, and names it.
template <class Culprit> struct CheckProgressCallback {
  static constexpr bool is_told = std::is_invocable_v<Culprit&, const Progress&>;
  static_assert(is_told, "ftplike: this is no progress callback: it cannot be called with a const Progress&");
  static_assert(!is_told || says_how_to_go_on<Culprit>(),
                "ftplike: this is no progress callback: it has to give a Go or nothing");
  static_assert(std::is_copy_constructible_v<Culprit>, "ftplike: this is no progress callback: it cannot be copied");
};

}  // namespace detail

/// What is told how far a transfer has come: any function of a `Progress`, which may say that it is enough.
///
///     options.progress = [&](const ftplike::Progress& now) {
///       bar.show(now.offset + now.transferred, now.size);
///       if (now.remaining) bar.show_time(*now.remaining);
///       return leaving ? ftplike::Go::stop : ftplike::Go::on;  // or nothing: on
///     };
///
/// `Go::stop` breaks the transfer off with `Errc::aborted`. What it throws does the same, and comes out of the call. In
/// both cases the session goes on, and what has come can be gone on with (`TransferOptions::resume`).
class ProgressCallback {
 public:
  ProgressCallback() = default;
  /// `tell` gives `Go`, or nothing to go on.
  template <class Tell>
    requires(!std::is_same_v<Tell, ProgressCallback>)
  ProgressCallback(Tell tell) {
    static_assert(sizeof(detail::CheckProgressCallback<Tell>) > 0);
    if constexpr (detail::says_how_to_go_on<Tell>() && std::is_copy_constructible_v<Tell>) {
      if constexpr (std::is_void_v<std::invoke_result_t<Tell&, const Progress&>>) {
        tell_ = [tell = std::move(tell)](const Progress& progress) mutable {
          tell(progress);
          return Go::on;
        };
      } else {
        tell_ = std::move(tell);
      }
    }
  }
  explicit operator bool() const noexcept { return static_cast<bool>(tell_); }
  /// Tells how far it is; whether to go on. **Errors:** what the callback throws.
  Go operator()(const Progress& progress) const { return tell_ ? tell_(progress) : Go::on; }

 private:
  std::function<Go(const Progress&)> tell_;
};

namespace detail {

/// How fast a transfer is, from what it moved in the last seconds.
class RateMeter {
 public:
  explicit RateMeter(Time began) noexcept { marks_.fill(Mark{began, 0}); }

  /// Notes that `total` bytes have been moved by `now`.
  void note(Time now, std::uint64_t total) noexcept {
    now_ = Mark{now, total};
    if (now - marks_[last_].when < shortest) return;
    last_ = (last_ + 1) % marks_.size();
    marks_[last_] = now_;
  }
  /// Bytes a second; nothing before there is a second to judge by.
  std::optional<double> rate() const noexcept {
    const Mark& oldest = marks_[(last_ + 1) % marks_.size()];
    const std::chrono::duration<double> span = now_.when - oldest.when;
    if (span < shortest) return std::nullopt;
    return static_cast<double>(now_.total - oldest.total) / span.count();
  }

 private:
  static constexpr std::chrono::seconds shortest{1};
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
  if (size > 0 && done >= size) progress.remaining = Duration{};
  if (size > done && progress.rate.value_or(0) > 0) {
    constexpr double longest = 3e8;  // ten years, which any clock can count
    const std::chrono::duration<double> rest{std::min(longest, static_cast<double>(size - done) / *progress.rate)};
    progress.remaining = std::chrono::duration_cast<Duration>(rest);
  }
  return progress;
}

}  // namespace detail
}  // namespace ftplike
