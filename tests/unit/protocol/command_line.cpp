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

TEST(CommandLine, TellsNoArgumentFromAnEmptyOne) {
  EXPECT_FALSE(parse_command("NLST").has_argument);
  EXPECT_TRUE(parse_command("NLST ").has_argument);
  EXPECT_EQ(parse_command("NLST ").argument, "");
}

TEST(CommandLine, GivesTheEmptyVerbForABadOne) {
  for (const auto* line : {"", " ", " NOOP", "MUCHTOOLONG x", "NO-OP", "\x16\x03\x01"}) {
    EXPECT_FALSE(parse_command(line).verb) << line;
  }
}

}  // namespace
}  // namespace ftplike
