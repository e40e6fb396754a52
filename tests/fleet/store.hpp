#pragma once
// The object store that tests/fleet/swift.py started, as an S3Storage with a prefix of the test's own.
#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include <ftplike/s3.hpp>

inline std::string store_variable(const char* name) {
  const char* value = std::getenv(name);
  if (!value) throw std::runtime_error(std::string{name} + " is not set: run this by tests/fleet/swift.py");
  return value;
}
inline std::string fresh_prefix() {
  static std::atomic<unsigned> number = 0;
  return "test-" + std::to_string(::getpid()) + '-' + std::to_string(++number);
}
inline ftplike::S3Options store_options() {
  ftplike::S3Options options;
  options.endpoint = store_variable("FTPLIKE_S3_ENDPOINT");
  options.bucket = store_variable("FTPLIKE_S3_BUCKET");
  options.access_key = store_variable("FTPLIKE_S3_ACCESS_KEY");
  options.secret_key = store_variable("FTPLIKE_S3_SECRET_KEY");
  options.prefix = fresh_prefix();
  return options;
}
