#pragma once
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/io/blocking.hpp>
#include <ftplike/io/date.hpp>
#include <ftplike/simulated/stream.hpp>
#include <ftplike/io/transport.hpp>
#include <ftplike/io/settled.hpp>

namespace ftplike::inline v0_2 {

/// A simulated network as seen from one of its hosts. Cheap to copy.
class SimulatedTransport {
 public:
  using Stream = SimulatedStream;
  using Acceptor = SimulatedAcceptor;

  /// Calls a function at a time, unless it is cancelled or destroyed before.
  class Timer {
   public:
    /// A timer of the network's clock.
    Timer(SimulatedTransport& network, const Executor& executor)
        : world_{*network.world_}, executor_{executor}, alarm_{world_.schedule} {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    ~Timer() { cancel(); }
    void start(Time when, std::function<void()> call) {
      cancel();
      call_ = std::make_shared<std::function<void()>>(std::move(call));
      ++world_.pending_timers;
      alarm_.set(when, [this] { asio::post(executor_, [this, alive = std::weak_ptr{call_}] { fire(alive); }); });
    }
    void cancel() {
      alarm_.cancel();
      if (std::exchange(call_, nullptr)) --world_.pending_timers;
    }

   private:
    // Between the alarm and this the timer may have been cancelled, or be no more.
    void fire(const std::weak_ptr<std::function<void()>>& alive) {
      const auto call = alive.lock();
      if (!call) return;
      cancel();
      (*call)();
    }
    detail::simulated::World& world_;
    Executor executor_;
    detail::simulated::Alarm alarm_;
    std::shared_ptr<std::function<void()>> call_;
  };

  Executor executor() { return world_->schedule.context().get_executor(); }
  awaitable<Stream> connect(const Endpoint& where, const Address& from = {}) {
    return connect_from(*world_, *host_, where, from);
  }
  Acceptor listen(const Executor&, const Endpoint& where) {
    detail::simulated::Deed deed;
    deed.local = where;
    const auto begun = world_->begin({Operation::Kind::listen, host_}, std::move(deed));
    if (begun.fault) detail::simulated::fail(std::errc::address_in_use);
    return Acceptor{world_->listen(*host_, where)};
  }
  awaitable<std::vector<Endpoint>> resolve(const std::string& host, std::uint16_t port) {
    return look_up(*world_, host, port);
  }
  Time now() const { return world_->schedule.now(); }
  awaitable<void> sleep_until(Time when) { return sleep_on(*world_, when); }

  /// Connects at once, by hand. `from` may be any address. Throws `std::system_error` as `connect` does.
  SimulatedPeer dial(const Endpoint& where, const Address& from = {}) {
    auto& host = from.is_unspecified() ? *host_ : world_->host({from});
    if (world_->cut(&host, world_->host_at(where.address()))) detail::simulated::fail(std::errc::timed_out);
    return SimulatedPeer{world_->dial(host, where, from)};
  }
  /// Listens at once, by hand.
  SimulatedListener listen_raw(const Endpoint& where) { return SimulatedListener{world_->listen(*host_, where)}; }

 private:
  using World = detail::simulated::World;
  using Host = detail::simulated::Host;
  using Operation = detail::simulated::Operation;
  friend class SimulatedNetwork;

  /// A connect that waits until something gets through, while this lives.
  class Barred {
   public:
    Barred(World& world, detail::simulated::Signal& signal)
        : world_{world}, place_{world.barred.insert(world.barred.end(), &signal)} {}
    Barred(const Barred&) = delete;
    Barred& operator=(const Barred&) = delete;
    ~Barred() { world_.barred.erase(place_); }

   private:
    World& world_;
    std::list<detail::simulated::Signal*>::iterator place_;
  };
  SimulatedTransport(World& world, Host* host) : world_{&world}, host_{host} {}

