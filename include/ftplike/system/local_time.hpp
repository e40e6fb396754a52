#pragma once
// The time zone of this machine.
#include <ctime>

#include <ftplike/system/ways.hpp>

namespace ftplike::inline v0_2::detail {

/// A time in the system's time zone, taken apart; safe on any thread.
inline std::tm local_parts(std::time_t seconds) noexcept {
  std::tm parts{};
#if FTPLIKE_WINDOWS_WAYS
  (void)::localtime_s(&parts, &seconds);
#else
  ::localtime_r(&seconds, &parts);
#endif
  return parts;
}

}  // namespace ftplike::detail
