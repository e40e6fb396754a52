#include <ftplike/simulated/network.hpp>

#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <support/started.hpp>
#include <system_error>

#include <ftplike/io/date.hpp>

#include "fixture.hpp"
#include "support/error_of.hpp"

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

const Endpoint data_door{asio::ip::address_v4::loopback(), 20};

/// A connection of a client with the network's own host, both of whose ends are streams.
struct Pair {
  Pair(SimulatedNetwork& its_network, SimulatedTransport from, const Endpoint& where = door)
      : network{its_network},
        acceptor{network.listen(network.executor(), where)},
        client{network.run(from.connect(where))},
        server{network.run(acceptor.accept(network.executor()))} {}
  std::string over(std::string text) {
    network.run(write(client, std::move(text)));
    return network.run(read(server, 100));
  }
  SimulatedNetwork& network;
  SimulatedAcceptor acceptor;
  SimulatedStream client, server;
};

TEST(FaultByName, MeetsTheNthWriteOfAConnectionAndNoOther) {
  SimulatedNetwork network{1};
  Pair one{network, network}, other{network, network, data_door};
  network.fail({.write = 2}, Fault::reset);
  EXPECT_EQ(one.over("a"), "a");
  EXPECT_EQ(other.over("a"), "a");
  EXPECT_EQ(network.faults_left(), 1u);
  EXPECT_EQ(error_of([&] { one.over("b"); }), std::errc::connection_reset);
  EXPECT_EQ(network.faults_left(), 0u);
  EXPECT_EQ(other.over("b"), "b");
}

TEST(FaultByName, CountsTheReadsOfEachEndByItself) {
  SimulatedNetwork network{1};
  Pair pair{network, network};
  EXPECT_EQ(pair.over("before the order"), "before the order");
  network.fail({.read = 2}, Fault::end);
  network.run(write(pair.server, "x"));
  EXPECT_EQ(network.run(read(pair.client, 100)), "x");
  EXPECT_EQ(pair.over("y"), "y");
  EXPECT_EQ(pair.over("z"), "");
}

TEST(FaultByName, KnowsAControlConnectionByWhatEitherEndSays) {
  SimulatedNetwork network{1};
  Pair control{network, network}, data{network, network, data_door};
  mark_as_control(control.client);
  network.fail({.connection = Link::data, .write = 1}, Fault::reset);
  EXPECT_EQ(control.over("a"), "a");
  EXPECT_EQ(error_of([&] { data.over("a"); }), std::errc::connection_reset);
  network.fail({.connection = Link::control, .read = 1}, Fault::reset);
  EXPECT_EQ(error_of([&] { control.over("b"); }), std::errc::connection_reset);
}

TEST(FaultByName, MayBeThatOfOneClientAlone) {
  SimulatedNetwork network{1};
  Pair ours{network, network.host("10.0.0.2")}, theirs{network, network.host("10.0.0.3"), data_door};
  network.fail({.write = 1, .of = "10.0.0.3"}, Fault::reset);
  EXPECT_EQ(ours.over("a"), "a");
  EXPECT_EQ(error_of([&] { theirs.over("a"); }), std::errc::connection_reset);
}

TEST(FaultByName, MayBeThatOfOneEndAlone) {
  SimulatedNetwork network{1};
  Pair pair{network, network.host("10.0.0.2")};
  network.fail({.write = 1, .by = "127.0.0.1"}, Fault::reset);
  EXPECT_EQ(pair.over("a"), "a");
  EXPECT_EQ(error_of([&] { network.run(write(pair.server, "b")); }), std::errc::connection_reset);
}

TEST(FaultByName, MeetsTheNthConnectOfAHost) {
  SimulatedNetwork network{1};
  auto other_end = network.host("10.0.0.2");
  const auto listener = network.listen_raw(door);
  network.fail({.connect = 2, .of = "10.0.0.2"}, Fault::refuse);
  const auto first = network.run(other_end.connect(door));
  const auto own = network.run(network.connect(door));
  EXPECT_EQ(error_of([&] { network.run(other_end.connect(door)); }), std::errc::connection_refused);
  const auto next = network.run(other_end.connect(door));
}

TEST(FaultByName, MeetsTheReadThatGivesTheCommand) {
  for (const Split split : {Split::nowhere, Split::every_byte}) {
    SimulatedNetwork network{1, {.split = split}};
    Pair control{network, network};
    mark_as_control(control.server);
    network.fail({.command = "stor"}, Fault::reset);
    network.run(write(control.client, "PWD STOR\r\nXSTOR a\r\nSTO b\r\n"));
    std::string heard;
    while (heard.size() < 26) heard += network.run(read(control.server, 100));
    EXPECT_EQ(network.faults_left(), 1u);
    network.run(write(control.client, "STOR a\r\n"));
    const auto read_on = [&] {
      for (;;) heard += network.run(read(control.server, 100));
    };
    EXPECT_EQ(error_of(read_on), std::errc::connection_reset);
    EXPECT_EQ(heard.substr(26), split == Split::nowhere ? "" : "STOR");
  }
}

