#include <ftplike/protocol/telnet.hpp>

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

std::string filtered(std::string_view bytes) {
  TelnetFilter filter;
  std::string out;
  filter.feed(bytes, [&out](std::string_view piece) { out += piece; });
  return out;
}

TEST(Telnet, GivesTextAsItIs) { EXPECT_EQ(filtered("NOOP\r\n"), "NOOP\r\n"); }

TEST(Telnet, MakesADoubledIacOneByte) {
  EXPECT_EQ(filtered("\xFF\xFF"
                     "a\xFF\xFF"),
            "\xFF"
            "a\xFF");
}

TEST(Telnet, TakesNegotiationsOutWhateverTheirOption) {
  EXPECT_EQ(filtered("a\xFF\xFB\x01"
                     "b\xFF\xFC\nc\xFF\xFD\xFF"
                     "d\xFF\xFE\xF0"
                     "e"),
            "abcde");
}

TEST(Telnet, TakesASubnegotiationOutUpToItsEnd) {
  EXPECT_EQ(filtered("a\xFF\xFA\x18\x01\n\xFF\xFF x\xFF\xF0"
                     "b"),
            "ab");
}

TEST(Telnet, TakesCommandsOut) {
  EXPECT_EQ(filtered("a\xFF\xF1"
                     "b\xFF\xF9"
                     "c\xFF\xF0"
                     "d"),
            "abcd");
}

TEST(Telnet, TakesASynchOutAlsoIfOneOfItsBytesCameAsUrgentData) {
  EXPECT_EQ(filtered("\xFF\xF4\xFF\xF2"
                     "ABOR\r\n"),
            "ABOR\r\n");
  EXPECT_EQ(filtered("\xFF\xF4\xF2"
                     "ABOR\r\n"),
            "ABOR\r\n");
  EXPECT_EQ(filtered("\xFF\xF4\xFF"
                     "ABOR\r\n"),
            "ABOR\r\n");
  EXPECT_EQ(filtered("NOOP\n\xFF\xF4\xFF"
                     "ABOR\r\n"),
            "NOOP\nABOR\r\n");
}

TEST(Telnet, KeepsA0xFFInsideOfALineThatNobodyDoubled) {
  EXPECT_EQ(filtered("RETR caf\xFF.txt\r\n"), "RETR caf\xFF.txt\r\n");
}

TEST(Telnet, NeverLetsASingleIacSwallowTheEndOfALine) { EXPECT_EQ(filtered("\xFF\nNOOP\xFF\r\n"), "\nNOOP\xFF\r\n"); }

TEST(Telnet, KnowsASequenceInAnySplit) {
  const std::string bytes =
      "a\xFF\xFB\x01"
      "b\xFF\xFF\xFF\xFA\x18\xFF\xFF\xFF\xF0"
      "c\xFF\xF4\xFF\xF2"
      "d\xFFz\n\xFF"
      "A";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    TelnetFilter filter;
    std::string out;
    const auto add = [&out](std::string_view piece) { out += piece; };
    filter.feed(std::string_view{bytes}.substr(0, cut), add);
    filter.feed(std::string_view{bytes}.substr(cut), add);
    EXPECT_EQ(out,
              "ab\xFF"
              "cd\xFFz\nA")
        << cut;
  }
}

TEST(Telnet, TellsWhetherASequenceHasBegun) {
  const auto inside = [](std::string_view bytes) {
    TelnetFilter filter;
    filter.feed(bytes, [](std::string_view) {});
    return filter.inside();
  };
  EXPECT_FALSE(inside(""));
  EXPECT_FALSE(inside("text"));
  EXPECT_TRUE(inside("\xFF"));
  EXPECT_TRUE(inside("\xFF\xFB"));
  EXPECT_TRUE(inside("\xFF\xFAx"));
  EXPECT_TRUE(inside("\xFF\xFAx\xFF"));
  EXPECT_FALSE(inside("\xFF\xFAx\xFF\xF0"));
  EXPECT_FALSE(inside("\xFF\xF4"));
}

}  // namespace
}  // namespace ftplike
