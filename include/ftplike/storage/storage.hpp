#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ftplike/io/sources_and_sinks.hpp>
#include <ftplike/io/worker_pool.hpp>
#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/path.hpp>

namespace ftplike::inline v0_2 {

/// Files that can be read. Errors are `std::system_error` with `std::errc` values (or `Errc::bad_name`, `bad_restart`);
/// a storage knows nothing of replies. Used by many sessions, and by several threads where the transport has them. A
/// call that takes longer than `Limits::operation` without progress (`TellsProgress`) is cancelled.
///
/// What is thrown becomes a reply in one place, `reply_for` (protocol/error.hpp):
///
/// - 550: `no_such_file_or_directory`; `permission_denied`, `operation_not_permitted`, `read_only_file_system`,
///   `cross_device_link`, `too_many_symbolic_link_levels`; `not_a_directory`, `is_a_directory`, `directory_not_empty`,
///   `file_exists`; `Errc::refused_by_rule`
/// - 553: `filename_too_long`, `invalid_argument`, `Errc::bad_name`
/// - 552: `no_space_on_device`, `file_too_large`, EDQUOT, `Errc::quota_exceeded`, `Errc::too_large`
/// - 554: `Errc::bad_restart`
/// - 450: `Errc::busy`
/// - 451: anything else, also what is no `std::system_error`
///
/// The functions:
///
/// - `stat(path)`: the entry of a file or directory, links followed as far as they stay inside. A file that is made up
/// while it is read has no size there.
/// - `list(path)`: a directory's entries, unordered, some at a time: `next()` gives none at the end. Without "." and "..".
/// - `open(path, offset)`: a regular file, to be read from `offset`, which is at most its size (`Errc::bad_restart`).
/// A reader may have `size()`, the bytes of the whole file as a number or an optional one: the client is told.
/// - `label()`: the directory as the operator named it, for people.
template <class S>
concept ReadableStorage =
    ByteSource<typename S::Reader> && requires(S& files, typename S::Listing& listing, const Path& path, std::uint64_t offset) {
      { files.stat(path) } -> std::same_as<awaitable<Entry>>;
      { files.list(path) } -> std::same_as<awaitable<typename S::Listing>>;
      { listing.next() } -> std::same_as<awaitable<std::vector<Entry>>>;
      { files.open(path, offset) } -> std::same_as<awaitable<typename S::Reader>>;
      { files.label() } -> std::convertible_to<std::string>;
    };

namespace detail {

/// Tells a listing that only names are wanted, if it cares.
template <class Listing> void ask_for_names(Listing& listing) {
  if constexpr (requires { listing.names_only(); }) listing.names_only();
}

}  // namespace detail

// What a storage may do besides, function by function: each that it has brings the commands that need it, and HELP and
// FEAT tell of those alone. A function of these names that is not as its concept wants it does not compile in a server;
// one whose name is misspelt is found by `static_assert(RenamesFiles<MyStorage>)`. A class derived from a storage takes
// an ability away by `= delete`.

/// Files that can also be written: the server has STOR. A name shows the old whole file or the new whole file, never a
/// mix: a `Writer` collects the bytes aside, `finish()` puts them under the name, and a Writer that ends without keeps
/// them as the name's *partial file*, to be gone on with, where the storage can do that. `discard()` throws them away.
///
/// - `create(path, offset)`: offset 0 begins anew. Another one, of REST, goes on with the partial file (cut to
/// `offset`), or, if there is none, with the first `offset` bytes of the whole file; `Errc::bad_restart` if there are
/// fewer, or if the storage can only begin anew. While somebody writes that partial file, offset 0 gives a file apart,
/// which is not kept, and another one `Errc::busy`.
/// - `Writer::path()`: the name that it will have. `Writer::size()`: the bytes that are there by now, those before it
/// began included. It may have `bool is_kept()`: whether what it holds stays as the partial file if it ends now, and
/// `std::optional<std::string> kept_as()`: under which name then, beside its own, where that is a file; none if nothing stays.
template <class S>
concept WritableStorage = ReadableStorage<S> && requires(S& files, const Path& path, std::uint64_t offset) {
  { files.create(path, offset) } -> std::same_as<awaitable<typename S::Writer>>;
} && ByteSink<typename S::Writer> && requires(typename S::Writer& writer) {
  { writer.path() } -> std::convertible_to<Path>;
  { writer.size() } -> std::same_as<std::uint64_t>;
  { writer.discard() } -> std::same_as<void>;
};

/// `append(path)` goes on at the end of the whole file, or of the partial file where there is no whole one, or begins
/// anew: the server has APPE, and COMB where it `RemovesFiles`.
template <class S>
concept AppendsToFiles = WritableStorage<S> && requires(S& files, const Path& path) {
  { files.append(path) } -> std::same_as<awaitable<typename S::Writer>>;
};

/// `create_unique(path)` begins a file under a name that nobody has, made from this one; `Writer::path()` tells it: the
/// server has STOU.
template <class S>
concept MakesUniqueNames = WritableStorage<S> && requires(S& files, const Path& path) {
  { files.create_unique(path) } -> std::same_as<awaitable<typename S::Writer>>;
};

/// `partial_size(path)` gives the bytes of the partial file of a name, or throws `no_such_file_or_directory`: SIZE tells
/// them, and clients know where to go on.
template <class S>
concept KeepsPartialFiles = requires(S& files, const Path& path) {
  { files.partial_size(path) } -> std::same_as<awaitable<std::uint64_t>>;
};

/// `make_directory(path)`: the server has MKD. Throws `file_exists` where there is anything of that name.
template <class S>
concept MakesDirectories = requires(S& files, const Path& path) {
  { files.make_directory(path) } -> std::same_as<awaitable<void>>;
};

/// `remove(path)` removes a file with its partial file, or that alone; never a directory: the server has DELE.
template <class S>
concept RemovesFiles = requires(S& files, const Path& path) {
  { files.remove(path) } -> std::same_as<awaitable<void>>;
};

/// `remove_directory(path)` removes an empty directory: the server has RMD.
template <class S>
concept RemovesDirectories = requires(S& files, const Path& path) {
  { files.remove_directory(path) } -> std::same_as<awaitable<void>>;
};

/// `rename(from, to)` renames or moves a file or directory, and replaces a file: the server has RNFR and RNTO.
template <class S>
concept RenamesFiles = requires(S& files, const Path& from, const Path& to) {
  { files.rename(from, to) } -> std::same_as<awaitable<void>>;
};

/// `set_modified(path, time)` sets when a file was modified: the server has MFMT, MFF and SITE UTIME.
template <class S>
concept SetsTimes = requires(S& files, const Path& path, Timestamp time) {
  { files.set_modified(path, time) } -> std::same_as<awaitable<void>>;
};

/// `set_mode(path, mode)` sets permission bits: the server has SITE CHMOD, and UNIX.mode of MFF.
template <class S>
concept KeepsModes = requires(S& files, const Path& path) {
  { files.set_mode(path, 0U) } -> std::same_as<awaitable<void>>;
};

/// `available(path)` gives the bytes that are free there: the server has AVBL, and an answer to ALLO.
template <class S>
concept TellsFreeSpace = requires(S& files, const Path& path) {
  { files.available(path) } -> std::same_as<awaitable<std::uint64_t>>;
};

/// What something takes of a storage.
struct Usage {
  std::uint64_t bytes = 0;  // of files and partial files
  std::uint64_t files = 0;  // files, partial files and directories: each counts one

