#include "bucket.hpp"

#ifdef FTPLIKE_HAS_S3
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "../system/paths.hpp"
#include "failure.hpp"

namespace {

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// Of a file: the access key, the secret key, and of lent keys the token, a line each. Else of the environment.
void read_keys(const std::string& file, ftplike::S3Options& options) {
  if (file.empty()) {
    options.access_key = from_environment("AWS_ACCESS_KEY_ID");
    options.secret_key = from_environment("AWS_SECRET_ACCESS_KEY");
    options.session_token = from_environment("AWS_SESSION_TOKEN");
  } else {
    std::ifstream lines{path_of(file)};
    if (!lines) throw Failure{Ending::bad_configuration, "cannot read the keys in " + file};
    std::getline(lines, options.access_key);
    std::getline(lines, options.secret_key);
    std::getline(lines, options.session_token);
    for (auto* key : {&options.access_key, &options.secret_key, &options.session_token}) {
      key->erase(key->find_last_not_of(" \t\r") + 1);
    }
  }
  if (options.access_key.empty() || options.secret_key.empty()) {
    throw Failure{Ending::bad_configuration,
                  "no keys of the object store: neither in a file (s3-keys) nor as"
                  " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"};
  }
}

}  // namespace

ftplike::S3Storage open_bucket(const Configuration& configuration) {
  if (!is_bucket(configuration.root)) {
    throw Failure{Ending::bad_configuration, "cannot serve " + configuration.root + ": it is no bucket, as the root is"};
  }
  ftplike::S3Options options;
  const std::string_view place = std::string_view{configuration.root}.substr(std::string_view{"s3://"}.size());
  options.bucket = place.substr(0, place.find('/'));
  if (options.bucket.size() < place.size()) options.prefix = place.substr(options.bucket.size() + 1);
  options.endpoint = configuration.s3.endpoint;
  options.region = configuration.s3.region;
  options.partial_lifetime = configuration.partial_lifetime();
  options.sweep_interval = std::chrono::minutes{10};  // as PartialKeeper looks through a folder
  if (options.bucket.empty()) throw Failure{Ending::bad_configuration, configuration.root + " names no bucket"};
  if (options.endpoint.empty())
    throw Failure{Ending::bad_configuration, "s3-endpoint is not said: where is the store?"};
  if (configuration.partial_rules.share > 0)
    throw Failure{Ending::bad_configuration, "partial-share is of a disk, and a bucket has none"};
  read_keys(configuration.s3.keys, options);
  try {
    return ftplike::S3Storage{std::move(options)};
  } catch (const std::system_error&) {
    throw Failure{Ending::bad_configuration, configuration.s3.endpoint + " is no http:// or https:// URL"};
  }
}
#endif
