#include <ftplike/observers/transfer_log.hpp>

#include <array>
#include <clocale>
#include <cstdlib>

#include <gtest/gtest.h>

#include <ftplike/protocol/error.hpp>

#include "support/environment.hpp"
#include "support/folder.hpp"
#include "unit/observers/events.hpp"

using namespace ftplike;

namespace {

class TransferLogTest : public testing::Test {
 protected:
  WallTime now;
  CollectedLines lines;
  TransferLog log{lines.sink(), now.clock()};
  SessionInfo who = session_info();
};

/// A process that speaks another language, whose months and days have other names, while this lives.
class OtherLanguage {
 public:
  OtherLanguage() {
    const TestFolder folder;
    folder.write("letters", "<code_set_name> LETTERS\n<comment_char> %\n<escape_char> /\nCHARMAP\n"
                            "<U0000>..<U007F> /x00 ASCII\nEND CHARMAP\n");
    folder.write("names", "comment_char %\nescape_char /\nLC_TIME\n"
                          "abday \"d1\";\"d2\";\"d3\";\"d4\";\"d5\";\"d6\";\"d7\"\n"
                          "day \"day1\";\"day2\";\"day3\";\"day4\";\"day5\";\"day6\";\"day7\"\n"
                          "abmon \"m1\";\"m2\";\"m3\";\"m4\";\"m5\";\"m6\";\"m7\";\"m8\";\"m9\";\"m10\";\"m11\";\"m12\"\n"
                          "mon \"m1\";\"m2\";\"m3\";\"m4\";\"m5\";\"m6\";\"m7\";\"m8\";\"m9\";\"m10\";\"m11\";\"m12\"\n"
                          "d_t_fmt \"%c\"\nd_fmt \"%x\"\nt_fmt \"%X\"\nam_pm \"\";\"\"\nt_fmt_ampm \"\"\nEND LC_TIME\n");
    const std::string made = folder / "made";
    const std::string make = "localedef -c -f '" + folder / "letters" + "' -i '" + folder / "names" + "' '" + made +
                             "' 2>/dev/null";
    (void)!std::system(make.c_str());  // its status is 1: the other categories are missing
    set_variable("LOCPATH", folder.string().c_str());
    EXPECT_NE(std::setlocale(LC_TIME, "made"), nullptr);
    remove_variable("LOCPATH");
  }
  OtherLanguage(const OtherLanguage&) = delete;
  OtherLanguage& operator=(const OtherLanguage&) = delete;
  ~OtherLanguage() { std::setlocale(LC_TIME, "C"); }
};

}  // namespace

TEST_F(TransferLogTest, SpeaksTheLanguageOfProgramsWhateverThatOfTheProcessIs) {
  const OtherLanguage other;
  const std::tm parts = detail::local_parts(now());
  std::array<char, 32> room{};
  std::strftime(room.data(), room.size(), "%a %b", &parts);
  ASSERT_EQ(std::string{room.data()}, "d1 m11");
  const Path path{"/a"};
  log(ended(who, path));
  EXPECT_EQ(lines.all(), "Sun Nov 22 19:00:33 2026 0 192.0.2.7 12345 /a b _ i g guest ftp 0 * c\n");
}

TEST_F(TransferLogTest, WritesOneLineOfXferlogPerFile) {
  who.user = "anna";
  const Path path{"/pictures/my cat.jpg"};
  auto event = ended(who, path);
  event.took = std::chrono::milliseconds{1600};
  log(event);
  EXPECT_EQ(lines.all(), "Sun Nov 22 19:00:33 2026 2 192.0.2.7 12345 /pictures/my_cat.jpg b _ i r anna ftp 0 * c\n");
}

TEST_F(TransferLogTest, TellsDirectionTypeAndIncompleteness) {
  who.user = "anonymous";
  const Path path{"/a"};
  auto event = ended(who, path, Errc::peer_lost);
  event.direction = Direction::sent;
  event.ascii = true;
  log(event);
  EXPECT_EQ(lines.all(), "Sun Nov 22 19:00:33 2026 0 192.0.2.7 12345 /a a _ o a anonymous ftp 0 * i\n");
}

TEST_F(TransferLogTest, CallsASessionWithoutALoginAGuest) {
  const Path path{"/a"};
  log(ended(who, path));
  EXPECT_EQ(lines.all(), "Sun Nov 22 19:00:33 2026 0 192.0.2.7 12345 /a b _ i g guest ftp 0 * c\n");
}

TEST_F(TransferLogTest, LeavesListingsOut) {
  const Path root;
  auto event = ended(who, root);
  event.listing = true;
  log(event);
  EXPECT_EQ(lines.all(), "");
}

TEST_F(TransferLogTest, KeepsOneLineOneLineWhateverTheName) {
  const Path path{"/a\nb"};
  log(ended(who, path));
  ASSERT_EQ(lines.lines.size(), 1u);
  EXPECT_NE(lines.lines[0].find(" /a?b "), std::string::npos) << lines.lines[0];
}
