#pragma once
#include <string>
#include <system_error>

#include <ftplike/storage/directory.hpp>

#include "bucket.hpp"
#include "configuration.hpp"
#include "failure.hpp"

/// The files of the folder that is the root. **Errors:** `Failure`.
inline ftplike::DirectoryStorage open_folder(const Configuration& configuration) {
  const std::string& root = configuration.root;
  if (is_bucket(root)) {
    throw Failure{Ending::bad_configuration, "cannot serve " + root + ": it is a bucket, and the root is a folder"};
  }
  try {
    return ftplike::DirectoryStorage{root, {.partial_lifetime = configuration.partial_lifetime()}};
  } catch (const std::system_error& error) {
    throw Failure{Ending::no_folder, why("cannot serve " + root, error.code())};
  }
}
