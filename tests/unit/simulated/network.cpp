#include <array>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <set>
#include <span>
#include <string>
#include <support/started.hpp>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <ftplike/io/blocking.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/io/within.hpp>

#include "fixture.hpp"
#include "support/error_of.hpp"

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

Address address(std::string_view text) { return asio::ip::make_address(text); }
Endpoint at(std::string_view text, std::uint16_t port) { return {address(text), port}; }

// The example of the header's documentation: how users test handlers of their own.
template <Transport Network> awaitable<void> greet_one(Network& network, Endpoint where) {
  const auto executor = network.executor();
  auto acceptor = network.listen(executor, where);
  auto stream = co_await acceptor.accept(executor);
  std::array<std::byte, 100> room;
  const auto n = co_await stream.read_some(room);
  co_await stream.write(as_bytes("Hello "));
  co_await stream.write(std::span{room}.first(n));
}

TEST(Greeter, GreetsByName) {
  SimulatedNetwork network{7};
  start_on(network.executor(), greet_one(network, door));
  network.settle();
  auto peer = network.dial(door);
  peer.type("Ada");
  network.settle();
  EXPECT_EQ(peer.text(), "Hello Ada");
  EXPECT_TRUE(peer.ended());
}

TEST(SimulatedNetwork, RefusesWhereNobodyListens) {
  SimulatedNetwork network{1};
  const auto acceptor = network.listen(network.executor(), door);
  for (const auto& where : {at("127.0.0.1", 22), at("10.9.9.9", 21), at("::1", 21)}) {
    EXPECT_EQ(error_of([&] { network.run(network.connect(where)); }), std::errc::connection_refused);
    EXPECT_EQ(error_of([&] { network.dial(where); }), std::errc::connection_refused);
  }
  EXPECT_EQ(network.open_streams(), 0u);
}

TEST(SimulatedNetwork, IsSeenFromEachOfItsHosts) {
  SimulatedNetwork network{1};
  SimulatedTransport server = network.host("10.0.0.1"), client = network.host("10.0.0.2");
  auto acceptor = server.listen(network.executor(), at("10.0.0.1", 21));
  const auto stream = network.run(client.connect(at("10.0.0.1", 21)));
  EXPECT_EQ(stream.local().address(), address("10.0.0.2"));
  EXPECT_EQ(stream.remote(), at("10.0.0.1", 21));
  const auto accepted = network.run(acceptor.accept(network.executor()));
  EXPECT_EQ(accepted.remote(), stream.local());
  EXPECT_EQ(accepted.local(), stream.remote());
  EXPECT_EQ(client.now(), network.now());
}

TEST(SimulatedNetwork, KnowsAHostByAnyOfItsAddresses) {
  SimulatedNetwork network{1};
  auto host = network.host("10.0.0.1", "fd00::1", "10.0.0.5");
  const auto acceptor = network.host("10.0.0.1").listen(network.executor(), at("fd00::1", 21));
  EXPECT_EQ(network.run(host.connect(at("fd00::1", 21))).local().address(), address("fd00::1"));
  EXPECT_EQ(network.run(host.connect(at("fd00::1", 21), address("fd00::1"))).remote(), at("fd00::1", 21));
}

TEST(SimulatedNetwork, HasBothLoopbackAddressesItself) {
  SimulatedNetwork network{1};
  auto acceptor = network.listen(network.executor(), at("::1", 21));
  EXPECT_EQ(network.run(network.connect(at("::1", 21))).local().address(), address("::1"));
}

TEST(SimulatedNetwork, ConnectsFromTheAddressAskedFor) {
  SimulatedNetwork network{1};
  auto host = network.host("10.0.0.1", "10.0.0.2");
  auto listener = network.listen_raw(door);
  EXPECT_EQ(network.run(host.connect(door)).local().address(), address("10.0.0.1"));
  EXPECT_EQ(network.run(host.connect(door, address("10.0.0.2"))).local().address(), address("10.0.0.2"));
  EXPECT_EQ(error_of([&] { network.run(host.connect(door, address("10.0.0.3"))); }), std::errc::address_not_available);
  EXPECT_EQ(network.dial(door, address("10.6.6.6")).local().address(), address("10.6.6.6"));
}

