#pragma once
// Names of files in UTF-8, or of any bytes where names are bytes. What std::filesystem makes of plain text depends on the
// locale on some systems, and which slash it puts in between on the system.
#include <filesystem>
#include <string>
#include <string_view>

inline std::filesystem::path path_of(std::string_view text) {
  return std::filesystem::path{std::u8string{text.begin(), text.end()}};
}
inline std::string text_of(const std::filesystem::path& path) {
  const auto text = path.u8string();
  return {text.begin(), text.end()};
}
