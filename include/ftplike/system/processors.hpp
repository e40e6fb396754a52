#pragma once
#include <algorithm>
#include <thread>

#include <ftplike/system/ways.hpp>

#if FTPLIKE_LINUX_WAYS
#include <sched.h>
#endif

namespace ftplike::inline v0_2 {

/// How many processors the calling thread may use, and so the threads that it starts: at least 1. Where a container,
/// `taskset` or systemd's CPUAffinity leaves it some of the machine's, Linux tells which; elsewhere all count.
///
/// **Threads:** any, at once.
inline unsigned usable_processors() noexcept {
#if FTPLIKE_LINUX_WAYS
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) return static_cast<unsigned>(std::max(CPU_COUNT(&allowed), 1));
#endif
  return std::max(std::thread::hardware_concurrency(), 1u);
}

}  // namespace ftplike::inline v0_2