TEST(SimulatedNetwork, DoesNotConnectFromOneFamilyToTheOther) {
  SimulatedNetwork network{1};
  const auto listener = network.listen_raw(at("::1", 21));
  auto host = network.host("10.0.0.1");
  EXPECT_EQ(error_of([&] { network.run(host.connect(at("::1", 21))); }), std::errc::network_unreachable);
}

TEST(SimulatedNetwork, ListensOnlyWhereItIs) {
  SimulatedNetwork network{1};
  const auto listen = [&] { network.listen(network.executor(), at("10.0.0.1", 21)); };
  EXPECT_EQ(error_of(listen), std::errc::address_not_available);
}

TEST(SimulatedNetwork, ChoosesFreePortsInTurn) {
  SimulatedNetwork network{1};
  const auto executor = network.executor();
  const auto taken = network.listen(executor, at("127.0.0.1", 40002));
  const auto first = network.listen(executor, at("127.0.0.1", 0)), second = network.listen(executor, at("0.0.0.0", 0));
  EXPECT_EQ(first.endpoint(), at("127.0.0.1", 40001));
  EXPECT_EQ(second.endpoint(), at("0.0.0.0", 40003));
  const auto elsewhere = network.host("10.0.0.1").listen(executor, at("10.0.0.1", 0));
  EXPECT_EQ(elsewhere.endpoint(), at("10.0.0.1", 40001));
}

TEST(SimulatedNetwork, RunsOutOfPortsAndHasThemAgain) {
  SimulatedNetwork network{1};
  const auto executor = network.executor();
  std::vector<SimulatedAcceptor> acceptors;
  const auto take = [&] { acceptors.push_back(network.listen(executor, at("127.0.0.1", 0))); };
  for (int i = 0; i < 10000; ++i) take();
  EXPECT_EQ(error_of(take), std::errc::address_in_use);
  acceptors.erase(acceptors.begin() + 5000);
  take();
  EXPECT_EQ(acceptors.back().endpoint().port(), 45001);
}

TEST(SimulatedNetwork, GivesAPortToOneAtATime) {
  SimulatedNetwork network{1};
  const auto executor = network.executor();
  const auto conflict = [&](std::string_view held, std::string_view wanted) {
    const auto acceptor = network.listen(executor, at(held, 21));
    return error_of([&] { network.listen(executor, at(wanted, 21)); }) == std::errc::address_in_use;
  };
  EXPECT_TRUE(conflict("127.0.0.1", "127.0.0.1"));
  EXPECT_TRUE(conflict("127.0.0.1", "0.0.0.0"));
  EXPECT_TRUE(conflict("0.0.0.0", "127.0.0.1"));
  EXPECT_TRUE(conflict("127.0.0.1", "::"));
  EXPECT_TRUE(conflict("::", "127.0.0.1"));
  EXPECT_TRUE(conflict("::", "0.0.0.0"));
  EXPECT_TRUE(conflict("0.0.0.0", "::"));
  EXPECT_FALSE(conflict("127.0.0.1", "::1"));
  EXPECT_FALSE(conflict("0.0.0.0", "::1"));
  EXPECT_FALSE(conflict("::1", "0.0.0.0"));
}

TEST(SimulatedNetwork, TakesConnectionsToAnyAddressOfTheHostAtAWildcard) {
  SimulatedNetwork network{1};
  auto host = network.host("10.0.0.1", "10.0.0.2", "fd00::1");
  auto client = network.host("10.0.0.9", "fd00::9");
  const auto reaches = [&](std::string_view where) {
    return !error_of([&] { network.run(client.connect(at(where, 21))); });
  };
  {
    auto acceptor = host.listen(network.executor(), at("0.0.0.0", 21));
    EXPECT_TRUE(reaches("10.0.0.1") && reaches("10.0.0.2"));
    EXPECT_FALSE(reaches("fd00::1") || reaches("127.0.0.1"));
    const auto accepted = network.run(acceptor.accept(network.executor()));
    EXPECT_EQ(accepted.local(), at("10.0.0.1", 21)) << "the address that was dialled, not the wildcard";
  }
  const auto acceptor = host.listen(network.executor(), at("::", 21));
  EXPECT_TRUE(reaches("10.0.0.1") && reaches("fd00::1"));
}

