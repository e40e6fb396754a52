#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ftplike/io/bytes.hpp>
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

/// Files that can also be written. A name shows the old whole file or the new whole file, never a mix: a `Writer`
/// collects the bytes aside, `finish()` puts them under the name, and a Writer that ends without keeps them as the
/// name's *partial file*, to be gone on with. `discard()` throws them away.
///
/// - `create(path, offset)`: offset 0 begins anew. Another one goes on with the partial file (cut to `offset`), or, if
///   there is none, with the first `offset` bytes of the whole file; `Errc::bad_restart` if there are fewer. While
///   somebody writes that partial file, offset 0 gives a file apart, which is not kept, and another one `Errc::busy`.
/// - `append(path)`: goes on at the end of the whole file, or of the partial file where there is no whole one, or
///   begins anew.
/// - `create_unique(path)`: a name that nobody has, made from this one; `Writer::path()` tells it.
/// - `partial_size(path)`: the bytes of the partial file of a name; throws `no_such_file_or_directory` if it has none.
/// - `remove(path)` removes a file with its partial file, or that alone; `remove_directory` an empty directory;
///   `rename` replaces a file.
template <class S>
concept WritableStorage =
    ReadableStorage<S> && ByteSink<typename S::Writer> &&
    requires(S& files, typename S::Writer& writer, const Path& path, const Path& to, std::uint64_t offset, Timestamp time) {
      { files.create(path, offset) } -> std::same_as<awaitable<typename S::Writer>>;
      { files.append(path) } -> std::same_as<awaitable<typename S::Writer>>;
      { files.create_unique(path) } -> std::same_as<awaitable<typename S::Writer>>;
      { files.partial_size(path) } -> std::same_as<awaitable<std::uint64_t>>;
      { writer.path() } -> std::convertible_to<Path>;
      { writer.size() } -> std::same_as<std::uint64_t>;  // bytes that are there by now, those before it began included
      { writer.discard() } -> std::same_as<void>;
      { files.make_directory(path) } -> std::same_as<awaitable<void>>;
      { files.remove(path) } -> std::same_as<awaitable<void>>;
      { files.remove_directory(path) } -> std::same_as<awaitable<void>>;
      { files.rename(path, to) } -> std::same_as<awaitable<void>>;
      { files.set_modified(path, time) } -> std::same_as<awaitable<void>>;
    };

    // What a storage may have besides. Each is a concept of its own: `static_assert(KeepsModes<MyStorage>)` finds a
    // name that is misspelt, which would be no error else, but a command less.

    /// `set_mode(path, mode)`, awaited, sets permission bits: the server then has SITE CHMOD, and UNIX.mode of MFF.
    template <class S>
    concept KeepsModes = requires(S& files, const Path& path) {
      files.set_mode(path, 0U);
    };

    /// `available(path)`, awaited, gives the bytes that are free there: the server then has AVBL, and an answer to
    /// ALLO.
    template <class S>
    concept TellsFreeSpace = requires(S& files, const Path& path) {
      files.available(path);
    };

    /// `for_client(client)` gives the same files as a storage of the same type, whose work in worker pools is done in
    /// turn with that for other clients.
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
