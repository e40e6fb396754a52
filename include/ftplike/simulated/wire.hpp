#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/simulated/flow.hpp>

// The hosts of a simulated network, who listens there, and what lies between the two ends of a connection.
namespace ftplike::inline v0_2::detail::simulated {

struct Listener;
struct World;

struct Host {
  bool has(const Address& address) const {
    return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
  }

  std::vector<Address> addresses;
  std::multimap<std::uint16_t, Listener*> listeners;
  std::uint16_t last_listening = 40000, last_dialling = 50000;
  bool unplugged = false;
};

/// One end of a connection.
class End {
 public:
  End(World& its_world, const Host& its_host, const Endpoint& here, const Endpoint& there);

  /// Whether nothing gets through any more.
  bool cut() const noexcept { return host.unplugged || peer->host.unplugged; }
  /// Throws if nothing can be written any more.
  void check_writable() const {
    if (closed) fail(std::errc::bad_file_descriptor);
    if (lost) fail(std::errc::connection_reset);
    if (peer->in.finished || (peer->closed && !cut())) fail(std::errc::broken_pipe);
  }
  /// Sends, whether or not there is room.
  void send(std::span<const std::byte> bytes);
  /// Sends the end of the stream.
  void finish();
  /// The connection is lost, at both ends and at once.
  void reset();
  /// This end learns that the connection is lost.
  void lose();
  /// Does to a connection just made what a fault says.
  void strike(Fault fault);
  /// The stream that comes to this end just ends.
  void cut_short();
  /// What a closed socket does: the peer sees an end, or a reset if it said what was not read here.
  void close(bool whatever_is_unread = false);

  World& world;
  const Host& host;
  const Endpoint local, remote;
  End* peer = nullptr;
  Flow in;
  bool counted = false;  // among the open streams
  bool closed = false;
  bool lost = false;

 private:
  void dispatch(std::size_t n, bool end);
  void receive();
};

/// A connection: the two ends live and die together.
struct Link {
  Link(World& world, const Host& from, const Endpoint& from_endpoint, const Host& to, const Endpoint& to_endpoint)
      : a{world, from, from_endpoint, to_endpoint}, b{world, to, to_endpoint, from_endpoint} {
    a.peer = &b;
    b.peer = &a;
  }
  End a, b;
};

/// Where connections come in.
struct Listener {
  Listener(World& its_world, Host& its_host, const Endpoint& where);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { close(); }
  /// Whether connections to `where`, an address of its host, come in here.
  bool takes(const Endpoint& where) const {
    const auto address = endpoint.address();
    return endpoint.port() == where.port() &&
           (address == where.address() ||
            (address.is_unspecified() &&
             (address.is_v6() || where.address().is_v4())));  // :: takes both, as Linux has it
  }
  void close();

  World& world;
  Host& host;
  const Endpoint endpoint;
  std::list<std::shared_ptr<End>> waiting;
  Signal arrival;
  bool counted = false;
  bool closed = false;
};

/// All that a simulated network is.
struct World {
  World(std::uint64_t seed, const NetworkConditions& its_conditions) : conditions{its_conditions}, schedule{seed} {}

  /// Counts an operation; gives what is to happen to it.
  std::optional<Fault> count() {
    const auto fault = faults.find(++operations);
    return fault == faults.end() ? std::nullopt : std::optional{fault->second};
  }
  /// The host that has the first of these addresses, made if there is none; it has the others too.
  Host& host(const std::vector<Address>& addresses) {
    auto& host = hosts[addresses.front()];
    if (!host) host = std::make_shared<Host>();
    for (const auto& address : addresses) {
      hosts[address] = host;
      if (!host->has(address)) host->addresses.push_back(address);
    }
    return *host;
  }
  /// Whether nothing gets from this host to that address.
  bool cut(const Host& from, const Address& to) const {
    const auto host = hosts.find(to);
    return from.unplugged || (host != hosts.end() && host->second->unplugged);
  }
  /// A piece of at most `most` (not 0) bytes.
  std::size_t piece(std::size_t most) noexcept {
    if (conditions.split == Split::nowhere) return most;
    return conditions.split == Split::every_byte ? 1 : 1 + schedule.dice.below(most);
  }
  Duration delay() noexcept {
    if (conditions.jitter <= Duration::zero()) return conditions.delay;
    const auto most = static_cast<std::uint64_t>(conditions.jitter.count());
    return conditions.delay + Duration{static_cast<Duration::rep>(schedule.dice.below(most + 1))};
  }
  std::shared_ptr<End> dial(Host& from, const Endpoint& where, Address source);
  std::shared_ptr<Listener> listen(Host& where_host, Endpoint where);