TEST(SimulatedNetwork, ResolvesLiteralsAndTheNamesThatItWasGiven) {
  SimulatedNetwork network{1};
  network.name("ftp.example", {"fd00::1", "10.0.0.1"});
  const auto resolve = [&](const std::string& host) { return network.run(network.resolve(host, 21)); };
  EXPECT_EQ(resolve("10.0.0.7"), (std::vector{at("10.0.0.7", 21)}));
  EXPECT_EQ(resolve("::1"), (std::vector{at("::1", 21)}));
  EXPECT_EQ(resolve("ftp.example"), (std::vector{at("fd00::1", 21), at("10.0.0.1", 21)}));
  EXPECT_EQ(resolve("localhost"), (std::vector{at("127.0.0.1", 21), at("::1", 21)}));
  EXPECT_EQ(error_of([&] { resolve("elsewhere.example"); }), asio::error::host_not_found);
}

TEST(SimulatedNetwork, RunsWorkThatBlocksOnItsOneThread) {
  SimulatedNetwork network{1};
  const auto here = std::this_thread::get_id();
  auto work = [] { return std::this_thread::get_id(); };
  EXPECT_EQ(network.run(blocking(work)), here);
}

awaitable<void> work_and_tell(std::string& order, char name) {
  auto work = [] {};
  co_await blocking(work);
  order += name;
}

TEST(SimulatedNetwork, EndsWorkThatBlocksWhenItsSeedSays) {
  const auto order_of = [](std::uint64_t seed) {
    SimulatedNetwork network{seed};
    std::string order;
    for (const char name : {'a', 'b', 'c', 'd', 'e'}) start_on(network.executor(), work_and_tell(order, name));
    network.settle();
    return order;
  };
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::string order = order_of(seed);
    EXPECT_EQ(order.size(), 5u);
    EXPECT_EQ(order, order_of(seed)) << seed;
    seen.insert(order);
  }
  EXPECT_GT(seen.size(), 5u);
}

// --- chance and delay

awaitable<void> note_pieces(SimulatedStream& stream, std::string& trace, char mark) {
  std::array<std::byte, 64> room;
  for (;;) {
    const std::size_t n = co_await stream.read_some(room);
    if (n == 0) co_return;
    trace += mark + std::to_string(n);
  }
}

/// What two readers of one network see, and in which order.
std::string trace_of(std::uint64_t seed, const NetworkConditions& conditions) {
  SimulatedNetwork network{seed, conditions};
  auto listener = network.listen_raw(door);
  auto first = network.run(network.connect(door)), second = network.run(network.connect(door));
  auto first_peer = listener.take(), second_peer = listener.take();
  std::string trace;
  start_on(network.executor(), note_pieces(first, trace, 'a'));
  start_on(network.executor(), note_pieces(second, trace, 'b'));
  network.settle();
  for (int i = 0; i < 4; ++i) {
    first_peer.type("0123456789");
    second_peer.type("0123456789");
    network.advance(10ms);
  }
  network.advance(1s);
  return trace;
}

TEST(SimulatedChance, GivesTheSameTraceForTheSameSeedAndAnotherForAnother) {
  const std::vector<NetworkConditions> all{
      {},
      {.split = Split::somewhere},
      {.split = Split::every_byte, .interleave = true},
      {.split = Split::somewhere, .jitter = 30ms},
      {.delay = 5ms, .jitter = 5ms},
  };
  for (const auto& conditions : all) {
    std::set<std::string> traces;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const auto trace = trace_of(seed, conditions);
      EXPECT_EQ(trace_of(seed, conditions), trace);
      traces.insert(trace);
    }
    EXPECT_GT(traces.size(), 1u);
  }
}

TEST(SimulatedChance, GivesThisVeryTraceWithEveryCompilerAndLibrary) {
  EXPECT_EQ(trace_of(7, {.split = Split::somewhere, .jitter = 30ms, .interleave = true}),
            "a5a1b8b2b3b14b1a3a1a8a1a1b2a4a2a2a2a4a1a4a1b6b1b1b1b1");
}

