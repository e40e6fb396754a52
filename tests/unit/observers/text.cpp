#include <ftplike/observers/text.hpp>

#include <gtest/gtest.h>

using namespace ftplike;
using namespace ftplike::detail;

TEST(ObserversText, LetsUtf8PassAndReplacesWhatIsNone) {
  EXPECT_EQ(printable("grün 日本 😀"), "grün 日本 😀");
  EXPECT_EQ(printable("a\xFF"
                      "b\xC3"),
            "a?b?");
  EXPECT_EQ(printable("\xC0\xAF \xED\xA0\x80 \xF4\x90\x80\x80"), "?? ??? ????") << "overlong, surrogate, too large";
  EXPECT_EQ(printable(std::string_view{"\0", 1}), "?");
}

TEST(ObserversText, ReplacesWhatCommandsATerminal) {
  EXPECT_EQ(printable("\x1b[31mred\r\n\t\x7f"), "?[31mred????");
  EXPECT_EQ(printable("\u009b31m"), "?31m") << "a control of eight bits";
  EXPECT_EQ(printable("\u202egpj.exe"), "?gpj.exe") << "writing from right to left";
}

TEST(ObserversText, CountsTheColumnsOfATerminal) {
  EXPECT_EQ(columns_of("abc"), 3u);
  EXPECT_EQ(columns_of("grün"), 4u);
  EXPECT_EQ(columns_of("日本"), 4u);
  EXPECT_EQ(columns_of("e\u0301"), 1u) << "an accent of its own";
}

TEST(ObserversText, CutsToColumnsAndSaysSo) {
  EXPECT_EQ(cut_to("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_to("abcdef", 5), "abcd…");
  EXPECT_EQ(cut_to("日本語", 5), "日本…");
  EXPECT_EQ(cut_to("日本語", 4), "日…");
}

TEST(ObserversText, PutsBracketsAroundAnIpv6Address) {
  EXPECT_EQ(text_of({asio::ip::make_address("192.0.2.7"), 21}), "192.0.2.7:21");
  EXPECT_EQ(text_of({asio::ip::make_address("2001:db8::1"), 21}), "[2001:db8::1]:21");
}