  NetworkConditions conditions;
  std::map<std::uint64_t, Fault> faults;
  std::uint64_t operations = 0;
  std::size_t open_streams = 0, open_acceptors = 0, pending_timers = 0;
  std::map<Address, std::shared_ptr<Host>> hosts;
  std::map<std::string, std::vector<Address>> names;
  Schedule schedule;  // last, so first to go: its coroutines use the rest
};

inline End::End(World& its_world, const Host& its_host, const Endpoint& here, const Endpoint& there)
    : world{its_world}, host{its_host}, local{here}, remote{there}, in{its_world.schedule} {}

inline void End::send(std::span<const std::byte> bytes) {
  if (peer->closed && !cut()) return;
  while (!bytes.empty()) {
    const bool apart = world.conditions.jitter > Duration::zero();  // pieces arrive one after the other
    const std::size_t n = apart ? world.piece(bytes.size()) : bytes.size();
    peer->in.put(bytes.first(n));
    dispatch(n, false);
    bytes = bytes.subspan(n);
  }
}

inline void End::finish() {
  if (std::exchange(peer->in.finished, true) || lost) return;
  dispatch(0, true);
}

inline void End::dispatch(std::size_t n, bool end) {
  const Time now = world.schedule.now();
  const Time due = now + world.delay();  // but not before what was sent earlier
  const bool first = !peer->in.due();
  if (first && due <= now && !cut()) {
    if (end) peer->in.ended = true;
    return peer->in.arrival.wake();
  }
  peer->in.delay(n, end, due);
  if (first) peer->receive();
}

inline void End::receive() {
  if (cut()) return;
  bool something = false;
  while (in.due() && *in.due() <= world.schedule.now()) {
    in.arrive();
    something = true;
  }
  if (in.due()) in.next_arrival.set(*in.due(), [this] { receive(); });
  if (something) in.arrival.wake();
}

inline void End::lose() {
  lost = true;
  in.clear();
  in.arrival.wake();
  peer->in.space.wake();
}

inline void End::reset() {
  lose();
  peer->lose();
}

inline void End::strike(Fault fault) {
  if (fault != Fault::end) return reset();
  cut_short();
  peer->cut_short();
}

inline void End::cut_short() {
  in.clear();
  in.finished = in.ended = true;
  in.arrival.wake();
  in.space.wake();
}

inline void End::close(bool whatever_is_unread) {
  if (std::exchange(closed, true)) return;
  if (counted) --world.open_streams;
  const bool unread = in.held() > 0 && !whatever_is_unread;
  in.clear();
  in.arrival.cancel();
  peer->in.space.cancel();
  if (lost || cut()) return;
  if (unread) {
    peer->lose();
  } else {
    finish();
    in.space.wake();
  }
}

inline Listener::Listener(World& its_world, Host& its_host, const Endpoint& where)
    : world{its_world}, host{its_host}, endpoint{where}, arrival{its_world.schedule} {
  host.listeners.emplace(endpoint.port(), this);
}

inline void Listener::close() {
  if (std::exchange(closed, true)) return;
  if (counted) --world.open_acceptors;
  const auto [first, last] = host.listeners.equal_range(endpoint.port());
  host.listeners.erase(std::find_if(first, last, [this](const auto& entry) { return entry.second == this; }));
  arrival.cancel();
  for (const auto& end : waiting) end->reset();
  waiting.clear();
}

inline std::shared_ptr<End> World::dial(Host& from, const Endpoint& where, Address source) {
  const auto found = hosts.find(where.address());
  Listener* listener = nullptr;
  if (found != hosts.end()) {
    const auto [first, last] = found->second->listeners.equal_range(where.port());
    const auto taker = std::find_if(first, last, [&](const auto& entry) { return entry.second->takes(where); });
    if (taker != last) listener = taker->second;
  }
  if (!listener || listener->waiting.size() >= conditions.backlog) { fail(std::errc::connection_refused); }
  if (source.is_unspecified()) {
    const auto same_family = [&](const Address& own) { return own.is_v4() == where.address().is_v4(); };
    const auto own = std::find_if(from.addresses.begin(), from.addresses.end(), same_family);
    if (own == from.addresses.end()) fail(std::errc::network_unreachable);
    source = *own;
  }
  from.last_dialling = from.last_dialling == 65535 ? 50001 : static_cast<std::uint16_t>(from.last_dialling + 1);
  const auto link = std::make_shared<Link>(*this, from, Endpoint{source, from.last_dialling}, *found->second, where);
  listener->waiting.emplace_back(link, &link->b);
  listener->arrival.wake();
  return {link, &link->a};
}

inline std::shared_ptr<Listener> World::listen(Host& where_host, Endpoint where) {
  if (!where.address().is_unspecified() && !where_host.has(where.address())) { fail(std::errc::address_not_available); }
  const auto taken = [&](const Endpoint& endpoint) {
    const auto [first, last] = where_host.listeners.equal_range(endpoint.port());
    return std::any_of(first, last, [&](const auto& entry) {
      const Endpoint& other = entry.second->endpoint;
      return entry.second->takes(endpoint) ||
             (endpoint.address().is_unspecified() && (endpoint.address().is_v6() || other.address().is_v4()));
    });
  };
  if (where.port() == 0) {
    auto& port = where_host.last_listening;
    for (int tries = 0; where.port() == 0 || taken(where); ++tries) {
      if (tries == 10000) fail(std::errc::address_in_use);
      port = port == 50000 ? 40001 : static_cast<std::uint16_t>(port + 1);
      where.port(port);
    }
  } else if (taken(where)) {
    fail(std::errc::address_in_use);
  }
  return std::make_shared<Listener>(*this, where_host, where);
}

}  // namespace ftplike::detail::simulated
