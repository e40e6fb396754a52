#pragma once
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/timer_queue.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/system/errors.hpp>
#include <ftplike/system/new_shared.hpp>
#include <ftplike/system/send_file.hpp>
#include <ftplike/system/sockets.hpp>

namespace ftplike::inline v0_2 {

namespace detail {

/// Asio's errors of the system, as the standard library knows them: those of Asio before 1.28 compare with no
/// `std::errc`. A cancelled operation's stays Asio's own.
inline std::error_code standard_error(const std::error_code& error) noexcept {
  const bool of_system = error.category() == asio::error::get_system_category();
  if (!of_system || error == asio::error::operation_aborted) return error;
  return error_of_system(error.value());
}

/// An IPv4 peer of an IPv6 socket is an IPv4 peer.
inline Endpoint without_mapping(const Endpoint& endpoint) {
  const auto address = endpoint.address();
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return endpoint;
  return {asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()), endpoint.port()};
}

/// The address of one end of a socket, as `ask` (getsockname, getpeername) gives it; unspecified if it has gone.
template <class Ask> Endpoint endpoint_of(NativeSocket descriptor, Ask ask) {
  Endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (ask(descriptor, endpoint.data(), &size) != 0) return {};
  endpoint.resize(static_cast<std::size_t>(size));
  return endpoint;
}

}  // namespace detail

/// A socket of the operating system: a descriptor; on Windows a `SOCKET`.
using NativeSocket = detail::NativeSocket;

