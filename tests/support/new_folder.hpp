#pragma once
// A folder of the system's own for temporary files, on every system.
#include <filesystem>
#include <random>
#include <string>
#include <string_view>

/// Makes a folder that nobody has, whose name begins with `prefix`.
inline std::filesystem::path new_folder(std::string_view prefix) {
  std::random_device number;
  for (;;) {
    auto path = std::filesystem::temp_directory_path() / (std::string{prefix} + std::to_string(number()));
    if (!std::filesystem::create_directory(path)) continue;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
}
