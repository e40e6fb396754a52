#pragma once
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/storage/directory_listing.hpp>
#include <ftplike/storage/partial.hpp>
#include <ftplike/storage/path_resolver.hpp>

namespace ftplike::inline v0_2 {

/// What an upload that is under way, or was cut off, has left beneath the folder of a `DirectoryStorage`.
struct PartialFile {
  Path path;                // seen from the folder: /inbox/.ftplike-partial.a.txt
  std::uint64_t bytes = 0;  // of the disk that it holds
  Timestamp written{};      // its last byte, in UTC
};

/// When partial files go.
struct PartialRules {
  std::chrono::seconds lifetime{};  // counted from the last byte; 0: no limit
  double share = 0;                 // of the file system, all together, in percent: then the oldest go; 0: no limit
};

/// What partial files there are, and what became of them.
struct PartialReport {
  std::vector<PartialFile> left, removed;  // the oldest first
  /// That those which are left hold.
  std::uint64_t bytes_left() const noexcept { return sum(left); }
  /// That have become free.
  std::uint64_t bytes_removed() const noexcept { return sum(removed); }

 private:
  static std::uint64_t sum(const std::vector<PartialFile>& files) noexcept {
    std::uint64_t bytes = 0;
    for (const auto& file : files) bytes += file.bytes;
    return bytes;
  }
};

namespace detail {

/// Adds the partial files of a directory to `files`, and its directories to `below`. What vanishes meanwhile, or may not
/// be read, is left out.
inline void look_for_partials(const PathResolver& root, const Path& directory, std::vector<PartialFile>& files,
                              std::vector<Path>& below) {
  try {
    const auto stream = stream_of(open_in(root.find(directory, Follow::no), sys::to_list));
    while (const char* name = next_name(stream.get())) {
      const bool is_partial = is_partial_name(name);
      FileStatus status{};
      if (sys::status_at(sys::descriptor_of(stream.get()), name, &status) != 0) continue;
      const Path path{inside(directory) + name};
      if (is_partial && is_regular(status)) {
        files.push_back({path, allocated_bytes(status), modified(status)});
      } else if (!is_partial && is_folder(status)) {
        below.push_back(path);
      }
    }
  } catch (const std::system_error&) {
  }
}

inline std::vector<PartialFile> partials_beneath(const PathResolver& root) {
  std::vector<PartialFile> files;
  for (std::vector<Path> directories{Path{}}; !directories.empty();) {
    const Path next = std::move(directories.back());
    directories.pop_back();
    look_for_partials(root, next, files, directories);
  }
  std::sort(files.begin(), files.end(), [](const auto& one, const auto& other) { return one.written < other.written; });
  return files;
}

/// Removes a partial file that no upload is at; whether it did. By its directory, as its own name is nobody's to say.
inline bool remove_if_free(const PathResolver& root, const Path& path) {
  try {
    const auto directory = open_in(root.find(path.parent(), Follow::no), sys::to_list);
    return remove_partial(directory.get(), std::string{path.name()});
  } catch (const std::system_error&) { return false; }
}

/// The bytes that all partial files together may hold of the file system of a folder.
inline std::uint64_t most_bytes(const PathResolver& root, double share) {
  const auto place = root.find(Path{}, Follow::no);
  const Descriptor folder = open_in(place, sys::to_list);
  std::uint64_t all = 0;
  checked([&] { return sys::all_bytes(folder.get(), &all); });
  return static_cast<std::uint64_t>(static_cast<double>(all) * share / 100);
}

}  // namespace detail

/// The partial files beneath a folder, those of uploads under way among them, the oldest first. All of it is looked
/// through, which may block for long.
///
/// **Errors:** `std::system_error` if the folder cannot be opened; what is below it and cannot be read is left out.
inline std::vector<PartialFile> list_partials(const std::string& folder) {
  return detail::partials_beneath(detail::PathResolver{folder});
}

/// Removes the partial files beneath a folder that are past their time, then the oldest of the others until they hold no
/// more than their share. Those that an upload is at stay, and so do those that may not be removed. All of the folder is
/// looked through, which may block for long. Beside servers on the same folder, at any time.
///
/// **Errors:** `std::system_error` if the folder cannot be opened.
inline PartialReport purge_partials(const std::string& folder, const PartialRules& rules) {
  const detail::PathResolver root{folder};
  PartialReport report;
  auto files = detail::partials_beneath(root);
  const std::uint64_t most = rules.share > 0 ? detail::most_bytes(root, rules.share) : ~std::uint64_t{0};
  std::uint64_t bytes = 0;
  for (const auto& file : files) bytes += file.bytes;
  for (auto& file : files) {
    const bool is_old = rules.lifetime.count() > 0 && detail::is_older_than(rules.lifetime, file.written);
    const bool goes = (is_old || bytes > most) && detail::remove_if_free(root, file.path);
    if (goes) bytes -= file.bytes;
    (goes ? report.removed : report.left).push_back(std::move(file));
  }
  return report;
}

}  // namespace ftplike::inline v0_2
