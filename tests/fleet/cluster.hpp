#pragma once
// A cluster file system, mounted twice as on two machines, which tests/fleet/moosefs.py started.
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

inline std::filesystem::path mounted(const char* name) {
  const char* value = std::getenv(name);
  if (!value) throw std::runtime_error(std::string{name} + " is not set: run this by tests/fleet/moosefs.py");
  return value;
}

/// A folder of the file system that vanishes with the test, as both machines have it.
class ClusterFolder {
 public:
  ClusterFolder() {
    std::string pattern = (mounted("FTPLIKE_CLUSTER") / "test-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::system_error(errno, std::system_category(), pattern);
    here_ = pattern;
  }
  ClusterFolder(const ClusterFolder&) = delete;
  ClusterFolder& operator=(const ClusterFolder&) = delete;
  ~ClusterFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(here_, ignored);
  }
  std::string here() const { return here_.string(); }
  std::string elsewhere() const { return (mounted("FTPLIKE_CLUSTER_ELSEWHERE") / here_.filename()).string(); }

 private:
  std::filesystem::path here_;
};
