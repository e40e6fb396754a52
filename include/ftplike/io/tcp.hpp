#pragma once
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#if defined(__linux__)
#include <sys/sendfile.h>
#endif

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/transport.hpp>

namespace ftplike {

/// A TCP connection.
class TcpStream {
 public:
  explicit TcpStream(asio::ip::tcp::socket socket) : socket_{std::move(socket)} {
    std::error_code ignored;
    socket_.non_blocking(true, ignored);
  }

  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    const auto [error, n] =
        co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), as_tuple(use_awaitable));
    if (error && error != asio::error::eof) throw std::system_error(error);
    co_return n;
  }
  awaitable<void> write(std::span<const std::byte> bytes) {
    // A reply nearly always fits: then nothing waits and nothing is scheduled.
    std::error_code error;
    const std::size_t sent = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
    if (error && error != asio::error::would_block) throw std::system_error(error);
    if (sent < bytes.size()) {
      co_await asio::async_write(socket_, asio::buffer(bytes.data() + sent, bytes.size() - sent), use_awaitable);
    }
  }
  awaitable<void> finish() {
    std::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    co_return;
  }
  void cancel() {
    std::error_code ignored;
    socket_.cancel(ignored);
  }
  void close() {
    std::error_code ignored;
    socket_.close(ignored);
  }
  Endpoint local() const {
    return endpoint_of([this](std::error_code& error) { return socket_.local_endpoint(error); });
  }
  Endpoint remote() const {
    return endpoint_of([this](std::error_code& error) { return socket_.remote_endpoint(error); });
  }
  int descriptor() { return socket_.native_handle(); }

#if defined(__linux__)
  /// Sends from a file's present position without a buffer of ours: up to `most` bytes, 0 at its end.
  awaitable<std::size_t> send_file(int file, std::size_t most) {
    for (;;) {
      const auto n = ::sendfile(socket_.native_handle(), file, nullptr, most);
      if (n >= 0) co_return static_cast<std::size_t>(n);
      if (errno == EINTR) continue;
      if (errno != EAGAIN) throw std::system_error(errno, std::system_category());
      co_await socket_.async_wait(asio::socket_base::wait_write, use_awaitable);
    }
  }
#endif

 private:
  /// An IPv4 peer of an IPv6 socket is an IPv4 peer; one that has gone has the unspecified address.
  template <class Ask> static Endpoint endpoint_of(Ask ask) {
    std::error_code error;
    const Endpoint endpoint = ask(error);
    if (error) return {};
    if (const auto address = endpoint.address(); address.is_v6() && address.to_v6().is_v4_mapped()) {
      return {asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()), endpoint.port()};
    }
    return endpoint;
  }

  asio::ip::tcp::socket socket_;
};

/// Where TCP connections come in.
class TcpAcceptor {
 public:
  explicit TcpAcceptor(asio::ip::tcp::acceptor acceptor) : acceptor_{std::move(acceptor)} {}
  awaitable<TcpStream> accept(const Executor& executor) {
    auto socket = co_await acceptor_.async_accept(executor, use_awaitable);
    co_return TcpStream{std::move(socket)};
  }
  Endpoint endpoint() const { return acceptor_.local_endpoint(); }
  void cancel() {
    std::error_code ignored;
    acceptor_.cancel(ignored);
  }

 private:
  asio::ip::tcp::acceptor acceptor_;
};

/// The network of this machine, and the threads that its sessions run on: each of them has an io_context of its own,
/// and what begins on one stays there.
///
/// **Lifetime:** outlives all that uses it. **Threads:** `run` is called once at a time; `stop` from anywhere.
class TcpTransport {
 public:
  using Stream = TcpStream;
  using Acceptor = TcpAcceptor;

