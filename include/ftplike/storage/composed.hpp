#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <exception>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <ftplike/io/any_bytes.hpp>
#include <ftplike/io/bytes.hpp>
#include <ftplike/io/settled.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/storage/names.hpp>
#include <ftplike/storage/storage.hpp>

namespace ftplike::inline v0_2 {

// Storages made of others.

/// The files of a storage, which can only be read: the server has no command that writes.
///
///     ReadOnlyStorage{DirectoryStorage{"pub"}}
template <ReadableStorage Files> class ReadOnlyStorage {
 public:
  using Reader = typename Files::Reader;
  using Listing = typename Files::Listing;

  /// The same files.
  explicit ReadOnlyStorage(Files files) : files_{std::move(files)} {}
  std::string label() const { return files_.label(); }
  /// With whatever else `Files` takes there.
  template <class... More>
    requires requires(const Files& files, ClientKey client, More... more) { files.for_client(client, more...); }
  ReadOnlyStorage for_client(ClientKey client, More... more) const {
    return ReadOnlyStorage{files_.for_client(client, std::move(more)...)};
  }
  awaitable<Entry> stat(Path path) { co_return co_await files_.stat(path); }
  awaitable<Listing> list(Path path) { co_return co_await files_.list(path); }
  awaitable<Reader> open(Path path, std::uint64_t offset) { co_return co_await files_.open(path, offset); }

 private:
  Files files_;
};

namespace detail {

/// A reader of the one storage or of the other.
template <class First, class Second> class EitherReader {
 public:
  template <std::size_t I, class Reader> EitherReader(std::in_place_index_t<I> which, Reader reader)
      : reader_{which, std::move(reader)} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    return std::visit([room](auto& reader) { return reader.read_some(room); }, reader_);
  }
  std::optional<std::uint64_t> size() const {
    return std::visit(
        [](const auto& reader) -> std::optional<std::uint64_t> {
          if constexpr (requires { reader.size(); }) return reader.size();
          return std::nullopt;
        },
        reader_);
  }
  // A file, for the kernel to move.
  int descriptor() noexcept {
    return file([](auto& reader) { return reader.descriptor(); }, -1);
  }
  std::uint64_t position() noexcept {
    return file([](auto& reader) -> std::uint64_t { return reader.position(); }, std::uint64_t{0});
  }
  void advance(std::size_t count) noexcept {
    file([count](auto& reader) { return reader.advance(count), 0; }, 0);
  }
  awaitable<std::size_t> fetch(std::size_t most) {
    return file([most](auto& reader) { return reader.fetch(most); }, awaitable<std::size_t>{});
  }

