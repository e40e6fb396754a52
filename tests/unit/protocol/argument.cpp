#include <ftplike/protocol/argument.hpp>

#include <string>
#include <string_view>
#include <type_traits>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

TEST(Argument, HoldsAnyBytesButCrLfAndNul) {
  for (int value = 0; value < 256; ++value) {
    const std::string text = std::string{"a"} + static_cast<char>(value) + "b";
    const auto argument = Argument::from(text);
    if (value == 0 || value == '\r' || value == '\n') {
      EXPECT_FALSE(argument) << value;
    } else {
      ASSERT_TRUE(argument) << value;
      EXPECT_EQ(argument->view(), text);
    }
  }
}

TEST(Argument, MayBeEmpty) { EXPECT_EQ(Argument::from("")->view(), ""); }

TEST(Argument, CannotBeMadeOfARawString) {
  EXPECT_FALSE((std::is_constructible_v<Argument, std::string>));
  EXPECT_FALSE((std::is_constructible_v<Argument, const char*>));
  EXPECT_FALSE(std::is_default_constructible_v<Argument>);
}

TEST(Argument, RefusesASecondCommand) { EXPECT_FALSE(Argument::from("a.txt\r\nDELE b.txt")); }

TEST(CommandWire, EndsTheLineAndDoublesEveryIac) {
  EXPECT_EQ(command_wire(Verb{"noop"}), "NOOP\r\n");
  const auto argument = Argument::from(
      "\xFF"
      "a \xFF\xFF");
  EXPECT_EQ(command_wire(Verb{"RETR"}, &*argument),
            "RETR \xFF\xFF"
            "a \xFF\xFF\xFF\xFF\r\n");
}

TEST(CommandWire, KeepsAnEmptyArgument) {
  const auto argument = Argument::from("");
  EXPECT_EQ(command_wire(Verb{"NLST"}, &*argument), "NLST \r\n");
}

TEST(CommandText, IsTheCommandAndNothingElse) {
  const auto argument = Argument::from("b \xFF.txt");
  EXPECT_EQ(command_text(Verb{"pwd"}), "PWD");
  EXPECT_EQ(command_text(Verb{"STOR"}, &*argument), "STOR b \xFF.txt");
}

}  // namespace
}  // namespace ftplike
