#include <ftplike/protocol/text.hpp>

#include <cstdint>

#include <gtest/gtest.h>

namespace ftplike::detail {
namespace {

TEST(Text, ComparesWordsInAnyCase) {
  EXPECT_TRUE(same_word("Type", "tYPE"));
  EXPECT_TRUE(same_word("", ""));
  EXPECT_FALSE(same_word("type", "types"));
  EXPECT_FALSE(same_word("[", "{"));  // which differ as letters of two cases do
  EXPECT_FALSE(same_word("\xC9", "\xE9"));
}

TEST(Text, FoldsAsciiLettersAlone) {
  EXPECT_EQ(to_lower("AZ[@\xC9 az09"), "az[@\xC9 az09");
  EXPECT_EQ(to_upper("az{`\xE9 AZ09"), "AZ{`\xE9 AZ09");
}

TEST(Text, ReadsNumbersAndNothingElse) {
  EXPECT_EQ(number_in("0"), 0U);
  EXPECT_EQ(number_in("0042"), 42U);
  EXPECT_EQ(number_in("755", 8), 0755U);
  EXPECT_EQ(number_in<std::uint64_t>("18446744073709551615"), 18446744073709551615U);
  for (const auto* text : {"", " 1", "1 ", "-1", "+1", "4294967296", "0x1", "1.0"})
    EXPECT_FALSE(number_in(text)) << text;
  EXPECT_FALSE(number_in("8", 8));
}

TEST(BytesIn, IsANumberAsPeopleWriteIt) {
  EXPECT_EQ(bytes_in("0"), 0u);
  EXPECT_EQ(bytes_in("1500"), 1500u);
  EXPECT_EQ(bytes_in("2k"), 2048u);
  EXPECT_EQ(bytes_in("3M"), 3u << 20);
  EXPECT_EQ(bytes_in("10G"), std::uint64_t{10} << 30);
  EXPECT_EQ(bytes_in("16777215T"), std::uint64_t{16777215} << 40);
  for (const auto* text : {"", "G", "10X", "10GB", "1.5G", "-1", "10 G", "16777216T", "18446744073709551616"}) {
    EXPECT_FALSE(bytes_in(text)) << text;
  }
}

TEST(Text, KnowsDigits) {
  for (int value = 0; value < 256; ++value) {
    EXPECT_EQ(is_digit(static_cast<char>(value)), value >= '0' && value <= '9') << value;
  }
}

}  // namespace
}  // namespace ftplike::detail