 private:
  template <class Act, class Otherwise> Otherwise file(Act act, Otherwise otherwise) {
    return std::visit(
        [&](auto& reader) -> Otherwise {
          if constexpr (FileSource<std::remove_cvref_t<decltype(reader)>>) {
            return act(reader);
          } else {
            return std::move(otherwise);
          }
        },
        reader_);
  }
  std::variant<First, Second> reader_;
};

/// The writer of a storage that has none: there never is one.
class NoWriter {
 public:
  NoWriter() = delete;
  awaitable<void> write(std::span<const std::byte>) { std::terminate(); }
  awaitable<void> finish() { std::terminate(); }
  void discard() { std::terminate(); }
  Path path() const { std::terminate(); }
  std::uint64_t size() const { std::terminate(); }
};
template <class Files> struct WriterType { using type = NoWriter; };
template <WritableStorage Files> struct WriterType<Files> { using type = typename Files::Writer; };

/// Whether what a writer holds stays as a partial file if it ends now, as far as it tells that.
template <class Writer> bool is_kept(const Writer& writer) {
  if constexpr (requires { { writer.is_kept() } -> std::same_as<bool>; }) {
    return writer.is_kept();
  } else {
    return true;
  }
}

/// The error of an operation; none if it succeeded.
template <class R> std::error_code error_of(const Settled<R>& result) {
  return result.failed() ? code_of(result.failure()) : std::error_code{};
}
inline bool is_missing(std::error_code error) noexcept {
  return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
}

/// What a name takes of a storage that does not tell.
template <class Files> awaitable<TreeUsage> usage_of_name(Files& files, Path path) {
  TreeUsage result;
  Settled<Entry> found;
  co_await settle(files.stat(path), found);
  if (!is_missing(error_of(found))) result.whole = Usage{found.get().size.value_or(0), 1};
  if constexpr (KeepsPartialFiles<Files>) {
    Settled<std::uint64_t> partial;
    co_await settle(files.partial_size(path), partial);
    if (!partial.failed()) result.partial = Usage{partial.get(), 1};
  }
  co_return result;
}
/// What is in a directory of such a storage. Calls `progress`, if there is one, after each piece.
template <class Files> awaitable<TreeUsage> usage_of_directory(Files& files, Path path, std::function<void()> progress) {
  TreeUsage result;
  for (std::vector<Path> waiting{std::move(path)}; !waiting.empty();) {
    const Path here = std::move(waiting.back());
    waiting.pop_back();
    Settled<typename Files::Listing> listed;
    co_await settle(files.list(here), listed);
    if (listed.failed()) continue;  // removed meanwhile, or nobody may look
    auto listing = listed.get();
    for (bool ended = false; !ended;) {
      const std::vector<Entry> entries = co_await listing.next();
      ended = entries.empty();
      if (progress) progress();
      for (const Entry& entry : entries) {
        result.whole += Usage{entry.is_directory() ? 0 : entry.size.value_or(0), 1};
        if (entry.is_directory()) waiting.push_back(here.resolve(entry.name));
      }
    }
  }
  co_return result;
}
/// What `usage` of `TellsUsage` gives, of any storage. One that does not tell is counted here, and calls `progress`.
template <class Files>
awaitable<TreeUsage> usage_of(Files& files, Path path, bool below, std::function<void()> progress = {}) {
  if constexpr (TellsUsage<Files>) {
    co_return co_await files.usage(path, below);
  } else {
    Settled<Entry> found;
    co_await settle(files.stat(path), found);
    const bool is_directory = !found.failed() && found.get().is_directory();
    if (is_directory && below) co_return co_await usage_of_directory(files, std::move(path), std::move(progress));
    if (is_directory) co_return TreeUsage{Usage{0, 1}, Usage{}};
    co_return co_await usage_of_name(files, path);
  }
}
/// Whether an error says that a path leads nowhere, or nowhere that may be seen.
inline bool leads_nowhere(const std::error_code& error) noexcept {
  using enum std::errc;
  for (const auto reason : {no_such_file_or_directory, not_a_directory, too_many_symbolic_link_levels, filename_too_long,
                            permission_denied, operation_not_permitted}) {
    if (error == reason) return true;
  }
  return false;
}
/// What `target` of `TellsTargets` gives, of any storage; where there is none, the path itself.
template <class Files> awaitable<Path> target_of(Files& files, Path path) {
  if constexpr (TellsTargets<Files>) {
    Settled<Path> found;
    co_await settle(files.target(path), found);
    if (!found.failed() || !leads_nowhere(code_of(found.failure()))) co_return found.get();
  }
  co_return path;
}

}  // namespace detail

