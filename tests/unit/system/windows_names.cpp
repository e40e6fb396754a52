#include <ftplike/system/windows/names.hpp>

#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace {

using ftplike::detail::is_name_of_windows;
using ftplike::detail::is_utf8;

TEST(NamesOfWindows, AreWhatPeopleCallTheirFiles) {
  for (const std::string_view name :
       {"a", "A.TXT", "two words.txt", ".hidden", "..a", "a..b", "~", "PROGRA~1", "100%", "a;b", "a=b", "[x]", "ä€😀.txt"}) {
    EXPECT_TRUE(is_name_of_windows(name)) << name;
  }
}

TEST(NamesOfWindows, LeadToNoOtherFolderDriveOrServer) {
  for (const std::string_view name : {"", ".", "..", "a\\b", "..\\a", "\\", "\\\\server\\share", "a/b", "C:", "C:a", "C:\\a", "\\\\?\\C:\\a"}) {
    EXPECT_FALSE(is_name_of_windows(name)) << name;
  }
}

TEST(NamesOfWindows, LeadToNoStreamOfAFile) {
  for (const std::string_view name : {"a.txt:x", "a::$DATA", ":x", "a:", "d:$I30:$INDEX_ALLOCATION"}) EXPECT_FALSE(is_name_of_windows(name)) << name;
}

TEST(NamesOfWindows, AreNoDevicesWhateverTheirCaseOrExtension) {
  for (const std::string_view name : {"CON", "con", "NUL.txt", "nul.tar.gz", "Aux", "PRN.", "COM1", "com9.log", "LPT1", "lpt0.x", "COM\xC2\xB9",
                                      "CONIN$", "conout$.txt", "NUL .txt"}) {
    EXPECT_FALSE(is_name_of_windows(name)) << name;
  }
  for (const std::string_view name : {"CONS", "xCON", "NULL.txt", "COM", "COM10", "COMX", "LPT", "LPT12.txt", "aux-1", "my.nul"}) {
    EXPECT_TRUE(is_name_of_windows(name)) << name;
  }
}

TEST(NamesOfWindows, EndInNothingThatOtherProgramsTakeAway) {
  for (const std::string_view name : {"a.", "a ", "a. .", "a.txt.", " ", "..."}) EXPECT_FALSE(is_name_of_windows(name)) << name;
}

TEST(NamesOfWindows, FitNoOtherNameAsAPattern) {
  for (const std::string_view name : {"*", "a*", "a?", "<", "a>b", "\"a\"", "a|b"}) EXPECT_FALSE(is_name_of_windows(name)) << name;
  for (int c = 0; c < 0x20; ++c) EXPECT_FALSE(is_name_of_windows(std::string("a") + static_cast<char>(c) + 'b')) << c;
}

TEST(NamesOfWindows, AreUtf8) {
  for (const std::string_view text : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                                      "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << testing::PrintToString(std::string{text});
  }
  for (const std::string_view text : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2 ", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE4"}) {
    EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(std::string{text});
  }
}

}  // namespace
