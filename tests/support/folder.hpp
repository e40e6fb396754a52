#pragma once
// A folder of the system's own for the files of one test.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "support/new_folder.hpp"

class TestFolder {
 public:
  TestFolder() {
    path_ = new_folder("ftplike-");
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }

  std::string operator/(std::string_view name) const { return (path_ / name).string(); }
  std::string string() const { return path_.string(); }
  const std::filesystem::path& path() const noexcept { return path_; }

  void write(std::string_view name, std::string_view text) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << text;
  }
  /// The bytes of a file, or "(none)".
  std::string read(std::string_view name) const {
    std::ifstream file{path_ / name, std::ios::binary};
    if (!file) return "(none)";
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  bool has(std::string_view name) const { return std::filesystem::exists(path_ / name); }
  /// How many names there are in it, hidden ones too.
  std::size_t count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::recursive_directory_iterator{path_}, {}));
  }

 private:
  std::filesystem::path path_;
};