/// A TCP connection.
///
/// Most data connections of small files never wait. So a socket is shown to the event loop only when it first has to:
/// what it costs to register and to forget it is more than such a transfer itself.
template <class E = Executor> class BasicTcpStream {
 public:
  using TcpStream = BasicTcpStream;  // as what derives from it calls it
  /// Takes a connected socket over.
  BasicTcpStream(const Executor& executor, NativeSocket descriptor, const Endpoint& remote, const Endpoint& local = {})
      : descriptor_{descriptor},
        socket_{executor},
        remote_{detail::without_mapping(remote)},
        local_{detail::without_mapping(local)} {}
  /// Takes a connected socket over.
  explicit BasicTcpStream(asio::basic_stream_socket<asio::ip::tcp, E> socket)
      : socket_{std::move(socket)},
        remote_{detail::without_mapping(detail::endpoint_of(socket_.native_handle(), ::getpeername))} {}

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    std::error_code error;
    std::size_t n = 0;
    if (reads_unregistered(room, n, error)) {
      if (error) throw std::system_error(error);
      co_return n;
    }
    const auto buffer = asio::buffer(room.data(), room.size());
    const std::size_t came = co_await socket_.async_read_some(buffer, asio::redirect_error(use_awaitable, error));
    if (error && error != asio::error::eof) throw std::system_error(detail::standard_error(error));
    co_return came;
  }
  /// The same with the error as a value, for whoever expects to be cancelled: an exception costs more than a wait.
  awaitable<std::size_t> read_some(std::span<std::byte> room, std::error_code& error) {
    std::size_t n = 0;
    if (reads_unregistered(room, n, error)) co_return n;
    const auto buffer = asio::buffer(room.data(), room.size());
    const std::size_t came = co_await socket_.async_read_some(buffer, asio::redirect_error(use_awaitable, error));
    error = error == asio::error::eof ? std::error_code{} : detail::standard_error(error);
    co_return came;
  }
  /// The same in two steps and without a coroutine, as `detail::read_then` says.
  template <class Then> void read_then(std::span<std::byte> room, detail::ReadHandler<Then> handler) {
    register_socket();
    socket_.async_read_some(asio::buffer(room.data(), room.size()), std::move(handler));
  }
  /// The second step.
  std::optional<std::size_t> bytes_of_read(std::span<std::byte>, const detail::ReadResult& result) const {
    const bool failed = result.error && result.error != asio::error::eof;
    if (failed) throw std::system_error(detail::standard_error(result.error));
    return result.bytes;
  }
  /// What `read_now` gives, as long as nothing had to wait: a short session need not be known to the event loop.
  std::size_t read_unregistered(std::span<std::byte> room) noexcept { return socket_.is_open() ? 0 : read_now(room); }
  /// What has come already; 0 if that is nothing. An end or an error is left for `read_some`.
  std::size_t read_now(std::span<std::byte> room) noexcept {
    const auto n = detail::sys::receive(descriptor(), room.data(), room.size());
    return n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  /// Sends what the system takes at once; 0 if that is nothing.
  std::size_t write_now(std::span<const std::byte> bytes) {
    for (;;) {
      const auto sent = detail::sys::send(descriptor(), bytes.data(), bytes.size());
      if (sent >= 0) return static_cast<std::size_t>(sent);
      if (errno == EAGAIN) return 0;
      if (errno != EINTR) detail::fail_with(errno);
    }
  }
  awaitable<void> write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const std::size_t sent = write_now(bytes);
      bytes = bytes.subspan(sent);
      if (sent == 0) co_await writable();
    }
  }
  awaitable<std::size_t> write_some(std::span<const std::byte> bytes) {
    for (;;) {
      const std::size_t sent = write_now(bytes);
      if (sent > 0 || bytes.empty()) co_return sent;
      co_await writable();
    }
  }
  awaitable<void> finish() {
    detail::sys::end_sending(descriptor());
    co_return;
  }
  bool has_ended() const {
    std::byte one;
    const auto n = detail::sys::peek(descriptor(), &one, 1);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
  }
  /// Whether nothing can be read now, neither bytes nor an end.
  bool is_quiet() const {
    std::byte one;
    return detail::sys::peek(descriptor(), &one, 1) < 0 && errno == EAGAIN;
  }
  void cancel() {
    std::error_code ignored;
    if (socket_.is_open()) socket_.cancel(ignored);
  }
  void close() {
    std::error_code ignored;
    socket_.close(ignored);
    descriptor_.close();
  }
  /// Closes so that the peer reads an error and no end: what was sent cannot be taken for the whole.
  void reset() {
    const linger at_once{1, 0};
    detail::sys::set_option(descriptor(), SOL_SOCKET, SO_LINGER, at_once);
    close();
  }
  Endpoint local() const {
    if (local_.port() == 0) local_ = detail::without_mapping(detail::endpoint_of(descriptor(), ::getsockname));
    return local_;
  }
  Endpoint remote() const { return remote_; }

  /// As a control connection wants it: what is sent leaves at once, and Telnet's urgent byte stays in its place.
  void make_prompt() {
    const int yes = 1;
    detail::sys::set_option(descriptor(), IPPROTO_TCP, TCP_NODELAY, yes);
    detail::sys::set_option(descriptor(), SOL_SOCKET, SO_OOBINLINE, yes);
  }

  /// Sends from a file without a buffer of ours: up to `most` bytes from `position` on, 0 if it ends before them.
  awaitable<std::size_t> send_file(int file, std::uint64_t position, std::size_t most)
    requires(detail::can_send_files)
  {
    for (;;) {
      const auto n = detail::send_file_quietly(descriptor(), file, position, most);
      if (n >= 0) co_return static_cast<std::size_t>(n);
      if (errno == EINTR) continue;
      if (errno != EAGAIN) detail::fail_with(errno);
      co_await writable();
    }
  }

 private:
  /// Reads at once from a socket that the event loop does not know; has it known where there is nothing yet.
  bool reads_unregistered(std::span<std::byte> room, std::size_t& n, std::error_code& error) {
    if (socket_.is_open()) return false;
    const auto came = detail::sys::receive(descriptor(), room.data(), room.size());
    if (came >= 0) {
      n = static_cast<std::size_t>(came);
    } else if (errno != EAGAIN && errno != EINTR) {
      error.assign(errno, std::system_category());
    } else {
      register_socket();
      return false;
    }
    return true;
  }
  awaitable<void> writable() {
    register_socket();
    std::error_code error;
    co_await socket_.async_wait(asio::socket_base::wait_write, asio::redirect_error(use_awaitable, error));
    if (error) throw std::system_error(detail::standard_error(error));
  }
  NativeSocket descriptor() const {
    if (socket_.is_open()) return const_cast<BasicTcpStream*>(this)->socket_.native_handle();
    return descriptor_.get();
  }
  void register_socket() {
    if (socket_.is_open()) return;
    socket_.assign(remote_.protocol(), descriptor_.get());
    descriptor_.release();
  }

  detail::SocketDescriptor descriptor_;  // until the event loop has it
  asio::basic_stream_socket<asio::ip::tcp, E> socket_;
  Endpoint remote_;
  mutable Endpoint local_;  // asked for once
};
using TcpStream = BasicTcpStream<>;  // a template, so that only what is called is compiled

