#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/client/features.hpp>
#include <ftplike/client/options.hpp>
#include <ftplike/client/remote_digest.hpp>
#include <ftplike/client/remote_file.hpp>
#include <ftplike/client/url.hpp>
#include <ftplike/data_channel/names.hpp>
#include <ftplike/io/any_bytes.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/io/securable.hpp>
#include <ftplike/io/sources_and_sinks.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/protocol/entry.hpp>
#include <ftplike/protocol/reply.hpp>
#include <ftplike/protocol/timestamp.hpp>
#include <ftplike/storage/directory.hpp>
#include <ftplike/system/own_parts.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

template <Transport T, class DataChannel, class Observer> class ClientCore;
class Connecting;
class Fxp;

}  // namespace detail

/// The data channel of a client that can do all: EPSV and PASV, PORT and EPRT when told to, and the ftp-like dialect's.
using AnyChannel = NegotiatedChannel<PassiveChannel, ActiveChannel, AnnouncedChannel>;

/// A session with a server, logged in. `connect` makes it:
///
///     auto client = co_await ftplike::connect(network, "ftp://127.0.0.1:3456");
///     const auto entries = co_await client.list();
///     for (const auto& entry : entries) co_await client.download(entry.name, "client_files");
///     co_await client.quit();
///
/// Paths of the server are as it understands them, in bytes. One operation at a time; a `ClientPool` does many.
///
/// **Errors:** `ClientError`, a `std::system_error`; where the server refused, `ReplyError`. Whatever throws, no reply
/// is taken for another's: after an error or a cancellation the session is in step with the server or closed
/// (`is_open`). A second operation while one is under way: `Errc::busy`.
/// **Cancellation:** of the caller (`terminal`), at any moment; the call ends with `Errc::aborted`, as one does whose
/// `progress` says `Go::stop`.
/// **Lifetime:** nothing runs after the transport; an operation under way keeps the session. Sources and sinks are used
/// until the operation has ended, which keeps those that it is given as temporaries: `upload(TextSource{"hi"}, "a")`.
/// **Threads:** operations may be awaited on any executor, and run on the session's own: the one that `connect` was
/// awaited on, if that is a strand or a loop of the transport's own, else one that the transport gives. Observers,
/// sources, sinks and `progress` are called there.
template <Transport T, class DataChannel = AnyChannel, class Observer = NoObserver> class Client {
 public:
  /// Sees one entry of a listing after another.
  using Visit = std::function<void(Entry)>;
  /// A file of the server that is read piece by piece: `open`.
  using File = RemoteFile<detail::ClientCore<T, DataChannel, Observer>>;

  /// No session: closed, until another client is moved here. Operations end with `std::errc::not_connected`.
  Client() = default;
  Client(Client&&) noexcept = default;
  Client& operator=(Client&& other) noexcept;
  ~Client();

  // ---- the session ----

  /// Whether the session can still be used: it was neither closed nor lost, as far as is known.
  bool is_open() const noexcept;
  /// Which of the two dialects the session speaks: never `automatic`.
  Dialect dialect() const;
  /// What the server says that it can do.
  const Features& features() const;
  /// What the server said first.
  const Reply& greeting() const;
  /// What protects the session, over a transport with TLS: `TlsDetails`, without a version where nothing does.
  TlsDetails tls() const requires SecurableStream<typename T::Stream>;
  /// The server's certificate, over a transport with TLS.
  auto peer_certificate() const requires SecurableStream<typename T::Stream> {
    return core().control().stream().peer_certificate();
  }
  /// Where the server is, or the proxy.
  Endpoint peer() const;
  /// Our end of the control connection.
  Endpoint local() const;

  /// Sends a command of the caller's own, of those that need no data connection, and gives its final reply, good or
  /// bad; preliminary ones go to the observer alone.
  ///
  /// **Errors:** `Errc::bad_name` if it holds what would end the line.
  awaitable<Reply> command(std::string text);
  /// Sends a command of the caller's own that has a data connection, as a server's own verbs may have
  /// (`session.send`), and takes what comes over it into a sink, which is finished when all is well. How the connection
  /// comes to be is the client's data channel's business. No TYPE is said before.
  ///
  /// **Errors:** as of `download`; `Errc::bad_name`. **Lifetime:** the sink is used until the operation has ended.
  template <ByteSink Sink>
  awaitable<TransferResult> transfer(std::string command, Sink&& sink, TransferOptions options = {}) {
    return detail::begin_with(std::forward<Sink>(sink), [&](auto& to) {
      return receive_by(std::move(command), AnySink{to}, std::move(options));
    });
  }
  /// The same of a command that takes data (`session.receive`): what a source gives, all of it if it can seek.
  template <ByteSource Source>
    requires(!ByteSink<Source>)
  awaitable<TransferResult> transfer(std::string command, Source&& source, TransferOptions options = {}) {
    return detail::begin_with(std::forward<Source>(source), [&](auto& from) {
      return send_by(std::move(command), AnySource{from}, std::move(options));
    });
  }
  /// Sees to it that no reply is under way any more that belongs to an operation which was broken off, as every operation
  /// does by itself before it begins. Says nothing if none can be.
  ///
  /// **Errors:** if that cannot be had, and the session is closed then.
  awaitable<void> get_in_step();
  /// Has the server answer, so that it keeps the session.
  awaitable<void> noop();
  /// Says goodbye and ends the session. Does not throw for what the server makes of it.
  awaitable<void> quit();
  /// Ends the session at once.
  void close();

  // ---- directories ----

  /// The working directory as the server names it.
  awaitable<std::string> pwd();
  /// Changes the working directory.
  awaitable<void> cwd(std::string path);
  /// Makes a directory; those above it must be there.
  awaitable<void> mkdir(std::string path);
  /// Removes a directory, which most servers want to be empty.
  awaitable<void> rmdir(std::string path);

  /// What a directory holds, the working one if no path is given. By MLSD, else LIST, else NLST; in the ftp-like
  /// dialect, as after NLST, only the names are known. A line that cannot be understood gives an entry without a name
  /// that has it in `listed`. The session goes there, for no argument means the same to all servers, and comes back
  /// before the next command that is no listing; if it cannot, that command fails and the session is closed.
  ///
  /// **Errors:** `Errc::bad_listing` if there are more than `ClientLimits::entries`.
  awaitable<std::vector<Entry>> list(std::string path = {});
  /// The same entry by entry, as they come, in a directory of any size. The times that a LIST tells stay in the server's
  /// zone.
  awaitable<void> list(std::string path, Visit visit);

  /// Calls `visit` for everything below a directory, the working one if the path is empty; each directory before what
  /// is in it. Links are not followed.
  ///
  /// **Errors:** `Errc::bad_listing` beyond `ClientLimits::depth`.
  awaitable<void> walk(std::string path, WalkVisit visit);

  // ---- one path ----

  /// What is known of a file or directory.
  ///
  /// **Errors:** `std::errc::no_such_file_or_directory`, or a 550, if it is not there.
  awaitable<Entry> stat(std::string path);
  /// Whether there is a file or directory of this name. Of an upload that was cut off, and that the server keeps aside,
  /// there is none yet.
  awaitable<bool> exists(std::string path);
  /// The length of a file in bytes; of a file that `exists`.
  ///
  /// **Errors:** `std::errc::no_such_file_or_directory`, or a 550, if it is not there, an upload that was cut off and
  /// is kept aside included; `std::errc::function_not_supported` if the server cannot tell.
  awaitable<std::uint64_t> size(std::string path);
  /// How much of an upload the server has by now, also of one that was cut off and is kept aside; 0 if it has nothing,
  /// or cannot or will not tell. `TransferOptions::resume` and `ClientPool` look by themselves.
  awaitable<std::uint64_t> stored_size(std::string path);
  /// When a file was modified.
  ///
  /// **Errors:** `std::errc::function_not_supported` if the server cannot tell.
  awaitable<Timestamp> modified(std::string path);
  /// The checksum of a file, by the best algorithm that the server offers; nothing if it offers none.
  /// <ftplike/client/digests.hpp> compares it with that of a file of ours.
  awaitable<std::optional<RemoteDigest>> digest(std::string path);
  /// Sets when a file was modified. (MFMT)
  awaitable<void> set_modified(std::string path, Timestamp time);
  /// Sets the permission bits of a file: `chmod("run.sh", 0755)`.
  awaitable<void> chmod(std::string path, unsigned mode);
  /// Removes a file.
  awaitable<void> remove(std::string path);
  /// Gives a file or directory another name, or another place on the server.
  awaitable<void> rename(std::string from, std::string to);

  // ---- transfers ----

  /// Fetches a file into `local`: a file, or a folder in which it gets the name that it has on the server. The bytes
  /// are collected in a hidden file beside it, which takes the name when it is whole and its length is right; when it
  /// is not, that file stays for `TransferOptions::resume`.
  awaitable<TransferResult> download(std::string remote, std::string local, TransferOptions options = {});
  /// Fetches a file to a path beneath a folder of ours, out of which no name and no link leads.
  awaitable<TransferResult> download(std::string remote, DirectoryStorage folder, Path path,
                                     TransferOptions options = {});
  /// Fetches a file into a sink, which is finished when all is well: memory, a stream, a function
  /// (io/sources_and_sinks.hpp). One that can seek is gone on with as a file is: what it has is taken for the beginning.
  ///
  /// **Errors:** also what the sink throws; `std::errc::invalid_seek` if it is to be resumed and cannot seek;
  /// `download_range` fetches the rest into any. **Lifetime:** the sink is used until the operation has ended.
  template <ByteSink Sink>
  awaitable<TransferResult> download(std::string remote, Sink&& sink, TransferOptions options = {}) {
    return detail::begin_with(std::forward<Sink>(sink),
                              [&](auto& to) { return fetch_into(std::move(remote), AnySink{to}, std::move(options)); });
  }

  /// Opens a file of the server to be read piece by piece, from `offset` on: `co_await file.read_some(room)`, and
  /// `co_await file.close()` wherever one has enough. `RemoteFile` says how.
  ///
  /// **Errors:** of a file that is not there, a 550.
  awaitable<File> open(std::string remote, std::uint64_t offset = 0, TransferOptions options = {});

  /// Fetches a part of a file, `length` bytes from `offset` on, into a sink, which is not finished by this.
  ///
  /// **Errors:** `Errc::too_short` if the file ends before.
  template <ByteSink Sink> awaitable<TransferResult> download_range(std::string remote, Sink&& sink,
                                                                    std::uint64_t offset, std::uint64_t length,
                                                                    TransferOptions options = {}) {
    return detail::begin_with(std::forward<Sink>(sink), [&](auto& to) {
      return fetch_range(std::move(remote), AnySink{to}, offset, length, std::move(options));
    });
  }

  /// Sends a file of ours. Where `remote` is empty or ends with '/', it keeps its name.
  awaitable<TransferResult> upload(std::string local, std::string remote = {}, TransferOptions options = {});
  /// Sends what a source gives: memory, a stream, a function (io/sources_and_sinks.hpp). One that can seek is sent from
  /// its beginning, and gone on with as a file is.
  ///
  /// **Errors:** also what the source throws; `std::errc::invalid_seek` if it is to be resumed and cannot seek.
  /// **Lifetime:** the source is used until the operation has ended.
  template <ByteSource Source>
  awaitable<TransferResult> upload(Source&& source, std::string remote, TransferOptions options = {}) {
    return detail::begin_with(std::forward<Source>(source), [&](auto& from) {
      return store_from("STOR", AnySource{from}, std::move(remote), std::move(options));
    });
  }
  /// Sends a file of ours to the end of a file of the server, or as that file where there is none.
  awaitable<TransferResult> append(std::string local, std::string remote, TransferOptions options = {});
  /// The same of what a source gives; it is used until the operation has ended.
  template <ByteSource Source>
  awaitable<TransferResult> append(Source&& source, std::string remote, TransferOptions options = {}) {
    return detail::begin_with(std::forward<Source>(source), [&](auto& from) {
      return store_from("APPE", AnySource{from}, std::move(remote), std::move(options));
    });
  }
  /// Sends under a name that nobody has yet, which the server chooses and `TransferResult::name` tells.
  awaitable<TransferResult> upload_unique(std::string local, std::string wished = {}, TransferOptions options = {});
  /// The same of what a source gives; it is used until the operation has ended.
  template <ByteSource Source>
  awaitable<TransferResult> upload_unique(Source&& source, std::string wished = {}, TransferOptions options = {}) {
    return detail::begin_with(std::forward<Source>(source), [&](auto& from) {
      return store_from("STOU", AnySource{from}, std::move(wished), std::move(options));
    });
  }

 private:
  friend class detail::Connecting;
  friend class detail::Fxp;
  using Core = detail::ClientCore<T, DataChannel, Observer>;

  explicit Client(std::shared_ptr<Core> core) : core_{std::move(core)} {}

  Core& core() const;
  awaitable<TransferResult> receive_by(std::string command, AnySink sink, TransferOptions options);
  awaitable<TransferResult> send_by(std::string command, AnySource source, TransferOptions options);
  awaitable<TransferResult> fetch_into(std::string remote, AnySink sink, TransferOptions options);
  awaitable<TransferResult> fetch_range(std::string remote, AnySink sink, std::uint64_t offset, std::uint64_t length,
                                        TransferOptions options);
  awaitable<TransferResult> store_from(std::string verb, AnySource source, std::string remote, TransferOptions options);
  static awaitable<Client> connected(T& network, Url url, ClientOptions options, Observer observer);
  template <class Begin> auto run(Begin begin);

  static awaitable<Reply> command_on(Core& core, std::string text);
  static awaitable<void> cwd_on(Core& core, std::string path);
  static awaitable<std::string> pwd_on(Core& core);
  static awaitable<std::uint64_t> size_on(Core& core, std::string path);
  static awaitable<std::uint64_t> stored_size_on(Core& core, std::string path);
  static awaitable<Timestamp> modified_on(Core& core, std::string path);
  static awaitable<void> rename_on(Core& core, std::string from, std::string to);

  std::shared_ptr<Core> core_;
};