/// A storage in which another one appears under a name, as if it was mounted there. What is at that name in the first one
/// is hidden. The folder that the name is in has to be there.
///
///     MountedStorage{DirectoryStorage{"pub"}, "/incoming", DirectoryStorage{"incoming"}}
///
/// It can do what either of them can do; `operation_not_permitted` where only the other one could. Nothing is renamed from
/// one to the other (`cross_device_link`), and the name itself stays.
template <ReadableStorage Base, ReadableStorage Other> class MountedStorage {
 public:
  using Reader = detail::EitherReader<typename Base::Reader, typename Other::Reader>;
  class Writer;
  class Listing;

  /// `other` under `name`, an absolute path of one component.
  MountedStorage(Base base, std::string_view name, Other other)
      : base_{std::move(base)}, name_{name}, other_{std::move(other)} {}
  std::string label() const { return base_.label(); }
  /// With whatever else both take there.
  template <class... More>
    requires requires(const Base& one, const Other& two, ClientKey client, More... more) {
      one.for_client(client, more...);
      two.for_client(client, more...);
    }
  MountedStorage for_client(ClientKey client, More... more) const {
    return MountedStorage{base_.for_client(client, more...), name_.string(), other_.for_client(client, more...)};
  }

  awaitable<Entry> stat(Path path) {
    const auto there = inside(path);
    if (!there) co_return co_await base_.stat(path);
    Entry entry = co_await other_.stat(*there);
    if (there->is_root()) entry.name = name_.name();
    co_return entry;
  }
  awaitable<Listing> list(Path path);
  awaitable<Reader> open(Path path, std::uint64_t offset) {
    const auto there = inside(path);
    if (there) {
      auto reader = co_await other_.open(*there, offset);
      co_return Reader{std::in_place_index<1>, std::move(reader)};
    }
    auto reader = co_await base_.open(path, offset);
    co_return Reader{std::in_place_index<0>, std::move(reader)};
  }

  awaitable<Writer> create(Path path, std::uint64_t offset) requires(WritableStorage<Base> || WritableStorage<Other>) {
    return write(std::move(path), [offset](auto& files, const Path& at) -> decltype(files.create(at, offset)) {
      return files.create(at, offset);
    });
  }
  awaitable<Writer> append(Path path) requires(AppendsToFiles<Base> || AppendsToFiles<Other>) {
    return write(std::move(path), [](auto& files, const Path& at) -> decltype(files.append(at)) {
      return files.append(at);
    });
  }
  awaitable<Writer> create_unique(Path path) requires(MakesUniqueNames<Base> || MakesUniqueNames<Other>) {
    return write(std::move(path), [](auto& files, const Path& at) -> decltype(files.create_unique(at)) {
      return files.create_unique(at);
    });
  }
  awaitable<std::uint64_t> partial_size(Path path) requires(KeepsPartialFiles<Base> || KeepsPartialFiles<Other>) {
    return act<std::uint64_t>(std::move(path), [](auto& files, const Path& at) -> decltype(files.partial_size(at)) {
      return files.partial_size(at);
    });
  }
  awaitable<void> make_directory(Path path) requires(MakesDirectories<Base> || MakesDirectories<Other>) {
    if (path == name_) detail::fail(std::errc::file_exists);
    co_await act<void>(std::move(path), [](auto& files, const Path& at) -> decltype(files.make_directory(at)) {
      return files.make_directory(at);
    });
  }
  awaitable<void> remove(Path path) requires(RemovesFiles<Base> || RemovesFiles<Other>) {
    return act<void>(std::move(path), [](auto& files, const Path& at) -> decltype(files.remove(at)) {
      return files.remove(at);
    });
  }
  awaitable<void> remove_directory(Path path) requires(RemovesDirectories<Base> || RemovesDirectories<Other>) {
    check_stays(path);
    co_await act<void>(std::move(path), [](auto& files, const Path& at) -> decltype(files.remove_directory(at)) {
      return files.remove_directory(at);
    });
  }
  awaitable<void> rename(Path from, Path to) requires(RenamesFiles<Base> || RenamesFiles<Other>) {
    check_stays(from);
    check_stays(to);
    const auto target = inside(to);
    if (inside(from).has_value() != target.has_value()) detail::fail(std::errc::cross_device_link);
    if (target) to = *target;
    const auto rename = [to](auto& files, const Path& at) -> decltype(files.rename(at, to)) {
      return files.rename(at, to);
    };
    co_await act<void>(std::move(from), rename);
  }
  awaitable<void> set_modified(Path path, Timestamp time) requires(SetsTimes<Base> || SetsTimes<Other>) {
    return act<void>(std::move(path), [time](auto& files, const Path& at) -> decltype(files.set_modified(at, time)) {
      return files.set_modified(at, time);
    });
  }
  awaitable<void> set_mode(Path path, unsigned mode) requires(KeepsModes<Base> || KeepsModes<Other>) {
    return act<void>(std::move(path), [mode](auto& files, const Path& at) -> decltype(files.set_mode(at, mode)) {
      return files.set_mode(at, mode);
    });
  }
  awaitable<std::uint64_t> available(Path path) requires(TellsFreeSpace<Base> || TellsFreeSpace<Other>) {
    return act<std::uint64_t>(std::move(path), [](auto& files, const Path& at) -> decltype(files.available(at)) {
      return files.available(at);
    });
  }
  awaitable<TreeUsage> usage(Path path, bool below) {
    const auto there = inside(path);
    if (there) co_return co_await detail::usage_of(other_, *there, below);
    TreeUsage result = co_await detail::usage_of(base_, path, below);
    if (below && name_.string().starts_with(detail::inside(path))) {
      const Path root;
      const TreeUsage mounted = co_await detail::usage_of(other_, root, true);
      result.whole += mounted.whole;
      result.partial += mounted.partial;
    }
    co_return result;
  }
  /// What an upload to this path makes or replaces, in the storage that it lies in; the path itself where that does not tell.
  awaitable<Path> target(Path path) requires(TellsTargets<Base> || TellsTargets<Other>) {
    const auto there = inside(path);
    if (!there) co_return co_await detail::target_of(base_, path);
    const Path found = co_await detail::target_of(other_, *there);
    co_return found.beneath(name_);
  }

 private:
  /// A path of the other storage, if it is one.
  std::optional<Path> inside(const Path& path) const {
    if (path == name_) return Path{};
    if (!path.string().starts_with(name_.string() + '/')) return std::nullopt;
    return path.below(name_);
  }
  /// The name where the other storage is mounted, and what is above it, can be neither moved nor removed.
  void check_stays(const Path& path) const {
    if ((name_.string() + '/').starts_with(detail::inside(path))) detail::fail(std::errc::operation_not_permitted);
  }
  /// Has the storage that a path belongs to do something, if it can.
  template <class R, class Act> awaitable<R> act(Path path, Act what) {
    const auto there = inside(path);
    if (there) {
      if constexpr (requires { what(other_, *there); }) co_return co_await what(other_, *there);
    } else {
      if constexpr (requires { what(base_, path); }) co_return co_await what(base_, path);
    }
    detail::fail(std::errc::operation_not_permitted);
  }
  template <class Act> awaitable<Writer> write(Path path, Act what);

  Base base_;
  Path name_;
  Other other_;
};

