#pragma once
#include <string>

#include "settings.hpp"

/// What a configuration file in TOML says: a key for each setting, of the same name as on the command line.
///
/// **Errors:** `Failure`, in one line that names the file and the line.
AllSaid read_config_file(const std::string& path);
