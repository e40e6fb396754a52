#include <ftplike/protocol/command_line.hpp>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

TEST(CommandLine, IsSplitAtItsFirstSpace) {
  const auto command = parse_command("retr a b.txt");
  EXPECT_EQ(command.verb, Verb{"RETR"});
  EXPECT_EQ(command.argument, "a b.txt");
  EXPECT_TRUE(command.has_argument);
}

TEST(CommandLine, KeepsTheArgumentByteForByte) {
  EXPECT_EQ(parse_command("CWD  a ").argument, " a ");
  EXPECT_EQ(parse_command("CWD \xFF\t").argument, "\xFF\t");
}

TEST(CommandLine, BeginsBehindTheBlanksInFrontOfIt) {
  for (const auto* line : {" PASS x", "   PASS x", "\tPASS x"}) {
    EXPECT_EQ(parse_command(line).verb, Verb{"PASS"}) << line;
    EXPECT_EQ(parse_command(line).argument, "x") << line;
  }
}

TEST(CommandLine, HasNoArgumentInBlanksAlone) {
  for (const auto* line : {"PWD ", "PWD   ", "PWD \t", "PWD\t"}) {
    EXPECT_EQ(parse_command(line).verb, Verb{"PWD"}) << line;
    EXPECT_EQ(parse_command(line).argument, "") << line;
  }
}

TEST(CommandLine, TellsNoArgumentFromAnEmptyOne) {
  EXPECT_FALSE(parse_command("NLST").has_argument);
  EXPECT_TRUE(parse_command("NLST ").has_argument);
  EXPECT_EQ(parse_command("NLST ").argument, "");
}

TEST(CommandLine, GivesTheEmptyVerbForABadOne) {
  for (const auto* line : {"", " ", "MUCHTOOLONG x", "NO-OP", "\x16\x03\x01", "PW\xC3\x90", "\xEF\xBC\xB0WD", "L\xC4\xB0ST"}) {
    EXPECT_FALSE(parse_command(line).verb) << line;
  }
}

}  // namespace
}  // namespace ftplike
