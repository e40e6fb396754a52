#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/client/listing.hpp>
#include <ftplike/client/login.hpp>
#include <ftplike/client/resume.hpp>
#include <ftplike/client/walk.hpp>
#include <ftplike/io/any_bytes.hpp>

namespace ftplike {
namespace detail {

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
/// (`is_open`). **Cancellation:** at any moment. **Lifetime:** the transport outlives it, it outlives its operations.
/// **Threads:** its transport's executor, on which it was made.
template <Transport T, class DataChannel = AnyChannel, class Observer = NoObserver> class Client {
 public:
  using Core = detail::ClientCore<T, DataChannel, Observer>;
  using Visit = std::function<void(Entry)>;

  explicit Client(std::shared_ptr<Core> core) : core_{std::move(core)} {}
  Client(Client&&) noexcept = default;
  Client& operator=(Client&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~Client() {
    if (core_) core_->close();
  }

  // ---- the session ----

  bool is_open() const noexcept { return core_->control().is_open(); }
  Dialect dialect() const noexcept { return core_->dialect; }
  /// What the server says that it can do.
  const Features& features() const noexcept { return core_->features; }
  const Reply& greeting() const noexcept { return core_->greeting; }
  /// What protects the session, over a transport with TLS: `TlsDetails`, without a version where nothing does.
  auto tls() const requires SecurableStream<typename T::Stream> { return core_->control().stream().details(); }
  /// The server's certificate, over a transport with TLS.
  auto peer_certificate() const requires SecurableStream<typename T::Stream> {
    return core_->control().stream().peer_certificate();
  }
  Endpoint peer() const { return core_->peer(); }
  Endpoint local() const { return core_->local(); }

  /// Sends a command of the caller's own, of those that need no data connection, and gives its reply, good or bad.
  ///
  /// **Errors:** `Errc::bad_name` if it holds what would end the line.
  awaitable<Reply> command(std::string text) {
    core_->type = '\0';  // it may be anything
    core_->digest = "?";
    core_->directory.home_known = false;
    return core_->ask(std::move(text));
  }
  awaitable<void> noop() { return core_->demand_only("NOOP"); }
  /// Says goodbye and ends the session. Does not throw for what the server makes of it.
  awaitable<void> quit() {
    if (!is_open()) co_return;
    Settled<Reply> ignored;
    co_await settle(core_->ask("QUIT"), ignored);
    core_->close();
  }
  /// Ends the session at once.
  void close() { core_->close(); }

  // ---- directories ----

  /// The working directory as the server names it.
  awaitable<std::string> pwd() {
    const Reply answer = co_await core_->demand("PWD");
    auto name = parse_quoted(answer.text());
    if (!name) throw ClientError{Errc::bad_reply, "PWD", Channel::control};
    co_return *std::move(name);
  }
  awaitable<void> cwd(std::string path) {
    core_->directory.home_known = false;
    return core_->demand_only("CWD " + path);
  }
  awaitable<void> mkdir(std::string path) { return core_->demand_only("MKD " + path); }
  awaitable<void> rmdir(std::string path) { return core_->demand_only("RMD " + path); }

  /// What a directory holds, the working one if no path is given. By MLSD, else LIST, else NLST; in the ftp-like
  /// dialect, as after NLST, only the names are known. A line that cannot be understood gives an entry without a name
  /// that has it in `listed`. The session goes there, for no argument means the same to all servers, and comes back
  /// before the next command that is no listing; if it cannot, that command fails and the session is closed.
  ///
  /// **Errors:** `Errc::bad_listing` if there are more than `ClientLimits::entries`.
  awaitable<std::vector<Entry>> list(std::string path = {}) { return detail::list_all(*core_, std::move(path)); }
  /// The same entry by entry, as they come, in a directory of any size. During a visit there can be no other operation,
  /// so the times that a LIST tells stay in the server's zone.
  awaitable<void> list(std::string path, Visit visit) {
    return detail::list_entries(*core_, std::move(path), std::move(visit));
  }

  /// Calls `visit` for everything below a directory, the working one if the path is empty; each directory before what
  /// is in it. Links are not followed. The client is free during a visit.
  ///
  /// **Errors:** `Errc::bad_listing` beyond `ClientLimits::depth`.
  awaitable<void> walk(std::string path, WalkVisit visit) {
    return detail::walk_tree(*core_, std::move(path), std::move(visit));
  }

  // ---- one path ----

  awaitable<Entry> stat(std::string path) { return detail::stat_path(*core_, std::move(path)); }
  awaitable<bool> exists(std::string path) { return detail::path_exists(*core_, std::move(path)); }
  /// The length of a file in bytes.
  awaitable<std::uint64_t> size(std::string path) {
    const auto size = co_await detail::ask_size(*core_, std::move(path));
    if (!size) throw ClientError{std::make_error_code(std::errc::function_not_supported), "SIZE", Channel::control};
    co_return *size;
  }
  /// When a file was modified.
  awaitable<Timestamp> modified(std::string path) {
    const auto time = co_await detail::ask_modified(*core_, std::move(path));
    if (!time) throw ClientError{std::make_error_code(std::errc::function_not_supported), "MDTM", Channel::control};
    co_return *time;
  }
  /// The checksum of a file, by the best algorithm that the server offers; nothing if it offers none.
  /// <ftplike/client/digests.hpp> compares it with that of a file of ours.
  awaitable<std::optional<RemoteDigest>> digest(std::string path) {
    return detail::ask_digest(*core_, std::move(path));
  }
  awaitable<void> set_modified(std::string path, Timestamp time) {
    return core_->demand_only("MFMT " + format_timestamp(time, Fraction::never) + " " + path);
  }
  /// Sets the permission bits of a file: `chmod("run.sh", 0755)`.
  awaitable<void> chmod(std::string path, unsigned mode) {
    std::string digits;
    for (int shift = 6; shift >= 0; shift -= 3) digits += static_cast<char>('0' + (mode >> shift & 7));
    return core_->demand_only("SITE CHMOD " + digits + " " + path);
  }
  awaitable<void> remove(std::string path) { return core_->demand_only("DELE " + path); }
  awaitable<void> rename(std::string from, std::string to) {
    const Reply answer = co_await core_->ask("RNFR " + from);
    if (!answer.intermediate()) core_->fail(answer, "RNFR");
    (void)co_await core_->demand("RNTO " + to);
  }

  // ---- transfers ----

  /// Fetches a file into `local`: a file, or a folder in which it gets the name that it has on the server. The bytes
  /// are collected in a hidden file beside it, which takes the name when it is whole and its length is right; when it
  /// is not, that file stays for `TransferOptions::resume`.
  awaitable<TransferResult> download(std::string remote, std::string local, TransferOptions options = {}) {
    return detail::fetch_path(*core_, std::move(remote), std::move(local), std::move(options));
  }
  /// Fetches a file to a path beneath a folder of ours, out of which no name and no link leads.
  awaitable<TransferResult> download(std::string remote, DirectoryStorage folder, Path path,
                                     TransferOptions options = {}) {
    detail::LocalTarget target{std::move(folder), std::move(path)};
    return detail::fetch_file(*core_, std::move(remote), std::move(target), std::move(options));
  }
  /// Fetches a file into a sink, which is finished when all is well.
  template <ByteSink Sink>
  awaitable<TransferResult> download(std::string remote, Sink& sink, TransferOptions options = {}) {
    const auto size = co_await detail::length_for(*core_, remote, options);
    TransferResult result = co_await detail::fetch(*core_, std::move(remote), AnySink{sink}, 0, size, options);
    co_await sink.finish();
    co_return result;
  }

  /// Fetches a part of a file, `length` bytes from `offset` on, into a sink, which is not finished by this.
  ///
  /// **Errors:** `Errc::too_short` if the file ends before.
  template <ByteSink Sink> awaitable<TransferResult> download_range(std::string remote, Sink& sink,
                                                                    std::uint64_t offset, std::uint64_t length,
                                                                    TransferOptions options = {}) {
    return detail::fetch_range(*core_, std::move(remote), AnySink{sink}, offset, length, std::move(options));
  }

  /// Sends a file of ours. Where `remote` is empty or ends with '/', it keeps its name.
  awaitable<TransferResult> upload(std::string local, std::string remote = {}, TransferOptions options = {}) {
    return detail::store_path(*core_, "STOR", std::move(local), std::move(remote), std::move(options));
  }
  /// Sends what a source gives.
  template <ByteSource Source>
  awaitable<TransferResult> upload(Source& source, std::string remote, TransferOptions options = {}) {
    return store(AnySource{source}, "STOR", std::move(remote), std::move(options));
  }
  /// Sends to the end of a file.
  awaitable<TransferResult> append(std::string local, std::string remote, TransferOptions options = {}) {
    return detail::store_path(*core_, "APPE", std::move(local), std::move(remote), std::move(options));
  }
  template <ByteSource Source>
  awaitable<TransferResult> append(Source& source, std::string remote, TransferOptions options = {}) {
    return store(AnySource{source}, "APPE", std::move(remote), std::move(options));
  }
  /// Sends under a name that nobody has yet, which the server chooses and `TransferResult::name` tells.
  awaitable<TransferResult> upload_unique(std::string local, std::string wished = {}, TransferOptions options = {}) {
    return detail::store_path(*core_, "STOU", std::move(local), std::move(wished), std::move(options));
  }
  template <ByteSource Source>
  awaitable<TransferResult> upload_unique(Source& source, std::string wished = {}, TransferOptions options = {}) {
    return store(AnySource{source}, "STOU", std::move(wished), std::move(options));
  }

 private:
  friend class detail::Fxp;

  awaitable<TransferResult> store(AnySource source, std::string_view verb, std::string remote,
                                  TransferOptions options) {
    co_return co_await detail::store(*core_, verb, source, std::move(remote), 0, std::nullopt, options);
  }

  std::shared_ptr<Core> core_;
};

/// Connects to the server that a URL names and logs in: as its user, or as anonymous where it names none and the server
/// asks. How the dialect is found out is said at `detail::Login`.
///
/// **Errors:** `ClientError` that names the host; `ReplyError` if the server refuses.
template <class DataChannel = AnyChannel, Transport T, class Observer = NoObserver>
awaitable<Client<T, DataChannel, Observer>> connect(T& network, Url url, ClientOptions options = {},
                                                    Observer observer = {}) {
  const Executor executor = co_await asio::this_coro::executor;
  typename T::Stream stream = co_await detail::reach_server(network, url, options);
  using Core = detail::ClientCore<T, DataChannel, Observer>;
  const auto core =
      std::make_shared<Core>(network, executor, std::move(stream), std::move(options), std::move(observer));
  core->host = url.host;
  Client<T, DataChannel, Observer> client{core};
  detail::Login<Core> login{*core, url};
  co_await login.run();
  co_return client;
}

}  // namespace ftplike
