#include "../process.hpp"

#include <cstdint>

#include "system.hpp"
#include <psapi.h>

namespace {

double seconds(const FILETIME& time) {
  const auto ticks = (std::uint64_t{time.dwHighDateTime} << 32) | time.dwLowDateTime;
  return static_cast<double>(ticks) / 1e7;
}

}  // namespace

ProcessUse process_use() {
  ProcessUse result;
  const HANDLE self = ::GetCurrentProcess();
  FILETIME begun{}, ended{}, in_kernel{}, in_user{};
  if (::GetProcessTimes(self, &begun, &ended, &in_kernel, &in_user)) result.cpu_seconds = seconds(in_kernel) + seconds(in_user);
  PROCESS_MEMORY_COUNTERS memory{};
  if (::K32GetProcessMemoryInfo(self, &memory, sizeof memory)) result.resident_bytes = static_cast<double>(memory.WorkingSetSize);
  DWORD handles = 0;
  if (::GetProcessHandleCount(self, &handles)) result.open_files = handles;
  return result;
}
