#include "process_metrics.hpp"

#include <chrono>
#include <cstdio>
#include <string>

#include <ftplike/version.hpp>

#include "../system/process.hpp"

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

/// When the process began, as far as it can be told by when this was.
const double began =
    std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();

void add_process(Page& page) {
  page.add("process_start_time_seconds", "gauge", "When the process began, since 1970.", began);
  const auto use = process_use();
  const auto add = [&page](const char* name, const char* type, const char* help, std::optional<double> value) {
    if (value) page.add(name, type, help, *value);
  };
  add("process_cpu_seconds_total", "counter", "Time on processors.", use.cpu_seconds);
  add("process_resident_memory_bytes", "gauge", "Memory that the process holds.", use.resident_bytes);
  add("process_open_fds", "gauge", "Open descriptors.", use.open_files);
  add("process_max_fds", "gauge", "Descriptors that may be open.", use.most_files);
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
