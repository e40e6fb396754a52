#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
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
/// It has a transport of its own, or is given one:
///
///     ftplike::SimulatedNetwork network{7};
///     ftplike::BasicBlockingClient client{network, "ftp://127.0.0.1:3456"};
///
/// That one runs while a call is under way: between two calls nothing is sent, not even a NOOP, and a server may end
/// the session. A client has no thread: its calls run on the threads that make them, and what may block is done by the
/// workers of the process, which all clients share.
///
/// **Errors:** as of `Client`. **Cancellation:** by `cancel`, from any thread: the call under way throws
/// `Errc::aborted`.
/// **Threads:** one at a time, but for `cancel`; those that share a transport too. Observers, sources, sinks and
/// `progress` are called on the thread of the call, within it; they may call `cancel`, and nothing else of the client.
template <Transport T = TcpTransport, class DataChannel = AnyChannel, class Observer = NoObserver>
class BasicBlockingClient {
 public:
  /// The client whose operations are run.
  using Session = Client<T, DataChannel, Observer>;
  /// Sees one entry of a listing after another.
  using Visit = typename Session::Visit;

  /// Connects and logs in, as `connect` does, over a transport of its own.
  explicit BasicBlockingClient(Url url, ClientOptions options = {}, Observer observer = {})
    requires(std::default_initializable<T>);
  /// The same at a host and a port, as anonymous where the server asks.
  BasicBlockingClient(std::string host, std::uint16_t port, ClientOptions options = {}, Observer observer = {})
    requires(std::default_initializable<T>);
  /// The same over a transport of its own that is made of `setting`: a `TlsClient`, for instance.
  template <class Setting>
    requires(std::constructible_from<T, Setting>)
  BasicBlockingClient(Setting setting, Url url, ClientOptions options = {}, Observer observer = {})
      : BasicBlockingClient{std::make_unique<T>(std::move(setting)), std::move(url), std::move(options),
                            std::move(observer)} {
    static_assert(sizeof(detail::OwnPartsNeedBodiesHpp<T, Session>) > 0);
  }
  /// The same over a transport with event loops of its own, or a simulated one, that this thread runs.
  ///
  /// **Lifetime:** the transport outlives the client.
  BasicBlockingClient(T& network, Url url, ClientOptions options = {}, Observer observer = {});
  ~BasicBlockingClient();
  BasicBlockingClient(const BasicBlockingClient&) = delete;
  BasicBlockingClient& operator=(const BasicBlockingClient&) = delete;

  /// The session, and how an operation of it is run: for what takes a session,
  /// `client.run(transfer_between(client.session(), …))`.
  Session& session() noexcept;
  /// Runs an operation to its end on this thread, and gives its result. **Errors:** those of the operation.
  template <class R> R run(awaitable<R> operation) { return runner_.run(std::move(operation)); }

  /// Whether the session can still be used.
  bool is_open() const noexcept;
  /// Which of the two dialects the session speaks.
  Dialect dialect() const noexcept;
  /// What the server says that it can do.
  const Features& features() const noexcept;
  /// What the server said first.
  const Reply& greeting() const noexcept;
  /// What protects the session: `TlsDetails`, without a version where nothing does.
  TlsDetails tls() const requires SecurableStream<typename T::Stream> { return client_->tls(); }
  /// The server's certificate.
  auto peer_certificate() const requires SecurableStream<typename T::Stream> { return client_->peer_certificate(); }
  /// Where the server is, and where we are.
  Endpoint peer() const;
  /// Our end of the control connection.
  Endpoint local() const;

  /// Sends a command of the caller's own that needs no data connection, and gives its final reply, good or bad.
  Reply command(std::string text);
  /// Sends a command of the caller's own whose data go into a sink, which is finished when all is well.
  template <ByteSink Sink> TransferResult transfer(std::string command, Sink&& sink, TransferOptions options = {}) {
    return run(client_->transfer(std::move(command), sink, std::move(options)));
  }
  /// The same whose data come from a source.
  template <ByteSource Source>
    requires(!ByteSink<Source>)
  TransferResult transfer(std::string command, Source&& source, TransferOptions options = {}) {
    return run(client_->transfer(std::move(command), source, std::move(options)));
  }
  /// Sees to it that no reply of a broken-off operation is under way any more.
  void get_in_step();
  /// Has the server answer, so that it keeps the session.
  void noop();
  /// Says goodbye and ends the session.
  void quit();
  /// Ends the session at once.
  void close();

  /// The working directory as the server names it.
  std::string pwd();
  /// Changes the working directory.
  void cwd(std::string path);
  /// Makes a directory; those above it must be there.
  void mkdir(std::string path);
  /// Removes a directory, which most servers want to be empty.
  void rmdir(std::string path);
  /// What a directory holds, the working one if no path is given.
  std::vector<Entry> list(std::string path = {});
  /// The same entry by entry, as they come.
  void list(std::string path, Visit visit);
  /// Calls `visit` for everything below a directory.
  void walk(std::string path, WalkVisit visit);