/// An upload to the one storage or to the other.
template <ReadableStorage Base, ReadableStorage Other> class MountedStorage<Base, Other>::Writer {
 public:
  /// That of one of the storages, which calls the file `name`.
  template <std::size_t I, class Theirs> Writer(std::in_place_index_t<I> which, Theirs writer, Path name)
      : writer_{which, std::move(writer)}, name_{std::move(name)} {}

  awaitable<void> write(std::span<const std::byte> bytes) {
    return std::visit([bytes](auto& writer) { return writer.write(bytes); }, writer_);
  }
  awaitable<void> finish() {
    return std::visit([](auto& writer) { return writer.finish(); }, writer_);
  }
  void discard() {
    std::visit([](auto& writer) { writer.discard(); }, writer_);
  }
  Path path() const {
    const Path path = std::visit([](const auto& writer) { return Path{writer.path()}; }, writer_);
    return writer_.index() == 1 ? path.beneath(name_) : path;
  }
  std::uint64_t size() const {
    return std::visit([](const auto& writer) { return writer.size(); }, writer_);
  }
  bool is_kept() const {
    return std::visit([](const auto& writer) { return detail::is_kept(writer); }, writer_);
  }
  std::optional<std::string> kept_as() const {
    return std::visit([](const auto& writer) { return detail::kept_as(writer); }, writer_);
  }

 private:
  std::variant<typename detail::WriterType<Base>::type, typename detail::WriterType<Other>::type> writer_;
  Path name_;
};