/// Where TCP connections come in.
template <class E = Executor> class BasicTcpAcceptor {
 public:
  using TcpAcceptor = BasicTcpAcceptor;  // as what derives from it calls it
  /// Takes over a descriptor that listens, which must be non-blocking.
  BasicTcpAcceptor(const Executor& executor, NativeSocket descriptor, const Endpoint& where)
      : descriptor_{descriptor}, acceptor_{executor}, where_{where} {}

  awaitable<TcpStream> accept(const Executor& executor) requires(detail::waits_for_connections) {
    for (;;) {
      Endpoint remote;
      auto size = static_cast<socklen_t>(remote.capacity());
      detail::SocketDescriptor accepted = detail::accept_quietly(descriptor(), remote.data(), &size);
      if (accepted) {
        remote.resize(static_cast<std::size_t>(size));
        co_return TcpStream{executor, accepted.release(), remote, where_.address().is_unspecified() ? Endpoint{} : where_};
      }
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EAGAIN) detail::fail_with(errno);
      register_socket();
      co_await acceptor_.async_wait(asio::socket_base::wait_read, use_awaitable);
    }
  }
  awaitable<TcpStream> accept(const Executor& executor) requires(!detail::waits_for_connections) {
    register_socket();
    for (;;) {
      std::error_code error;
      auto accepted = co_await acceptor_.async_accept(executor, asio::redirect_error(use_awaitable, error));
      const std::error_code reason = detail::standard_error(error);
      if (reason == std::errc::connection_aborted || reason == std::errc::connection_reset) continue;
      if (error) throw std::system_error(reason);
      if (!detail::make_quiet(accepted.native_handle())) continue;  // it has gone already
      co_return TcpStream{std::move(accepted)};
    }
  }
  Endpoint endpoint() const { return where_; }
  void cancel() {
    std::error_code ignored;
    if (acceptor_.is_open()) acceptor_.cancel(ignored);
  }
  void close() {
    std::error_code ignored;
    acceptor_.close(ignored);
    descriptor_.close();
  }

 private:
  void register_socket() {
    if (acceptor_.is_open()) return;
    acceptor_.assign(where_.protocol(), descriptor_.get());
    descriptor_.release();
  }
  NativeSocket descriptor() {
    if (acceptor_.is_open()) return acceptor_.native_handle();
    return descriptor_.get();
  }

  detail::SocketDescriptor descriptor_;  // until the event loop has it
  asio::basic_socket_acceptor<asio::ip::tcp, E> acceptor_;
  Endpoint where_;
};
using TcpAcceptor = BasicTcpAcceptor<>;  // a template, so that only what is called is compiled