  /// What is known of a file or directory.
  Entry stat(std::string path);
  /// Whether there is a file or directory of this name.
  bool exists(std::string path);
  /// The length of a file in bytes.
  std::uint64_t size(std::string path);
  /// How much of an upload the server has by now, also of one that was cut off; 0 if it has nothing or cannot tell.
  std::uint64_t stored_size(std::string path);
  /// When a file was modified.
  Timestamp modified(std::string path);
  /// The checksum of a file; nothing if the server offers none.
  std::optional<RemoteDigest> digest(std::string path);
  /// Sets when a file was modified.
  void set_modified(std::string path, Timestamp time);
  /// Sets the permission bits of a file: `chmod("run.sh", 0755)`.
  void chmod(std::string path, unsigned mode);
  /// Removes a file.
  void remove(std::string path);
  /// Gives a file or directory another name, or another place on the server.
  void rename(std::string from, std::string to);

  /// Fetches a file into `local`: a file, or a folder in which it keeps its name.
  TransferResult download(std::string remote, std::string local, TransferOptions options = {});
  /// The same into a sink, which is finished when all is well.
  template <ByteSink Sink> TransferResult download(std::string remote, Sink&& sink, TransferOptions options = {}) {
    return run(client_->download(std::move(remote), sink, std::move(options)));
  }
  /// The same to a path beneath a folder of ours, out of which no name and no link leads.
  TransferResult download(std::string remote, DirectoryStorage folder, Path path, TransferOptions options = {});
  /// A file of the server that is read piece by piece, as `RemoteFile` is.
  ///
  /// **Lifetime:** goes before the client.
  class File {
   public:
    /// Fills the beginning of the room (never empty) and gives how much; 0 at the end.
    std::size_t read_some(std::span<std::byte> room) { return client_->run(file_.read_some(room)); }
    /// The length of the file, if the server has told.
    std::optional<std::uint64_t> size() const noexcept { return file_.size(); }
    /// Whether there is more to read.
    bool is_open() const noexcept { return file_.is_open(); }
    /// Ends it, wherever it is.
    void close() { client_->run(file_.close()); }

   private:
    friend BasicBlockingClient;
    File(BasicBlockingClient& client, typename Session::File file) : client_{&client}, file_{std::move(file)} {}
    BasicBlockingClient* client_;
    typename Session::File file_;
  };
  /// Opens a file of the server to be read from `offset` on.
  File open(std::string remote, std::uint64_t offset = 0, TransferOptions options = {});
  /// Fetches `length` bytes of a file from `offset` on into a sink, which is not finished by this.
  template <ByteSink Sink> TransferResult download_range(std::string remote, Sink&& sink, std::uint64_t offset,
                                                         std::uint64_t length, TransferOptions options = {}) {
    return run(client_->download_range(std::move(remote), sink, offset, length, std::move(options)));
  }
  /// Sends a file of ours. Where `remote` is empty or ends with '/', it keeps its name.
  TransferResult upload(std::string local, std::string remote = {}, TransferOptions options = {});
  /// Sends what a source gives.
  template <ByteSource Source>
  TransferResult upload(Source&& source, std::string remote, TransferOptions options = {}) {
    return run(client_->upload(source, std::move(remote), std::move(options)));
  }
  /// Sends a file of ours to the end of a file.
  TransferResult append(std::string local, std::string remote, TransferOptions options = {});
  /// The same of what a source gives.
  template <ByteSource Source>
  TransferResult append(Source&& source, std::string remote, TransferOptions options = {}) {
    return run(client_->append(source, std::move(remote), std::move(options)));
  }
  /// Sends a file of ours under a name that nobody has yet; `TransferResult::name` tells it.
  TransferResult upload_unique(std::string local, std::string wished = {}, TransferOptions options = {});
  /// The same of what a source gives.
  template <ByteSource Source>
  TransferResult upload_unique(Source&& source, std::string wished = {}, TransferOptions options = {}) {
    return run(client_->upload_unique(source, std::move(wished), std::move(options)));
  }

  /// Ends the call that is under way, in whichever thread; if there is none, nothing.
  void cancel();

 private:
  BasicBlockingClient(std::unique_ptr<T> network, Url url, ClientOptions options, Observer observer);

  std::unique_ptr<T> network_;  // if it is its own
  Runner<T> runner_;
  std::optional<Session> client_;
};

/// A client over TCP for programs without coroutines.
using BlockingClient = BasicBlockingClient<>;

}  // namespace ftplike::inline v0_2

#ifndef FTPLIKE_SEPARATE_COMPILATION
#include <ftplike/client/blocking_bodies.hpp>
#endif
