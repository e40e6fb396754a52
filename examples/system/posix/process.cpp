#include "../process.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

namespace {

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

}  // namespace

ProcessUse process_use() {
  ProcessUse result;
  rusage use{};
  if (::getrusage(RUSAGE_SELF, &use) == 0) result.cpu_seconds = seconds(use.ru_utime) + seconds(use.ru_stime);
  std::uint64_t total = 0, resident = 0;  // pages
  if (std::ifstream{"/proc/self/statm"} >> total >> resident) {
    result.resident_bytes = static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  }
  std::error_code error;
  std::filesystem::directory_iterator open{"/proc/self/fd", error};
  // One of them is that of this look.
  if (!error) result.open_files = static_cast<double>(std::distance(begin(open), end(open)) - 1);
  rlimit most{};
  if (::getrlimit(RLIMIT_NOFILE, &most) == 0 && most.rlim_cur != RLIM_INFINITY) {
    result.most_files = static_cast<double>(most.rlim_cur);
  }
  return result;
}
