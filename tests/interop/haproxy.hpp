#pragma once
// HAProxy in the background, with a configuration of the caller's.
#include <signal.h>
#include <sys/types.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "running_server.hpp"

/// Listens when this is made, and is killed at its end.
class HaProxy {
 public:
  /// **Errors:** `std::runtime_error` with what it said, if it does not start.
  explicit HaProxy(const std::string& configuration) {
    setup_.write("conf", configuration);
    const auto unpacked = std::string{FTPLIKE_EXAMPLES} + "/../build/servers/usr/sbin/haproxy";
    const std::string program = std::filesystem::exists(unpacked) ? unpacked : "haproxy";
    const auto outcome = outcome_of(Program{{program, "-D", "-f", setup_ / "conf", "-p", setup_ / "pid"}});
    if (outcome.status != 0) throw std::runtime_error("HAProxy: " + outcome.errors);
    std::ifstream{setup_ / "pid"} >> id_;
  }
  HaProxy(const HaProxy&) = delete;
  HaProxy& operator=(const HaProxy&) = delete;
  ~HaProxy() {
    if (id_ > 0) ::kill(id_, SIGKILL);
  }

 private:
  TestFolder setup_;
  pid_t id_ = 0;
};
