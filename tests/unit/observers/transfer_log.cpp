#include <ftplike/observers/transfer_log.hpp>

#include <gtest/gtest.h>

#include <ftplike/protocol/error.hpp>

#include "unit/observers/events.hpp"

using namespace ftplike;

namespace {

class TransferLogTest : public testing::Test {
 protected:
  WallTime now;
  CollectedLines lines;
  TransferLog log{lines.sink(), now.clock()};
  Conversation who = conversation();
};

}  // namespace

TEST_F(TransferLogTest, WritesOneLineOfXferlogPerFile) {
  who.user = "anna";
  const Path path{"/pictures/my cat.jpg"};
  auto event = ended(who, path);
  event.took = std::chrono::milliseconds{1600};
  log(event);
  EXPECT_EQ(lines.all(), "Sun Nov 22 19:00:33 2026 2 192.0.2.7 12345 /pictures/my_cat.jpg b _ i r anna ftp 0 * c\n");
}

TEST_F(TransferLogTest, TellsDirectionTypeAndIncompleteness) {
  who.user = "anonymous";
  const Path path{"/a"};
  auto event = ended(who, path, Errc::peer_lost);
  event.direction = Direction::sent;
  event.ascii = true;
  log(event);
  EXPECT_EQ(lines.all(), "Sun Nov 22 19:00:33 2026 0 192.0.2.7 12345 /a a _ o a anonymous ftp 0 * i\n");
}

TEST_F(TransferLogTest, CallsASessionWithoutALoginAGuest) {
  const Path path{"/a"};
  log(ended(who, path));
  EXPECT_EQ(lines.all(), "Sun Nov 22 19:00:33 2026 0 192.0.2.7 12345 /a b _ i g guest ftp 0 * c\n");
}

TEST_F(TransferLogTest, LeavesListingsOut) {
  const Path root;
  auto event = ended(who, root);
  event.listing = true;
  log(event);
  EXPECT_EQ(lines.all(), "");
}

TEST_F(TransferLogTest, KeepsOneLineOneLineWhateverTheName) {
  const Path path{"/a\nb"};
  log(ended(who, path));
  ASSERT_EQ(lines.lines.size(), 1u);
  EXPECT_NE(lines.lines[0].find(" /a?b "), std::string::npos) << lines.lines[0];
}