  static awaitable<Stream> connect_from(World& world, Host& host, Endpoint where, Address from) {
    const detail::simulated::Host* const target = world.host_at(where.address());
    detail::simulated::Deed deed;
    deed.remote = where;
    deed.local = {host.addresses.front(), 0};
    const auto fault = world.begin({Operation::Kind::connect, &host, target}, std::move(deed)).fault;
    const auto conditions = world.conditions_between(&host, target);
    if (conditions.interleave) co_await yield(world.schedule);
    if (fault == Fault::refuse) detail::simulated::fail(std::errc::connection_refused);
    if (!from.is_unspecified() && !host.has(from)) { detail::simulated::fail(std::errc::address_not_available); }
    if (const Duration delay = world.delay(conditions); delay > Duration::zero()) {
      co_await wait_until(world.schedule, world.schedule.now() + delay);
    }
    detail::simulated::Signal never{world.schedule};
    const detail::simulated::Signal::Turn turn{never};
    const Barred barred{world, never};
    while (fault == Fault::stall || world.cut(&host, world.host_at(where.address()))) co_await never.wait();
    const auto end = world.dial(host, where, from);
    if (fault) end->strike(*fault);
    if (end->lost) detail::simulated::fail(std::errc::connection_reset);
    co_return Stream{end};
  }
  static awaitable<std::vector<Endpoint>> look_up(const World& world, std::string host, std::uint16_t port) {
    std::vector<Endpoint> endpoints;
    std::error_code no_literal;
    const Address literal = asio::ip::make_address(host, no_literal);
    if (!no_literal) {
      endpoints.emplace_back(literal, port);
      co_return endpoints;
    }
    const auto found = world.names.find(host);
    if (found == world.names.end()) throw std::system_error(asio::error::host_not_found);
    for (const Address& address : found->second) endpoints.emplace_back(address, port);
    co_return endpoints;
  }
  static awaitable<void> sleep_on(World& world, Time when) {
    struct Pending {
      explicit Pending(std::size_t& its_count) : count{its_count} { ++count; }
      ~Pending() { --count; }
      std::size_t& count;
    } const pending{world.pending_timers};
    co_await wait_until(world.schedule, when);
  }

  World* world_;
  Host* host_;
};

/// A network inside one process, with a clock that moves only when told and chance that comes from a seed: what a test
/// sees once it sees always. Itself it is the transport of the host 127.0.0.1 (and ::1); `host` gives others.
///
///     template <Transport Network> awaitable<void> greet_one(Network& network, Endpoint where) {
///       const auto executor = network.executor();
///       auto acceptor = network.listen(executor, where);
///       auto stream = co_await acceptor.accept(executor);
///       std::array<std::byte, 100> room;
///       const auto n = co_await stream.read_some(room);
///       co_await stream.write(as_bytes("Hello "));
///       co_await stream.write(std::span{room}.first(n));
///     }
///
///     TEST(Greeter, GreetsByName) {
///       SimulatedNetwork network{7};
///       const Endpoint door{asio::ip::address_v4::loopback(), 21};
///       start_on(network.executor(), greet_one(network, door));
///       network.settle();
///       auto peer = network.dial(door);
///       peer.type("Ada");
///       network.settle();
///       EXPECT_EQ(peer.text(), "Hello Ada");
///       EXPECT_TRUE(peer.ended());
///     }
///
/// **Lifetime:** outlives its transports, streams and peers; coroutines still suspended on it end with it.
/// **Threads:** one. Work given to `blocking` runs on it, some turns later, as the seed chooses.
class SimulatedNetwork : public SimulatedTransport {
 public:
  /// The same seed gives the same run.
  explicit SimulatedNetwork(std::uint64_t seed, const NetworkConditions& conditions = {})
      : SimulatedTransport{world_, nullptr}, world_{seed, conditions} {
    host_ = &world_.host({asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()});
    const auto workers = [this, seed] { return std::make_unique<detail::simulated::Workers>(world_.schedule, seed); };
    auto pools = std::make_shared<WorkerPools>(workers(), workers(), workers());
    asio::make_service<BlockingWork>(world_.schedule.context(), std::move(pools));
    asio::make_service<OwnDate>(world_.schedule.context(), [&world = world_] { return date_of(world); });
    name("localhost", {"127.0.0.1", "::1"});
    of_this_thread().push_back(this);
  }
  ~SimulatedNetwork() { std::erase(of_this_thread(), this); }
  SimulatedNetwork(const SimulatedNetwork&) = delete;
  SimulatedNetwork& operator=(const SimulatedNetwork&) = delete;

