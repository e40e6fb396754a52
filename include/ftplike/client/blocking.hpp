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

/// A client for programs without coroutines: each call runs to its end. Otherwise it is as `Client`.
///
///     ftplike::BlockingClient client{"127.0.0.1", 3456};
///     client.download("sample_image.jpg", "client_files/sample_image.jpg");
///
/// **Cancellation:** by `cancel`, from any thread: the call under way throws. **Threads:** one at a time, but for that.
template <class DataChannel = AnyChannel, class Observer = NoObserver, Transport T = TcpTransport>
class BasicBlockingClient {
 public:
  using Visit = typename Client<T, DataChannel, Observer>::Visit;

  /// Connects. What stands behind the observer is for the transport: a `TlsClient`, for instance.
  template <class... More>
  explicit BasicBlockingClient(Url url, ClientOptions options = {}, Observer observer = {}, More&&... transport)
      : network_{std::forward<More>(transport)...} {
    auto connecting = connect<DataChannel>(network_, std::move(url), std::move(options), std::move(observer));
    client_.emplace(run(std::move(connecting)));
  }
  template <class... More> BasicBlockingClient(std::string host, std::uint16_t port, ClientOptions options = {},
                                               Observer observer = {}, More&&... transport)
      : BasicBlockingClient{Url{std::move(host), port}, std::move(options), std::move(observer),
                            std::forward<More>(transport)...} {}
  BasicBlockingClient(const BasicBlockingClient&) = delete;
  BasicBlockingClient& operator=(const BasicBlockingClient&) = delete;

  bool is_open() const noexcept { return client_->is_open(); }
  Dialect dialect() const noexcept { return client_->dialect(); }
  const Features& features() const noexcept { return client_->features(); }
  const Reply& greeting() const noexcept { return client_->greeting(); }
  auto tls() const requires SecurableStream<typename T::Stream> { return client_->tls(); }
  auto peer_certificate() const requires SecurableStream<typename T::Stream> { return client_->peer_certificate(); }
  Endpoint peer() const { return client_->peer(); }
  Endpoint local() const { return client_->local(); }

  Reply command(std::string text) { return run(client_->command(std::move(text))); }
  void get_in_step() { run(client_->get_in_step()); }
  void noop() { run(client_->noop()); }
  void quit() { run(client_->quit()); }
  void close() { client_->close(); }

  std::string pwd() { return run(client_->pwd()); }
  void cwd(std::string path) { run(client_->cwd(std::move(path))); }
  void mkdir(std::string path) { run(client_->mkdir(std::move(path))); }
  void rmdir(std::string path) { run(client_->rmdir(std::move(path))); }
  std::vector<Entry> list(std::string path = {}) { return run(client_->list(std::move(path))); }
  void list(std::string path, Visit visit) { run(client_->list(std::move(path), std::move(visit))); }
  void walk(std::string path, WalkVisit visit) { run(client_->walk(std::move(path), std::move(visit))); }

  Entry stat(std::string path) { return run(client_->stat(std::move(path))); }
  bool exists(std::string path) { return run(client_->exists(std::move(path))); }
  std::uint64_t size(std::string path) { return run(client_->size(std::move(path))); }
  Timestamp modified(std::string path) { return run(client_->modified(std::move(path))); }
  std::optional<RemoteDigest> digest(std::string path) { return run(client_->digest(std::move(path))); }
  void set_modified(std::string path, Timestamp time) { run(client_->set_modified(std::move(path), time)); }
  void chmod(std::string path, unsigned mode) { run(client_->chmod(std::move(path), mode)); }
  void remove(std::string path) { run(client_->remove(std::move(path))); }
  void rename(std::string from, std::string to) { run(client_->rename(std::move(from), std::move(to))); }

  TransferResult download(std::string remote, std::string local, TransferOptions options = {}) {
    return run(client_->download(std::move(remote), std::move(local), std::move(options)));
  }
  template <ByteSink Sink> TransferResult download(std::string remote, Sink& sink, TransferOptions options = {}) {
    return run(client_->download(std::move(remote), sink, std::move(options)));
  }
  TransferResult download(std::string remote, DirectoryStorage folder, Path path, TransferOptions options = {}) {
    return run(client_->download(std::move(remote), std::move(folder), std::move(path), std::move(options)));
  }
  template <ByteSink Sink> TransferResult download_range(std::string remote, Sink& sink, std::uint64_t offset,
                                                         std::uint64_t length, TransferOptions options = {}) {
    return run(client_->download_range(std::move(remote), sink, offset, length, std::move(options)));
  }
  TransferResult upload(std::string local, std::string remote = {}, TransferOptions options = {}) {
    return run(client_->upload(std::move(local), std::move(remote), std::move(options)));
  }
  template <ByteSource Source> TransferResult upload(Source& source, std::string remote, TransferOptions options = {}) {
    return run(client_->upload(source, std::move(remote), std::move(options)));
  }
  TransferResult append(std::string local, std::string remote, TransferOptions options = {}) {
    return run(client_->append(std::move(local), std::move(remote), std::move(options)));
  }
  template <ByteSource Source> TransferResult append(Source& source, std::string remote, TransferOptions options = {}) {
    return run(client_->append(source, std::move(remote), std::move(options)));
  }
  TransferResult upload_unique(std::string local, std::string wished = {}, TransferOptions options = {}) {
    return run(client_->upload_unique(std::move(local), std::move(wished), std::move(options)));
  }
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

using BlockingClient = BasicBlockingClient<>;

}  // namespace ftplike