  /// A steady timer that forgets its call when it is cancelled.
  class Timer {
   public:
    Timer(TcpTransport&, const Executor& executor) : timer_{executor} {}
    template <class Call> void start(Time when, Call call) {
      timer_.expires_at(when);
      timer_.async_wait([call = std::move(call), round = ++*round_, now = round_](std::error_code error) mutable {
        if (!error && round == *now) call();
      });
    }
    void cancel() {
      ++*round_;
      timer_.cancel();
    }
    Timer(Timer&&) = delete;
    ~Timer() { ++*round_; }

   private:
    asio::steady_timer timer_;
    std::shared_ptr<unsigned> round_ = std::make_shared<unsigned>(0);  // a call already queued must see the cancel
  };

  /// With `threads` threads (at least 1), the caller of `run` among them.
  explicit TcpTransport(unsigned threads = 1) : pool_{std::make_shared<asio::thread_pool>(4)} {
    for (unsigned i = 0; i < std::max(threads, 1u); ++i) {
      contexts_.push_back(std::make_unique<asio::io_context>(1));
      asio::make_service<BlockingPool>(*contexts_.back(), pool_);
    }
  }

  TcpTransport(const TcpTransport&) = delete;
  TcpTransport& operator=(const TcpTransport&) = delete;
  ~TcpTransport() { pool_->join(); }  // what still blocks there comes back to one of our contexts

  Executor executor() { return contexts_[next_++ % contexts_.size()]->get_executor(); }

  awaitable<TcpStream> connect(const Endpoint& where, const Address& from = {}) {
    const Executor executor = co_await asio::this_coro::executor;
    asio::ip::tcp::socket socket{executor, where.protocol()};
    if (!from.is_unspecified()) socket.bind({from, 0});
    socket.set_option(asio::ip::tcp::no_delay{true});
    co_await socket.async_connect(where, use_awaitable);
    co_return TcpStream{std::move(socket)};
  }
  TcpAcceptor listen(const Executor& executor, const Endpoint& where) {
    asio::ip::tcp::acceptor acceptor{executor, where.protocol()};
    acceptor.set_option(asio::socket_base::reuse_address{true});
    // What is accepted inherits these two: replies leave at once, and Telnet's urgent byte stays in its place.
    acceptor.set_option(asio::ip::tcp::no_delay{true});
    acceptor.set_option(asio::socket_base::out_of_band_inline{true});
    acceptor.bind(where);
    acceptor.listen();
    return TcpAcceptor{std::move(acceptor)};
  }
  awaitable<std::vector<Endpoint>> resolve(const std::string& host, std::uint16_t port) {
    std::vector<Endpoint> endpoints;
    std::error_code not_literal;
    const Address literal = asio::ip::make_address(host, not_literal);
    if (!not_literal) {
      endpoints.emplace_back(literal, port);
      co_return endpoints;
    }
    const Executor executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver{executor};
    const auto found = co_await resolver.async_resolve(host, std::to_string(port), use_awaitable);
    for (const auto& result : found) endpoints.push_back(result.endpoint());
    co_return endpoints;
  }

  Time now() const noexcept { return std::chrono::steady_clock::now(); }
  awaitable<void> sleep_until(Time when) {
    const Executor executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor, when};
    co_await timer.async_wait(use_awaitable);
  }

  /// Runs until nothing is left to do, or `stop()`. Can be called again.
  void run() {
    std::vector<asio::executor_work_guard<asio::io_context::executor_type>> busy;
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < contexts_.size(); ++i) {
      busy.push_back(asio::make_work_guard(*contexts_[i]));
      threads.emplace_back([&context = *contexts_[i]] { context.run(); });
    }
    contexts_[0]->run();
    busy.clear();
    for (auto& thread : threads) thread.join();
    for (auto& context : contexts_) context->restart();
  }
  /// Ends `run` at once, whatever is under way.
  void stop() {
    for (auto& context : contexts_) context->stop();
  }

 private:
  std::shared_ptr<asio::thread_pool> pool_;
  std::vector<std::unique_ptr<asio::io_context>> contexts_;
  std::atomic<std::size_t> next_ = 0;
};

static_assert(Transport<TcpTransport>);

}  // namespace ftplike