/// What two readers see who need not wait for anything.
std::string trace_of_the_ready(std::uint64_t seed, bool interleave) {
  SimulatedNetwork network{seed, {.split = Split::every_byte, .interleave = interleave}};
  auto listener = network.listen_raw(door);
  auto first = network.run(network.connect(door)), second = network.run(network.connect(door));
  auto first_peer = listener.take(), second_peer = listener.take();
  first_peer.type("0123");
  second_peer.type("0123");
  std::string trace;
  start_on(network.executor(), note_pieces(first, trace, 'a'));
  start_on(network.executor(), note_pieces(second, trace, 'b'));
  network.settle();
  return trace;
}

TEST(SimulatedChance, LetsOthersRunBetweenOperationsThatNeedNotWaitIfAsked) {
  std::set<std::string> traces;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    EXPECT_EQ(trace_of_the_ready(seed, false), "a1a1a1a1b1b1b1b1");
    traces.insert(trace_of_the_ready(seed, true));
  }
  EXPECT_GT(traces.size(), 5u);
}

TEST(SimulatedSplit, CutsNothingUnlessAsked) {
  SimulatedNetwork network{1};
  auto listener = network.listen_raw(door);
  auto stream = network.run(network.connect(door));
  auto peer = listener.take();
  peer.type("0123456789");
  EXPECT_EQ(network.run(read(stream, 100)), "0123456789");
}

TEST(SimulatedSplit, GivesOneByteARead) {
  SimulatedNetwork network{1, {.split = Split::every_byte}};
  auto listener = network.listen_raw(door);
  auto stream = network.run(network.connect(door));
  auto peer = listener.take();
  peer.type("abc");
  EXPECT_EQ(network.run(read(stream, 100)), "a");
  EXPECT_EQ(network.run(read(stream, 100)), "b");
  EXPECT_EQ(network.run(read(stream, 100)), "c");
}

TEST(SimulatedSplit, CutsAtPlacesOfTheSeedAndLosesNothing) {
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimulatedNetwork network{seed, {.split = Split::somewhere}};
    auto listener = network.listen_raw(door);
    auto stream = network.run(network.connect(door));
    auto peer = listener.take();
    peer.type("abcd");
    peer.finish();
    const std::string first = network.run(read(stream, 100));
    sizes.insert(first.size());
    EXPECT_EQ(first + network.run(read_all(stream)), "abcd");
  }
  EXPECT_EQ(sizes, (std::set<std::size_t>{1, 2, 3, 4}));
}

TEST(SimulatedDelay, LetsBytesAndTheEndArriveLaterButInOrder) {
  SimulatedNetwork network{1, {.delay = 5s}};
  auto listener = network.listen_raw(door);
  auto stream = network.run(network.connect(door));
  auto peer = listener.take();
  const Time begin = network.now();
  peer.type("ab");
  network.advance(2s);
  peer.type("cd");
  peer.finish();
  EXPECT_EQ(network.run(read(stream, 100)), "ab");
  EXPECT_EQ(network.now() - begin, 5s);
  EXPECT_EQ(network.run(read(stream, 100)), "cd");
  EXPECT_EQ(network.now() - begin, 7s);
  EXPECT_EQ(network.run(read(stream, 100)), "");
  EXPECT_EQ(network.now() - begin, 7s);
}

TEST(SimulatedDelay, HoldsAConnectUpToo) {
  SimulatedNetwork network{1, {.delay = 5s}};
  const auto listener = network.listen_raw(door);
  const Time begin = network.now();
  const auto stream = network.run(network.connect(door));
  EXPECT_EQ(network.now() - begin, 5s);
}

TEST(SimulatedDelay, DiffersFromPieceToPieceWithinItsBounds) {
  SimulatedNetwork network{1, {.split = Split::every_byte, .delay = 5s, .jitter = 2s}};
  auto listener = network.listen_raw(door);
  auto stream = network.run(network.connect(door));
  auto peer = listener.take();
  const Time begin = network.now();
  peer.type("0123456789");
  peer.finish();
  std::set<Duration> arrivals;
  std::string text;
  for (std::string part = network.run(read(stream, 100)); !part.empty(); part = network.run(read(stream, 100))) {
    text += part;
    arrivals.insert(network.now() - begin);
  }
  EXPECT_EQ(text, "0123456789");
  EXPECT_GT(arrivals.size(), 1u);
  EXPECT_GE(*arrivals.begin(), 5s);
  EXPECT_LE(*arrivals.rbegin(), 7s);
}

