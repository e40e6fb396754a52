#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ftplike/client.hpp>
#include <ftplike/io/run.hpp>
#include <ftplike/io/tcp.hpp>

namespace ftplike::inline v0_2 {

/// A client for programs without coroutines: each call runs to its end. Each is what the function of `Client` of the
/// same name is, with the same errors.
///
///     ftplike::BlockingClient client{"127.0.0.1", 3456};
///     client.download("sample_image.jpg", "client_files/sample_image.jpg");
///
/// It has a transport of its own, which runs while a call is under way: between two calls nothing is sent, not even a
/// NOOP, and a server may end the session.
///
/// **Errors:** as of `Client`. **Cancellation:** by `cancel`, from any thread: the call under way throws
/// `Errc::aborted`.
/// **Threads:** one at a time, but for `cancel`. Observers, sources, sinks and `progress` are called on the thread of
/// the call, within it; they may call `cancel`, and nothing else of the client.
template <class DataChannel = AnyChannel, class Observer = NoObserver, Transport T = TcpTransport>
class BasicBlockingClient {
 public:
  using Visit = typename Client<T, DataChannel, Observer>::Visit;

  /// Connects and logs in, as `connect` does. What stands behind the observer is for the transport: a `TlsClient`, for
  /// instance.
  template <class... More>
  explicit BasicBlockingClient(Url url, ClientOptions options = {}, Observer observer = {}, More&&... transport)
      : network_{std::forward<More>(transport)...} {
    auto connecting = connect<DataChannel>(network_, std::move(url), std::move(options), std::move(observer));
    client_.emplace(run(std::move(connecting)));
  }
  /// The same at a host and a port, as anonymous where the server asks.
  template <class... More> BasicBlockingClient(std::string host, std::uint16_t port, ClientOptions options = {},
                                               Observer observer = {}, More&&... transport)
      : BasicBlockingClient{Url{std::move(host), port}, std::move(options), std::move(observer),
                            std::forward<More>(transport)...} {}
  BasicBlockingClient(const BasicBlockingClient&) = delete;
  BasicBlockingClient& operator=(const BasicBlockingClient&) = delete;

  /// Whether the session can still be used.
  bool is_open() const noexcept { return client_->is_open(); }
  /// Which of the two dialects the session speaks.
  Dialect dialect() const noexcept { return client_->dialect(); }
  /// What the server says that it can do.
  const Features& features() const noexcept { return client_->features(); }
  /// What the server said first.
  const Reply& greeting() const noexcept { return client_->greeting(); }
  /// What protects the session: `TlsDetails`, without a version where nothing does.
  auto tls() const requires SecurableStream<typename T::Stream> { return client_->tls(); }
  /// The server's certificate.
  auto peer_certificate() const requires SecurableStream<typename T::Stream> { return client_->peer_certificate(); }
  /// Where the server is, and where we are.
  Endpoint peer() const { return client_->peer(); }
  Endpoint local() const { return client_->local(); }

  /// Sends a command of the caller's own that needs no data connection, and gives its final reply, good or bad.
  Reply command(std::string text) { return run(client_->command(std::move(text))); }
  /// Sees to it that no reply of a broken-off operation is under way any more.
  void get_in_step() { run(client_->get_in_step()); }
  /// Has the server answer, so that it keeps the session.
  void noop() { run(client_->noop()); }
  /// Says goodbye and ends the session.
  void quit() { run(client_->quit()); }
  /// Ends the session at once.
  void close() { client_->close(); }

  /// The working directory as the server names it.
  std::string pwd() { return run(client_->pwd()); }
  /// Changes the working directory.
  void cwd(std::string path) { run(client_->cwd(std::move(path))); }
  /// Makes a directory; those above it must be there.
  void mkdir(std::string path) { run(client_->mkdir(std::move(path))); }
  /// Removes a directory, which most servers want to be empty.
  void rmdir(std::string path) { run(client_->rmdir(std::move(path))); }
  /// What a directory holds, the working one if no path is given.
  std::vector<Entry> list(std::string path = {}) { return run(client_->list(std::move(path))); }
  /// The same entry by entry, as they come.
  void list(std::string path, Visit visit) { run(client_->list(std::move(path), std::move(visit))); }
  /// Calls `visit` for everything below a directory.
  void walk(std::string path, WalkVisit visit) { run(client_->walk(std::move(path), std::move(visit))); }