/// What is in a directory of either, with the mounted one among it where it is.
template <ReadableStorage Base, ReadableStorage Other> class MountedStorage<Base, Other>::Listing {
 public:
  /// That of one of the storages, and the name that is mounted in it.
  template <std::size_t I, class Theirs>
  Listing(std::in_place_index_t<I> which, Theirs listing, std::optional<Entry> mounted)
      : listing_{which, std::move(listing)}, mounted_{std::move(mounted)}, name_{mounted_ ? mounted_->name : ""} {}

  void names_only() {
    std::visit([](auto& listing) { detail::ask_for_names(listing); }, listing_);
  }
  awaitable<std::vector<Entry>> next() {
    if (mounted_) {
      std::vector<Entry> first{*std::exchange(mounted_, std::nullopt)};
      co_return first;
    }
    for (;;) {
      std::vector<Entry> entries = co_await std::visit([](auto& listing) { return listing.next(); }, listing_);
      if (entries.empty() || name_.empty()) co_return entries;
      std::erase_if(entries, [this](const Entry& entry) { return entry.name == name_; });
      if (!entries.empty()) co_return entries;
    }
  }

 private:
  std::variant<typename Base::Listing, typename Other::Listing> listing_;
  std::optional<Entry> mounted_;
  std::string name_;  // of the mounted one, which hides another one
};

template <ReadableStorage Base, ReadableStorage Other>
awaitable<typename MountedStorage<Base, Other>::Listing> MountedStorage<Base, Other>::list(Path path) {
  const auto there = inside(path);
  if (there) {
    auto listing = co_await other_.list(*there);
    co_return Listing{std::in_place_index<1>, std::move(listing), std::nullopt};
  }
  auto listing = co_await base_.list(path);
  std::optional<Entry> mounted;
  if (path == name_.parent()) {
    Entry entry = co_await stat(name_);
    mounted = std::move(entry);
  }
  co_return Listing{std::in_place_index<0>, std::move(listing), std::move(mounted)};
}

/// An upload to the storage that has the path.
template <ReadableStorage Base, ReadableStorage Other> template <class Act>
awaitable<typename MountedStorage<Base, Other>::Writer> MountedStorage<Base, Other>::write(Path path, Act what) {
  const auto there = inside(path);
  if (there) {
    if constexpr (requires { what(other_, *there); }) {
      auto writer = co_await what(other_, *there);
      co_return Writer{std::in_place_index<1>, std::move(writer), name_};
    }
  } else {
    if constexpr (requires { what(base_, path); }) {
      auto writer = co_await what(base_, path);
      co_return Writer{std::in_place_index<0>, std::move(writer), name_};
    }
  }
  detail::fail(std::errc::operation_not_permitted);
}