TEST(SimulatedDelay, CountsWhatIsUnderWayToTheWindow) {
  SimulatedNetwork network{1, {.window = 4, .delay = 5s}};
  auto listener = network.listen_raw(door);
  auto stream = network.run(network.connect(door));
  auto peer = listener.take();
  Started<void> writing{network.executor(), write(stream, "12345678")};
  network.advance(4s);
  EXPECT_EQ(peer.text(), "");
  network.advance(1s);
  EXPECT_FALSE(writing.done());
  EXPECT_EQ(peer.text(), "1234");
  network.settle();
  EXPECT_TRUE(writing.done());
  EXPECT_EQ(peer.text(), "");
  network.advance(5s);
  EXPECT_EQ(peer.text(), "5678");
}

TEST(SimulatedPlug, WhenPulledLetsNothingThroughAndSaysNothing) {
  SimulatedNetwork network{1, {.window = 4}};
  auto client = network.host("10.0.0.2");
  auto acceptor = network.listen(network.executor(), door);
  auto other_end = network.run(client.connect(door));
  auto this_end = network.run(acceptor.accept(network.executor()));
  network.run(write(other_end, "ab"));
  network.unplug("10.0.0.2");
  network.run(write(other_end, "cd"));
  EXPECT_EQ(network.run(read(this_end, 100)), "ab") << "what had arrived is there";
  Started<std::string> reading{network.executor(), read(this_end, 100)};
  Started<void> writing{network.executor(), write(this_end, "0123456789")};
  Started<SimulatedStream> connecting{network.executor(), client.connect(door)};
  other_end.close();
  network.advance(std::chrono::hours{1});
  EXPECT_FALSE(reading.done() || writing.done() || connecting.done());
  EXPECT_EQ(error_of([&] { network.dial(door, address("10.0.0.2")); }), std::errc::timed_out);
  reading.cancel();
  writing.cancel();
  connecting.cancel();
  network.settle();
  EXPECT_TRUE(reading.done() && writing.done() && connecting.done());
  const auto others = network.dial(door);
}

// --- faults at the n-th operation

TEST(SimulatedFault, MeetsTheOperationThatItWasOrderedFor) {
  SimulatedNetwork network{1};
  EXPECT_EQ(network.operations(), 0u);
  auto acceptor = network.listen(network.executor(), door);   // 1
  auto a = network.run(network.connect(door));                // 2
  auto b = network.run(acceptor.accept(network.executor()));  // 3
  network.run(write(a, "hello"));                             // 4
  EXPECT_EQ(network.run(read(b, 100)), "hello");              // 5
  network.run(a.finish());                                    // 6
  EXPECT_EQ(network.operations(), 6u);
  network.fail({.operation = 2}, Fault::reset);
  EXPECT_EQ(network.run(read(b, 100)), "");                                               // 7
  EXPECT_EQ(error_of([&] { network.run(write(b, "x")); }), std::errc::connection_reset);  // 8
  EXPECT_EQ(network.operations(), 8u);
}

TEST(SimulatedFault, DoesNotCountWhatATestDoesByHand) {
  SimulatedNetwork network{1};
  auto listener = network.listen_raw(door);
  auto dialled = network.dial(door);
  auto taken = listener.take();
  dialled.type("x");
  EXPECT_EQ(taken.text(), "x");
  EXPECT_EQ(network.operations() + network.open_streams() + network.open_acceptors(), 0u);
}

/// A connection whose n-th operation, counted from 1, meets with a fault.
struct Faulty {
  Faulty(std::size_t n, Fault fault, const NetworkConditions& conditions = {})
      : network{1, conditions},
        listener{network.listen_raw(door)},
        stream{network.run(network.connect(door))},
        peer{listener.take()} {
    network.fail({.operation = n}, fault);
  }
  SimulatedNetwork network;
  SimulatedListener listener;
  SimulatedStream stream;
  SimulatedPeer peer;
};

