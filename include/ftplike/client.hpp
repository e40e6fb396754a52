#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/client/listing.hpp>
#include <ftplike/client/login.hpp>
#include <ftplike/client/remote_file.hpp>
#include <ftplike/client/resume.hpp>
#include <ftplike/client/walk.hpp>
#include <ftplike/io/any_bytes.hpp>
#include <ftplike/io/sources_and_sinks.hpp>

namespace ftplike::inline v0_2 {
namespace detail {

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
/// **Lifetime:** nothing runs after the transport; an operation under way keeps the session.
/// **Threads:** operations may be awaited on any executor, and run on the session's own: the one that `connect` was
/// awaited on, or a strand of it. Observers, sources, sinks and `progress` are called there.
template <Transport T, class DataChannel = AnyChannel, class Observer = NoObserver> class Client {
 public:
  using Visit = std::function<void(Entry)>;
  using File = RemoteFile<detail::ClientCore<T, DataChannel, Observer>>;

  /// No session: closed, until another client is moved here.
  Client() = default;
  Client(Client&&) noexcept = default;
  Client& operator=(Client&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~Client() {
    if (core_) core_->leave();
  }

  // ---- the session ----

  /// Whether the session can still be used: it was neither closed nor lost, as far as is known.
  bool is_open() const noexcept { return core_ && core_->control().is_open(); }
  /// Which of the two dialects the session speaks: never `automatic`.
  Dialect dialect() const { return core().dialect; }
  /// What the server says that it can do.
  const Features& features() const { return core().features; }
  /// What the server said first.
  const Reply& greeting() const { return core().greeting; }
  /// What protects the session, over a transport with TLS: `TlsDetails`, without a version where nothing does.
  auto tls() const requires SecurableStream<typename T::Stream> { return core().control().stream().details(); }
  /// The server's certificate, over a transport with TLS.
  auto peer_certificate() const requires SecurableStream<typename T::Stream> {
    return core().control().stream().peer_certificate();
  }
  /// Where the server is, or the proxy.
  Endpoint peer() const { return core().peer(); }
  /// Our end of the control connection.
  Endpoint local() const { return core().local(); }

  /// Sends a command of the caller's own, of those that need no data connection, and gives its final reply, good or
  /// bad; preliminary ones go to the observer alone.
  ///
  /// **Errors:** `Errc::bad_name` if it holds what would end the line.
  awaitable<Reply> command(std::string text) { return run(command_on(core(), std::move(text))); }
  /// Sends a command of the caller's own that has a data connection, as a server's own verbs may have
  /// (`session.send`), and takes what comes over it into a sink, which is finished when all is well. How the connection
  /// comes to be is the client's data channel's business. No TYPE is said before.
  ///
  /// **Errors:** as of `download`; `Errc::bad_name`. **Lifetime:** the sink is used until the operation has ended.
  template <ByteSink Sink>
  awaitable<TransferResult> transfer(std::string command, Sink& sink, TransferOptions options = {}) {
    return run(detail::receive_by(core(), std::move(command), AnySink{sink}, std::move(options)));
  }
  /// The same of a command that takes data (`session.receive`): what a source gives, all of it if it can seek.
  template <ByteSource Source>
    requires(!ByteSink<Source>)
  awaitable<TransferResult> transfer(std::string command, Source& source, TransferOptions options = {}) {
    return run(detail::send_by(core(), std::move(command), AnySource{source}, std::move(options)));
  }
  /// Sees to it that no reply is under way any more that belongs to an operation which was broken off, as every operation
  /// does by itself before it begins. Says nothing if none can be.
  ///
  /// **Errors:** if that cannot be had, and the session is closed then.
  awaitable<void> get_in_step() { return run(core().get_in_step()); }
  /// Has the server answer, so that it keeps the session.
  awaitable<void> noop() { return run(core().demand_only("NOOP")); }
  /// Says goodbye and ends the session. Does not throw for what the server makes of it.
  awaitable<void> quit() {
    if (!is_open()) co_return;
    const std::shared_ptr<Core> leaving = core_;
    Settled<Reply> ignored;
    co_await settle(run(leaving->ask("QUIT")), ignored);
    leaving->leave();
  }
  /// Ends the session at once.
  void close() {
    if (core_) core_->leave();
  }

  // ---- directories ----

  /// The working directory as the server names it.
  awaitable<std::string> pwd() { return run(pwd_on(core())); }
  /// Changes the working directory.
  awaitable<void> cwd(std::string path) { return run(cwd_on(core(), std::move(path))); }
  /// Makes a directory; those above it must be there.
  awaitable<void> mkdir(std::string path) { return run(core().demand_only("MKD " + path)); }
  /// Removes a directory, which most servers want to be empty.
  awaitable<void> rmdir(std::string path) { return run(core().demand_only("RMD " + path)); }

  /// What a directory holds, the working one if no path is given. By MLSD, else LIST, else NLST; in the ftp-like
  /// dialect, as after NLST, only the names are known. A line that cannot be understood gives an entry without a name
  /// that has it in `listed`. The session goes there, for no argument means the same to all servers, and comes back
  /// before the next command that is no listing; if it cannot, that command fails and the session is closed.
  ///
  /// **Errors:** `Errc::bad_listing` if there are more than `ClientLimits::entries`.
  awaitable<std::vector<Entry>> list(std::string path = {}) { return run(detail::list_all(core(), std::move(path))); }
  /// The same entry by entry, as they come, in a directory of any size. The times that a LIST tells stay in the server's
  /// zone.
  awaitable<void> list(std::string path, Visit visit) {
    return run(detail::list_entries(core(), std::move(path), std::move(visit)));
  }

  /// Calls `visit` for everything below a directory, the working one if the path is empty; each directory before what
  /// is in it. Links are not followed.
  ///
  /// **Errors:** `Errc::bad_listing` beyond `ClientLimits::depth`.
  awaitable<void> walk(std::string path, WalkVisit visit) {
    return run(detail::walk_tree(core(), std::move(path), std::move(visit)));
  }

  // ---- one path ----

  /// What is known of a file or directory.
  ///
  /// **Errors:** `std::errc::no_such_file_or_directory`, or a 550, if it is not there.
  awaitable<Entry> stat(std::string path) { return run(detail::stat_path(core(), std::move(path))); }
  /// Whether there is a file or directory of this name. Of an upload that was cut off, and that the server keeps aside,
  /// there is none yet.
  awaitable<bool> exists(std::string path) { return run(detail::path_exists(core(), std::move(path))); }
  /// The length of a file in bytes; of a file that `exists`.
  ///
  /// **Errors:** `std::errc::no_such_file_or_directory`, or a 550, if it is not there, an upload that was cut off and
  /// is kept aside included; `std::errc::function_not_supported` if the server cannot tell.
  awaitable<std::uint64_t> size(std::string path) { return run(size_on(core(), std::move(path))); }
  /// How much of an upload the server has by now, also of one that was cut off and is kept aside; 0 if it has nothing,
  /// or cannot or will not tell. `TransferOptions::resume` and `ClientPool` look by themselves.
  awaitable<std::uint64_t> stored_size(std::string path) { return run(stored_size_on(core(), std::move(path))); }
  /// When a file was modified.
  ///
  /// **Errors:** `std::errc::function_not_supported` if the server cannot tell.
  awaitable<Timestamp> modified(std::string path) { return run(modified_on(core(), std::move(path))); }
  /// The checksum of a file, by the best algorithm that the server offers; nothing if it offers none.
  /// <ftplike/client/digests.hpp> compares it with that of a file of ours.
  awaitable<std::optional<RemoteDigest>> digest(std::string path) {
    return run(detail::ask_digest(core(), std::move(path)));
  }
  /// Sets when a file was modified. (MFMT)
  awaitable<void> set_modified(std::string path, Timestamp time) {
    const std::string command = detail::time_command(core(), path, time);
    return run(core().demand_only(
        command.empty() ? "MFMT " + format_timestamp(time, Fraction::never) + " " + path : command));
  }
  /// Sets the permission bits of a file: `chmod("run.sh", 0755)`.
  awaitable<void> chmod(std::string path, unsigned mode) {
    std::string digits;
    for (int shift = 6; shift >= 0; shift -= 3) digits += static_cast<char>('0' + (mode >> shift & 7));
    return run(core().demand_only("SITE CHMOD " + digits + " " + path));
  }
  /// Removes a file.
  awaitable<void> remove(std::string path) { return run(core().demand_only("DELE " + path)); }
  /// Gives a file or directory another name, or another place on the server.
  awaitable<void> rename(std::string from, std::string to) {
    return run(rename_on(core(), std::move(from), std::move(to)));
  }

  // ---- transfers ----

  /// Fetches a file into `local`: a file, or a folder in which it gets the name that it has on the server. The bytes
  /// are collected in a hidden file beside it, which takes the name when it is whole and its length is right; when it
  /// is not, that file stays for `TransferOptions::resume`.
  awaitable<TransferResult> download(std::string remote, std::string local, TransferOptions options = {}) {
    return run(detail::fetch_path(core(), std::move(remote), std::move(local), std::move(options)));
  }
  /// Fetches a file to a path beneath a folder of ours, out of which no name and no link leads.
  awaitable<TransferResult> download(std::string remote, DirectoryStorage folder, Path path,
                                     TransferOptions options = {}) {
    detail::LocalTarget target{std::move(folder), std::move(path)};
    return run(detail::fetch_file(core(), std::move(remote), std::move(target), std::move(options)));
  }
  /// Fetches a file into a sink, which is finished when all is well: memory, a stream, a function
  /// (io/sources_and_sinks.hpp).
  ///
  /// **Errors:** also what the sink throws; `std::errc::invalid_seek` if it is to be resumed, which is for
  /// `download_range` to do. **Lifetime:** the sink is used until the operation has ended.
  template <ByteSink Sink>
  awaitable<TransferResult> download(std::string remote, Sink& sink, TransferOptions options = {}) {
    return run(detail::fetch_into(core(), std::move(remote), AnySink{sink}, std::move(options)));
  }

  /// Opens a file of the server to be read piece by piece, from `offset` on: `co_await file.read_some(room)`, and
  /// `co_await file.close()` wherever one has enough. `RemoteFile` says how.
  ///
  /// **Errors:** of a file that is not there, a 550.
  awaitable<File> open(std::string remote, std::uint64_t offset = 0, TransferOptions options = {}) {
    (void)core();
    return detail::telling(File::open(core_, std::move(remote), offset, std::move(options)));
  }

  /// Fetches a part of a file, `length` bytes from `offset` on, into a sink, which is not finished by this.
  ///
  /// **Errors:** `Errc::too_short` if the file ends before.
  template <ByteSink Sink> awaitable<TransferResult> download_range(std::string remote, Sink& sink,
                                                                    std::uint64_t offset, std::uint64_t length,
                                                                    TransferOptions options = {}) {
    return run(detail::fetch_range(core(), std::move(remote), AnySink{sink}, offset, length, std::move(options)));
  }

  /// Sends a file of ours. Where `remote` is empty or ends with '/', it keeps its name.
  awaitable<TransferResult> upload(std::string local, std::string remote = {}, TransferOptions options = {}) {
    return run(detail::store_path(core(), "STOR", std::move(local), std::move(remote), std::move(options)));
  }
  /// Sends what a source gives: memory, a stream, a function (io/sources_and_sinks.hpp). One that can seek is sent from
  /// its beginning, and gone on with as a file is.
  ///
  /// **Errors:** also what the source throws; `std::errc::invalid_seek` if it is to be resumed and cannot seek.
  /// **Lifetime:** the source is used until the operation has ended.
  template <ByteSource Source>
  awaitable<TransferResult> upload(Source& source, std::string remote, TransferOptions options = {}) {
    return run(detail::store_from(core(), "STOR", AnySource{source}, std::move(remote), std::move(options)));
  }
  /// Sends a file of ours to the end of a file of the server, or as that file where there is none.
  awaitable<TransferResult> append(std::string local, std::string remote, TransferOptions options = {}) {
    return run(detail::store_path(core(), "APPE", std::move(local), std::move(remote), std::move(options)));
  }
  /// The same of what a source gives; it is used until the operation has ended.
  template <ByteSource Source>
  awaitable<TransferResult> append(Source& source, std::string remote, TransferOptions options = {}) {
    return run(detail::store_from(core(), "APPE", AnySource{source}, std::move(remote), std::move(options)));
  }
  /// Sends under a name that nobody has yet, which the server chooses and `TransferResult::name` tells.
  awaitable<TransferResult> upload_unique(std::string local, std::string wished = {}, TransferOptions options = {}) {
    return run(detail::store_path(core(), "STOU", std::move(local), std::move(wished), std::move(options)));
  }
  /// The same of what a source gives; it is used until the operation has ended.
  template <ByteSource Source>
  awaitable<TransferResult> upload_unique(Source& source, std::string wished = {}, TransferOptions options = {}) {
    return run(detail::store_from(core(), "STOU", AnySource{source}, std::move(wished), std::move(options)));
  }

 private:
  friend class detail::Connecting;
  friend class detail::Fxp;
  using Core = detail::ClientCore<T, DataChannel, Observer>;

  explicit Client(std::shared_ptr<Core> core) : core_{std::move(core)} {}

  Core& core() const {
    if (!core_) throw ClientError{std::make_error_code(std::errc::not_connected), {}, Channel::local};
    return *core_;
  }
  template <class R> awaitable<R> run(awaitable<R> operation) { return detail::perform(core_, std::move(operation)); }

  static awaitable<Reply> command_on(Core& core, std::string text) {
    core.forget_settings();
    co_return co_await core.ask(std::move(text));
  }
  static awaitable<void> cwd_on(Core& core, std::string path) {
    core.directory.home_known = false;
    return core.demand_only("CWD " + path);
  }
  static awaitable<std::string> pwd_on(Core& core) {
    const Reply answer = co_await core.demand("PWD");
    auto name = parse_quoted(answer.text());
    if (!name) throw ClientError{Errc::bad_reply, "PWD", Channel::control};
    co_return *std::move(name);
  }
  static awaitable<std::uint64_t> size_on(Core& core, std::string path) {
    const auto size = co_await detail::ask_size(core, path);
    if (size) co_await detail::check_stands(core, std::move(path));
    if (!size) throw ClientError{std::make_error_code(std::errc::function_not_supported), "SIZE", Channel::control};
    co_return *size;
  }
  static awaitable<std::uint64_t> stored_size_on(Core& core, std::string path) {
    if (core.dialect == Dialect::ftplike || !core.features.may_have("SIZE")) co_return 0;
    const auto size = co_await detail::if_told(core, detail::ask_size(core, std::move(path)));
    co_return size.value_or(0);
  }
  static awaitable<Timestamp> modified_on(Core& core, std::string path) {
    const auto time = co_await detail::ask_modified(core, std::move(path));
    if (!time) throw ClientError{std::make_error_code(std::errc::function_not_supported), "MDTM", Channel::control};
    co_return *time;
  }
  static awaitable<void> rename_on(Core& core, std::string from, std::string to) {
    const Reply answer = co_await core.ask("RNFR " + from);
    if (!answer.intermediate()) core.fail(answer, "RNFR");
    (void)co_await core.demand("RNTO " + to);
  }

  std::shared_ptr<Core> core_;
};

namespace detail {

/// The session of a server that was reached, logged in.
template <class Core> awaitable<void> log_in(Core& core, Url url) {
  Login<Core> login{core, url};
  co_await login.run();
}

class Connecting {
 public:
  template <class DataChannel, class T, class Observer>
  static awaitable<Client<T, DataChannel, Observer>> run(T& network, Url url, ClientOptions options,
                                                         Observer observer) {
    const Executor here = co_await asio::this_coro::executor;
    const Executor executor = executor_near(network, here);
    typename T::Stream stream = co_await run_on(executor, reach_server(network, url, options));
    using Core = ClientCore<T, DataChannel, Observer>;
    const auto core =
        std::make_shared<Core>(network, executor, std::move(stream), std::move(options), std::move(observer));
    core->host = url.host;
    Client<T, DataChannel, Observer> client{core};
    co_await perform(core, log_in(*core, std::move(url)));
    co_return client;
  }
};

}  // namespace detail

/// Connects to the server that a URL names and logs in: as its user, or as anonymous where it names none and the server
/// asks. How the dialect is found out is said at `detail::Login`.
///
/// **Errors:** `ClientError` that names the host; `ReplyError` if the server refuses. **Cancellation:** as of `Client`.
template <class DataChannel = AnyChannel, Transport T, class Observer = NoObserver>
awaitable<Client<T, DataChannel, Observer>> connect(T& network, Url url, ClientOptions options = {},
                                                    Observer observer = {}) {
  return detail::telling(
      detail::Connecting::run<DataChannel>(network, std::move(url), std::move(options), std::move(observer)));
}

}  // namespace ftplike