TEST(FaultByName, StallsAReadThatWaitedAlreadyWhenTheCommandCame) {
  SimulatedNetwork network{1};
  Pair control{network, network};
  mark_as_control(control.server);
  Started<std::string> reading{network.executor(), read(control.server, 100)};
  network.settle();
  network.fail({.command = "NOOP"}, Fault::stall);
  network.run(write(control.client, "NOOP\r\n"));
  network.advance(1h);
  EXPECT_FALSE(reading.done());
  reading.cancel();
  network.settle();
  EXPECT_TRUE(reading.done());
}

TEST(FaultByName, IsCountedFromTheCommandOnIfThereIsOne) {
  SimulatedNetwork network{1};
  Pair control{network, network}, data{network, network, data_door};
  mark_as_control(control.server);
  network.fail({.connection = Link::data, .write = 2, .command = "STOR"}, Fault::reset);
  EXPECT_EQ(data.over("1") + data.over("2") + data.over("3"), "123");
  EXPECT_EQ(control.over("STOR a\r\n"), "STOR a\r\n");
  EXPECT_EQ(data.over("4"), "4");
  EXPECT_EQ(error_of([&] { data.over("5"); }), std::errc::connection_reset);
}

TEST(FaultByName, HearsACommandThatAHandHasTypedOrTaken) {
  SimulatedNetwork network{1};
  auto listener = network.listen_raw(door);
  auto client = network.run(network.connect(door));
  mark_as_control(client);
  auto server = listener.take();
  network.fail({.command = "QUIT"}, Fault::reset);
  network.run(write(client, "NOOP\r\n"));
  EXPECT_EQ(server.text(), "NOOP\r\n");
  network.run(write(client, "QUIT\r\n"));
  EXPECT_EQ(server.text(), "");
  EXPECT_TRUE(server.was_reset());
}

TEST(FaultByName, HasToNameOneOperation) {
  SimulatedNetwork network{1};
  EXPECT_THROW(network.fail({}, Fault::reset), std::invalid_argument);
  EXPECT_THROW(network.fail({.connection = Link::data, .of = "10.0.0.2"}, Fault::reset), std::invalid_argument);
  EXPECT_THROW(network.fail({.read = 1, .write = 1}, Fault::reset), std::invalid_argument);
  EXPECT_THROW(network.fail({.connection = Link::data, .connect = 1}, Fault::reset), std::invalid_argument);
  EXPECT_EQ(network.faults_left(), 0u);
}

TEST(SimulatedLink, IsSlowWhereItIsToldSoAndNowhereElse) {
  SimulatedNetwork network{1};
  network.between("10.0.0.2", "127.0.0.1").delay = 30s;
  Pair slow{network, network.host("10.0.0.2")}, fast{network, network.host("10.0.0.3"), data_door};
  const Time before = network.now();
  EXPECT_EQ(fast.over("a"), "a");
  EXPECT_EQ(network.now() - before, 0s);
  EXPECT_EQ(slow.over("a"), "a");
  EXPECT_EQ(network.now() - before, 30s);
}

TEST(SimulatedLink, CarriesNoMoreThanItsBandwidth) {
  SimulatedNetwork network{1, {.bandwidth = 1000, .delay = 1s}};
  Pair pair{network, network};
  const Time before = network.now();
  network.run(write(pair.client, std::string(2000, 'x')));
  network.run(write(pair.client, "y"));
  EXPECT_EQ(network.now() - before, 0s) << "the window took them";
  EXPECT_EQ(network.run(read(pair.server, 5000)).size(), 2000u);
  EXPECT_EQ(network.now() - before, 3s);
  EXPECT_EQ(network.run(read(pair.server, 5000)), "y");
  EXPECT_EQ(network.now() - before, 3001ms);
}

TEST(SimulatedLink, GivesPiecesOfTheSizeThatItIsTold) {
  SimulatedNetwork network{1};
  network.between("127.0.0.1", "127.0.0.1").largest_piece = 3;
  Pair pair{network, network};
  EXPECT_EQ(pair.over("1234567"), "123");
  EXPECT_EQ(network.run(read(pair.server, 2)), "45");
  EXPECT_EQ(network.run(read(pair.server, 100)), "67");
}

TEST(SimulatedPartition, LetsNothingThroughUntilItIsHealed) {
  SimulatedNetwork network{1};
  auto other_end = network.host("10.0.0.2");
  Pair parted{network, other_end}, others{network, network.host("10.0.0.3"), data_door};
  network.part("127.0.0.1", "10.0.0.2");
  Started<SimulatedStream> connecting{network.executor(), other_end.connect(door)};
  Started<std::string> reading{network.executor(), read(parted.server, 100)};
  network.run(write(parted.client, "late"));
  EXPECT_EQ(others.over("a"), "a");
  network.advance(1h);
  EXPECT_FALSE(connecting.done() || reading.done());
  network.heal("10.0.0.2", "127.0.0.1");
  network.settle();
  EXPECT_TRUE(connecting.done());
  EXPECT_EQ(reading.result(), "late");
}

