#include <ftplike/protocol/line_buffer.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::string_literals;

std::vector<std::string> texts(LineBuffer& buffer) {
  std::vector<std::string> result;
  while (auto line = buffer.next()) result.push_back(line->text);
  return result;
}

std::vector<Line> lines_of(std::string_view bytes, std::size_t piece, std::size_t limit = 4096) {
  LineBuffer buffer{limit};
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) buffer.feed(bytes.substr(0, piece));
  std::vector<Line> result;
  while (auto line = buffer.next()) result.push_back(*line);
  return result;
}

TEST(LineBuffer, TakesCrLfAndBareLfAsTheEndOfALine) {
  LineBuffer buffer;
  buffer.feed("NOOP\r\nPWD\n\r\n\nQU");
  EXPECT_EQ(texts(buffer), (std::vector{"NOOP"s, "PWD"s, ""s, ""s}));
  buffer.feed("IT\r");
  EXPECT_FALSE(buffer.next());
  buffer.feed("\n");
  EXPECT_EQ(texts(buffer), std::vector{"QUIT"s});
}

TEST(LineBuffer, GivesTheSameLinesHoweverTheBytesAreSplit) {
  const auto bytes =
      "USER a\r\n\xFF\xFB\x01"
      "PASS \xFF\xFFx\n\xFF\xFA\x18\nxx\xFF\xF0"
      "a\rb\r\n01234567890123456789\r\nq\0r\n\xFF\xF4\xFF\xF2"
      "ABOR\r\n"s;
  const auto whole = lines_of(bytes, bytes.size(), 16);
  ASSERT_EQ(whole.size(), 6U);
  for (std::size_t piece = 1; piece < bytes.size(); ++piece) EXPECT_EQ(lines_of(bytes, piece, 16), whole) << piece;
}

TEST(LineBuffer, TakesTelnetSequencesOutAndKeepsADoubledIac) {
  LineBuffer buffer;
  buffer.feed("\xFF\xFD\x06\xFF\xF4\xFF\xF2STAT\xFF\xF1 \xFF\xFF\xFF\xFA\x01\x02\xFF\xF0!\r\n");
  EXPECT_EQ(texts(buffer), std::vector{"STAT \xFF!"s});
  EXPECT_TRUE(buffer.empty());
}

TEST(LineBuffer, NamesTheDefectOfALine) {
  EXPECT_EQ(lines_of("a\0b\n"s, 99), std::vector{Line("a\0b"s, LineDefect::nul)});
  EXPECT_EQ(lines_of("a\rb\n", 99), std::vector{Line("a\rb", LineDefect::stray_cr)});
  EXPECT_EQ(lines_of("a\r\r\n", 99), std::vector{Line("a\r", LineDefect::stray_cr)});
  EXPECT_EQ(lines_of("abcdef\n", 99, 5), std::vector{Line("abcde", LineDefect::too_long)});
}

TEST(LineBuffer, GivesADefectAsAnError) {
  EXPECT_EQ(Line("a").error(), std::error_code{});
  EXPECT_EQ(Line("a", LineDefect::nul).error(), Errc::bad_line);
  EXPECT_EQ(Line("a", LineDefect::stray_cr).error(), Errc::bad_line);
  EXPECT_EQ(Line("a", LineDefect::too_long).error(), Errc::line_too_long);
}

TEST(LineBuffer, AllowsALineOfExactlyTheLimitWithEitherEnding) {
  EXPECT_EQ(lines_of("12345\r\n12345\n", 1, 5), (std::vector{Line("12345"), Line("12345")}));
  EXPECT_EQ(lines_of("12345\rx\nok\n", 1, 5), (std::vector{Line("12345", LineDefect::too_long), Line("ok")}));
  EXPECT_EQ(lines_of("123456\r\nok\n", 1, 5), (std::vector{Line("12345", LineDefect::too_long), Line("ok")}));
}

TEST(LineBuffer, ReportsATooLongLineOnceAndBeforeItEnds) {
  LineBuffer buffer{8};
  buffer.feed("0123456789");
  const auto line = buffer.next();
  ASSERT_TRUE(line);
  EXPECT_EQ(line->defect, LineDefect::too_long);
  for (int i = 0; i < 100; ++i) buffer.feed("more of it");
  EXPECT_FALSE(buffer.next());
  EXPECT_EQ(buffer.bytes(), 0U);
  EXPECT_FALSE(buffer.empty());
  buffer.feed("\r\nNOOP\r\n");
  EXPECT_EQ(texts(buffer), std::vector{"NOOP"s});
}

TEST(LineBuffer, HoldsNoMoreThanItsLimitsWhateverIsFed) {
  const auto most = LineBuffer::read_ahead + 4096 + 8;
  for (const auto& pattern :
       {"\n"s, "NOOP\r\n"s, std::string(5000, 'x') + "\n", std::string(4096, 'y') + "\r\n", "z"s}) {
    LineBuffer buffer;
    for (std::size_t fed = 0; fed < 1'000'000; fed += pattern.size()) {
      buffer.feed(pattern);
      ASSERT_LE(buffer.bytes(), most);
    }
  }
}

