#include <ftplike/protocol/ascii.hpp>

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

template <class Converter> std::string converted(std::string_view text, std::size_t piece) {
  Converter converter;
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) converter.convert(text.substr(0, piece), out);
  converter.finish(out);
  return out;
}

void expect_encoded(std::string_view text, std::string_view expected) {
  for (std::size_t piece = 1; piece <= text.size() + 1; ++piece)
    EXPECT_EQ(converted<AsciiEncoder>(text, piece), expected);
}

void expect_decoded(std::string_view text, std::string_view expected) {
  for (std::size_t piece = 1; piece <= text.size() + 1; ++piece)
    EXPECT_EQ(converted<AsciiDecoder>(text, piece), expected);
}

TEST(Ascii, EncodesEveryLfAsCrLf) {
  expect_encoded("", "");
  expect_encoded("a\nb\n\nc", "a\r\nb\r\n\r\nc");
}

TEST(Ascii, DoesNotDoubleTheCrOfATextThatHasThem) { expect_encoded("a\r\nb\r\n\r\n\n", "a\r\nb\r\n\r\n\r\n"); }

TEST(Ascii, EncodesALoneCrAsItIs) { expect_encoded("a\rb\r\r\nc\r", "a\rb\r\r\nc\r"); }

TEST(Ascii, DecodesEveryCrLfAsLf) {
  expect_decoded("", "");
  expect_decoded("a\r\nb\r\n\r\nc", "a\nb\n\nc");
}

TEST(Ascii, DecodesALoneCrAndALoneLfAsTheyAre) { expect_decoded("\ra\rb\nc\r\r\nd\r", "\ra\rb\nc\r\nd\r"); }

TEST(Ascii, HoldsACrBackUntilItKnowsWhatFollows) {
  AsciiDecoder decoder;
  std::string out;
  decoder.convert("a\r", out);
  EXPECT_EQ(out, "a");
  decoder.convert("", out);
  EXPECT_EQ(out, "a");
  decoder.convert("\r", out);
  EXPECT_EQ(out, "a\r");
  decoder.convert("\n", out);
  EXPECT_EQ(out, "a\r\n");
  decoder.finish(out);
  EXPECT_EQ(out, "a\r\n");
}

TEST(Ascii, AppendsToWhatIsThere) {
  std::string out = "before ";
  AsciiEncoder{}.convert("a\n", out);
  AsciiDecoder{}.convert("b\r\n", out);
  EXPECT_EQ(out, "before a\r\nb\n");
}

TEST(Ascii, BeginsANewTextAfterTheEnd) {
  AsciiEncoder encoder;
  std::string out;
  encoder.convert("a\r", out);
  encoder.finish(out);
  encoder.convert("\n", out);
  EXPECT_EQ(out, "a\r\r\n");
}

}  // namespace
}  // namespace ftplike
