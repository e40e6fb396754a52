#pragma once
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/storage/names.hpp>
#include <ftplike/storage/posix.hpp>
#include <ftplike/system/beneath.hpp>
#include <ftplike/system/names.hpp>

namespace ftplike::inline v0_2::detail {

enum class Follow { no, yes };  // whether a link in the last place is followed

inline constexpr std::size_t longest_path = 4096;  // what links may amount to

/// Sees to it that a path can name a file of this system, and nothing else.
inline void check_names_here(const Path& path) {
  check_names(path);
  if (path.is_root()) return;
  for (std::string_view rest = path.string(); !rest.empty();) {
    rest.remove_prefix(1);
    const auto name = rest.substr(0, rest.find('/'));
    if (!is_name_of_system(name)) fail(Errc::bad_name);
    rest.remove_prefix(name.size());
  }
}

/// Where a link leads; none if it is not a link.
inline std::optional<std::string> link_text(int directory, const std::string& name) {
  char text[longest_path];
  const auto size = sys::link_text_at(directory, name.c_str(), text, sizeof text);
  if (size < 0) return std::nullopt;
  if (size == sizeof text) fail_with(ENAMETOOLONG);
  return std::string(text, static_cast<std::size_t>(size));
}

/// A name in an open directory: what file operations need, safe whatever happens to the directories above.
struct DirectoryEntry {
  DirectoryEntry(Descriptor its_own, int its_directory, std::string its_name)
      : own{std::move(its_own)}, directory{its_directory}, name{std::move(its_name)} {
    look();
  }

  bool exists() const noexcept { return status.st_mode != 0; }
  bool is_directory() const noexcept { return is_folder(status); }
  std::uint64_t size() const noexcept { return static_cast<std::uint64_t>(status.st_size); }
  /// Sees what there is now.
  void look() {
    if (sys::status_at(directory, name.c_str(), &status) == 0) return;
    if (errno != ENOENT) fail_with(errno);
    status = {};
  }

  Descriptor own;  // none where the directory is the root
  int directory;   // lives as long as the resolver
  std::string name;
  FileStatus status{};
};

/// Opens what is in a place, unless it has become a link.
inline Descriptor open_in(const DirectoryEntry& place, int flags) {
  return Descriptor{checked([&] { return sys::open_at(place.directory, place.name.c_str(), flags); })};
}

/// The files beneath a folder, reached through descriptors only. A link, absolute or with "..", is taken as if the
/// folder were the root of the system, so that no name, link or race leads out of it.
///
/// Linux does this by itself (openat2); elsewhere it is done component by component.
class PathResolver {
 public:
  explicit PathResolver(const std::string& folder, bool kernel_resolves = true)
      : root_{sys::open_file(folder.c_str(), directory_only)} {
    if (!root_) throw std::system_error(errno, std::generic_category(), "folder \"" + folder + '"');
    kernel_resolves_ = kernel_resolves && kernel_open(Path{}, directory_only, Wait::may);
    kernel_says_ = kernel_resolves_ && (kernel_open(Path{}, directory_only, Wait::may_not) || errno == EAGAIN);
  }

  /// Opens what is there; links are followed. With O_PATH, only directories.
  Descriptor open(const Path& path, int flags) const {
    check_names_here(path);
    if (kernel_resolves_) {
      for (int attempt = 0; attempt < 8; ++attempt) {
        Descriptor file = kernel_open(path, flags, Wait::may);
        if (file) return file;
        if (errno != EAGAIN && errno != EINTR) fail_with(errno);
      }
      // The kernel gives up where somebody renames directories all the time; the long way never does.
    }
    return open_in(walk(path, Follow::yes), flags);
  }
  /// The same, but gives none where it would have to wait for a disk, if the system can tell.
  Descriptor open_if_cached(const Path& path, int flags) const {
    if (!kernel_says_) return open(path, flags);
    check_names_here(path);
    Descriptor file = kernel_open(path, flags, Wait::may_not);
    if (!file && errno != EAGAIN && errno != EINTR) fail_with(errno);
    return file;
  }
  /// Where a name is and what it is now, if it is: `parent` is its directory, opened; none for the root.
  DirectoryEntry find(const Path& path, Follow follow, Descriptor parent) const {
    check_names_here(path);
    const int directory = parent ? parent.get() : root_.get();
    DirectoryEntry result{std::move(parent), directory, std::string{path.is_root() ? "." : path.name()}};
    if (follow == Follow::yes && is_link(result.status)) return walk(path, follow);
    return result;
  }
  DirectoryEntry find(const Path& path, Follow follow) const {
    return find(path, follow, path.parent().is_root() ? Descriptor{} : open(path.parent(), directory_only));
  }
  /// The path without links that a path leads to; what is in the last place need not be there.
  Path target(const Path& path) const {
    check_names_here(path);
    std::vector<std::string> above;
    const DirectoryEntry place = walk(path, Follow::yes, &above);
    Path result;
    for (const auto& name : above) result = result.resolve(name);
    return place.name == "." ? result : result.resolve(place.name);
  }

 private:
  Descriptor kernel_open(const Path& path, int flags, Wait wait) const noexcept {
    return open_beneath(root_.get(), path.string().c_str(), flags, wait);
  }

  static void push(std::vector<std::string>& pending, std::string_view text) {
    while (!text.empty()) {
      const auto slash = text.rfind('/');
      const auto name = text.substr(slash + 1);  // all of it if there is no slash
      text = slash == text.npos ? std::string_view{} : text.substr(0, slash);
      if (!name.empty() && name != ".") pending.emplace_back(name);
    }
  }

  /// Goes down component by component, and reads every link itself. Tells the directories above, if that is asked.
  DirectoryEntry walk(const Path& path, Follow follow, std::vector<std::string>* above = nullptr) const {
    constexpr int most_links = 40;
    std::vector<std::string> done;     // from the root to here
    std::vector<std::string> pending;  // the next one last
    Descriptor own;
    const auto here = [&] { return own ? own.get() : root_.get(); };
    push(pending, path.string());
    for (int links = 0; !pending.empty();) {
      std::string name = std::move(pending.back());
      pending.pop_back();
      if (name == "..") {
        // The parent of a directory that has been moved meanwhile could be anywhere: come again from the root.
        if (!done.empty()) done.pop_back();
        for (; !done.empty(); done.pop_back()) pending.push_back(std::move(done.back()));
        own = Descriptor{};
        continue;
      }
      const bool is_last = pending.empty();
      if (!is_last) {
        Descriptor next{sys::open_at(here(), name.c_str(), directory_only)};
        if (next) {
          own = std::move(next);
          done.push_back(std::move(name));
          continue;
        }
      }
      const int error = errno;
      const auto target = is_last && follow == Follow::no ? std::nullopt : link_text(here(), name);
      if (!target) {
        if (!is_last) fail_with(error == ELOOP || error == EMLINK ? ENOTDIR : error);
        const int directory = here();
        if (above) *above = std::move(done);
        DirectoryEntry result{std::move(own), directory, std::move(name)};
        return result;
      }
      if (++links > most_links || pending.size() > longest_path) fail_with(ELOOP);
      push(pending, *target);
      if (target->starts_with('/')) {
        done.clear();
        own = Descriptor{};
      }
    }
    const int directory = here();
    if (above) *above = std::move(done);
    DirectoryEntry result{std::move(own), directory, "."};
    return result;
  }

  Descriptor root_;
  bool kernel_resolves_ = false;
  bool kernel_says_ = false;  // whether it would have to wait
};

}  // namespace ftplike::detail
