#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/bytes.hpp>
#include <ftplike/protocol/timestamp.hpp>
#include <ftplike/simulated/faults.hpp>

// The hosts of a simulated network, who listens there, and what lies between the two ends of a connection.
namespace ftplike::inline v0_2::detail::simulated {

struct Listener;
struct World;

/// An operation that has begun, and the fault that it meets with, if it does.
struct Begun {
  std::uint64_t number;
  std::optional<Fault> fault;
};

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

  /// Whether nothing gets through.
  bool cut() const noexcept;
  const NetworkConditions& conditions() const;
  /// What is known of an operation of this end.
  Operation operation(Operation::Kind kind) const noexcept { return {kind, &host, &peer->host, number, control}; }
  /// Begins an operation: it is counted and remembered, and may meet with a fault.
  Begun begin(Operation::Kind kind, std::optional<std::size_t> bytes = {}, std::string_view text = {});
  /// Takes what a reader has room for, a piece of it.
  std::span<const std::byte> take(std::size_t room);
  /// What its reader has taken; gives the fault that this meets with, if it does.
  std::optional<Fault> heard(std::string_view text);
  /// Remembers what an operation of this end has read, and what it met with then.
  void note(std::uint64_t operation, std::span<const std::byte> bytes, std::optional<Fault> fault);
  /// Remembers what was typed by hand, which is no operation.
  void note_by_hand(std::string_view text);
  /// Both ends know from now on that this is a control connection.
  void mark_as_control() noexcept { control = peer->control = true; }
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
  /// What could not get through gets through again.
  void go_on();

  World& world;
  const Host& host;
  const Endpoint local, remote;
  End* peer = nullptr;
  Flow in;
  const std::uint64_t number;
  bool accepted = false;  // by a listener, so that it is the server's
  bool control = false;
  bool counted = false;   // among the open streams
  bool closed = false;
  bool lost = false;
  bool broken = false;    // the other end broke the connection while nothing got through

 private:
  void dispatch(std::size_t n, bool end);
  void receive();
  Time sent_by(std::size_t n);

  VerbScanner commands_;
};

/// A connection: the two ends live and die together.
struct Connection {
  Connection(World& its_world, const Host& from, const Endpoint& from_endpoint, const Host& to,
             const Endpoint& to_endpoint);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();
  World& world;
  End a, b;
  std::list<Connection*>::iterator place;  // in the world's list
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
  Begun begin_accept();

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
  using HostPair = std::pair<const Host*, const Host*>;

  World(std::uint64_t its_seed, const NetworkConditions& its_conditions)
      : seed{its_seed}, conditions{its_conditions}, schedule{its_seed}, began{schedule.now()} {}

