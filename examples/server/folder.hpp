#pragma once
#include <chrono>
#include <string>
#include <system_error>

#include <ftplike/storage/directory.hpp>

#include "configuration.hpp"
#include "failure.hpp"

/// The files of the folder that is the root. **Errors:** `Failure`.
inline ftplike::DirectoryStorage open_folder(const Configuration& configuration) {
  const std::string& root = configuration.root;
  constexpr std::chrono::hours for_ever{24 * 365 * 1000};
  const auto lifetime = configuration.partial_rules.lifetime;
  try {
    return ftplike::DirectoryStorage{root, {.partial_lifetime = lifetime.count() > 0 ? lifetime : for_ever}};
  } catch (const std::system_error& error) {
    throw Failure{Ending::no_folder, why("cannot serve " + root, error.code())};
  }
}
