#include <array>
#include <cstddef>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/started.hpp>
#include <system_error>
#include <utility>
#include <vector>

#include <ftplike/simulated/network.hpp>
#include <ftplike/simulated/stream.hpp>

#include "fixture.hpp"

namespace {

using namespace ftplike;

/// A stream, and its other end in the test's hand.
struct Half {
  explicit Half(SimulatedNetwork& network)
      : listener{network.listen_raw({door.address(), 0})},
        stream{network.run(network.connect(listener.endpoint()))},
        peer{listener.take()} {}
  SimulatedListener listener;
  SimulatedStream stream;
  SimulatedPeer peer;
};

std::error_code failure_of(SimulatedNetwork& network, awaitable<void> operation) {
  Started<void> started{network.executor(), std::move(operation)};
  network.settle();
  EXPECT_TRUE(started.done());
  return started.error();
}
template <class R> std::error_code failure_of(SimulatedNetwork& network, awaitable<R> operation) {
  Started<R> started{network.executor(), std::move(operation)};
  network.settle();
  EXPECT_TRUE(started.done());
  return started.error();
}

TEST(SimulatedStream, CarriesBytesInOrderBothWays) {
  SimulatedNetwork network{1};
  Half half{network};
  network.run(write(half.stream, "one "));
  network.run(write(half.stream, "two"));
  EXPECT_EQ(half.peer.text(), "one two");
  EXPECT_EQ(half.peer.text(), "");
  half.peer.type("three ");
  half.peer.type("four");
  EXPECT_EQ(network.run(read(half.stream, 8)), "three fo");
  EXPECT_EQ(network.run(read(half.stream, 8)), "ur");
}

TEST(SimulatedStream, WaitsForBytesToRead) {
  SimulatedNetwork network{1};
  Half half{network};
  Started<std::string> reading{network.executor(), read(half.stream, 10)};
  network.settle();
  EXPECT_FALSE(reading.done());
  half.peer.type("now");
  EXPECT_FALSE(reading.done());
  network.settle();
  EXPECT_EQ(reading.result(), "now");
}

TEST(SimulatedStream, MakesAWriterWaitForASlowReader) {
  SimulatedNetwork network{1, {.window = 10}};
  Half half{network};
  Started<void> writing{network.executor(), write(half.stream, "0123456789abcdefghijklmno")};
  network.settle();
  EXPECT_FALSE(writing.done());
  EXPECT_EQ(half.peer.text(), "0123456789");
  EXPECT_EQ(half.peer.text(), "");
  network.settle();
  EXPECT_FALSE(writing.done());
  EXPECT_EQ(half.peer.text(), "abcdefghij");
  network.settle();
  EXPECT_TRUE(writing.done());
  EXPECT_EQ(half.peer.text(), "klmno");
}

TEST(SimulatedStream, LetsAStreamThatReadsSlowlyHoldItsPeerUpToo) {
  SimulatedNetwork network{1, {.window = 4}};
  auto acceptor = network.listen(network.executor(), door);
  auto writer = network.run(network.connect(door));
  auto reader = network.run(acceptor.accept(network.executor()));
  Started<void> writing{network.executor(), write(writer, "12345678")};
  network.settle();
  EXPECT_EQ(network.run(read(reader, 3)), "123");
  network.settle();
  EXPECT_FALSE(writing.done());
  EXPECT_EQ(network.run(read(reader, 3)), "456");
  network.settle();
  EXPECT_TRUE(writing.done());
  EXPECT_EQ(network.run(read(reader, 3)), "78");
}

TEST(SimulatedStream, HasEndedInOneDirectionOnlyOnceItHasFinished) {
  SimulatedNetwork network{1};
  Half half{network};
  network.run(write(half.stream, "last"));
  EXPECT_FALSE(half.peer.ended());
  network.run(half.stream.finish());
  EXPECT_TRUE(half.peer.ended());
  EXPECT_EQ(half.peer.text(), "last");
  EXPECT_EQ(failure_of(network, write(half.stream, "more")), std::errc::broken_pipe);
  half.peer.type("still here");
  EXPECT_EQ(network.run(read(half.stream, 100)), "still here");
  half.peer.finish();
  EXPECT_EQ(network.run(read(half.stream, 100)), "");
  EXPECT_EQ(network.run(read(half.stream, 100)), "");
}

TEST(SimulatedStream, IsQuietWhileNeitherBytesNorAnEndCanBeRead) {
  SimulatedNetwork network{1};
  Half half{network};
  EXPECT_TRUE(half.stream.is_quiet());
  half.peer.type("bytes");
  network.settle();
  EXPECT_FALSE(half.stream.is_quiet());
  EXPECT_EQ(network.run(read(half.stream, 100)), "bytes");
  EXPECT_TRUE(half.stream.is_quiet());
  half.peer.finish();
  network.settle();
  EXPECT_FALSE(half.stream.is_quiet());
}

TEST(SimulatedStream, EndsInOrderWhenNothingWasLeftUnread) {
  SimulatedNetwork network{1};
  Half half{network};
  network.run(write(half.stream, "bye"));
  half.stream.close();
  EXPECT_TRUE(half.peer.ended());
  EXPECT_FALSE(half.peer.was_reset());
  EXPECT_EQ(half.peer.text(), "bye");
}

TEST(SimulatedStream, IsResetWhenItIsClosedWithBytesUnread) {
  SimulatedNetwork network{1};
  Half half{network};
  half.peer.type("unread");
  network.run(write(half.stream, "lost as well"));
  half.stream.close();
  EXPECT_TRUE(half.peer.ended());
  EXPECT_TRUE(half.peer.was_reset());
  EXPECT_EQ(half.peer.text(), "");
}

TEST(SimulatedStream, IsClosedWhenItIsDestroyedOrAssignedTo) {
  SimulatedNetwork network{1};
  Half half{network};
  Half other{network};
  EXPECT_EQ(network.open_streams(), 2u);
  half.stream = std::move(other.stream);
  EXPECT_TRUE(half.peer.ended());
  EXPECT_FALSE(other.peer.ended());
  EXPECT_EQ(network.open_streams(), 1u);
  {
    const SimulatedStream gone{std::move(half.stream)};
    EXPECT_FALSE(other.peer.ended());
  }
  EXPECT_TRUE(other.peer.ended());
  EXPECT_EQ(network.open_streams(), 0u);
}

TEST(SimulatedStream, FailsToWriteWhatNobodyWillRead) {
  SimulatedNetwork network{1};
  Half half{network};
  half.peer.type("farewell");
  half.peer.hang_up();
  EXPECT_EQ(failure_of(network, write(half.stream, "hello?")), std::errc::broken_pipe);
  EXPECT_EQ(network.run(read_all(half.stream)), "farewell");
}

TEST(SimulatedStream, FailsAWriteUnderWayWhenItsReaderGoes) {
  SimulatedNetwork network{1, {.window = 4}};
  Half half{network};
  Started<void> writing{network.executor(), write(half.stream, "12345678")};
  network.settle();
  half.peer.hang_up();
  network.settle();
  EXPECT_EQ(writing.error(), std::errc::broken_pipe);
}

TEST(SimulatedStream, LosesWhatWasUnreadWhenItIsReset) {
  SimulatedNetwork network{1};
  Half half{network};
  half.peer.type("lost");
  half.peer.reset();
  EXPECT_EQ(failure_of(network, read(half.stream, 10)), std::errc::connection_reset);
  EXPECT_EQ(failure_of(network, write(half.stream, "x")), std::errc::connection_reset);
  EXPECT_EQ(failure_of(network, half.stream.finish()), std::errc::connection_reset);
}

TEST(SimulatedStream, FailsAReadUnderWayWhenItIsReset) {
  SimulatedNetwork network{1};
  Half half{network};
  Started<std::string> reading{network.executor(), read(half.stream, 10)};
  network.settle();
  half.peer.reset();
  network.settle();
  EXPECT_EQ(reading.error(), std::errc::connection_reset);
}

TEST(SimulatedStream, CannotBeUsedOnceItIsClosed) {
  SimulatedNetwork network{1};
  Half half{network};
  half.stream.close();
  half.stream.close();
  EXPECT_EQ(failure_of(network, read(half.stream, 10)), std::errc::bad_file_descriptor);
  EXPECT_EQ(failure_of(network, write(half.stream, "x")), std::errc::bad_file_descriptor);
}

TEST(SimulatedStream, EndsWhatIsUnderWayWhenItIsClosed) {
  SimulatedNetwork network{1, {.window = 4}};
  Half half{network};
  Started<std::string> reading{network.executor(), read(half.stream, 10)};
  Started<void> writing{network.executor(), write(half.stream, "12345678")};
  network.settle();
  half.stream.close();
  network.settle();
  EXPECT_EQ(reading.error(), asio::error::operation_aborted);
  EXPECT_EQ(writing.error(), asio::error::operation_aborted);
}

TEST(SimulatedStream, GoesOnAfterACancelWithoutLosingAByte) {
  SimulatedNetwork network{1, {.window = 4}};
  Half half{network};
  Started<std::string> reading{network.executor(), read(half.stream, 10)};
  Started<void> writing{network.executor(), write(half.stream, "12345678")};
  network.settle();
  half.stream.cancel();
  network.settle();
  EXPECT_EQ(reading.error(), asio::error::operation_aborted);
  EXPECT_EQ(writing.error(), asio::error::operation_aborted);

  half.peer.type("here");
  EXPECT_EQ(network.run(read(half.stream, 10)), "here");
  EXPECT_EQ(half.peer.text(), "1234");
  network.run(write(half.stream, "5678"));
  EXPECT_EQ(half.peer.text(), "5678");
}

TEST(SimulatedStream, DoesNotMindACancelOfNothing) {
  SimulatedNetwork network{1};
  Half half{network};
  half.stream.cancel();
  half.peer.type("here");
  EXPECT_EQ(network.run(read(half.stream, 10)), "here");
}

TEST(SimulatedStream, GivesWhatHadArrivedWhenTheCancelCameTooLate) {
  SimulatedNetwork network{1};
  Half half{network};
  Started<std::string> reading{network.executor(), read(half.stream, 10)};
  network.settle();
  half.peer.type("just in time");
  half.stream.cancel();
  network.settle();
  EXPECT_EQ(reading.result(), "just in ti");
  EXPECT_EQ(network.run(read(half.stream, 10)), "me");

  Started<std::string> next{network.executor(), read(half.stream, 10)};
  network.settle();
  EXPECT_FALSE(next.done()) << "the cancel was for the one before";
  half.peer.type("again");
  network.settle();
  EXPECT_EQ(next.result(), "again");
}

TEST(SimulatedStream, CanBeCancelledBySlotsWithoutLosingAByte) {
  SimulatedNetwork network{1, {.window = 4}};
  Half half{network};
  Started<std::string> reading{network.executor(), read(half.stream, 10)};
  Started<void> writing{network.executor(), write(half.stream, "12345678")};
  network.settle();
  reading.cancel();
  writing.cancel();
  network.settle();
  EXPECT_EQ(reading.error(), asio::error::operation_aborted);
  EXPECT_EQ(writing.error(), asio::error::operation_aborted);
  reading.cancel();  // of what has ended: nothing
  half.peer.type("here");
  EXPECT_EQ(network.run(read(half.stream, 10)), "here");
  EXPECT_EQ(half.peer.text(), "1234");
}

TEST(SimulatedStream, KeepsBytesThatArriveTogetherWithACancelBySlot) {
  SimulatedNetwork network{1};
  Half half{network};
  Started<std::string> reading{network.executor(), read(half.stream, 4)};
  network.settle();
  half.peer.type("12345678");
  reading.cancel();
  network.settle();
  ASSERT_TRUE(reading.done());
  // Whoever wins the race, the stream as a whole is intact.
  const std::string first = reading.error() ? "" : reading.result();
  EXPECT_EQ(first + network.run(read(half.stream, 100)), "12345678");
}

TEST(SimulatedStream, NoticesTwoOperationsOfOneKindAtATime) {
  SimulatedNetwork network{1};
  Half half{network};
  Started<std::string> reading{network.executor(), read(half.stream, 10)};
  network.settle();
  EXPECT_THROW(network.run(read(half.stream, 10)), std::logic_error);
  half.peer.type("for the first");
  network.settle();
  EXPECT_EQ(reading.result(), "for the fi");
  EXPECT_EQ(network.run(read(half.stream, 10)), "rst");
}

TEST(SimulatedStream, MayBeMovedWhileAnOperationWaits) {
  SimulatedNetwork network{1};
  Half half{network};
  std::array<std::byte, 10> room;
  Started<std::size_t> reading{network.executor(), half.stream.read_some(room)};
  network.settle();
  SimulatedStream moved{std::move(half.stream)};
  half.peer.type("abc");
  network.settle();
  EXPECT_EQ(reading.result(), 3u);
  Started<std::size_t> next{network.executor(), moved.read_some(room)};
  network.settle();
  moved.cancel();
  network.settle();
  EXPECT_EQ(next.error(), asio::error::operation_aborted);
}

TEST(SimulatedStream, IsAtOnePlaceAndFromAnother) {
  SimulatedNetwork network{1};
  Half half{network};
  EXPECT_EQ(half.stream.remote(), half.listener.endpoint());
  EXPECT_EQ(half.stream.remote(), half.peer.local());
  EXPECT_EQ(half.stream.local(), half.peer.remote());
  EXPECT_EQ(half.stream.local().address(), door.address());
  EXPECT_NE(half.stream.local().port(), half.stream.remote().port());
}

TEST(SimulatedAcceptor, GivesConnectionsInTheOrderInWhichTheyCame) {
  SimulatedNetwork network{1};
  auto acceptor = network.listen(network.executor(), door);
  auto first = network.dial(door), second = network.dial(door);
  auto stream = network.run(acceptor.accept(network.executor()));
  EXPECT_EQ(stream.remote(), first.local());
  stream = network.run(acceptor.accept(network.executor()));
  EXPECT_EQ(stream.remote(), second.local());
}

TEST(SimulatedAcceptor, GivesWhatWasSentBeforeItAccepted) {
  SimulatedNetwork network{1};
  auto acceptor = network.listen(network.executor(), door);
  auto peer = network.dial(door);
  peer.type("early");
  peer.hang_up();
  auto stream = network.run(acceptor.accept(network.executor()));
  EXPECT_EQ(network.run(read_all(stream)), "early");
}

TEST(SimulatedAcceptor, WaitsForSomebody) {
  SimulatedNetwork network{1};
  auto acceptor = network.listen(network.executor(), door);
  Started<SimulatedStream> accepting{network.executor(), acceptor.accept(network.executor())};
  network.settle();
  EXPECT_FALSE(accepting.done());
  const auto peer = network.dial(door);
  network.settle();
  EXPECT_EQ(accepting.result().remote(), peer.local());
}

TEST(SimulatedAcceptor, GoesOnAfterACancel) {
  SimulatedNetwork network{1};
  auto acceptor = network.listen(network.executor(), door);
  Started<SimulatedStream> accepting{network.executor(), acceptor.accept(network.executor())};
  network.settle();
  acceptor.cancel();
  network.settle();
  EXPECT_EQ(accepting.error(), asio::error::operation_aborted);
  Started<SimulatedStream> by_slot{network.executor(), acceptor.accept(network.executor())};
  network.settle();
  by_slot.cancel();
  network.settle();
  EXPECT_EQ(by_slot.error(), asio::error::operation_aborted);
  const auto peer = network.dial(door);
  EXPECT_EQ(network.run(acceptor.accept(network.executor())).remote(), peer.local());
}

TEST(SimulatedAcceptor, FreesItsPortAndResetsThoseWhoWaitWhenItGoes) {
  SimulatedNetwork network{1};
  std::optional<SimulatedPeer> peer;
  {
    auto acceptor = network.listen(network.executor(), door);
    peer.emplace(network.dial(door));
    EXPECT_EQ(network.open_acceptors(), 1u);
    const auto moved = std::move(acceptor);
    EXPECT_FALSE(peer->ended());
  }
  EXPECT_TRUE(peer->was_reset());
  EXPECT_EQ(network.open_acceptors(), 0u);
  EXPECT_THROW(network.dial(door), std::system_error);
  network.listen(network.executor(), door);
}

TEST(SimulatedAcceptor, EndsAnAcceptUnderWayWhenItGoes) {
  SimulatedNetwork network{1};
  std::optional<SimulatedAcceptor> acceptor{network.listen(network.executor(), door)};
  Started<SimulatedStream> accepting{network.executor(), acceptor->accept(network.executor())};
  network.settle();
  acceptor.reset();
  network.settle();
  EXPECT_EQ(accepting.error(), asio::error::operation_aborted);
}

TEST(SimulatedAcceptor, RefusesMoreThanItsBacklog) {
  SimulatedNetwork network{1, {.backlog = 2}};
  auto acceptor = network.listen(network.executor(), door);
  const auto first = network.dial(door), second = network.dial(door);
  EXPECT_THROW(network.dial(door), std::system_error);
  const auto accepted = network.run(acceptor.accept(network.executor()));
  const auto third = network.dial(door);
}

TEST(SimulatedPeer, HearsNothingMoreOnceItHasHungUp) {
  SimulatedNetwork network{1};
  Half half{network};
  network.run(write(half.stream, "unread"));
  half.peer.hang_up();
  EXPECT_EQ(half.peer.text(), "");
  EXPECT_EQ(network.run(read_all(half.stream)), "");
}

TEST(SimulatedPeer, HangsUpWhenItGoes) {
  SimulatedNetwork network{1};
  std::optional<Half> half{network};
  SimulatedStream stream = std::move(half->stream);
  half.reset();
  EXPECT_EQ(network.run(read_all(stream)), "");
}

TEST(SimulatedPeer, TypesIntoTheVoidOnceNobodyListens) {
  SimulatedNetwork network{1};
  Half half{network};
  half.stream.close();
  half.peer.type("hello?");
  EXPECT_TRUE(half.peer.ended());
  half.peer.reset();
  half.peer.type("hello?");
}

TEST(SimulatedPeer, MayTypeMoreThanThereIsRoomFor) {
  SimulatedNetwork network{1, {.window = 4}};
  Half half{network};
  half.peer.type("0123456789");
  half.peer.finish();
  EXPECT_EQ(network.run(read_all(half.stream)), "0123456789");
}

TEST(SimulatedListener, SaysWhenNobodyCame) {
  SimulatedNetwork network{1};
  auto listener = network.listen_raw(door);
  EXPECT_THROW(listener.take(), std::logic_error);
  const auto stream = network.run(network.connect(door));
  EXPECT_EQ(listener.waiting(), 1u);
  EXPECT_EQ(listener.take().remote(), stream.local());
  EXPECT_EQ(listener.waiting(), 0u);
}

TEST(SimulatedPeer, IsWaitedForUntilSomethingHasArrivedOrNothingMoreComes) {
  SimulatedNetwork network{1};
  Half half{network};
  for (const bool end : {false, true}) {
    Started<void> waiting{network, half.peer.arrival()};
    EXPECT_FALSE(waiting.done());
    network.run(end ? half.stream.finish() : write(half.stream, "x"));
    EXPECT_TRUE(waiting.done());
    EXPECT_EQ(half.peer.text(), end ? "" : "x");
  }
  Half other{network};
  Started<void> waiting{network, other.peer.arrival()};
  other.peer.hang_up();
  network.settle();
  EXPECT_EQ(waiting.error(), asio::error::operation_aborted);
}

TEST(SimulatedListener, IsWaitedForUntilSomebodyConnects) {
  SimulatedNetwork network{1};
  auto listener = network.listen_raw({door.address(), 0});
  Started<void> waiting{network, listener.arrival()};
  EXPECT_FALSE(waiting.done());
  const auto peer = network.dial(listener.endpoint());
  network.settle();
  EXPECT_TRUE(waiting.done());
  EXPECT_EQ(listener.waiting(), 1u);
}

}  // namespace
