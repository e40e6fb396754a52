#include <ftplike/server/control_connection.hpp>

#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>
#include <support/tcp_pair.hpp>

namespace {
using namespace ftplike;

Wholeness whole_always(std::string_view) { return Wholeness::whole; }

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

}  // namespace
