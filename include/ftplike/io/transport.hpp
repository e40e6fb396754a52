#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <ftplike/io/bytes.hpp>

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

/// Reads, without a coroutine where the stream can do that: a connection that is idle for long would keep its frame. The
/// error and the number of bytes, which this gives, go to `bytes_of_read`. **Lifetime:** room and error outlive the wait.
template <Stream S> awaitable<std::size_t> read_in_place(S& stream, std::span<std::byte> room, std::error_code& error) {
  if constexpr (requires { stream.read_in_place(room, error); }) {
    return stream.read_in_place(room, error);
  } else {
    return stream.read_some(room);
  }
}
/// What that has brought into the room: 0 at the end, nothing where what came makes no bytes as yet. **Errors:** those of
/// `read_some`.
template <Stream S> std::optional<std::size_t> bytes_of_read(
    S& stream, std::span<std::byte> room, std::size_t came, const std::error_code& error) {
  if constexpr (requires { stream.bytes_of_read(room, came, error); }) {
    return stream.bytes_of_read(room, came, error);
  } else {
    return came;
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