/// Two storages one over the other: what is written goes to the upper one, and what is only in the lower one can be read
/// and not changed (`read_only_file_system`). Of two files of one name the upper one is seen; directories of one name are
/// seen as one.
///
///     OverlayStorage{DirectoryStorage{"release"}, DirectoryStorage{"uploads"}}
///
/// A directory that is only in the lower one is made in the upper one when something is put into it, where that
/// `MakesDirectories`.
template <ReadableStorage Lower, ReadableStorage Upper> class OverlayStorage {
 public:
  using Reader = detail::EitherReader<typename Lower::Reader, typename Upper::Reader>;
  using Writer = typename detail::WriterType<Upper>::type;
  class Listing;

  /// What is written goes to `upper`.
  OverlayStorage(Lower lower, Upper upper) : lower_{std::move(lower)}, upper_{std::move(upper)} {}
  std::string label() const { return upper_.label(); }
  /// With whatever else both take there.
  template <class... More>
    requires requires(const Lower& one, const Upper& two, ClientKey client, More... more) {
      one.for_client(client, more...);
      two.for_client(client, more...);
    }
  OverlayStorage for_client(ClientKey client, More... more) const {
    return OverlayStorage{lower_.for_client(client, more...), upper_.for_client(client, more...)};
  }

  awaitable<Entry> stat(Path path) {
    Settled<Entry> above;
    co_await settle(upper_.stat(path), above);
    if (!detail::is_missing(detail::error_of(above))) co_return above.get();
    co_return co_await lower_.stat(path);
  }
  awaitable<Listing> list(Path path);
  awaitable<Reader> open(Path path, std::uint64_t offset) {
    const bool is_above = co_await upper_has(path);
    if (is_above) {
      auto reader = co_await upper_.open(path, offset);
      co_return Reader{std::in_place_index<1>, std::move(reader)};
    }
    auto reader = co_await lower_.open(path, offset);
    co_return Reader{std::in_place_index<0>, std::move(reader)};
  }

  awaitable<Writer> create(Path path, std::uint64_t offset) requires WritableStorage<Upper> {
    co_await make_room(path);
    co_return co_await upper_.create(path, offset);
  }
  awaitable<Writer> append(Path path) requires AppendsToFiles<Upper> {
    const bool is_above = co_await upper_has(path);
    const bool is_below = co_await lower_has(path);
    if (!is_above && is_below) detail::fail(std::errc::read_only_file_system);
    co_await make_room(path);
    co_return co_await upper_.append(path);
  }
  awaitable<Writer> create_unique(Path path) requires MakesUniqueNames<Upper> {
    co_await make_room(path);
    for (unsigned number = 0;; ++number) {
      const Path wanted = detail::numbered(path, number);
      const bool is_taken = co_await lower_has(wanted);
      if (is_taken) continue;
      auto writer = co_await upper_.create_unique(wanted);
      const Path made{writer.path()};
      const bool is_hidden = co_await lower_has(made);
      if (!is_hidden) co_return writer;
      writer.discard();
    }
  }
  awaitable<std::uint64_t> partial_size(Path path) requires KeepsPartialFiles<Upper> {
    co_return co_await upper_.partial_size(path);
  }
  awaitable<void> make_directory(Path path) requires MakesDirectories<Upper> {
    const bool is_below = co_await lower_has(path);
    if (is_below) detail::fail(std::errc::file_exists);
    co_await make_room(path);
    co_await upper_.make_directory(path);
  }
  /// What it hides is seen again.
  awaitable<void> remove(Path path) requires RemovesFiles<Upper> {
    co_await check_is_above(path);
    co_await upper_.remove(path);
  }
  awaitable<void> remove_directory(Path path) requires RemovesDirectories<Upper> {
    co_await check_is_not_below(path);
    co_await upper_.remove_directory(path);
  }
  awaitable<void> rename(Path from, Path to) requires RenamesFiles<Upper> {
    co_await check_is_not_below(from);
    co_await make_room(to);
    co_await upper_.rename(from, to);
  }
  awaitable<void> set_modified(Path path, Timestamp time) requires SetsTimes<Upper> {
    co_await check_is_above(path);
    co_await upper_.set_modified(path, time);
  }
  awaitable<void> set_mode(Path path, unsigned mode) requires KeepsModes<Upper> {
    co_await check_is_above(path);
    co_await upper_.set_mode(path, mode);
  }
  awaitable<std::uint64_t> available(Path) requires TellsFreeSpace<Upper> {
    const Path root;
    co_return co_await upper_.available(root);
  }
  /// That of the upper one.
  awaitable<TreeUsage> usage(Path path, bool below) {
    return detail::usage_of(upper_, std::move(path), below);
  }
  /// What an upload to this path makes or replaces in the upper one.
  awaitable<Path> target(Path path) requires TellsTargets<Upper> { return upper_.target(std::move(path)); }

 private:
  template <class Files> static awaitable<bool> has(Files& files, Path path) {
    Settled<Entry> found;
    co_await settle(files.stat(path), found);
    if (detail::is_missing(detail::error_of(found))) co_return false;
    (void)found.get();
    co_return true;
  }
  awaitable<bool> upper_has(Path path) { return has(upper_, std::move(path)); }
  awaitable<bool> lower_has(Path path) { return has(lower_, std::move(path)); }
  /// What is not in the upper one, but in the lower one, cannot be changed.
  awaitable<void> check_is_above(Path path) {
    const bool is_above = co_await upper_has(path);
    if (is_above) co_return;
    const bool is_below = co_await lower_has(path);
    if (is_below) detail::fail(std::errc::read_only_file_system);
  }
  awaitable<void> check_is_not_below(Path path) {
    const bool is_below = co_await lower_has(path);
    if (is_below) detail::fail(std::errc::read_only_file_system);
  }
  /// Makes the directories of the upper one in which something is to be, where the lower one has them; and sees to it
  /// that no file comes to hide a directory.
  awaitable<void> make_room(Path path) {
    Settled<Entry> below;
    co_await settle(lower_.stat(path), below);
    if (!below.failed() && below.get().is_directory()) detail::fail(std::errc::is_a_directory);
    if constexpr (MakesDirectories<Upper>) {
      std::vector<Path> missing;
      for (Path above = path.parent(); !above.is_root(); above = above.parent()) {
        const bool is_there = co_await upper_has(above);
        if (is_there) break;
        missing.push_back(above);
      }
      for (; !missing.empty(); missing.pop_back()) {
        const Entry wanted = co_await lower_.stat(missing.back());
        if (!wanted.is_directory()) detail::fail(std::errc::not_a_directory);
        co_await upper_.make_directory(missing.back());
      }
    }
  }

  Lower lower_;
  Upper upper_;
};

