#include <ftplike/server/control_connection.hpp>

#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>
#include <support/started.hpp>
#include <support/tcp_pair.hpp>
#include <system_error>

namespace {
using namespace ftplike;

Wholeness whole_always(std::string_view) { return Wholeness::whole; }

/// A read for which no coroutine waits.
class QuietRead {
 public:
  QuietRead(TcpPair& pair, ControlConnection<TcpTransport>& control) : pair_{pair} {
    control.read_then(pair.network.executor(), stop_.slot(), [this] { ended_ = true; });
  }
  void cancel() { stop_.emit(asio::cancellation_type::terminal); }
  void run_to_its_end() {
    pair_.loop.restart();
    while (!ended_) pair_.loop.run_one();
  }

 private:
  TcpPair& pair_;
  asio::cancellation_signal stop_;
  bool ended_ = false;
};

TEST(ControlConnection, TakesAnUnterminatedCommandThatCameInOnePieceAsOneHoweverSmallItsRoomIs) {
  TcpPair pair;
  const std::string command = "RETR " + std::string(300, 'n');
  ControlConnection<TcpTransport> control{pair.network, *std::move(pair.ours), 4096};
  EXPECT_FALSE(pair.error_of(pair.theirs->write(as_bytes(command))));
  std::optional<Line> line;
  EXPECT_FALSE(control.next_line(whole_always, line));
  EXPECT_FALSE(pair.error_of(control.more(Duration{})));
  EXPECT_TRUE(control.next_line(whole_always, line));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->text, command);
}
TEST(ControlConnection, LeavesWhatIsMoreThanItReadsAtOnceForTheNextRead) {
  TcpPair pair;
  ControlConnection<TcpTransport> control{pair.network, *std::move(pair.ours), 4096};
  EXPECT_FALSE(pair.error_of(pair.theirs->write(as_bytes(std::string(2000, 'x')))));
  std::size_t reads = 0;
  for (std::size_t before = 1; control.lines().bytes() < 2000 && control.lines().bytes() != before; ++reads) {
    before = control.lines().bytes();
    EXPECT_FALSE(pair.error_of(control.read()));
  }
  EXPECT_EQ(control.lines().bytes(), 2000u);
  EXPECT_GT(reads, 1u);
}

TEST(ControlConnection, ReadsACommandWithoutACoroutineAndSeesTheEndAfterIt) {
  TcpPair pair;
  ControlConnection<TcpTransport> control{pair.network, *std::move(pair.ours), 4096};
  std::optional<Line> line;
  EXPECT_FALSE(control.next_line(whole_always, line));
  ASSERT_TRUE(control.waits_for_a_read());
  EXPECT_FALSE(pair.error_of(pair.theirs->write(as_bytes("NOOP\r\n"))));
  QuietRead command{pair, control};
  command.run_to_its_end();
  control.take();
  ASSERT_TRUE(control.next_line(whole_always, line));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->text, "NOOP");
  pair.theirs->close();
  QuietRead end{pair, control};
  end.run_to_its_end();
  control.take();
  EXPECT_TRUE(control.next_line(whole_always, line));
  EXPECT_FALSE(line);
  EXPECT_TRUE(control.ended());
}
TEST(ControlConnection, TakesWhatIsThereAtOnceAsLongAsNothingHadToWait) {
  TcpPair pair;
  ControlConnection<TcpTransport> control{pair.network, *std::move(pair.theirs), 4096};
  EXPECT_FALSE(control.took_at_once());
  EXPECT_FALSE(pair.error_of(pair.ours->write(as_bytes("NOOP\r\n"))));
  EXPECT_TRUE(control.took_at_once());
  EXPECT_EQ(control.lines().bytes(), 6u);
}
TEST(ControlConnection, LetsOthersHaveTheirTurnThoughMoreIsAlwaysThere) {
  TcpPair pair;
  ControlConnection<TcpTransport> control{pair.network, *std::move(pair.theirs), 4096};
  int taken = 0;
  for (bool more = true; more && taken < 1000; taken += more) {
    EXPECT_FALSE(pair.error_of(pair.ours->write(as_bytes("NOOP\r\n"))));
    more = control.took_at_once();
  }
  EXPECT_EQ(taken, 16);
  EXPECT_TRUE(control.waits_for_a_read());
}
TEST(ControlConnection, ThrowsWhereSuchAReadWasCancelledAndHasLostNothing) {
  TcpPair pair;
  ControlConnection<TcpTransport> control{pair.network, *std::move(pair.ours), 4096};
  QuietRead reading{pair, control};
  pair.loop.restart();
  pair.loop.poll();
  reading.cancel();
  reading.run_to_its_end();
  EXPECT_THROW(control.take(), std::system_error);
  EXPECT_FALSE(pair.error_of(pair.theirs->write(as_bytes("NOOP\r\n"))));
  QuietRead again{pair, control};
  again.run_to_its_end();
  control.take();
  EXPECT_EQ(control.lines().bytes(), 6u);
}

}  // namespace