TEST(SimulatedFault, ResetOfAReadLosesTheConnectionAtBothEnds) {
  for (const auto fault : {Fault::reset, Fault::refuse}) {
    Faulty faulty{1, fault};
    faulty.peer.type("lost");
    EXPECT_EQ(error_of([&] { faulty.network.run(read(faulty.stream, 100)); }), std::errc::connection_reset);
    EXPECT_EQ(error_of([&] { faulty.network.run(read(faulty.stream, 100)); }), std::errc::connection_reset);
    EXPECT_TRUE(faulty.peer.was_reset());
  }
}

TEST(SimulatedFault, ResetOfAWriteLosesWhatWasUnreadAtTheOtherEnd) {
  Faulty faulty{2, Fault::reset};
  faulty.network.run(write(faulty.stream, "one"));
  EXPECT_EQ(error_of([&] { faulty.network.run(write(faulty.stream, "two")); }), std::errc::connection_reset);
  EXPECT_TRUE(faulty.peer.was_reset());
  EXPECT_EQ(faulty.peer.text(), "");
}

TEST(SimulatedFault, ResetEndsWhatIsUnderWayAtTheOtherEnd) {
  SimulatedNetwork network{1};
  auto acceptor = network.listen(network.executor(), door);
  auto a = network.run(network.connect(door)), b = network.run(acceptor.accept(network.executor()));
  Started<std::string> reading{network.executor(), read(a, 100)};
  network.settle();
  network.fail({.operation = 1}, Fault::reset);
  EXPECT_EQ(error_of([&] { network.run(write(b, "x")); }), std::errc::connection_reset);
  EXPECT_EQ(reading.error(), std::errc::connection_reset);
}

TEST(SimulatedFault, EndOfAReadIsTheEndOfWhatComes) {
  Faulty faulty{1, Fault::end};
  faulty.peer.type("lost");
  EXPECT_EQ(faulty.network.run(read(faulty.stream, 100)), "");
  EXPECT_EQ(faulty.network.run(read(faulty.stream, 100)), "");
  faulty.peer.type("lost as well");
  EXPECT_EQ(faulty.network.run(read(faulty.stream, 100)), "");
  EXPECT_FALSE(faulty.peer.ended());
  faulty.network.run(write(faulty.stream, "but we can talk"));
  EXPECT_EQ(faulty.peer.text(), "but we can talk");
}

TEST(SimulatedFault, EndOfAReadBreaksThePipeOfTheWriter) {
  SimulatedNetwork network{1, {.window = 4}};
  auto acceptor = network.listen(network.executor(), door);
  auto a = network.run(network.connect(door)), b = network.run(acceptor.accept(network.executor()));
  Started<void> writing{network.executor(), write(a, "12345678")};
  network.settle();
  network.fail({.operation = 1}, Fault::end);
  EXPECT_EQ(network.run(read(b, 100)), "");
  network.settle();
  EXPECT_EQ(writing.error(), std::errc::broken_pipe);
}

TEST(SimulatedFault, EndOfAWriteLetsSomeOfItThroughAndThenEnds) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SimulatedNetwork network{seed};
    auto listener = network.listen_raw(door);
    auto stream = network.run(network.connect(door));
    auto peer = listener.take();
    network.fail({.operation = 1}, Fault::end);
    EXPECT_EQ(error_of([&] { network.run(write(stream, "ab")); }), std::errc::broken_pipe);
    EXPECT_EQ(error_of([&] { network.run(write(stream, "cd")); }), std::errc::broken_pipe);
    EXPECT_TRUE(peer.ended());
    EXPECT_FALSE(peer.was_reset());
    seen.insert(peer.text());
    peer.type("we hear");
    EXPECT_EQ(network.run(read(stream, 100)), "we hear");
  }
  EXPECT_EQ(seen, (std::set<std::string>{"", "a", "ab"}));
}

