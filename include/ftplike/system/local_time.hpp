#pragma once
// The time zone of this machine.
#include <ctime>

namespace ftplike::inline v0_2::detail {

/// A time in the system's time zone, taken apart; safe on any thread.
inline std::tm local_parts(std::time_t seconds) noexcept {
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return parts;
}

}  // namespace ftplike::detail
