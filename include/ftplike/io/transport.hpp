#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/bytes.hpp>
#include <ftplike/protocol/error.hpp>

namespace ftplike::inline v0_2 {

/// All that a session cannot compute: connections and time. `TcpTransport` is the real one, `SimulatedTransport` runs
/// inside one process under a clock that moves when told.
///
/// - `executor()`: where a new session may live; a transport with several threads deals them out in turn;
/// - `main_executor()`, if it has several: where acceptors live, and what keeps all of them running while there is work
///   on it.
/// - `executor_near(executor)`, if it has several: where what a coroutine of that executor uses may live, so that all of
///   it runs one at a time; that executor itself, if it does that.
/// - `lifetime()`, if it owns its event loops: holds what sockets and timers on them need, for those that are destroyed
///   after the transport.
/// - `connect(where, from)`: a stream on the caller's executor; `from` is the local address, unspecified for any.
/// - `listen(executor, where)`: throws `std::system_error` (`address_in_use`, …). Port 0 lets the system choose.
/// - `accept(executor)`: the next stream, made on that executor. `cancel()` ends it with `operation_aborted`; `close()`
///   gives the port back at once, too.
/// - `resolve(host, port)`: addresses in the order in which to try them; literals are not looked up.
/// - `Timer{network, executor}`: `start(when, f)` calls f once at that time, in place of what was started before;
///   `cancel()` and the destructor see to it that it is not called any more.
template <class T>
concept Transport = Stream<typename T::Stream> &&
    requires(T& network, typename T::Acceptor& acceptor, typename T::Timer& timer, const Executor& executor,
             const Endpoint& where, const Address& from, const std::string& host, std::uint16_t port, Time when,
             void (*call)()) {
  { network.executor() } -> std::same_as<Executor>;
  { network.connect(where, from) } -> std::same_as<awaitable<typename T::Stream>>;
  { network.listen(executor, where) } -> std::same_as<typename T::Acceptor>;
  { acceptor.accept(executor) } -> std::same_as<awaitable<typename T::Stream>>;
  { acceptor.endpoint() } -> std::same_as<Endpoint>;
  { acceptor.cancel() } -> std::same_as<void>;
  { acceptor.close() } -> std::same_as<void>;
  { network.resolve(host, port) } -> std::same_as<awaitable<std::vector<Endpoint>>>;
  { network.now() } -> std::same_as<Time>;
  { network.sleep_until(when) } -> std::same_as<awaitable<void>>;
  typename T::Timer;
  requires std::constructible_from<typename T::Timer, T&, const Executor&>;
  { timer.start(when, call) } -> std::same_as<void>;
  { timer.cancel() } -> std::same_as<void>;
};

namespace detail {

/// How a read ended for which no coroutine waited.
struct ReadResult {
  std::error_code error;
  std::size_t bytes = 0;
};
/// What is called then: it keeps the result and calls `Then`. It can be cancelled by a slot.
template <class Then> class ReadHandler {
 public:
  using cancellation_slot_type = asio::cancellation_slot;
  ReadHandler(ReadResult& result, asio::cancellation_slot slot, Then then)
      : result_{result}, slot_{slot}, then_{std::move(then)} {}
  cancellation_slot_type get_cancellation_slot() const noexcept { return slot_; }
  void operator()(const std::error_code& error, std::size_t bytes) {
    result_ = {error, bytes};
    then_();
  }

 private:
  ReadResult& result_;
  asio::cancellation_slot slot_;
  Then then_;
};
template <Stream S> awaitable<void> read_into(S& stream, std::span<std::byte> room, std::size_t& bytes) {
  const std::size_t n = co_await stream.read_some(room);
  bytes = n;
}

/// Reads, and calls `then()` when that has ended, on the executor. No coroutine waits for it where the stream can do
/// that: a connection that is idle for long would keep its frames. `bytes_of_read` makes of the result what has come.
/// **Cancellation:** by the slot. **Lifetime:** `then` keeps alive the stream, the room and the result.
template <Stream S, class Then> void read_then(S& stream, const Executor& executor, std::span<std::byte> room,
                                               ReadResult& result, asio::cancellation_slot slot, Then then) {
  result = {};
  if constexpr (requires(ReadHandler<Then> handler) { stream.read_then(room, handler); }) {
    stream.read_then(room, ReadHandler<Then>{result, slot, std::move(then)});
  } else {
    start_on(executor, read_into(stream, room, result.bytes), slot,
             [&result, then = std::move(then)](std::exception_ptr failure) mutable {
               if (failure) result.error = code_of(std::move(failure));
               then();
             });
  }
}
/// What that has brought into the room: 0 at the end, nothing where what came makes no bytes as yet. **Errors:** those of
/// `read_some`.
template <Stream S>
std::optional<std::size_t> bytes_of_read(S& stream, std::span<std::byte> room, const ReadResult& result) {
  if constexpr (requires { stream.bytes_of_read(room, result); }) {
    return stream.bytes_of_read(room, result);
  } else {
    if (result.error) throw std::system_error(result.error);
    return result.bytes;
  }
}

}  // namespace detail

/// Where what serves all sessions lives.
template <Transport T> Executor main_executor_of(T& network) {
  if constexpr (requires { network.main_executor(); }) {
    return network.main_executor();
  } else {
    return network.executor();
  }
}

/// Where what a coroutine of `executor` uses may live.
template <Transport T> Executor executor_near(T& network, const Executor& executor) {
  if constexpr (requires { network.executor_near(executor); }) {
    return network.executor_near(executor);
  } else {
    return executor;
  }
}

/// What has to live as long as what is made on a transport's executors.
template <Transport T> std::shared_ptr<void> lifetime_of(const T& network) {
  if constexpr (requires { network.lifetime(); }) {
    return network.lifetime();
  } else {
    return nullptr;
  }
}

}  // namespace ftplike
