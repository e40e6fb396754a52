#include "../environment.hpp"

#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

std::optional<std::string> take_variable(const char* name) {
  const char* const given = std::getenv(name);
  std::optional<std::string> value;
  if (given) value = given;
  ::unsetenv(name);
  return value;
}

std::string home_folder() {
  const char* const home = std::getenv("HOME");
  return home ? home : "";
}

bool is_private(const std::string& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && status.st_uid == ::geteuid() && (status.st_mode & 077) == 0;
}
