#pragma once
// Paths of files of ours and the text that names them: UTF-8, or any bytes where names are bytes. What std::filesystem makes
// of plain text is the C library's locale on Windows, which knows few letters.
#include <filesystem>
#include <string>
#include <string_view>

namespace ftplike::inline v0_2::detail {

inline std::filesystem::path path_of(std::string_view text) {
  return std::filesystem::path{std::u8string{text.begin(), text.end()}};
}
inline std::string text_of_path(const std::filesystem::path& path) {
  const auto text = path.u8string();
  return {text.begin(), text.end()};
}
/// The name in which a path of ours ends.
inline std::string last_name(std::string_view path) { return text_of_path(path_of(path).filename()); }

}  // namespace ftplike::detail