namespace detail {

/// Event loops, a thread each. What coroutines are left when it ends is destroyed before its sockets and timers are, so
/// that whoever holds these may be destroyed later.
template <class = void> class BasicEventLoops {
 public:
  explicit BasicEventLoops(unsigned threads);
  Executor executor(std::size_t i);
  /// Whether an executor is that of one of them.
  bool has(const Executor& executor) const { return find(executor) != nullptr; }
  /// The timers of an executor: together, if it is that of one of them.
  std::shared_ptr<TimerQueue> timers(const Executor& executor) const {
    const Loop* const loop = find(executor);
    return loop ? loop->timers : new_shared<TimerQueue>(executor);
  }

  /// Runs until nothing is left to do on the first, or `stop()`. What is thrown on any thread ends it and is thrown here.
  void run();
  void stop() {
    for (std::size_t i = 0; i < count_; ++i) loops_[i].stop();
  }
  /// Destroys the coroutines that are left. Nothing runs any more after that.
  void end() {
    for (std::size_t i = count_; i > 0; --i) loops_[i - 1].end();
  }

 private:
  class Loop : public asio::io_context {
   public:
    Loop() : asio::io_context{1} {}
    void end() { shutdown(); }
    void begin(AtEnd failed) {
      busy = asio::prefer(busy, asio::execution::outstanding_work.tracked);
      thread = std::thread{[this, failed = std::move(failed)] {
        try {
          run();
        } catch (...) { failed(std::current_exception()); }
      }};
    }

    const std::shared_ptr<TimerQueue> timers = new_shared<TimerQueue>(get_executor());
    // Of all but the first, which the caller of `run` has, as long as that runs.
    Executor busy{get_executor()};
    std::thread thread;
  };
  const Loop* find(const Executor& executor) const;

  std::size_t count_ = 0;
  std::unique_ptr<Loop[]> loops_;
};
using EventLoops = BasicEventLoops<>;  // a template, so that only what is called is compiled

template <class Any> BasicEventLoops<Any>::BasicEventLoops(unsigned threads) {
  count_ = std::max(threads, 1u);
  loops_.reset(new Loop[count_]);
}
template <class Any> Executor BasicEventLoops<Any>::executor(std::size_t i) { return loops_[i % count_].get_executor(); }
template <class Any> auto BasicEventLoops<Any>::find(const Executor& executor) const -> const Loop* {
  for (std::size_t i = 0; i < count_; ++i) {
    if (executor == Executor{loops_[i].get_executor()}) return &loops_[i];
  }
  return nullptr;
}
template <class Any> void BasicEventLoops<Any>::run() {
  std::mutex mutex;
  std::exception_ptr failure;
  const AtEnd keep = [&](std::exception_ptr one) {
    const std::lock_guard lock{mutex};
    if (!failure) failure = std::move(one);
    stop();
  };
  try {
    for (std::size_t i = 1; i < count_; ++i) loops_[i].begin(keep);
    loops_[0].run();
  } catch (...) { keep(std::current_exception()); }
  for (std::size_t i = 1; i < count_; ++i) loops_[i].busy = loops_[i].get_executor();
  for (std::size_t i = 1; i < count_; ++i) {
    if (loops_[i].thread.joinable()) loops_[i].thread.join();
  }
  for (std::size_t i = 0; i < count_; ++i) loops_[i].restart();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace detail

/// The network of this machine, for coroutines on event loops: its own, with a thread each,
///
///     ftplike::TcpTransport network;       // or {4}: with so many threads
///     network.run();
///
/// or the user's, who runs it as he likes, with one thread or many, or polls it:
///
///     asio::io_context loop;
///     ftplike::TcpTransport network{loop.get_executor()};
///     loop.run();
///
/// On own loops what begins on one stays there. On the user's every session has a strand of its own.
///
/// Work that may block is done by the process's `WorkerPools`, or by those that it is given, never on a loop.
///
/// **Lifetime:** nothing runs after it, or after the user's loop; servers and clients may be destroyed before it or
/// after it, but not after the user's `io_context`.
/// **Threads:** any. `run` is called once at a time.
template <class E = Executor> class BasicTcpTransport {
 public:
  using TcpTransport = BasicTcpTransport;  // as what derives from it calls it
  using Stream = TcpStream;
  using Acceptor = TcpAcceptor;

  /// A steady timer that forgets its call when it is cancelled.
  class Timer : public detail::TimerQueue::Timer {
   public:
    /// A timer of an executor.
    Timer(BasicTcpTransport& network, const Executor& executor)
        : detail::TimerQueue::Timer{network.loops_ ? network.loops_->timers(executor)
                                                   : detail::new_shared<detail::TimerQueue>(executor)} {}
  };

  /// With `threads` threads (at least 1), the caller of `run` among them.
  explicit BasicTcpTransport(unsigned threads = 1);
  /// With loops of its own, one a thread, and these workers.
  BasicTcpTransport(unsigned threads, std::shared_ptr<WorkerPools> workers);
  /// On the user's event loop, or any executor on top of one.
  explicit BasicTcpTransport(asio::io_context& loop);
  /// On a loop of yours, with these workers. **Lifetime:** the loop outlives it.
  BasicTcpTransport(asio::io_context& loop, std::shared_ptr<WorkerPools> workers);
  /// On an executor of yours. **Lifetime:** its execution context outlives it.
  explicit BasicTcpTransport(const Executor& executor);
  /// The same, with these workers.
  BasicTcpTransport(const Executor& executor, std::shared_ptr<WorkerPools> workers);

  BasicTcpTransport(const BasicTcpTransport&) = delete;
  BasicTcpTransport& operator=(const BasicTcpTransport&) = delete;
  ~BasicTcpTransport();

  /// Where a new session may live.
  Executor executor() { return loops_ ? loops_->executor(next_++) : make_strand_(outer_); }
  Executor executor_near(const Executor& executor) {
    if (loops_) return loops_->has(executor) ? executor : loops_->executor(next_++);
    return is_strand(executor) ? executor : this->executor();
  }
  Executor main_executor() { return loops_ ? loops_->executor(0) : main_; }
  /// What has to live as long as what was made on its executors.
  std::shared_ptr<void> lifetime() const noexcept { return loops_; }

  awaitable<TcpStream> connect(Endpoint where, Address from = {}) {
    const Executor executor = co_await asio::this_coro::executor;
    asio::basic_stream_socket<asio::ip::tcp, E> socket{executor};
    detail::SocketDescriptor made = detail::make_socket(where.protocol().family());
    socket.assign(where.protocol(), made.get());
    made.release();
    if (!from.is_unspecified()) socket.bind({from, 0});
    socket.set_option(asio::ip::tcp::no_delay{true});
    std::error_code error;
    co_await socket.async_connect(where, asio::redirect_error(use_awaitable, error));
    if (error) throw std::system_error(detail::standard_error(error));
    co_return TcpStream{std::move(socket)};
  }
  TcpAcceptor listen(const Executor& executor, const Endpoint& where) {
    detail::SocketDescriptor made = detail::make_socket(where.protocol().family());
    const bool ready = detail::sys::listen_at(made.get(), where.data(), static_cast<socklen_t>(where.size())) == 0;
    if (!ready) detail::fail_with(errno);
    const Endpoint bound = where.port() != 0 ? where : detail::endpoint_of(made.get(), ::getsockname);
    return TcpAcceptor{executor, made.release(), bound};
  }
  /// Takes over a socket that somebody else has made listen: a supervisor, a program before.
  ///
  /// **Errors:** `std::system_error` if it is no listening TCP socket; it then stays the caller's.
  TcpAcceptor adopt(const Executor& executor, NativeSocket descriptor) {
    int listens = 0;
    if (detail::sys::option(descriptor, SOL_SOCKET, SO_ACCEPTCONN, listens) != 0) detail::fail_with(errno);
    const Endpoint where = detail::endpoint_of(descriptor, ::getsockname);
    const bool tcp = where.protocol().family() == AF_INET || where.protocol().family() == AF_INET6;
    if (listens == 0 || !tcp) detail::fail_with(EINVAL);
    if (!detail::make_quiet(descriptor)) detail::fail_with(errno);
    return TcpAcceptor{executor, descriptor, where};
  }
  // A template, so that only programs that look up names compile a resolver.
  template <class Host> awaitable<std::vector<Endpoint>> resolve(Host host, std::uint16_t port) {
    std::vector<Endpoint> endpoints;
    std::error_code not_literal;
    const Address literal = asio::ip::make_address(host, not_literal);
    if (!not_literal) {
      endpoints.emplace_back(literal, port);
      co_return endpoints;
    }
    // Nothing can cancel the system's look-up. Left to a worker it can at least be left behind.
    auto look_up = [host = std::string{host}, port] {
      asio::io_context context{1};
      asio::ip::tcp::resolver resolver{context};
      std::vector<Endpoint> found;
      for (const auto& result : resolver.resolve(host, std::to_string(port))) found.push_back(result.endpoint());
      return found;
    };
    co_return co_await blocking(std::move(look_up), Workload{WorkKind::lookup});
  }

  Time now() const noexcept { return std::chrono::steady_clock::now(); }
  awaitable<void> sleep_until(Time when) {
    const Executor executor = co_await asio::this_coro::executor;
    SteadyTimer<E> timer{executor, when};
    co_await timer.async_wait(use_awaitable);
  }

  /// Runs its own loops until nothing is left to do, or `stop()`. Can be called again.
  ///
  /// **Errors:** the first exception that a handler let escape, on any thread; the loops are stopped then.
  void run() {
    if (loops_) loops_->run();
  }
  /// Ends `run` at once, whatever is under way, from any thread (but no signal handler). What was under way waits for
  /// another `run`, or ends with the transport.
  void stop() {
    if (loops_) loops_->stop();
  }

 private:
  static void use(const std::shared_ptr<WorkerPools>& workers, const Executor& executor) {
    asio::use_service<BlockingWork>(asio::query(executor, asio::execution::context)).use(workers);
  }

  std::shared_ptr<detail::EventLoops> loops_;  // none on the user's executor
  std::size_t count_ = 0;
  Executor outer_;
  Executor (*make_strand_)(const Executor&) = nullptr;  // so that only who brings an executor compiles one
  Executor main_;
  std::atomic<std::size_t> next_ = 0;
};

template <class E> BasicTcpTransport<E>::BasicTcpTransport(unsigned threads)
    : BasicTcpTransport{threads, WorkerPools::shared()} {}
template <class E> BasicTcpTransport<E>::BasicTcpTransport(unsigned threads, std::shared_ptr<WorkerPools> workers)
    : loops_{detail::new_shared<detail::EventLoops>(threads)}, count_{std::max(threads, 1u)} {
  for (std::size_t i = 0; i < count_; ++i) use(workers, loops_->executor(i));
}
template <class E> BasicTcpTransport<E>::BasicTcpTransport(asio::io_context& loop)
    : BasicTcpTransport{loop, WorkerPools::shared()} {}
template <class E>
BasicTcpTransport<E>::BasicTcpTransport(asio::io_context& loop, std::shared_ptr<WorkerPools> workers)
    : BasicTcpTransport{E{loop.get_executor()}, std::move(workers)} {}
template <class E> BasicTcpTransport<E>::BasicTcpTransport(const Executor& executor)
    : BasicTcpTransport{executor, WorkerPools::shared()} {}
template <class E>
BasicTcpTransport<E>::BasicTcpTransport(const Executor& executor, std::shared_ptr<WorkerPools> workers)
    : outer_{executor}, make_strand_{[](const E& outer) { return E{asio::make_strand(outer)}; }},
      main_{make_strand_(executor)} {
  use(workers, executor);
}
template <class E> BasicTcpTransport<E>::~BasicTcpTransport() {
  if (loops_) loops_->end();
}
using TcpTransport = BasicTcpTransport<>;  // a template, so that only what is called is compiled

static_assert(Transport<TcpTransport>);

}  // namespace ftplike
