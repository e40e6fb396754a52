#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include <ftplike/io/observer.hpp>
#include <ftplike/io/within.hpp>

namespace ftplike {

/// How data connections come to be: a policy with two ends, `C::ServerEnd<T>` and `C::ClientEnd<T>`, and the verbs that
/// it brings into the command table (`C::AddTo<Table>`). What is not in the policy is not in the program.
///
/// A server end:
/// - `armed()`: whether a transfer can be opened; where not, the answer is 425.
/// - `open(session, text)`: sends the preliminary reply through `session.preliminary`, then yields the stream. Used up
///   by that, however it ends.
/// - `disarm()`: forgets what was negotiated.
/// A client end:
/// - `open(client, command)`: negotiates, sends the command, takes the preliminary reply, and yields the stream.
template <class C, class T>
concept DataChannel = Stream<typename T::Stream> &&
    requires(typename C::template ServerEnd<T>& end, const typename C::template ServerEnd<T>& constant) {
  { constant.armed() } -> std::same_as<bool>;
  { end.disarm() } -> std::same_as<void>;
};

/// The ports that servers open for data: a range handed out in turn, each bound by number.
///
/// Never the system's choice: the side that closes first keeps its port in TIME_WAIT, and at thousands of transfers a
/// second the kernel's search for a free one becomes what the time goes to. **Threads:** safe.
class DataPorts {
 public:
  /// The dynamic ports of RFC 6335, from a random one on.
  DataPorts() : DataPorts{49152, 65535} { next_ = std::random_device{}() % count(); }
  /// From `first` to `last`, both in.
  DataPorts(std::uint16_t first, std::uint16_t last) : first_{std::min(first, last)}, last_{std::max(first, last)} {}
  DataPorts(const DataPorts& other) noexcept : first_{other.first_}, last_{other.last_}, next_{other.next_.load()} {}
  DataPorts& operator=(const DataPorts&) = delete;

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
  explicit PublicAddress(Address address) { add({}, 0, address); }
  /// For clients whose address begins with the `bits` first bits of `network` (an unspecified one with 0 bits: all).
  PublicAddress& add(const Address& network, unsigned bits, const Address& address) {
    rules_.push_back(Rule{network, bits, address});
    return *this;
  }
  std::optional<Address> seen_by(const Address& client) const {
    for (const auto& rule : rules_) {
      if (rule.bits == 0 || within_network(client, rule.network, rule.bits)) return rule.address;
    }
    return std::nullopt;
  }

  /// Whether the first `bits` bits of both are the same.
  static bool within_network(const Address& address, const Address& network, unsigned bits) {
    const auto same = [bits](const auto& a, const auto& b) {
      for (unsigned i = 0; i < std::min<std::size_t>(bits, a.size() * 8); ++i) {
        if (((a[i / 8] ^ b[i / 8]) >> (7 - i % 8)) & 1) return false;
      }
      return true;
    };
    if (address.is_v4() != network.is_v4()) return false;
    return address.is_v4() ? same(address.to_v4().to_bytes(), network.to_v4().to_bytes())
                           : same(address.to_v6().to_bytes(), network.to_v6().to_bytes());
  }

 private:
  struct Rule {
    Address network;
    unsigned bits;
    Address address;
  };
  std::vector<Rule> rules_;
};

namespace detail {

/// The one connection of the session's own peer. Strangers are turned away and do not use the listener up.
template <class Session, class Acceptor>
awaitable<typename Session::Stream> accept_peer(Session& session, Acceptor acceptor) {
  const Executor executor = co_await asio::this_coro::executor;
  session.watchdog().guard(session.limits().connect_data, acceptor);
  for (;;) {
    Settled<typename Session::Stream> accepted;
    co_await settle(acceptor.accept(executor), accepted);
    if (accepted.failed()) {
      session.watchdog().rest();
      throw std::system_error(session.interruption(Errc::no_data_connection));
    }
    auto stream = accepted.get();
    if (stream.remote().address() == session.peer().address()) {
      session.watchdog().rest();
      co_return stream;
    }
    session.template observe<StrangerRefused>(stream.remote());
  }
}

}  // namespace detail
}  // namespace ftplike