  /// How the network behaves; may be changed while it runs.
  NetworkConditions& conditions() noexcept { return world_.conditions; }
  /// The transport of the host with these addresses, given as text.
  template <std::convertible_to<std::string_view>... Text>
    requires(sizeof...(Text) > 0)
  SimulatedTransport host(const Text&... addresses) {
    return {world_, &world_.host({asio::ip::make_address(std::string_view{addresses})...})};
  }
  /// Gives a name to addresses, for `resolve`.
  void name(std::string name, std::initializer_list<std::string_view> addresses) {
    auto& list = world_.names[std::move(name)];
    list.clear();
    for (const auto address : addresses) list.push_back(asio::ip::make_address(address));
  }
  /// From now on work given to `blocking` is not begun; until `release_blocking_work`.
  void hold_blocking_work() noexcept { world_.schedule.holds_work = true; }
  /// Lets the blocking work run that `hold_blocking_work` has held.
  void release_blocking_work() { world_.schedule.release_work(); }
  /// What it is like between two hosts from now on, if it is to be another than elsewhere: at first it is the same.
  ///
  ///     network.between("192.0.2.7", "127.0.0.1").bandwidth = 100'000;
  ///
  /// Whoever was given it may change it at any time, as long as the network lives.
  NetworkConditions& between(std::string_view one, std::string_view other) {
    return world_.links.try_emplace(pair_of(one, other), world_.conditions).first->second;
  }

  /// From now on nothing gets to or from this host: what is sent there waits, connecting too; until `plug_in`.
  void unplug(std::string_view address) { named(address).unplugged = true; }
  /// Undoes `unplug`.
  void plug_in(std::string_view address) {
    named(address).unplugged = false;
    world_.go_on();
  }
  /// From now on nothing gets from one of these hosts to the other: what is sent waits, connecting too; until `heal`.
  void part(std::string_view one, std::string_view other) { world_.parted.insert(pair_of(one, other)); }
  /// Undoes `part`.
  void heal(std::string_view one, std::string_view other) {
    world_.parted.erase(pair_of(one, other));
    world_.go_on();
  }

  /// The date, which goes on with `now()`: that of LIST, of MDTM, and of what is new in a `MemoryStorage`. A network
  /// begins on 2001-02-03.
  Timestamp date() const { return date_of(world_); }
  /// From now on it is this date.
  void set_date(Timestamp date) { world_.first_date += date - date_of(world_); }

  /// Runs all that can run without time passing. What a detached coroutine throws is thrown here.
  void settle() { world_.schedule.settle(); }
  /// Lets time pass, from timer to timer, settling at each.
  void advance(Duration by) { world_.schedule.advance(by); }
  /// Runs `operation` to its end, letting time pass when nothing else can happen, and gives its result or throws what
  /// it threw. Throws `std::logic_error` if it cannot end (no timer is left, or not in thirty days); it is cancelled
  /// then.
  template <class R> R run(awaitable<R> operation) {
    const auto result = std::make_shared<Settled<R>>();
    drive(ftplike::settle(std::move(operation), *result), result);
    return result->get();
  }

  /// As a transport with event loops of its own: runs all there is, letting time pass (at most thirty days), until
  /// `stop()`. So a `Runner` and a `BlockingClient` run on it.
  void run() {
    is_stopped_ = false;
    settle();
    const Time limit = now() + longest;
    while (!is_stopped_ && world_.schedule.step(limit)) {}
  }
  /// Ends `run()`.
  void stop() noexcept { is_stopped_ = true; }