  /// What is known of a file or directory.
  Entry stat(std::string path) { return run(client_->stat(std::move(path))); }
  /// Whether there is a file or directory of this name.
  bool exists(std::string path) { return run(client_->exists(std::move(path))); }
  /// The length of a file in bytes.
  std::uint64_t size(std::string path) { return run(client_->size(std::move(path))); }
  /// When a file was modified.
  Timestamp modified(std::string path) { return run(client_->modified(std::move(path))); }
  /// The checksum of a file; nothing if the server offers none.
  std::optional<RemoteDigest> digest(std::string path) { return run(client_->digest(std::move(path))); }
  /// Sets when a file was modified.
  void set_modified(std::string path, Timestamp time) { run(client_->set_modified(std::move(path), time)); }
  /// Sets the permission bits of a file: `chmod("run.sh", 0755)`.
  void chmod(std::string path, unsigned mode) { run(client_->chmod(std::move(path), mode)); }
  /// Removes a file.
  void remove(std::string path) { run(client_->remove(std::move(path))); }
  /// Gives a file or directory another name, or another place on the server.
  void rename(std::string from, std::string to) { run(client_->rename(std::move(from), std::move(to))); }

  /// Fetches a file into `local`: a file, or a folder in which it keeps its name.
  TransferResult download(std::string remote, std::string local, TransferOptions options = {}) {
    return run(client_->download(std::move(remote), std::move(local), std::move(options)));
  }
  /// The same into a sink, which is finished when all is well.
  template <ByteSink Sink> TransferResult download(std::string remote, Sink& sink, TransferOptions options = {}) {
    return run(client_->download(std::move(remote), sink, std::move(options)));
  }
  /// The same to a path beneath a folder of ours, out of which no name and no link leads.
  TransferResult download(std::string remote, DirectoryStorage folder, Path path, TransferOptions options = {}) {
    return run(client_->download(std::move(remote), std::move(folder), std::move(path), std::move(options)));
  }
  /// Fetches `length` bytes of a file from `offset` on into a sink, which is not finished by this.
  template <ByteSink Sink> TransferResult download_range(std::string remote, Sink& sink, std::uint64_t offset,
                                                         std::uint64_t length, TransferOptions options = {}) {
    return run(client_->download_range(std::move(remote), sink, offset, length, std::move(options)));
  }
  /// Sends a file of ours. Where `remote` is empty or ends with '/', it keeps its name.
  TransferResult upload(std::string local, std::string remote = {}, TransferOptions options = {}) {
    return run(client_->upload(std::move(local), std::move(remote), std::move(options)));
  }
  /// Sends what a source gives.
  template <ByteSource Source> TransferResult upload(Source& source, std::string remote, TransferOptions options = {}) {
    return run(client_->upload(source, std::move(remote), std::move(options)));
  }
  /// Sends a file of ours to the end of a file.
  TransferResult append(std::string local, std::string remote, TransferOptions options = {}) {
    return run(client_->append(std::move(local), std::move(remote), std::move(options)));
  }
  /// The same of what a source gives.
  template <ByteSource Source> TransferResult append(Source& source, std::string remote, TransferOptions options = {}) {
    return run(client_->append(source, std::move(remote), std::move(options)));
  }
  /// Sends a file of ours under a name that nobody has yet; `TransferResult::name` tells it.
  TransferResult upload_unique(std::string local, std::string wished = {}, TransferOptions options = {}) {
    return run(client_->upload_unique(std::move(local), std::move(wished), std::move(options)));
  }
  /// The same of what a source gives.
  template <ByteSource Source>
  TransferResult upload_unique(Source& source, std::string wished = {}, TransferOptions options = {}) {
    return run(client_->upload_unique(source, std::move(wished), std::move(options)));
  }

  /// Ends the call that is under way, in whichever thread; if there is none, nothing.
  void cancel() { runner_.cancel(); }

 private:
  template <class R> R run(awaitable<R> operation) { return runner_.run(std::move(operation)); }

  T network_;
  Runner<T> runner_{network_};
  std::optional<Client<T, DataChannel, Observer>> client_;
};

/// A client over TCP for programs without coroutines.
using BlockingClient = BasicBlockingClient<>;

}  // namespace ftplike