TEST(SimulatedFault, OfAFinishEndsResetsOrStalls) {
  Faulty ended{1, Fault::end};
  ended.network.run(ended.stream.finish());
  EXPECT_TRUE(ended.peer.ended());

  Faulty reset{1, Fault::reset};
  EXPECT_EQ(error_of([&] { reset.network.run(reset.stream.finish()); }), std::errc::connection_reset);
  EXPECT_TRUE(reset.peer.was_reset());

  Faulty stalled{1, Fault::stall};
  EXPECT_THROW(stalled.network.run(stalled.stream.finish()), std::logic_error);
  EXPECT_FALSE(stalled.peer.ended());
}

TEST(SimulatedFault, StallKeepsAReadFromEverEndingButForACancel) {
  Faulty faulty{1, Fault::stall};
  Started<std::string> reading{faulty.network.executor(), read(faulty.stream, 100)};
  faulty.network.settle();
  faulty.peer.type("some");
  faulty.network.settle();
  faulty.peer.type("thing");
  faulty.peer.finish();
  faulty.network.advance(std::chrono::hours{1});
  EXPECT_FALSE(reading.done());
  faulty.stream.cancel();
  faulty.network.settle();
  EXPECT_EQ(reading.error(), asio::error::operation_aborted);
  EXPECT_EQ(faulty.network.run(read(faulty.stream, 100)), "something") << "the stall was of one operation";
}

TEST(SimulatedFault, StalledOperationHearsACancelBetweenTwoOfItsWaits) {
  Faulty faulty{1, Fault::stall};
  Started<std::string> reading{faulty.network.executor(), read(faulty.stream, 100)};
  faulty.network.settle();
  faulty.peer.type("wakes it");  // it has not looked yet when the cancel comes
  faulty.stream.cancel();
  faulty.network.settle();
  EXPECT_EQ(reading.error(), asio::error::operation_aborted);
}

TEST(SimulatedFault, StallLetsOnlyATimeLimitOut) {
  Faulty faulty{1, Fault::stall};
  const Time begin = faulty.network.now();
  const auto operation = [&] { return within(faulty.network, 30s, write(faulty.stream, "x")); };
  EXPECT_EQ(error_of([&] { faulty.network.run(operation()); }), Errc::timed_out);
  EXPECT_EQ(faulty.network.now() - begin, 30s);
  EXPECT_EQ(faulty.peer.text(), "");
  faulty.network.run(write(faulty.stream, "y"));
  EXPECT_EQ(faulty.peer.text(), "y");
}

TEST(SimulatedFault, OfAConnectRefusesResetsEndsOrStalls) {
  const auto connect = [](SimulatedNetwork& network) { return network.run(network.connect(door)); };
  {
    SimulatedNetwork network{1};
    const auto listener = network.listen_raw(door);
    network.fail({.operation = 1}, Fault::refuse);
    EXPECT_EQ(error_of([&] { connect(network); }), std::errc::connection_refused);
    EXPECT_EQ(listener.waiting(), 0u);
  }
  {
    SimulatedNetwork network{1};
    auto listener = network.listen_raw(door);
    network.fail({.operation = 1}, Fault::reset);
    EXPECT_EQ(error_of([&] { connect(network); }), std::errc::connection_reset);
    EXPECT_TRUE(listener.take().was_reset());
    EXPECT_EQ(network.open_streams(), 0u);
  }
  {
    SimulatedNetwork network{1};
    auto listener = network.listen_raw(door);
    network.fail({.operation = 1}, Fault::end);
    auto stream = connect(network);
    EXPECT_EQ(network.run(read(stream, 100)), "");
    EXPECT_TRUE(listener.take().ended());
  }
  {
    SimulatedNetwork network{1};
    const auto listener = network.listen_raw(door);
    network.fail({.operation = 1}, Fault::stall);
    Started<SimulatedStream> connecting{network.executor(), network.connect(door)};
    network.advance(std::chrono::hours{1});
    EXPECT_FALSE(connecting.done());
    connecting.cancel();
    network.settle();
    EXPECT_EQ(connecting.error(), asio::error::operation_aborted);
  }
}

