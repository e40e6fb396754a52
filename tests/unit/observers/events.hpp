#pragma once
// A conversation to tell observers of, and a place for the lines that they make of it.
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include <ftplike/io/observer.hpp>

#include "support/environment.hpp"

inline ftplike::SessionInfo session_info(std::uint64_t number = 12) {
  using asio::ip::make_address;
  return {number, {make_address("192.0.2.1"), 21}, {make_address("192.0.2.7"), 51234}};
}

class CollectedLines {
 public:
  auto sink() {
    return [this](std::string_view line) { lines.emplace_back(line); };
  }
  std::string all() const {
    std::string result;
    for (const auto& line : lines) result += line + '\n';
    return result;
  }
  std::vector<std::string> lines;
};

/// Sunday, 22 November 2026, 18:00:33.123 in a zone, as TZ has it, that is an hour before UTC, for as long as this lives.
class WallTime {
 public:
  explicit WallTime(const std::string& its_zone = "ZON-1") : old_{zone()} { set(its_zone); }
  WallTime(const WallTime&) = delete;
  WallTime& operator=(const WallTime&) = delete;
  ~WallTime() { set(old_); }
  std::chrono::system_clock::time_point operator()() const {
    return std::chrono::system_clock::time_point{std::chrono::seconds{1795370433} + std::chrono::milliseconds{123}};
  }
  auto clock() const {
    return [this] { return (*this)(); };
  }

 private:
  static std::string zone() {
    const char* set_before = std::getenv("TZ");
    return set_before ? set_before : "";
  }
  static void set(const std::string& to) {
    if (to.empty())
      remove_variable("TZ");
    else
      set_variable("TZ", to.c_str());
    take_zone();
  }
  std::string old_;
};

inline ftplike::TransferEnded ended(const ftplike::SessionInfo& who, const ftplike::Path& path,
                                    std::error_code error = {}) {
  return {who,   "STOR", path, ftplike::Direction::received, 12345, 0, std::chrono::milliseconds{120},
          false, false,  error};
}
