#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/asio.hpp>
#include <ftplike/protocol/entry.hpp>
#include <ftplike/storage/names.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

// A tree as a map of all its files and directories, the root included, by their paths. A node says what it is by
// `is_directory()`.

/// What is at a path.
///
/// **Errors:** `no_such_file_or_directory`, `not_a_directory`.
template <class Node> Node& node_at(std::map<std::string, Node>& nodes, const Path& path) {
  if (const auto found = nodes.find(path.string()); found != nodes.end()) return found->second;
  Path above = path.parent();
  while (!nodes.contains(above.string())) above = above.parent();
  fail(nodes.at(above.string()).is_directory() ? std::errc::no_such_file_or_directory : std::errc::not_a_directory);
}

/// Calls `visit(path, node)` for what is in a directory, sorted, from behind the name `after` on, until it gives false.
template <class Node, class Visit> void visit_directory(const std::map<std::string, Node>& nodes, const Path& directory,
                                                        const std::string& after, Visit visit) {
  const std::string prefix = inside(directory);
  auto next = nodes.upper_bound(prefix + after);
  while (next != nodes.end() && next->first.starts_with(prefix)) {
    if (const auto slash = next->first.find('/', prefix.size()); slash != std::string::npos) {
      next = nodes.lower_bound(next->first.substr(0, slash) + char{'/' + 1});  // past all that is in there
    } else {
      if (!visit(next->first, next->second)) return;
      ++next;
    }
  }
}

}  // namespace detail

/// A listing whose entries are all there: the `Listing` of a storage that has them in memory.
class EntryListing {
 public:
  /// Of these entries, in this order.
  explicit EntryListing(std::vector<Entry> entries) : entries_{std::move(entries)} {}
  template <class = void> awaitable<std::vector<Entry>> next() { co_return std::exchange(entries_, {}); }

 private:
  std::vector<Entry> entries_;
};

/// Files by path, and the directories that the paths imply: what a storage of files that are made up needs to know of
/// its names. A `File` is whatever the storage needs to make it. One that has `describe(Entry&)` tells its size and time
/// by that, any other that has a `size()`, as a `std::string`, its size.
///
/// **Threads:** as a `std::map`.
template <class File> class FileTree {
 public:
  FileTree() { nodes_.try_emplace("/"); }
  /// Of paths and files; a path that ends with '/' is a directory.
  FileTree(std::initializer_list<std::pair<std::string_view, File>> files) : FileTree{} {
    for (const auto& [path, file] : files) put(Path{path}, file);
  }

  /// Puts a file there, in place of another one.
  ///
  /// **Errors:** `is_a_directory`; `not_a_directory` if something above it is a file.
  void put(const Path& path, File file) {
    if (path.is_root()) detail::fail(std::errc::is_a_directory);
    make_directory(path.parent());
    const auto [place, is_new] = nodes_.try_emplace(path.string());
    if (!is_new && place->second.is_directory()) detail::fail(std::errc::is_a_directory);
    place->second.file.emplace(std::move(file));
  }
  /// Makes a directory with all above it, where there is none.
  ///
  /// **Errors:** `not_a_directory`.
  void make_directory(const Path& path) {
    if (!path.is_root()) make_directory(path.parent());
    if (nodes_[path.string()].file) detail::fail(std::errc::not_a_directory);
  }
  /// Removes a file, or a directory with all that is in it; but not the root itself.
  ///
  /// **Errors:** `no_such_file_or_directory`, `not_a_directory`.
  void remove(const Path& path) {
    detail::node_at(nodes_, path);
    std::erase_if(nodes_, [&](const auto& one) {
      return one.first.starts_with(detail::inside(path)) && one.first != "/";
    });
    if (!path.is_root()) nodes_.erase(path.string());
  }
  /// The file at a path.
  ///
  /// **Errors:** `no_such_file_or_directory`, `not_a_directory`, `is_a_directory`.
  File& at(const Path& path) {
    Node& node = detail::node_at(nodes_, path);
    if (!node.file) detail::fail(std::errc::is_a_directory);
    return *node.file;
  }
  /// The entry of a file or directory, as a storage's `stat` gives it.
  ///
  /// **Errors:** `no_such_file_or_directory`, `not_a_directory`.
  Entry stat(const Path& path) { return entry(path.name(), detail::node_at(nodes_, path)); }
  /// All entries of a directory, sorted by name.
  ///
  /// **Errors:** `no_such_file_or_directory`, `not_a_directory`.
  std::vector<Entry> list(const Path& path) {
    if (!detail::node_at(nodes_, path).is_directory()) detail::fail(std::errc::not_a_directory);
    std::vector<Entry> entries;
    detail::visit_directory(nodes_, path, "", [&](std::string_view one, const Node& node) {
      entries.push_back(entry(one.substr(one.rfind('/') + 1), node));
      return true;
    });
    return entries;
  }

 private:
  struct Node {
    std::optional<File> file;  // none: a directory
    bool is_directory() const noexcept { return !file; }
  };

  static Entry entry(std::string_view name, const Node& node) {
    Entry result{std::string{name}, node.file ? Entry::Type::file : Entry::Type::directory, std::nullopt, Timestamp{}};
    if constexpr (requires { node.file->describe(result); }) {
      if (node.file) node.file->describe(result);
    } else if constexpr (requires { { node.file->size() } -> std::convertible_to<std::uint64_t>; }) {
      if (node.file) result.size = node.file->size();
    }
    return result;
  }

  std::map<std::string, Node> nodes_;
};

}  // namespace ftplike
