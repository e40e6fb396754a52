#pragma once
#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/subnet.hpp>
#include <ftplike/io/observer.hpp>
#include <ftplike/io/proxied.hpp>
#include <ftplike/io/deadline.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/proxy_header.hpp>
#include <ftplike/system/random.hpp>

namespace ftplike::inline v0_2 {

/// How data connections come to be: a policy with two ends, `C::ServerEnd<T>` and `C::ClientEnd<T>`, and the verbs that
/// it brings into the command table (`C::AddTo<Table>`). What is not in the policy is not in the program.
///
/// A server end:
/// - `armed()`: whether a transfer can be opened; where not, the answer is 425.
/// - `open(session, text)`: sends the preliminary reply through `session.preliminary`, then yields the stream, whose TLS
///   handshake may have begun. Used up by that, however it ends.
/// - `disarm()`: forgets what was negotiated.
/// - `announces()`: whether the server would announce a port for the next transfer by itself, as in the ftp-like
///   dialect, where LIST gives bare names.
/// A client end:
/// - `open(client, command)`: negotiates, sends the command, takes the preliminary reply, and yields the stream.
template <class C, class T>
concept DataChannel = Stream<typename T::Stream> &&
    requires(typename C::template ServerEnd<T>& end, const typename C::template ServerEnd<T>& constant) {
  { constant.armed() } -> std::same_as<bool>;
  { constant.announces() } -> std::same_as<bool>;
  { end.disarm() } -> std::same_as<void>;
};

/// The ports that servers open for data: a range handed out in turn, each bound by number.
///
/// Never the system's choice: the side that closes first keeps its port in TIME_WAIT, and at thousands of transfers a
/// second the kernel's search for a free one becomes what the time goes to. **Threads:** safe.
class DataPorts {
 public:
  /// The dynamic ports of RFC 6335, from a random one on.
  DataPorts() : DataPorts{49152, 65535} {
    next_ = static_cast<std::uint32_t>(detail::random_number() % count());
  }
  /// From `first` to `last`, both in.
  DataPorts(std::uint16_t first, std::uint16_t last) : first_{std::min(first, last)}, last_{std::max(first, last)} {}
  /// The same range; it goes on where the other one is.
  DataPorts(const DataPorts& other) noexcept : first_{other.first_}, last_{other.last_}, next_{other.next_.load()} {}
  DataPorts& operator=(const DataPorts& other) noexcept {
    first_ = other.first_;
    last_ = other.last_;
    next_ = other.next_.load();
    return *this;
  }

  /// A listener on the next free port of the range at this address. **Errors:** `Errc::no_data_connection` if all are
  /// taken.
  template <Transport T> typename T::Acceptor listen(T& network, const Executor& executor, const Address& address) {
    for (std::uint32_t tries = 0; tries < count(); ++tries) {
      const auto port = static_cast<std::uint16_t>(first_ + next_++ % count());
      try {
        return network.listen(executor, Endpoint{address, port});
      } catch (const std::system_error& error) {
        if (error.code() != std::errc::address_in_use && error.code() != std::errc::permission_denied) throw;
      }
    }
    throw std::system_error(Errc::no_data_connection);
  }

 private:
  std::uint32_t count() const noexcept { return last_ - first_ + 1u; }

  std::uint16_t first_, last_;
  std::atomic<std::uint32_t> next_ = 0;
};

/// The address that a server behind NAT tells its clients to connect to in a 227 reply: by the client's network, the
/// first rule that fits. No rule: the address by which the client reached us.
class PublicAddress {
 public:
  PublicAddress() = default;
  /// The same for every client.
  explicit PublicAddress(Address address) { add(Subnet{}, address); }
  /// Tells `address` to clients of a network; rules are asked in the order in which they were added.
  PublicAddress& add(const Subnet& clients, const Address& address) {
    rules_.emplace_back(clients, address);
    return *this;
  }
  /// The address that a client is told; nothing if no rule fits.
  std::optional<Address> seen_by(const Address& client) const {
    for (const auto& [clients, address] : rules_) {
      if (clients.contains(client)) return address;
    }
    return std::nullopt;
  }

 private:
  std::vector<std::pair<Subnet, Address>> rules_;
};

namespace detail {

/// Closes a data connection so that, where the stream can do that, its peer takes what came for no whole.
template <Stream S> void break_off(S& stream) {
  if constexpr (requires { stream.reset(); }) {
    stream.reset();
  } else {
    stream.close();
  }
}

/// Who comes to a data port: one after another, until it is the session's own peer. What is under way can be stopped, and
/// goes on from there.
template <Transport T> struct Arrival {
  explicit Arrival(typename T::Acceptor port) : acceptor{std::move(port)} {}

  std::optional<typename T::Acceptor> acceptor;  // until the peer has come
  std::optional<typename T::Stream> stream;      // who came last
  std::string said;                              // about that by a proxy, as yet
  bool is_peers = false;                         // and it is known
  bool is_wanted = false;                        // by a transfer, which goes on with it
  bool abandoned = false;                        // by a session that may be gone
};

/// Whose connection it is that a proxy passes on: of the client for whom it says that it does. Not a byte is read
/// beyond that. Nobody's, where it does not say so.
template <Stream S> awaitable<Endpoint> whose(S& stream, std::string& said) {
  try {
    const ProxyHeader header = co_await read_proxy_header(stream, said, 1);
    co_return header.ends ? endpoint_of(header.ends->client) : stream.remote();
  } catch (const std::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
  }
  co_return Endpoint{};
}

/// Takes connections until the session's own peer has come. Strangers are turned away and do not use the port up. For how
/// long it may take the caller says.
template <class Session, Transport T> awaitable<void> await_peer(Session& session, Arrival<T>& arrival) {
  const Executor executor = co_await asio::this_coro::executor;
  while (!arrival.is_peers) {
    if (!arrival.stream) {
      auto stream = co_await arrival.acceptor->accept(executor);
      if (arrival.abandoned) co_return;
      // Nothing may be awaited before it is kept: it would be lost if this was stopped.
      arrival.stream.emplace(std::move(stream));
    }
    Endpoint client = arrival.stream->remote();
    if (session.is_passed_on(client)) {
      const Endpoint named = co_await whose(*arrival.stream, arrival.said);
      if (arrival.abandoned) co_return;
      client = named;
    }
    arrival.said.clear();
    arrival.is_peers = session.is_from_client(client);
    if (arrival.is_peers) break;
    arrival.stream.reset();
    session.template report<StrangerRefused>(client);
  }
  arrival.acceptor.reset();
}

}  // namespace detail
}  // namespace ftplike
