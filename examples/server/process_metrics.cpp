#include "process_metrics.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/resource.h>
#include <unistd.h>

#include <ftplike/version.hpp>

namespace {

class Page {
 public:
  void add(const std::string& name, const char* type, const char* help, const std::string& value,
           const std::string& labels = "") {
    text += "# HELP " + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n' + name + labels + ' ' + value + '\n';
  }
  void add(const std::string& name, const char* type, const char* help, double value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.15g", value);
    add(name, type, help, std::string{digits});
  }
  std::string text;
};

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

/// When the process began, as far as it can be told by when this was.
const double began =
    std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();

void add_process(Page& page) {
  page.add("process_start_time_seconds", "gauge", "When the process began, since 1970.", began);
  rusage use{};
  if (::getrusage(RUSAGE_SELF, &use) == 0) {
    page.add("process_cpu_seconds_total", "counter", "Time on processors.", seconds(use.ru_utime) + seconds(use.ru_stime));
  }
  std::uint64_t total = 0, resident = 0;  // pages
  if (std::ifstream{"/proc/self/statm"} >> total >> resident) {
    page.add("process_resident_memory_bytes", "gauge", "Memory that the process holds.",
             static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  }
  std::error_code error;
  std::filesystem::directory_iterator open{"/proc/self/fd", error};
  if (!error) {  // one of them is that of this look
    page.add("process_open_fds", "gauge", "Open descriptors.", static_cast<double>(std::distance(begin(open), end(open)) - 1));
  }
  rlimit most{};
  if (::getrlimit(RLIMIT_NOFILE, &most) == 0 && most.rlim_cur != RLIM_INFINITY) {
    page.add("process_max_fds", "gauge", "Descriptors that may be open.", static_cast<double>(most.rlim_cur));
  }
}

}  // namespace

std::string process_metrics(std::optional<ftplike::Timestamp> certificate_end,
                            std::optional<PartialKeeper::Figures> partials) {
  Page page;
  page.add("ftplike_build_info", "gauge", "What runs here.", "1", "{version=\"" FTPLIKE_VERSION_STRING "\"}");
  if (certificate_end) {
    page.add("ftplike_certificate_not_after_seconds", "gauge", "When the certificate ends, since 1970.",
             std::chrono::duration<double>(certificate_end->time_since_epoch()).count());
  }
  if (partials) {
    page.add("ftplike_partial_files", "gauge", "What uploads under way or cut off have left, as counted within ten minutes.",
             static_cast<double>(partials->files));
    page.add("ftplike_partial_bytes", "gauge", "What these hold of the disk.", static_cast<double>(partials->bytes));
  }
  add_process(page);
  return page.text;
}