TEST(LineBuffer, ReportsLinesThatFoundNoRoomTogetherAfterThoseBeforeThem) {
  LineBuffer buffer;
  std::size_t fed = 0;
  for (; buffer.bytes() <= LineBuffer::read_ahead; ++fed) buffer.feed("NOOP\r\n");
  buffer.feed("LOST\r\nLOST TOO\r\nLO");
  EXPECT_EQ(buffer.lines(), fed + 1);
  for (; fed > 0; --fed) EXPECT_EQ(buffer.next(), Line("NOOP"));
  EXPECT_EQ(buffer.next(), Line("", LineDefect::too_long));
  EXPECT_FALSE(buffer.next());
  buffer.feed("ST\r\nFOUND\r\n");
  EXPECT_EQ(texts(buffer), std::vector{"FOUND"s});
}

TEST(LineBuffer, TellsHowMuchWaits) {
  LineBuffer buffer;
  EXPECT_TRUE(buffer.empty());
  buffer.feed("NOOP\r\nNOOP\r\nNO");
  EXPECT_EQ(buffer.lines(), 2U);
  EXPECT_EQ(buffer.bytes(), 14U);
  EXPECT_FALSE(buffer.empty());
  buffer.next();
  EXPECT_EQ(buffer.lines(), 1U);
  EXPECT_EQ(buffer.bytes(), 8U);
}

TEST(LineBuffer, TakesUnterminatedBytesAsACommand) {
  LineBuffer buffer;
  EXPECT_EQ(buffer.unterminated(), "");
  EXPECT_FALSE(buffer.take_unterminated());
  buffer.feed("RETR a");
  EXPECT_EQ(buffer.unterminated(), "RETR a");
  EXPECT_FALSE(buffer.next());
  buffer.feed(".txt");
  EXPECT_EQ(buffer.take_unterminated(), Line("RETR a.txt"));
  EXPECT_EQ(buffer.unterminated(), "");
  EXPECT_TRUE(buffer.empty());
  buffer.feed("quit");
  EXPECT_EQ(buffer.take_unterminated(), Line("quit"));
}

TEST(LineBuffer, NeverTakesUnterminatedBytesAfterTheFirstLineEnding) {
  LineBuffer buffer;
  buffer.feed("pwd\nLIS");
  EXPECT_EQ(buffer.unterminated(), "");
  EXPECT_FALSE(buffer.take_unterminated());
  EXPECT_EQ(texts(buffer), std::vector{"pwd"s});
  EXPECT_EQ(buffer.unterminated(), "");
  EXPECT_FALSE(buffer.take_unterminated());
  buffer.feed("T\r\n");
  EXPECT_EQ(texts(buffer), std::vector{"LIST"s});
}

TEST(LineBuffer, TakesACrAsHalfAnEnding) {
  LineBuffer buffer;
  buffer.feed("pwd\r");
  EXPECT_EQ(buffer.unterminated(), "");
  buffer.feed("\n");
  EXPECT_EQ(texts(buffer), std::vector{"pwd"s});
}

TEST(LineBuffer, GivesABelatedEndingToTheCommandThatWasTakenWithoutIt) {
  LineBuffer buffer;
  buffer.feed("USER a");
  EXPECT_EQ(buffer.take_unterminated(), Line("USER a"));
  buffer.feed("\r\nPASS b\r\n\r\n");
  EXPECT_EQ(texts(buffer), (std::vector{"PASS b"s, ""s}));
}

TEST(LineBuffer, GivesABelatedEndingBehindBlanksToThatCommandToo) {
  LineBuffer buffer;
  buffer.feed("PWD");
  EXPECT_EQ(buffer.take_unterminated(), Line("PWD"));
  buffer.feed(" \r\n \r\n");
  EXPECT_EQ(texts(buffer), std::vector{" "s});
}

TEST(LineBuffer, TakesTheRestOfATooLongLineForNoCommand) {
  LineBuffer buffer{4};
  buffer.feed("01234567");
  EXPECT_EQ(buffer.unterminated(), "") << "a line waits first";
  EXPECT_EQ(buffer.next(), Line("0123", LineDefect::too_long));
  buffer.feed("pwd");
  EXPECT_EQ(buffer.unterminated(), "");
  EXPECT_FALSE(buffer.take_unterminated());
  buffer.feed("\npwd\n");
  EXPECT_EQ(texts(buffer), std::vector{"pwd"s});
}

TEST(LineBuffer, ForgetsEverythingAndSaysWhetherThereWasAnything) {
  for (const auto* waiting : {"NOOP\r\n", "NO", "\xFF", "\xFF\xFA", "\r", "0123456789"}) {
    LineBuffer buffer{6};
    buffer.feed("AUTH\r\n");
    buffer.next();
    EXPECT_FALSE(buffer.clear());
    buffer.feed(waiting);
    buffer.next();
    buffer.feed(waiting);
    EXPECT_TRUE(buffer.clear()) << waiting;
    EXPECT_TRUE(buffer.empty());
    EXPECT_FALSE(buffer.next());
    buffer.feed("QUIT\r\n");
    EXPECT_EQ(texts(buffer), std::vector{"QUIT"s}) << waiting;
  }
}

TEST(LineBuffer, GivesLinesInOrderWhileMoreAreFed) {
  LineBuffer buffer;
  std::string expected, got;
  for (int i = 0; i < 3000; ++i) {
    const auto text = "line " + std::to_string(i);
    expected += text + '|';
    buffer.feed(text + "\r\n");
    if (i % 3 == 0 || i > 2900) {
      while (auto line = buffer.next()) got += line->text + '|';
    }
  }
  EXPECT_EQ(got, expected);
}

}  // namespace
}  // namespace ftplike
