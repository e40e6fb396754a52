#pragma once
// Folders with files of names that are hard to pass on.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "running_server.hpp"

/// Names that shells, URLs, patterns and options take for something else.
inline const std::vector<std::string> odd_names{
    "with space.txt", " blanks around ", "\"quoted\".txt", "it's.txt",    "-rf", "--help", "100%41.txt",
    "semi;colon",     "back\\slash",     "star*[a-z]?",    "grün-日本語", "a#b", "~home"};
/// One that is no UTF-8.
inline const std::string latin_name = "caf\xe9";

/// The names and bytes of all files in and below a folder; directories end with a slash.
inline std::map<std::string, std::string> tree_of(const TestFolder& folder) {
  std::map<std::string, std::string> tree;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder.path()}) {
    const auto name = entry.path().lexically_relative(folder.path()).string();
    if (entry.is_directory())
      tree[name + '/'];
    else
      tree[name] = folder.read(name);
  }
  return tree;
}

/// Writes files of several sizes and names into several folders.
inline void grow_tree(const TestFolder& folder) {
  for (const auto& name : odd_names) folder.write("names/" + name, "I am " + name);
  for (const std::size_t size : {0u, 1u, 4095u, 4096u, 4097u, 65535u, 65536u, 65537u, 524289u, 1048577u}) {
    folder.write("sizes/" + std::to_string(size), noise(size, static_cast<unsigned>(size)));
  }
  folder.write("one/two/three/deep", "down here");
  std::filesystem::create_directories(folder.path() / "empty folder");
}