/// What is in a directory of the upper one, and then what that does not hide of the lower one.
template <ReadableStorage Lower, ReadableStorage Upper> class OverlayStorage<Lower, Upper>::Listing {
 public:
  /// Those of both; a name of `upper` hides that of `lower`.
  Listing(std::optional<typename Lower::Listing> lower, std::optional<typename Upper::Listing> upper)
      : lower_{std::move(lower)}, upper_{std::move(upper)} {}

  void names_only() {
    if (upper_) detail::ask_for_names(*upper_);
    if (lower_) detail::ask_for_names(*lower_);
  }
  awaitable<std::vector<Entry>> next() {
    if (upper_) {
      std::vector<Entry> entries = co_await upper_->next();
      if (!entries.empty()) {
        for (const Entry& entry : entries) hidden_.insert(entry.name);
        co_return entries;
      }
      upper_.reset();
    }
    while (lower_) {
      std::vector<Entry> entries = co_await lower_->next();
      if (entries.empty()) break;
      std::erase_if(entries, [this](const Entry& entry) { return hidden_.contains(entry.name); });
      if (!entries.empty()) co_return entries;
    }
    co_return std::vector<Entry>{};
  }

 private:
  std::optional<typename Lower::Listing> lower_;
  std::optional<typename Upper::Listing> upper_;
  std::set<std::string> hidden_;
};

template <ReadableStorage Lower, ReadableStorage Upper>
awaitable<typename OverlayStorage<Lower, Upper>::Listing> OverlayStorage<Lower, Upper>::list(Path path) {
  const Entry listed = co_await stat(path);
  if (!listed.is_directory()) detail::fail(std::errc::not_a_directory);
  std::optional<typename Upper::Listing> upper;
  std::optional<typename Lower::Listing> lower;
  const bool is_above = co_await upper_has(path);
  if (is_above) {
    auto listing = co_await upper_.list(path);
    upper.emplace(std::move(listing));
  }
  Settled<Entry> below;
  co_await settle(lower_.stat(path), below);
  if (!below.failed() && below.get().is_directory()) {
    auto listing = co_await lower_.list(path);
    lower.emplace(std::move(listing));
  }
  co_return Listing{std::move(lower), std::move(upper)};
}

}  // namespace ftplike
