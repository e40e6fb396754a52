#pragma once
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/path.hpp>
#include <ftplike/storage/directory_listing.hpp>
#include <ftplike/storage/file.hpp>
#include <ftplike/storage/storage.hpp>
#include <ftplike/system/new_shared.hpp>

namespace ftplike::inline v0_2 {

/// The files beneath a folder. No name, no link and no race leads out of it: links are taken as if the folder were the
/// root of the system.
///
/// An interrupted upload leaves a hidden partial file beside its name, for seven days (`DirectoryOptions`): an older
/// one is removed when the folder is listed, or within an hour of uploads to it, where blocking harms nobody;
/// `purge_partials` (partials.hpp) looks through all folders. One that ends for want of room leaves nothing. A second
/// upload to a name that one is under way to takes a file of its own, which is not kept; whoever finishes last stays.
/// Going on with a partial file that somebody is at throws `Errc::busy`.
///
/// **Threads:** any, at once. **Lifetime:** readers and writers may outlive it.
template <class = void> class BasicDirectoryStorage {
 public:
  using DirectoryStorage = BasicDirectoryStorage;  // as what derives from it calls it
  using Reader = FileReader;
  using Writer = FileWriter;
  using Listing = DirectoryListing;

  /// **Errors:** `std::system_error` that names the folder, if it is not there or is not a directory.
  explicit BasicDirectoryStorage(std::string folder, const DirectoryOptions& options = {});

  const std::string& label() const noexcept { return state_->label; }
  /// The same files, of which what may block is done for that client: in turn with that for others. Where the bytes of
  /// a file are copied before more come behind them, `progress` is called after each piece.
  BasicDirectoryStorage for_client(ClientKey client, std::function<void()> progress = {}) const {
    BasicDirectoryStorage same{*this};
    same.client_ = client;
    same.progress_ = std::move(progress);
    return same;
  }

  awaitable<Entry> stat(Path path) {
    const auto place = co_await find(path, detail::Follow::yes);
    if (!place.exists()) detail::fail(std::errc::no_such_file_or_directory);
    co_return detail::entry_of(std::string{path.name()}, place.status);
  }
  awaitable<Listing> list(Path path) {
    auto directory = co_await open_beneath(path, detail::sys::to_list);
    co_return Listing{state_, std::move(path), std::move(directory), client_};
  }
  awaitable<Reader> open(Path path, std::uint64_t offset) {
    auto file = co_await open_beneath<detail::OpenedFile>(path, detail::sys::to_read);
    co_return Reader{std::string{path.name()}, std::move(file), offset, client_};
  }

  awaitable<Writer> create(Path path, std::uint64_t offset) {
    auto place = co_await find_target(path);
    auto partial = offset == 0 ? take_anew(place) : take_to_resume(place);
    if (!partial) {
      if (!place.exists() || place.size() < offset) detail::fail(Errc::bad_restart);
      auto writer = co_await begin_with_copy(std::move(path), std::move(place), offset);
      co_return writer;
    }
    if (partial->size < offset) detail::fail(Errc::bad_restart);
    const bool goes_beyond = partial->size > offset;
    Writer writer{state_, std::move(path), std::move(place), std::move(*partial), offset, client_};
    if (goes_beyond) co_await writer.cut();
    co_return writer;
  }
  awaitable<Writer> append(Path path) {
    auto place = co_await find_target(path);
    if (place.exists()) {
      const auto size = place.size();
      auto writer = co_await begin_with_copy(std::move(path), std::move(place), size);
      co_return writer;
    }
    auto partial = take_to_resume(place);
    if (!partial) partial = take_anew(place);
    const auto size = partial->size;
    co_return Writer{state_, std::move(path), std::move(place), std::move(*partial), size, client_};
  }
  /// A file that is written with `write_at`, whatever else is under way to its name, and that nobody goes on with. Of
  /// several, the one that is finished last stays.
  awaitable<Writer> create_aside(Path path) {
    auto place = co_await find_target(path);
    auto temporary = detail::make_temporary(place.directory);
    co_return Writer{state_, std::move(path), std::move(place), std::move(temporary), 0, client_};
  }
  /// The name itself, or name.1, name.2, …: the first that is free, as a whole file and as a partial one.
  awaitable<Writer> create_unique(Path path) {
    auto place = co_await find(path, detail::Follow::no);
    if (path.is_root()) detail::fail(std::errc::is_a_directory);
    if (is_due(path)) co_await begin_to_sweep(place);
    for (unsigned number = 0;; ++number) {
      Path choice = detail::numbered(path, number);
      place.name = choice.name();
      place.look();
      if (place.exists()) continue;
      auto attempt = detail::make_partial(place.directory, detail::partial_name(place.name));
      if (attempt.outcome == Outcome::busy) continue;
      co_return Writer{state_, std::move(choice), std::move(place), std::move(attempt.partial), 0, client_,
                       std::move(path), number};
    }
  }
  awaitable<std::uint64_t> partial_size(Path path) {
    const Entry partial = co_await stat_partial(std::move(path));
    co_return partial.size.value_or(0);
  }
  /// How much there is of a name's partial file, and since when.
  awaitable<Entry> stat_partial(Path path) {
    auto place = co_await find(path, detail::Follow::yes);
    place.name = detail::partial_name(place.name);
    place.look();
    if (place.status.st_size == 0 ||
        detail::is_older_than(state_->options.partial_lifetime, detail::modified(place.status))) {
      detail::fail(std::errc::no_such_file_or_directory);
    }
    co_return detail::entry_of(std::string{path.name()}, place.status);
  }

  awaitable<void> make_directory(Path path) {
    const auto place = co_await find(path, detail::Follow::no);
    if (path.is_root()) detail::fail(std::errc::file_exists);
    detail::checked([&] { return detail::sys::make_folder_at(place.directory, place.name.c_str()); });
  }
  /// Removes a file and its partial file; where there is only a partial file, that one. Of a link, the link.
  awaitable<void> remove(Path path) {
    auto place = co_await find(path, detail::Follow::no);
    if (place.is_directory()) detail::fail(std::errc::is_a_directory);
    const bool is_large = place.size() > detail::large_file;
    auto remove = [state = state_, place = detail::new_shared<const detail::DirectoryEntry>(std::move(place))] {
      if (place->exists()) detail::checked([&] { return detail::sys::remove_at(place->directory, place->name.c_str()); });
      const bool was_partial = detail::remove_partial(place->directory, detail::partial_name(place->name));
      if (!place->exists() && !was_partial) detail::fail(std::errc::no_such_file_or_directory);
    };
    if (is_large) {
      co_await blocking(std::move(remove), load());
    } else {
      remove();
    }
  }
  /// Removes an empty directory. Partial files that nobody is at do not count: who sees none cannot remove them.
  awaitable<void> remove_directory(Path path) {
    auto place = co_await find(path, detail::Follow::no);
    if (path.is_root()) detail::fail(std::errc::operation_not_permitted);
    if (detail::sys::remove_at(place.directory, place.name.c_str(), true) == 0) co_return;
    if (errno != ENOTEMPTY && errno != EEXIST) detail::fail_with(errno);
    auto remove = [state = state_, place = detail::new_shared<const detail::DirectoryEntry>(std::move(place))] {
      detail::remove_partials(*place);
      detail::checked([&] { return detail::sys::remove_at(place->directory, place->name.c_str(), true); });
    };
    co_await blocking(std::move(remove), load());
  }
  awaitable<void> rename(Path from, Path to) {
    auto source = co_await find(from, detail::Follow::no);
    auto target = co_await find(to, detail::Follow::no);
    if (from.is_root() || to.is_root()) detail::fail(std::errc::operation_not_permitted);
    const bool is_large = target.size() > detail::large_file;
    auto rename = [state = state_, source = detail::new_shared<const detail::DirectoryEntry>(std::move(source)),
                   target = detail::new_shared<const detail::DirectoryEntry>(std::move(target))] {
      detail::checked([&] {
        return detail::sys::rename_at(source->directory, source->name.c_str(), target->directory, target->name.c_str());
      });
    };
    if (is_large) {
      co_await blocking(std::move(rename), load());
    } else {
      rename();
    }
  }
  awaitable<void> set_modified(Path path, Timestamp time) {
    const auto place = co_await find(path, detail::Follow::yes);
    const timespec modified = detail::timespec_of(time);
    detail::checked([&] { return detail::sys::set_time_at(place.directory, place.name.c_str(), modified); });
  }
  /// Sets the permission bits; the bits above them (setuid and the like) cannot be set.
  awaitable<void> set_mode(Path path, unsigned mode) {
    const auto place = co_await find(path, detail::Follow::yes);
    detail::checked([&] { return detail::sys::set_mode_at(place.directory, place.name.c_str(), mode & 0777); });
  }
  /// The bytes that the file system of a file or directory still has for this user.
  awaitable<std::uint64_t> available(Path path) {
    auto place = co_await find(path, detail::Follow::yes);
    if (!place.exists()) detail::fail(std::errc::no_such_file_or_directory);
    auto ask = [state = state_, place = detail::new_shared<const detail::DirectoryEntry>(std::move(place))] {
      detail::Descriptor inside;
      if (place->is_directory()) inside = detail::open_in(*place, detail::directory_only);
      std::uint64_t bytes = 0;
      detail::checked([&] { return detail::sys::free_bytes(inside ? inside.get() : place->directory, &bytes); });
      return bytes;
    };
    const std::uint64_t bytes = co_await blocking(std::move(ask), load());
    co_return bytes;
  }
  /// Partial files that somebody writes, in this process or another, are left out. All of a tree takes a while: it is
  /// counted in pieces, after each of which `progress` is called.
  awaitable<TreeUsage> usage(Path path, bool below) {
    Settled<detail::DirectoryEntry> found;
    co_await settle(find(path, detail::Follow::no), found);
    if (found.failed() && is_absent(code_of(found.failure()))) co_return TreeUsage{};
    const auto place = found.get();
    TreeUsage result;
    if (!place.is_directory()) {
      if (place.exists()) result.whole = detail::usage_of_status(place.status);
      result.partial = detail::usage_of_partial(place.directory, detail::partial_name(place.name).c_str());
      co_return result;
    }
    const auto count = detail::new_shared<detail::UsageCount>(state_, std::move(path), below);
    for (bool is_over = false; !is_over;) {
      auto step = [count] { return count->step(); };
      const bool was_last = co_await blocking(std::move(step), load());
      is_over = was_last;
      if (progress_) progress_();
    }
    result = count->result();
    if (!below) result.whole.files = 1;
    co_return result;
  }
  /// The file that an upload to this path makes or replaces: where it leads, if it or a directory above is a link.
  awaitable<Path> target(Path path) {
    if (path.parent().is_root()) {
      const auto place = co_await find(path, detail::Follow::no);
      if (!detail::is_link(place.status)) co_return path;
    }
    auto resolve = [state = state_, path] { return state->root.target(path); };
    const Path found = co_await blocking(std::move(resolve), load());
    co_return found;
  }

 private:
  using Outcome = detail::Attempt::Outcome;

  static bool is_absent(std::error_code error) noexcept {
    return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
  }

  template <class Opened = detail::Descriptor> awaitable<Opened> open_beneath(const Path& path, int flags) const {
    auto file = state_->root.open_if_cached(path, flags);
    if (file) co_return Opened{std::move(file)};
    auto open = [state = state_, path, flags] { return Opened{state->root.open(path, flags)}; };
    auto opened = co_await blocking(std::move(open), load());
    co_return opened;
  }
  awaitable<detail::DirectoryEntry> find(const Path& path, detail::Follow follow) const {
    const Path above = path.parent();
    if (above.is_root()) co_return state_->root.find(path, follow, detail::Descriptor{});
    auto parent = co_await open_beneath(above, detail::directory_only);
    co_return state_->root.find(path, follow, std::move(parent));
  }
  /// Where an upload is to go: nowhere but to the place of a regular file.
  awaitable<detail::DirectoryEntry> find_target(const Path& path) const {
    auto place = co_await find(path, detail::Follow::yes);
    if (place.is_directory()) detail::fail(std::errc::is_a_directory);
    if (place.exists() && !detail::is_regular(place.status)) detail::fail(std::errc::operation_not_permitted);
    if (is_due(path)) co_await begin_to_sweep(place);
    co_return place;
  }
  /// Whether the folder of an upload is to be swept, as it is once in a while.
  bool is_due(const Path& path) const {
    return state_->swept.is_due(path.parent().string(), state_->options.sweep_interval);
  }
  /// Has it swept, and does not wait for that.
  awaitable<void> begin_to_sweep(const detail::DirectoryEntry& place) const {
    detail::Descriptor folder{detail::sys::open_at(place.directory, ".", detail::sys::to_list)};
    if (!folder) co_return;  // uploads may go to where nobody may look
    const Executor here = co_await asio::this_coro::executor;
    start_on(here, detail::sweep(state_, std::move(folder)));
  }
  static std::optional<detail::Partial> take_anew(const detail::DirectoryEntry& place) {
    const std::string name = detail::partial_name(place.name);
    auto made = detail::make_partial(place.directory, name);
    if (made.outcome == Outcome::taken) return std::move(made.partial);
    auto found = detail::take_partial(place.directory, name);
    if (found.outcome == Outcome::taken) return std::move(found.partial);
    return detail::make_temporary(place.directory);
  }
  std::optional<detail::Partial> take_to_resume(const detail::DirectoryEntry& place) const {
    auto attempt = detail::take_partial(place.directory, detail::partial_name(place.name));
    if (attempt.outcome == Outcome::busy) detail::fail(Errc::busy);
    if (attempt.outcome != Outcome::taken || attempt.partial.size == 0) return std::nullopt;
    if (!detail::is_older_than(state_->options.partial_lifetime, attempt.partial.written))
      return std::move(attempt.partial);
    detail::sys::remove_at(place.directory, attempt.partial.name.c_str());
    return std::nullopt;
  }
  awaitable<Writer> begin_with_copy(Path path, detail::DirectoryEntry place, std::uint64_t count) const {
    auto whole = detail::open_in(place, detail::sys::to_read);
    auto partial = take_anew(place);
    Writer writer{state_, std::move(path), std::move(place), std::move(*partial), 0, client_};
    co_await writer.begin_with(std::move(whole), count, progress_);
    co_return writer;
  }
  Workload load() const noexcept { return Workload{WorkKind::disk, client_}; }

  std::shared_ptr<const detail::DirectoryState> state_;
  ClientKey client_ = 0;
  std::function<void()> progress_;
};

template <class Any>
BasicDirectoryStorage<Any>::BasicDirectoryStorage(std::string folder, const DirectoryOptions& options)
    : state_{detail::new_shared<const detail::DirectoryState>(std::move(folder), options)} {}
using DirectoryStorage = BasicDirectoryStorage<>;  // a template, so that only what is called is compiled

static_assert(CompleteStorage<DirectoryStorage>);
static_assert(ServesClientsInTurn<DirectoryStorage> && TellsProgress<DirectoryStorage> && TellsUsage<DirectoryStorage> &&
              TellsTargets<DirectoryStorage> &&
              ListsNamesAlone<DirectoryStorage>);
static_assert(detail::FileSource<FileReader>);

}  // namespace ftplike
