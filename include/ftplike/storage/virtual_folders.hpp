#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/settled.hpp>
#include <ftplike/storage/composed.hpp>
#include <ftplike/storage/names.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/users/authenticator.hpp>

namespace ftplike::inline v0_2 {

/// Storages of one type in one tree: a first one, and others under names of their own, each with what may be done there.
///
///     VirtualFolders files{DirectoryStorage{"/srv/ftp"}, "read"};
///     files.add("/incoming", DirectoryStorage{"/srv/incoming"}, "list,write,make-directories");
///     files.add("/drop", DirectoryStorage{"/srv/drop"}, "none,write");
///
/// A command needs the right from the account and from the folder (`permission_denied`). Where a folder does not have the
/// right to list, its listing is refused; whoever knows a name may ask for its size and time, as clients do after an
/// upload.
///
/// What has a folder's name in the storage around it is hidden. Folders in which others are need not be there; a folder
/// itself is neither moved nor removed (`operation_not_permitted`), and nothing is renamed from one to another
/// (`cross_device_link`). It can do what `Files` can do.
///
/// **Threads:** `add` before the server has it; else as `Files`.
template <ReadableStorage Files> class VirtualFolders {
 public:
  using Reader = typename Files::Reader;
  class Writer;
  class Listing;

  /// With the storage that is seen where there is no folder.
  explicit VirtualFolders(Files root, Rights rights = Rights::all()) {
    folders_.emplace("/", Folder{Path{}, std::move(root), rights});
  }
  /// Puts a storage under a name, which is not the root, in place of one that was there.
  void add(std::string_view name, Files files, Rights rights = Rights::all()) {
    const Path path{name};
    if (path.is_root()) detail::fail(std::errc::invalid_argument);
    folders_.insert_or_assign(path.string(), Folder{path, std::move(files), rights});
  }

  std::string label() const { return folders_.begin()->second.files.label(); }
  /// With whatever else `Files` takes there.
  template <class... More>
    requires requires(const Files& files, ClientKey client, More... more) { files.for_client(client, more...); }
  VirtualFolders for_client(ClientKey client, More... more) const {
    VirtualFolders mine = *this;
    for (auto& [text, folder] : mine.folders_) folder.files = folder.files.for_client(client, more...);
    return mine;
  }

  awaitable<Entry> stat(Path path) {
    const Place place = find(path);
    Settled<Entry> found;
    co_await settle(place.files().stat(place.inside), found);
    const bool leads_on = leads_to_folders(path) && detail::is_missing(detail::error_of(found));
    Entry entry = leads_on ? Entry{{}, Entry::Type::directory, std::nullopt, {}} : found.get();
    if (leads_on || place.inside.is_root()) entry.name = path.name();
    co_return entry;
  }
  awaitable<Listing> list(Path path);
  awaitable<Reader> open(Path path, std::uint64_t offset) {
    const Place place = find(path, Right::read);
    co_return co_await place.files().open(place.inside, offset);
  }

  awaitable<Writer> create(Path path, std::uint64_t offset) requires WritableStorage<Files> {
    const Place place = find(path, Right::write);
    auto writer = co_await place.files().create(place.inside, offset);
    co_return Writer{std::move(writer), place.name()};
  }
  awaitable<Writer> append(Path path) requires AppendsToFiles<Files> {
    const Place place = find(path, Right::append);
    auto writer = co_await place.files().append(place.inside);
    co_return Writer{std::move(writer), place.name()};
  }
  awaitable<Writer> create_unique(Path path) requires MakesUniqueNames<Files> {
    const Place place = find(path, Right::write);
    auto writer = co_await place.files().create_unique(place.inside);
    co_return Writer{std::move(writer), place.name()};
  }
  awaitable<std::uint64_t> partial_size(Path path) requires KeepsPartialFiles<Files> {
    const Place place = find(path);
    co_return co_await place.files().partial_size(place.inside);
  }
  awaitable<void> make_directory(Path path) requires MakesDirectories<Files> {
    if (leads_to_folders(path)) detail::fail(std::errc::file_exists);
    const Place place = find(path, Right::make_directories);
    co_await place.files().make_directory(place.inside);
  }
  awaitable<void> remove(Path path) requires RemovesFiles<Files> {
    const Place place = find(path, Right::remove);
    co_await place.files().remove(place.inside);
  }
  awaitable<void> remove_directory(Path path) requires RemovesDirectories<Files> {
    check_stays(path);
    const Place place = find(path, Right::remove);
    co_await place.files().remove_directory(place.inside);
  }
  awaitable<void> rename(Path from, Path to) requires RenamesFiles<Files> {
    check_stays(from);
    check_stays(to);
    const Place old_place = find(from, Right::rename);
    const Place new_place = find(to, Right::rename);
    if (old_place.folder != new_place.folder) detail::fail(std::errc::cross_device_link);
    co_await old_place.files().rename(old_place.inside, new_place.inside);
  }
  awaitable<void> set_modified(Path path, Timestamp time) requires SetsTimes<Files> {
    const Place place = find(path, Right::write);
    co_await place.files().set_modified(place.inside, time);
  }
  awaitable<void> set_mode(Path path, unsigned mode) requires KeepsModes<Files> {
    const Place place = find(path, Right::write);
    co_await place.files().set_mode(place.inside, mode);
  }
  awaitable<std::uint64_t> available(Path path) requires TellsFreeSpace<Files> {
    const Place place = find(path);
    co_return co_await place.files().available(place.inside);
  }
  awaitable<TreeUsage> usage(Path path, bool below) {
    const Place place = find(path);
    TreeUsage result = co_await detail::usage_of(place.files(), place.inside, below);
    if (!below) co_return result;
    const std::string names_below = detail::inside(path);
    for (auto next = folders_.upper_bound(names_below); next != folders_.end() && next->first.starts_with(names_below); ++next) {
      const Path root;
      const TreeUsage folder = co_await detail::usage_of(next->second.files, root, true);
      result.whole += folder.whole;
      result.partial += folder.partial;
    }
    co_return result;
  }
  /// What the quota of the first storage leaves, in bytes.
  awaitable<std::uint64_t> quota_left() requires requires(Files& files) { files.quota_left(); } {
    return folders_.begin()->second.files.quota_left();
  }
  /// What STAT tells of that quota.
  awaitable<std::string> quota_text() requires requires(Files& files) { files.quota_text(); } {
    return folders_.begin()->second.files.quota_text();
  }
  /// What an upload to this path makes or replaces, within the folder that it lies in.
  awaitable<Path> target(Path path) requires TellsTargets<Files> {
    const Place place = find(path);
    const Path found = co_await place.files().target(place.inside);
    co_return found.beneath(place.name());
  }

 private:
  struct Folder {
    Path name;
    Files files;
    Rights rights;
  };
  /// Where a path is: in which folder, and how that one calls it.
  struct Place {
    Folder* folder;
    Path inside;
    Files& files() const noexcept { return folder->files; }
    const Path& name() const noexcept { return folder->name; }
  };

  /// **Errors:** `permission_denied` where the folder does not have the rights.
  Place find(const Path& path, Rights needed = Rights::none()) {
    Path above = path;
    auto found = folders_.find(above.string());
    while (found == folders_.end()) {
      above = above.parent();
      found = folders_.find(above.string());
    }
    Folder& folder = found->second;
    if (!folder.rights.contains(needed)) detail::fail(std::errc::permission_denied);
    return Place{&folder, path == folder.name ? Path{} : path.below(folder.name)};
  }
  /// Whether it is a folder, or a directory on the way to one.
  bool leads_to_folders(const Path& path) const {
    if (folders_.contains(path.string())) return true;
    const std::string below = detail::inside(path);
    const auto next = folders_.lower_bound(below);
    return next != folders_.end() && next->first.starts_with(below);
  }
  void check_stays(const Path& path) const {
    if (leads_to_folders(path)) detail::fail(std::errc::operation_not_permitted);
  }
  /// The directories that folders make appear in a directory.
  awaitable<std::vector<Entry>> folders_in(Path path) {
    std::vector<Entry> entries;
    const std::string below = detail::inside(path);
    for (auto next = folders_.upper_bound(below); next != folders_.end() && next->first.starts_with(below); ++next) {
      const Path seen{next->first.substr(0, next->first.find('/', below.size()))};
      const auto is_seen = [&seen](const Entry& entry) { return entry.name == seen.name(); };
      if (std::any_of(entries.begin(), entries.end(), is_seen)) continue;
      Entry entry = co_await stat(seen);
      entries.push_back(std::move(entry));
    }
    co_return entries;
  }

  std::map<std::string, Folder> folders_;  // by the text of their names; the root is always among them
};

/// An upload into one of the folders.
template <ReadableStorage Files> class VirtualFolders<Files>::Writer : public detail::WriterType<Files>::type {
  using Theirs = typename detail::WriterType<Files>::type;

 public:
  /// Of an upload into the folder of that name.
  Writer(Theirs theirs, Path folder) : Theirs{std::move(theirs)}, folder_{std::move(folder)} {}
  /// The name that the file will have in the whole tree.
  Path path() const { return Path{Theirs::path()}.beneath(folder_); }

 private:
  Path folder_;
};

/// What is in a directory, its folders first.
template <ReadableStorage Files> class VirtualFolders<Files>::Listing {
 public:
  /// Of what a storage lists, if it does, and of folders that hide what it has under their names.
  Listing(std::optional<typename Files::Listing> listing, std::vector<Entry> folders)
      : listing_{std::move(listing)}, folders_{std::move(folders)} {
    for (const Entry& folder : folders_) names_.push_back(folder.name);
  }

  void names_only() {
    if (listing_) detail::ask_for_names(*listing_);
  }
  awaitable<std::vector<Entry>> next() {
    if (!folders_.empty()) {
      std::vector<Entry> first = std::exchange(folders_, {});
      co_return first;
    }
    while (listing_) {
      std::vector<Entry> entries = co_await listing_->next();
      if (entries.empty()) break;
      std::erase_if(entries, [this](const Entry& entry) {
        return std::find(names_.begin(), names_.end(), entry.name) != names_.end();
      });
      if (!entries.empty()) co_return entries;
    }
    co_return std::vector<Entry>{};
  }

 private:
  std::optional<typename Files::Listing> listing_;
  std::vector<Entry> folders_;
  std::vector<std::string> names_;
};

template <ReadableStorage Files>
awaitable<typename VirtualFolders<Files>::Listing> VirtualFolders<Files>::list(Path path) {
  const Place place = find(path, Right::list);
  std::vector<Entry> folders = co_await folders_in(path);
  Settled<typename Files::Listing> listed;
  co_await settle(place.files().list(place.inside), listed);
  std::optional<typename Files::Listing> listing;
  const bool only_leads_on = leads_to_folders(path) && detail::is_missing(detail::error_of(listed));
  if (!only_leads_on) listing.emplace(listed.get());
  co_return Listing{std::move(listing), std::move(folders)};
}

}  // namespace ftplike
