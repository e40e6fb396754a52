#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/protocol/wildcard.hpp>
#include <ftplike/storage/composed.hpp>
#include <ftplike/storage/names.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/system/new_shared.hpp>

namespace ftplike::inline v0_2 {

/// The files of a storage without those of some names, and without what is in directories of such names:
///
///     HiddenNames{DirectoryStorage{"/srv/ftp"}, {".ht*", "lost+found"}}
///
/// They are not listed and not found (`no_such_file_or_directory`), and nothing can be made or renamed so
/// (`Errc::bad_name`). A directory with hidden files is not empty; a link of another name leads to them. Patterns are those of
/// `matches`, and of `UploadRules` where case is concerned: ".ht*" means .HTACCESS, too, unless `case_matters`.
///
/// **Threads:** as `Files`.
template <ReadableStorage Files> class HiddenNames : public Files {
 public:
  class Listing;

  /// Hides names below `root` that fit one of the patterns.
  HiddenNames(Files files, std::vector<std::string> patterns, Path root = {}, bool case_matters = false)
      : HiddenNames(std::move(files), detail::new_shared<const std::vector<std::string>>(std::move(patterns)),
                    std::move(root), case_matters) {}

  /// With whatever else `Files` takes there.
  template <class... More>
    requires requires(const Files& files, ClientKey client, More... more) { files.for_client(client, more...); }
  HiddenNames for_client(ClientKey client, More... more) const {
    return HiddenNames(Files::for_client(client, std::move(more)...), patterns_, root_, case_matters_);
  }

  awaitable<Entry> stat(Path path) {
    check_is_seen(path);
    co_return co_await inner().stat(path);
  }
  awaitable<Listing> list(Path path) {
    check_is_seen(path);
    auto listing = co_await inner().list(path);
    co_return Listing{std::move(listing), patterns_, case_matters_};
  }
  awaitable<typename Files::Reader> open(Path path, std::uint64_t offset) {
    check_is_seen(path);
    co_return co_await inner().open(path, offset);
  }
  awaitable<typename detail::WriterType<Files>::type> create(Path path, std::uint64_t offset) requires WritableStorage<Files> {
    check_may_be_made(path);
    co_return co_await inner().create(path, offset);
  }
  awaitable<typename detail::WriterType<Files>::type> append(Path path) requires AppendsToFiles<Files> {
    check_may_be_made(path);
    co_return co_await inner().append(path);
  }
  awaitable<typename detail::WriterType<Files>::type> create_unique(Path path) requires MakesUniqueNames<Files> {
    check_may_be_made(path);
    co_return co_await inner().create_unique(path);
  }
  awaitable<std::uint64_t> partial_size(Path path) requires KeepsPartialFiles<Files> {
    check_is_seen(path);
    co_return co_await inner().partial_size(path);
  }
  awaitable<void> make_directory(Path path) requires MakesDirectories<Files> {
    check_may_be_made(path);
    co_await inner().make_directory(path);
  }
  awaitable<void> remove(Path path) requires RemovesFiles<Files> {
    check_is_seen(path);
    co_await inner().remove(path);
  }
  awaitable<void> remove_directory(Path path) requires RemovesDirectories<Files> {
    check_is_seen(path);
    co_await inner().remove_directory(path);
  }
  awaitable<void> rename(Path from, Path to) requires RenamesFiles<Files> {
    check_is_seen(from);
    check_may_be_made(to);
    co_await inner().rename(from, to);
  }
  awaitable<void> set_modified(Path path, Timestamp time) requires SetsTimes<Files> {
    check_is_seen(path);
    co_await inner().set_modified(path, time);
  }
  awaitable<void> set_mode(Path path, unsigned mode) requires KeepsModes<Files> {
    check_is_seen(path);
    co_await inner().set_mode(path, mode);
  }
  awaitable<std::uint64_t> available(Path path) requires TellsFreeSpace<Files> {
    check_is_seen(path);
    co_return co_await inner().available(path);
  }

 private:
  using Patterns = std::shared_ptr<const std::vector<std::string>>;

  HiddenNames(Files files, Patterns patterns, Path root, bool case_matters)
      : Files(std::move(files)), patterns_{std::move(patterns)}, root_{std::move(root)}, case_matters_{case_matters} {}

  Files& inner() noexcept { return *this; }
  /// Whether the name of it is hidden, or of a directory above.
  bool is_hidden(const Path& path) const {
    if (path.is_root() || path == root_) return false;
    return detail::fits_one_of(*patterns_, path.name(), case_matters_) || is_hidden(path.parent());
  }
  void check_is_seen(const Path& path) const {
    if (is_hidden(path)) detail::fail(std::errc::no_such_file_or_directory);
  }
  void check_may_be_made(const Path& path) const {
    check_is_seen(path.parent());
    if (is_hidden(path)) detail::fail(Errc::bad_name);
  }

  Patterns patterns_;
  Path root_;
  bool case_matters_;
};

/// What is in a directory and not hidden.
template <ReadableStorage Files> class HiddenNames<Files>::Listing {
 public:
  /// Of what the storage lists, without what fits one of the patterns.
  Listing(typename Files::Listing listing, std::shared_ptr<const std::vector<std::string>> patterns, bool case_matters = false)
      : listing_{std::move(listing)}, patterns_{std::move(patterns)}, case_matters_{case_matters} {}

  void names_only() { detail::ask_for_names(listing_); }
  awaitable<std::vector<Entry>> next() {
    for (;;) {
      std::vector<Entry> entries = co_await listing_.next();
      if (entries.empty()) co_return entries;
      std::erase_if(entries, [this](const Entry& entry) { return detail::fits_one_of(*patterns_, entry.name, case_matters_); });
      if (!entries.empty()) co_return entries;
    }
  }

 private:
  typename Files::Listing listing_;
  std::shared_ptr<const std::vector<std::string>> patterns_;
  bool case_matters_;
};

}  // namespace ftplike