namespace detail {

class Connecting {
 public:
  template <class C, class T, class Observer>
  static awaitable<C> begin(T& network, Url url, ClientOptions options, Observer observer) {
    static_assert(sizeof(OwnPartsNeedBodiesHpp<T, C>) > 0);
    return C::connected(network, std::move(url), std::move(options), std::move(observer));
  }
  template <class DataChannel, class T, class Observer>
  static awaitable<Client<T, DataChannel, Observer>> run(T& network, Url url, ClientOptions options,
                                                         Observer observer);
};

}  // namespace detail

/// Connects to the server that a URL names and logs in: as its user, or as anonymous where it names none and the server
/// asks. How the dialect is found out is said at `detail::Login`.
///
/// **Errors:** `ClientError` that names the host; `ReplyError` if the server refuses. **Cancellation:** as of `Client`.
template <class DataChannel = AnyChannel, Transport T, class Observer = NoObserver>
awaitable<Client<T, DataChannel, Observer>> connect(T& network, Url url, ClientOptions options = {},
                                                    Observer observer = {}) {
  return detail::Connecting::begin<Client<T, DataChannel, Observer>>(network, std::move(url), std::move(options),
                                                                     std::move(observer));
}

}  // namespace ftplike

#ifndef FTPLIKE_SEPARATE_COMPILATION
#include <ftplike/client/bodies.hpp>
#endif
