#include <ftplike/client/pending_commands.hpp>

#include <gtest/gtest.h>

using ftplike::Reply;
using namespace ftplike::detail;

namespace {

Owner take(PendingCommands& outstanding, int code) {
  const Reply reply{code, "text"};
  return outstanding.take(reply);
}

PendingCommands after(std::initializer_list<Asked> asked) {
  PendingCommands outstanding;
  for (const Asked one : asked) outstanding.sent(one);
  return outstanding;
}

PendingCommands during_transfer() {
  PendingCommands outstanding = after({Asked::transfer});
  take(outstanding, 150);
  return outstanding;
}

}  // namespace

TEST(PendingCommands, IsInStepAtFirst) {
  PendingCommands outstanding;
  EXPECT_TRUE(outstanding.in_step());
  EXPECT_EQ(take(outstanding, 226), Owner::nobody);
  EXPECT_TRUE(outstanding.in_step());
}

TEST(PendingCommands, GivesASimpleCommandItsFinalReply) {
  for (const int code : {200, 213, 250, 257, 331, 350, 450, 502, 550}) {
    PendingCommands outstanding = after({Asked::simple});
    EXPECT_FALSE(outstanding.in_step());
    EXPECT_EQ(take(outstanding, 150), Owner::nobody);
    EXPECT_EQ(take(outstanding, code), Owner::command);
    EXPECT_TRUE(outstanding.in_step());
  }
}

TEST(PendingCommands, GivesASimpleCommandNoWordOfATransfer) {
  PendingCommands outstanding = after({Asked::simple});
  EXPECT_EQ(take(outstanding, 226), Owner::nobody);
  EXPECT_EQ(take(outstanding, 426), Owner::nobody);
  EXPECT_EQ(take(outstanding, 425), Owner::command);  // as some servers answer PASV
}

TEST(PendingCommands, IsOverWithA421) {
  for (PendingCommands outstanding : {PendingCommands{}, after({Asked::simple}), during_transfer(), after({Asked::marker})}) {
    EXPECT_EQ(take(outstanding, 421), Owner::farewell);
    EXPECT_TRUE(outstanding.in_step());
  }
}

TEST(PendingCommands, GivesATransferAPreliminaryReplyAndAFinalOne) {
  PendingCommands outstanding = after({Asked::transfer});
  EXPECT_EQ(take(outstanding, 150), Owner::preliminary);
  EXPECT_EQ(take(outstanding, 150), Owner::nobody);
  EXPECT_TRUE(outstanding.transferring());
  EXPECT_EQ(take(outstanding, 226), Owner::command);
  EXPECT_TRUE(outstanding.in_step());
}

TEST(PendingCommands, BelievesARefusalBeforeTheTransferThatIsNotOfConnections) {
  for (const int code : {450, 501, 530, 550, 553}) {
    PendingCommands outstanding = after({Asked::transfer});
    EXPECT_EQ(take(outstanding, code), Owner::command);
    EXPECT_TRUE(outstanding.in_step()) << code;
  }
}

TEST(PendingCommands, DoesNotKnowWhatFollowsATransferThatWasRefusedInItsMiddle) {
  PendingCommands refused = after({Asked::transfer});
  EXPECT_EQ(take(refused, 425), Owner::command);
  EXPECT_TRUE(refused.tangled());
  for (const int code : {425, 426, 451, 552}) {
    PendingCommands outstanding = during_transfer();
    EXPECT_EQ(take(outstanding, code), Owner::command);
    EXPECT_TRUE(outstanding.tangled()) << code;
    EXPECT_FALSE(outstanding.in_step()) << code;
  }
}

TEST(PendingCommands, TellsTheAnswersToANoopFromThoseToTheTransfer) {
  PendingCommands early = during_transfer();
  early.sent(Asked::keep_alive);
  EXPECT_EQ(take(early, 200), Owner::nobody);
  EXPECT_EQ(take(early, 226), Owner::command);
  EXPECT_TRUE(early.in_step());

  PendingCommands late = during_transfer();
  late.sent(Asked::keep_alive);
  late.sent(Asked::keep_alive);
  EXPECT_EQ(take(late, 250), Owner::command);
  EXPECT_FALSE(late.in_step());
  EXPECT_EQ(take(late, 200), Owner::nobody);
  EXPECT_TRUE(late.tangled());
  EXPECT_EQ(take(late, 502), Owner::nobody);
  EXPECT_TRUE(late.in_step());
}

TEST(PendingCommands, DropsEverythingUpToTheAnswerToItsMarker) {
  PendingCommands outstanding = during_transfer();
  outstanding.sent(Asked::keep_alive);
  outstanding.sent(Asked::abort);
  EXPECT_TRUE(outstanding.tangled());
  EXPECT_TRUE(outstanding.aborted());
  outstanding.sent(Asked::marker);
  EXPECT_TRUE(outstanding.marked());
  for (const int code : {426, 226, 225, 200, 502, 226, 150, 550}) {
    EXPECT_EQ(take(outstanding, code), Owner::nobody);
    EXPECT_FALSE(outstanding.in_step());
  }
  EXPECT_EQ(take(outstanding, 257), Owner::marker);
  EXPECT_TRUE(outstanding.in_step());
}