  /// Counts an operation and remembers it; gives what is to happen to it.
  Begun begin(const Operation& operation, Deed deed) {
    deed.kind = operation.kind;
    deed.control = operation.control;
    deed.when = schedule.now();
    deed.number = ++operations;
    deed.fault = faults.meet(operation);
    const Begun begun{deed.number, deed.fault};
    deeds.add(std::move(deed));
    return begun;
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
  const Host* host_at(const Address& address) const {
    const auto found = hosts.find(address);
    return found == hosts.end() ? nullptr : found->second.get();
  }
  static HostPair pair_of(const Host* one, const Host* other) noexcept {
    return std::less<>{}(other, one) ? HostPair{other, one} : HostPair{one, other};
  }
  /// Whether nothing gets from one host to the other, which there may not be.
  bool cut(const Host* from, const Host* to) const {
    return from->unplugged || (to && (to->unplugged || parted.contains(pair_of(from, to))));
  }
  /// What it is like between two hosts.
  const NetworkConditions& conditions_between(const Host* one, const Host* other) const {
    const auto own = links.find(pair_of(one, other));
    return own == links.end() ? conditions : own->second;
  }
  /// What could not get through and can now does.
  void go_on() {
    for (auto* const connection : connections) {
      connection->a.go_on();
      connection->b.go_on();
    }
    for (auto* const waiting : barred) waiting->wake();
  }
  /// A piece of at most `most` (not 0) bytes.
  std::size_t piece(const NetworkConditions& its, std::size_t most) noexcept {
    if (its.split == Split::every_byte) return 1;
    most = std::min(most, std::max<std::size_t>(its.largest_piece, 1));
    return its.split == Split::nowhere ? most : 1 + schedule.dice.below(most);
  }
  Duration delay(const NetworkConditions& its) noexcept {
    if (its.jitter <= Duration::zero()) return its.delay;
    const auto most = static_cast<std::uint64_t>(its.jitter.count());
    return its.delay + Duration{static_cast<Duration::rep>(schedule.dice.below(most + 1))};
  }
  std::shared_ptr<End> dial(Host& from, const Endpoint& where, Address source);
  std::shared_ptr<Listener> listen(Host& where_host, Endpoint where);

  const std::uint64_t seed;
  NetworkConditions conditions;
  std::map<HostPair, NetworkConditions> links;  // between hosts where it is not as elsewhere
  std::set<HostPair> parted;
  Faults faults;
  Deeds deeds;
  std::uint64_t operations = 0, last_end = 0;
  std::list<Connection*> connections;
  std::list<Signal*> barred;  // connects that wait until something gets through
  std::size_t open_streams = 0, open_acceptors = 0, pending_timers = 0;
  std::map<Address, std::shared_ptr<Host>> hosts;
  std::map<std::string, std::vector<Address>> names;
  Timestamp first_date{std::chrono::sys_days{std::chrono::year{2001} / 2 / 3}};
  Schedule schedule;  // last but for a number, so first to go: its coroutines use the rest
  const Time began;
};

inline End::End(World& its_world, const Host& its_host, const Endpoint& here, const Endpoint& there)
    : world{its_world},
      host{its_host},
      local{here},
      remote{there},
      in{its_world.schedule},
      number{++its_world.last_end} {}

inline bool End::cut() const noexcept { return world.cut(&host, &peer->host); }
inline const NetworkConditions& End::conditions() const { return world.conditions_between(&host, &peer->host); }

inline Begun End::begin(Operation::Kind kind, std::optional<std::size_t> bytes, std::string_view text) {
  Deed deed;
  deed.local = local;
  deed.remote = remote;
  deed.bytes = bytes;
  if (control && !text.empty()) deed.text = Deeds::shown(text);
  return world.begin(operation(kind), std::move(deed));
}

inline std::span<const std::byte> End::take(std::size_t room) {
  const auto piece = in.take(world.piece(conditions(), std::min(in.readable(), room)));
  in.space.wake();
  return piece;
}

inline void End::note(std::uint64_t operation_number, std::span<const std::byte> bytes, std::optional<Fault> fault) {
  Deed* const deed = world.deeds.find(operation_number);
  if (!deed) return;
  deed->bytes = bytes.size();
  if (control) deed->text = Deeds::shown(as_text(bytes));
  if (fault) deed->fault = fault;
}

inline void End::note_by_hand(std::string_view text) {
  Deed deed;
  deed.kind = Operation::Kind::by_hand;
  deed.when = world.schedule.now();
  deed.local = local;
  deed.remote = remote;
  deed.bytes = text.size();
  deed.control = control;
  if (control) deed.text = Deeds::shown(text);
  world.deeds.add(std::move(deed));
}

inline std::optional<Fault> End::heard(std::string_view text) {
  std::optional<Fault> fault;
  if (!control || !accepted) return fault;
  commands_.scan(text, [&](std::string_view verb) {
    const auto met = world.faults.hear(verb, &host, &peer->host);
    if (!fault) fault = met;
  });
  return fault;
}

inline void End::send(std::span<const std::byte> bytes) {
  if (peer->closed && !cut()) return;
  while (!bytes.empty()) {
    const auto& its = conditions();
    const bool apart = its.jitter > Duration::zero() || its.bandwidth > 0;  // pieces arrive one after the other
    const std::size_t n = apart ? world.piece(its, bytes.size()) : bytes.size();
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
  const Time due = sent_by(n) + world.delay(conditions());  // but not before what was sent earlier
  const bool first = !peer->in.due();
  if (first && due <= now && !cut()) {
    if (end) peer->in.ended = true;
    return peer->in.arrival.wake();
  }
  peer->in.delay(n, end, due);
  if (first) peer->receive();
}

/// When so many bytes more have left this end.
inline Time End::sent_by(std::size_t n) {
  const auto bandwidth = conditions().bandwidth;
  if (bandwidth == 0) return world.schedule.now();
  const std::chrono::duration<double> takes{static_cast<double>(n) / static_cast<double>(bandwidth)};
  auto& by = peer->in.sent_by;
  by = std::max(by, world.schedule.now()) + std::chrono::duration_cast<Duration>(takes);
  return by;
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
  if (lost) return;
  if (unread) {
    cut() ? void(peer->broken = true) : peer->lose();
  } else {
    finish();
    in.space.wake();
  }
}

inline void End::go_on() {
  if (cut()) return;
  if (broken) return lose();
  if (closed && in.held() > 0) return peer->lose();  // it was sent to somebody who has gone
  receive();
}

inline Connection::Connection(World& its_world, const Host& from, const Endpoint& from_endpoint, const Host& to,
                              const Endpoint& to_endpoint)
    : world{its_world},
      a{world, from, from_endpoint, to_endpoint},
      b{world, to, to_endpoint, from_endpoint},
      place{world.connections.insert(world.connections.end(), this)} {
  a.peer = &b;
  b.peer = &a;
  b.accepted = true;
}
inline Connection::~Connection() { world.connections.erase(place); }

inline Listener::Listener(World& its_world, Host& its_host, const Endpoint& where)
    : world{its_world}, host{its_host}, endpoint{where}, arrival{its_world.schedule} {
  host.listeners.emplace(endpoint.port(), this);
}

inline Begun Listener::begin_accept() {
  Deed deed;
  deed.local = endpoint;
  return world.begin({Operation::Kind::accept, &host}, std::move(deed));
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
  const auto backlog = conditions_between(&from, host_at(where.address())).backlog;
  Listener* listener = nullptr;
  if (found != hosts.end()) {
    const auto [first, last] = found->second->listeners.equal_range(where.port());
    const auto taker = std::find_if(first, last, [&](const auto& entry) { return entry.second->takes(where); });
    if (taker != last) listener = taker->second;
  }
  if (!listener || listener->waiting.size() >= backlog) { fail(std::errc::connection_refused); }
  if (source.is_unspecified()) {
    const auto same_family = [&](const Address& own) { return own.is_v4() == where.address().is_v4(); };
    const auto own = std::find_if(from.addresses.begin(), from.addresses.end(), same_family);
    if (own == from.addresses.end()) fail(std::errc::network_unreachable);
    source = *own;
  }
  from.last_dialling = from.last_dialling == 65535 ? 50001 : static_cast<std::uint16_t>(from.last_dialling + 1);
  const auto connection =
      std::make_shared<Connection>(*this, from, Endpoint{source, from.last_dialling}, *found->second, where);
  listener->waiting.emplace_back(connection, &connection->b);
  listener->arrival.wake();
  return {connection, &connection->a};
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
