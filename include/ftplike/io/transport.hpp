#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <ftplike/io/bytes.hpp>

namespace ftplike {

/// All that a session cannot compute: connections and time. `TcpTransport` is the real one, `SimulatedTransport` runs
/// inside one process under a clock that moves when told.
///
/// - `executor()`: where a new session may live; a transport with several threads deals them out in turn;
/// - `home()`, if it has several: the executor that keeps all of them running while there is work on it.
/// - `connect(where, from)`: a stream on the caller's executor; `from` is the local address, unspecified for any.
/// - `listen(executor, where)`: throws `std::system_error` (`address_in_use`, …). Port 0 lets the system choose.
/// - `accept(executor)`: the next stream, made on that executor. `cancel()` ends it with `operation_aborted`.
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
  { network.resolve(host, port) } -> std::same_as<awaitable<std::vector<Endpoint>>>;
  { network.now() } -> std::same_as<Time>;
  { network.sleep_until(when) } -> std::same_as<awaitable<void>>;
  typename T::Timer;
  requires std::constructible_from<typename T::Timer, T&, const Executor&>;
  { timer.start(when, call) } -> std::same_as<void>;
  { timer.cancel() } -> std::same_as<void>;
};

/// Where what serves all sessions lives.
template <Transport T> Executor home_of(T& network) {
  if constexpr (requires { network.home(); }) {
    return network.home();
  } else {
    return network.executor();
  }
}

}  // namespace ftplike
