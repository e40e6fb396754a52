#pragma once
#include <algorithm>
#include <chrono>

#include <ftplike/io/transport.hpp>

namespace ftplike::inline v0_2::detail {

/// How long the reply that tells a port is held back: not at all, but from clients for whom it comes too soon.
///
/// curl 7.87 to 8.3 looks for the reply once as soon as it has asked. If that is there by then, as it can be on one machine,
/// curl has nothing to wait for and yet waits for a second before it connects. That second is how such a client is known.
class ReplyPace {
 public:
  /// A transfer comes for a port that was told that long ago.
  void note(Duration since) noexcept {
    const bool sat_still = since >= curls_wait && since < curls_wait + curls_wait / 2;
    if (sat_still) pause_ = std::clamp(2 * pause_, shortest, longest);
  }
  Duration pause() const noexcept { return pause_; }

 private:
  static constexpr std::chrono::milliseconds curls_wait{1000};
  static constexpr std::chrono::milliseconds shortest{2}, longest{16};  // where many want the processor

  std::chrono::milliseconds pause_{};
};

}  // namespace ftplike::detail
