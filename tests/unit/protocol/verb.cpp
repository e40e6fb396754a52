#include <ftplike/protocol/verb.hpp>

#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::string_view_literals;

TEST(Verb, IsTheSameInAnyCase) {
  EXPECT_EQ(Verb{"pwd"}, Verb{"PWD"});
  EXPECT_EQ(Verb{"xSha256"}.text(), "XSHA256");
  EXPECT_NE(Verb{"PWD"}, Verb{"CWD"});
  EXPECT_NE(Verb{"PWD"}, Verb{"XPWD"});
}

TEST(Verb, HoldsOneToEightLettersAndDigits) {
  EXPECT_TRUE(Verb{"A"});
  EXPECT_EQ(Verb{"ABCDEFG8"}.text(), "ABCDEFG8");
  for (const auto text : {""sv, "ABCDEFGH9"sv, "A B"sv, "PW-D"sv, "PWD\r"sv, "\0"sv, "P\0"sv, "\xE9t\xE9"sv, "@"sv,
                          "["sv, "`"sv, "{"sv}) {
    EXPECT_FALSE(Verb{text}) << text;
    EXPECT_EQ(Verb{text}, Verb{});
    EXPECT_EQ(Verb{text}.text(), "");
  }
}

TEST(Verb, IsKnownAtCompileTime) {
  static_assert(Verb{"retr"} == Verb{"RETR"});
  static_assert(Verb{"retr"}.bits() != 0);
  constexpr auto bits = Verb{"A1"}.bits();
  EXPECT_EQ(bits, 0x4131U);
}

}  // namespace
}  // namespace ftplike
