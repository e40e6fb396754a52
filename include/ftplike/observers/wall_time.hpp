#pragma once
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>

#include <ftplike/system/local_time.hpp>

namespace ftplike::inline v0_2 {

/// Where logs take the time of day from.
using WallClock = std::function<std::chrono::system_clock::time_point()>;

namespace detail {

/// A time in the system's time zone, taken apart.
inline std::tm local_parts(std::chrono::system_clock::time_point when) {
  return local_parts(std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(when)));
}

/// How many minutes local time is ahead of UTC. Not by strftime's %z, which on Windows gives a name.
inline int minutes_ahead_of_utc(const std::tm& parts, std::chrono::system_clock::time_point when) {
  using namespace std::chrono;
  const auto day = year{parts.tm_year + 1900} / (parts.tm_mon + 1) / parts.tm_mday;
  const auto local = sys_days{day} + hours{parts.tm_hour} + minutes{parts.tm_min} + seconds{parts.tm_sec};
  return static_cast<int>(floor<minutes>(local - floor<seconds>(when)).count());
}

/// `2026-11-22 18:00:33.123 +0100`.
inline std::string log_time(std::chrono::system_clock::time_point when) {
  const std::tm parts = local_parts(when);
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(when.time_since_epoch()).count() % 1000;
  const int offset = minutes_ahead_of_utc(parts, when);
  std::array<char, 96> room{};
  std::snprintf(room.data(), room.size(), "%04d-%02d-%02d %02d:%02d:%02d.%03d %c%02d%02d", parts.tm_year + 1900,
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<int>((milliseconds + 1000) % 1000), offset < 0 ? '-' : '+', std::abs(offset) / 60,
                std::abs(offset) % 60);
  return room.data();
}

/// `Sun Nov 22 18:00:33 2026`, with the names that programs read, whatever language the process speaks.
inline std::string xferlog_time(std::chrono::system_clock::time_point when) {
  constexpr const char* days[]{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[]{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::tm parts = local_parts(when);
  std::array<char, 64> room{};
  std::snprintf(room.data(), room.size(), "%s %s %2d %02d:%02d:%02d %d", days[parts.tm_wday], months[parts.tm_mon],
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, parts.tm_year + 1900);
  return room.data();
}

}  // namespace detail
}  // namespace ftplike