TEST(SimulatedFault, OfAnAcceptRefusesResetsEndsOrStalls) {
  const auto accept = [](SimulatedNetwork& network, SimulatedAcceptor& acceptor, Fault fault) {
    network.fail({.operation = 1}, fault);
    return Started<SimulatedStream>{network.executor(), acceptor.accept(network.executor())};
  };
  SimulatedNetwork network{1};
  auto acceptor = network.listen(network.executor(), door);

  auto refused = accept(network, acceptor, Fault::refuse);
  network.settle();
  EXPECT_EQ(refused.error(), std::errc::connection_aborted);

  auto reset = accept(network, acceptor, Fault::reset);
  const auto reset_peer = network.dial(door);
  network.settle();
  EXPECT_TRUE(reset_peer.was_reset());
  auto lost = reset.result();
  EXPECT_EQ(error_of([&] { network.run(read(lost, 100)); }), std::errc::connection_reset);

  auto ended = accept(network, acceptor, Fault::end);
  const auto ended_peer = network.dial(door);
  network.settle();
  EXPECT_TRUE(ended_peer.ended() && !ended_peer.was_reset());
  auto finished = ended.result();
  EXPECT_EQ(network.run(read(finished, 100)), "");
  EXPECT_EQ(error_of([&] { network.run(write(finished, "x")); }), std::errc::broken_pipe);

  auto stalled = accept(network, acceptor, Fault::stall);
  const auto patient = network.dial(door);
  network.advance(std::chrono::hours{1});
  EXPECT_FALSE(stalled.done());
  acceptor.cancel();
  network.settle();
  EXPECT_EQ(stalled.error(), asio::error::operation_aborted);
  EXPECT_EQ(network.run(acceptor.accept(network.executor())).remote(), patient.local());
}

TEST(SimulatedFault, OfAListenIsATakenPort) {
  for (const auto fault : {Fault::reset, Fault::end, Fault::refuse, Fault::stall}) {
    SimulatedNetwork network{1};
    network.fail({.operation = 1}, fault);
    EXPECT_EQ(error_of([&] { network.listen(network.executor(), door); }), std::errc::address_in_use);
    network.listen(network.executor(), door);
  }
}

// --- a whole session, with a fault at each of its operations in turn

awaitable<void> echo_one(SimulatedNetwork& network, SimulatedAcceptor& acceptor) {
  const auto executor = network.executor();
  auto stream = co_await acceptor.accept(executor);
  std::array<std::byte, 8> room;
  for (;;) {
    const std::size_t n = co_await stream.read_some(room);
    if (n == 0) break;
    co_await stream.write(std::span{room}.first(n));
  }
  co_await stream.finish();
}

awaitable<std::string> ask_echo(SimulatedNetwork& network, std::string text) {
  auto stream = co_await network.connect(door);
  co_await write(stream, text);
  co_await stream.finish();
  co_return co_await read_all(stream);
}

TEST(SimulatedFault, IsSurvivedAtEveryOperationByACarefulSession) {
  const std::string text = "a text of more than eight bytes";
  for (const auto fault : {Fault::reset, Fault::end, Fault::refuse, Fault::stall}) {
    std::uint64_t untouched = 0;
    for (std::size_t n = 1; untouched == 0; ++n) {
      SimulatedNetwork network{n, {.split = Split::somewhere, .interleave = true}};
      network.fail({.operation = n}, fault);
      std::string answer;
      bool ended_well = false;
      try {
        auto acceptor = network.listen(network.executor(), door);
        Started<void> server{network.executor(), within(network, 10s, echo_one(network, acceptor))};
        answer = network.run(within(network, 20s, ask_echo(network, text)));
        network.advance(1h);
        ASSERT_TRUE(server.done());
        ended_well = true;
      } catch (const std::system_error&) {}
      network.advance(1h);
      EXPECT_EQ(network.open_streams(), 0u);
      EXPECT_EQ(network.open_acceptors(), 0u);
      EXPECT_EQ(network.pending_timers(), 0u);
      EXPECT_EQ(text.substr(0, answer.size()), answer) << "never anything that was not sent";
      if (network.operations() < n) {
        EXPECT_TRUE(ended_well);
        EXPECT_EQ(answer, text);
        untouched = n;
      }
    }
    EXPECT_GT(untouched, 10u);
  }
}

}  // namespace
