#include <ftplike/protocol/reply.hpp>

#include <string>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::string_literals;

TEST(Reply, KnowsItsKind) {
  EXPECT_TRUE(Reply(150, "").preliminary());
  EXPECT_TRUE(Reply(226, "").complete());
  EXPECT_TRUE(Reply(331, "").intermediate());
  EXPECT_TRUE(Reply(425, "").negative());
  EXPECT_FALSE(Reply(425, "").permanent());
  EXPECT_TRUE(Reply(550, "").negative());
  EXPECT_TRUE(Reply(550, "").permanent());
  EXPECT_FALSE(Reply(226, "").negative());
  EXPECT_EQ(Reply{}.code(), 0);
}

TEST(Reply, GoesOverTheWireAsOneLine) {
  EXPECT_EQ(Reply(226, "Download complete").wire(), "226 Download complete\r\n");
  EXPECT_EQ(Reply(200, "").wire(), "200 \r\n");
}

TEST(Reply, GoesOverTheWireAsSeveralLinesOfWhichNoneLooksLikeTheEnd) {
  EXPECT_EQ(Reply(211, "Features:\n MDTM\n211 no end\n\nEnd").wire(),
            "211-Features:\r\n MDTM\r\n 211 no end\r\n \r\n211 End\r\n");
}

TEST(Reply, CannotSmuggleALineOrAnEscapeSequence) {
  EXPECT_EQ(Reply(550, "a\r226 b\0\x1B[2J\tc"s).wire(), "550 a?226 b??[2J\tc\r\n");
}

TEST(Reply, DoublesTheByteThatTelnetWouldTakeForACommand) {
  EXPECT_EQ(Reply(257, "\"\xFF\xF4\" made").wire(), "257 \"\xFF\xFF\xF4\" made\r\n");
}

}  // namespace
}  // namespace ftplike