TEST(SimulatedPartition, IsAsLongAsAHostIsUnplugged) {
  SimulatedNetwork network{1};
  Pair pair{network, network.host("10.0.0.2")};
  network.unplug("10.0.0.2");
  network.run(write(pair.client, "late"));
  Started<std::string> reading{network.executor(), read(pair.server, 100)};
  network.advance(1h);
  EXPECT_FALSE(reading.done());
  network.plug_in("10.0.0.2");
  network.settle();
  EXPECT_EQ(reading.result(), "late");
}

TEST(SimulatedPartition, KeepsEndsAndResetsForWhoIsLeft) {
  SimulatedNetwork network{1};
  Pair ended{network, network.host("10.0.0.2")}, broken{network, network.host("10.0.0.2"), data_door};
  network.run(write(broken.server, "unread"));
  network.part("127.0.0.1", "10.0.0.2");
  ended.client.close();
  broken.client.close();
  Started<std::string> end{network.executor(), read(ended.server, 100)};
  Started<std::string> reset{network.executor(), read(broken.server, 100)};
  network.advance(1h);
  EXPECT_FALSE(end.done() || reset.done());
  network.heal("127.0.0.1", "10.0.0.2");
  network.settle();
  EXPECT_EQ(end.result(), "");
  EXPECT_EQ(error_of([&] { reset.result(); }), std::errc::connection_reset);
}

TEST(SimulatedPartition, ResetsWhoSentToSomebodyWhoHasGone) {
  SimulatedNetwork network{1};
  Pair pair{network, network.host("10.0.0.2")};
  network.part("127.0.0.1", "10.0.0.2");
  pair.client.close();
  network.run(write(pair.server, "to nobody"));
  network.heal("127.0.0.1", "10.0.0.2");
  EXPECT_EQ(error_of([&] { network.run(read(pair.server, 100)); }), std::errc::connection_reset);
}

TEST(SimulatedDate, GoesOnWithTheClock) {
  SimulatedNetwork network{1};
  EXPECT_EQ(network.date(), Timestamp{std::chrono::sys_days{2001y / 2 / 3}});
  network.advance(36h);
  EXPECT_EQ(network.date(), Timestamp{std::chrono::sys_days{2001y / 2 / 4} + 12h});
  network.set_date(std::chrono::sys_days{2030y / 1 / 1});
  network.advance(1500ms);
  EXPECT_EQ(network.date(), Timestamp{std::chrono::sys_days{2030y / 1 / 1} + 1500ms});
  EXPECT_EQ(wall_clock(network.executor()), network.date());
}

TEST(SimulatedDate, IsTheSystemsWhereThereIsNoSimulatedNetwork) {
  asio::io_context loop;
  const auto before = wall_clock();
  const auto here = wall_clock(loop.get_executor());
  EXPECT_LE(before, here);
  EXPECT_LE(here, wall_clock());
}

TEST(LastOperations, TellWhatLedToAFailure) {
  SimulatedNetwork network{42};
  Pair control{network, network.host("10.0.0.2")};
  mark_as_control(control.server);
  network.advance(1500ms);
  network.fail({.write = 1, .by = "127.0.0.1"}, Fault::end);
  EXPECT_EQ(control.over("STOR \"a\"\r\n"), "STOR \"a\"\r\n");
  EXPECT_EQ(error_of([&] { network.run(write(control.server, "x")); }), std::errc::broken_pipe);
  EXPECT_EQ(network.seed(), 42u);
  const auto lines = network.last_operations();
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0], "    #1      0.000 s  127.0.0.1:21: listen");
  EXPECT_EQ(lines[1], "    #2      0.000 s  10.0.0.2:0 to 127.0.0.1:21: connect");
  EXPECT_EQ(lines[3],
            "    #4      1.500 s  10.0.0.2:50001 to 127.0.0.1:21, control: write 10 bytes "
            "\"STOR \\x22a\\x22\\r\\n\"");
  EXPECT_EQ(lines[5],
            "    #6      1.500 s  127.0.0.1:21 to 10.0.0.2:50001, control: write 1 byte \"x\", meets with end");
}

TEST(LastOperations, AreTheLastOnes) {
  SimulatedNetwork network{1};
  Pair pair{network, network};
  for (int i = 0; i < 100; ++i) pair.over("x");
  EXPECT_EQ(network.last_operations().size(), 20u);
  EXPECT_NE(network.last_operations().back().find("#203 "), std::string::npos) << network.last_operations().back();
}

}  // namespace