  /// Adds both numbers.
  Usage& operator+=(const Usage& more) noexcept {
    bytes += more.bytes;
    files += more.files;
    return *this;
  }
  friend Usage operator+(Usage one, const Usage& other) noexcept { return one += other; }
  friend bool operator==(const Usage&, const Usage&) = default;
};
/// What a part of a storage's tree takes.
struct TreeUsage {
  Usage whole;    // whole files, and directories
  Usage partial;  // partial files that nobody is writing

  /// Both together.
  Usage all() const noexcept { return whole + partial; }
};

/// `usage(path, below)` gives what a file takes, with its partial file, and of a directory all that is in it, or, where
/// `below` is false, only itself and the partial files in it. Nothing where nothing is. Links count as such. A `QuotaStorage`
/// counts by it; without it by `stat` and `list`, which show no partial files.
template <class S>
concept TellsUsage = requires(S& files, const Path& path) {
  { files.usage(path, true) } -> std::same_as<awaitable<TreeUsage>>;
};

/// `target(path)` gives the path of the file that an upload to a path would make or replace, which is another one where
/// links are followed, of directories above as well; of a directory, where it leads. A `QuotaStorage` asks for it.
template <class S>
concept TellsTargets = requires(S& files, const Path& path) {
  { files.target(path) } -> std::same_as<awaitable<Path>>;
};

/// All that brings commands: what a folder of a disk can do.
template <class S>
concept CompleteStorage =
    AppendsToFiles<S> && MakesUniqueNames<S> && KeepsPartialFiles<S> && MakesDirectories<S> && RemovesFiles<S> &&
    RemovesDirectories<S> && RenamesFiles<S> && SetsTimes<S> && KeepsModes<S> && TellsFreeSpace<S>;

/// `Listing::names_only()` is called before the first `next()` where nothing is wanted of the entries but their names, by
/// NLST and by LIST of the ftp-like dialect: what takes time to look up besides may be left out.
template <class S>
concept ListsNamesAlone = requires(typename S::Listing& listing) {
  { listing.names_only() } -> std::same_as<void>;
};

/// `for_client(client)` gives the same files as a storage of the same type, whose work in worker pools is done in turn
/// with that for other clients.
template <class S>
concept ServesClientsInTurn = requires(const S& files, ClientKey client) {
  { files.for_client(client) } -> std::same_as<S>;
};

/// `for_client(client, progress)` gives the same, and what takes long there calls `progress` after each piece, on its
/// caller's executor: `Limits::operation` is counted anew then.
template <class S>
concept TellsProgress = requires(const S& files, ClientKey client, std::function<void()> progress) {
  { files.for_client(client, progress) } -> std::same_as<S>;
};

}  // namespace ftplike