  /// Lets what happens at this place meet with `fault`, once.
  ///
  /// A write that fails lets some of its bytes through, as the seed chooses; a read gives none. A connection just made
  /// ends in both directions with `Fault::end`; `listen` fails with `address_in_use`, whatever the fault. A suite runs a
  /// session with a fault at `{.operation = 1}`, at 2, …, until `faults_left` says that the last one was not reached.
  ///
  /// **Errors:** `std::invalid_argument` for a place that is none.
  void fail(FaultPlace place, Fault fault) {
    const auto host_of = [this](const std::string& address) { return address.empty() ? nullptr : &named(address); };
    const Host* const of = host_of(place.of);
    const Host* const by = host_of(place.by);
    world_.faults.order(std::move(place), fault, of, by);
  }
  /// How many faults have met with nothing by now.
  std::size_t faults_left() const noexcept { return world_.faults.left(); }
  /// How many operations have begun by now.
  std::uint64_t operations() const noexcept { return world_.operations; }
  /// The last operations, and what was typed by hand between them, a line each: for people, who want to know what led
  /// to a failure.
  std::vector<std::string> last_operations() const { return world_.deeds.lines(world_.began); }
  /// With which it was made.
  std::uint64_t seed() const noexcept { return world_.seed; }
  /// Calls `f(network)` for all that were made on this thread and are there.
  template <std::invocable<const SimulatedNetwork&> F> static void for_each_of_this_thread(F f) {
    for (const SimulatedNetwork* const network : of_this_thread()) f(*network);
  }

  /// Calls a function when so many turns are over, counted since the network began. A turn is what is run between two
  /// moments in which nothing runs: of a coroutine, from where it goes on to where it waits again. So what is cancelled
  /// after the first turn of an operation, after the second, …, until `turns()` says that it had ended before, has been
  /// cancelled wherever it waits.
  void call_after(std::uint64_t turns, std::function<void()> call) { world_.schedule.call_after(turns, std::move(call)); }
  /// How many turns its event loop has made.
  std::uint64_t turns() const noexcept { return world_.schedule.turns(); }

  /// What transports gave and what is not yet closed; timers that run and sleeps: nothing once all has ended.
  std::size_t open_streams() const noexcept { return world_.open_streams; }
  /// How many acceptors are open.
  std::size_t open_acceptors() const noexcept { return world_.open_acceptors; }
  /// How many timers run.
  std::size_t pending_timers() const noexcept { return world_.pending_timers; }

 private:
  static std::vector<const SimulatedNetwork*>& of_this_thread() {
    thread_local std::vector<const SimulatedNetwork*> all;
    return all;
  }
  Host& named(std::string_view address) { return world_.host({asio::ip::make_address(address)}); }
  World::HostPair pair_of(std::string_view one, std::string_view other) {
    return World::pair_of(&named(one), &named(other));
  }
  static Timestamp date_of(const World& world) {
    return world.first_date + std::chrono::floor<std::chrono::milliseconds>(world.schedule.now() - world.began);
  }

  /// Runs an operation that keeps `kept` alive until it has ended.
  void drive(awaitable<void> operation, std::shared_ptr<const void> kept) {
    struct Task {
      asio::cancellation_signal stop;
      bool done = false;
    };
    const auto task = std::make_shared<Task>();
    start_on(executor(), std::move(operation), task->stop.slot(),
             [task, kept = std::move(kept)](std::exception_ptr) { task->done = true; });
    settle();
    const Time limit = now() + longest;
    while (!task->done) {
      if (world_.schedule.step(limit)) continue;
      task->stop.emit(asio::cancellation_type::terminal);
      settle();
      throw std::logic_error("the operation waits for something that never happens on this simulated network");
    }
  }

  static constexpr std::chrono::hours longest{24 * 30};  // that an operation may take

  World world_;
  bool is_stopped_ = false;
};

static_assert(Transport<SimulatedTransport>);
static_assert(Transport<SimulatedNetwork>);

}  // namespace ftplike
