#pragma once
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>

namespace ftplike {

/// Where logs take the time of day from.
using WallClock = std::function<std::chrono::system_clock::time_point()>;

namespace detail {

/// A time in the system's time zone, in a format of strftime(3).
inline std::string local_time(std::chrono::system_clock::time_point when, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(when));
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::array<char, 64> room{};
  return {room.data(), std::strftime(room.data(), room.size(), format, &parts)};
}

/// `2026-11-22 18:00:33.123 +0100`.
inline std::string log_time(std::chrono::system_clock::time_point when) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(when);
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(when - whole).count();
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03d ", static_cast<int>(milliseconds));
  return local_time(when, "%Y-%m-%d %H:%M:%S") + fraction.data() + local_time(when, "%z");
}

}  // namespace detail
}  // namespace ftplike
