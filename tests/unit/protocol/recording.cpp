#include <ftplike/protocol/recording.hpp>

#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace ftplike;
using namespace std::chrono_literals;

const std::string whole =
    "ftplike-recording 1\n"
    "# a comment\n"
    "1 0.000000 opened 127.0.0.1:21 127.0.0.1:50001\n"
    "1 0.000214 < 220 FTP Server Ready\n"
    "2 1.500000 >. LIST\n"
    "1 1.500000 > STOR a \\x22\\x5C\n"
    "1 2.000001 < 211 Features:\\nEPSV\\nEnd\n"
    "1 2.000001 listening 127.0.0.1:40001\n"
    "1 2.000002 connected 127.0.0.1:40001 127.0.0.1:50002\n"
    "1 2.000002 secured data TLSv1.3, TLS_AES_128_GCM_SHA256, resumed\n"
    "1 2.000003 bytes up hel\\x00\\xFF\\n\n"
    "1 2.000004 data up 18446744073709551615 00000000deadbeef\n"
    "1 3.000000 closed farewell\n";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  text.replace(text.find(what), what.size(), by);
  return text;
}

std::string complaint_of(std::string_view text) {
  std::string complaint;
  EXPECT_EQ(Recording::parse(text, complaint), std::nullopt) << text;
  return complaint;
}

TEST(Recording, IsReadAsItStands) {
  std::string complaint;
  const auto recording = Recording::parse(whole, complaint);
  ASSERT_TRUE(recording) << complaint;
  const auto& events = recording->events;
  ASSERT_EQ(events.size(), 11u);
  using Kind = RecordedEvent::Kind;
  EXPECT_EQ(events[0].kind, Kind::opened);
  EXPECT_EQ(events[1].code, 220);
  EXPECT_EQ(events[1].text, "FTP Server Ready");
  EXPECT_EQ(events[1].at, 214us);
  EXPECT_EQ(events[1].line, 4u);
  EXPECT_TRUE(events[2].unterminated);
  EXPECT_EQ(events[2].session, 2u);
  EXPECT_EQ(events[3].text, "STOR a \"\\");
  EXPECT_EQ(events[4].text, "Features:\nEPSV\nEnd");
  EXPECT_EQ(events[5].kind, Kind::listening);
  EXPECT_EQ(events[5].text, "127.0.0.1:40001");
  EXPECT_EQ(events[7].kind, Kind::secured);
  EXPECT_EQ(events[7].text, "data TLSv1.3, TLS_AES_128_GCM_SHA256, resumed");
  EXPECT_EQ(events[8].text, (std::string{"hel\0\xFF\n", 6}));
  EXPECT_TRUE(events[9].up);
  EXPECT_EQ(events[9].bytes, 18446744073709551615u);
  EXPECT_EQ(events[9].digest, 0xDEADBEEFu);
  EXPECT_EQ(events[10].text, "farewell");
}

TEST(Recording, OfALineThatItWroteIsThatEvent) {
  std::string complaint;
  const auto recording = Recording::parse(whole, complaint);
  ASSERT_TRUE(recording) << complaint;
  std::string again = "ftplike-recording 1\n# a comment\n";
  for (const auto& event : recording->events) again += Recording::line_of(event) + '\n';
  EXPECT_EQ(Recording::parse(again, complaint)->events, recording->events);
}

TEST(Recording, ThatIsDamagedIsRefusedWithTheLine) {
  const auto& text = whole;
  EXPECT_EQ(complaint_of(""), "line 1: this is no recording");
  EXPECT_EQ(complaint_of("ftplike-recording 2\n"), "line 1: this is no recording");
  EXPECT_EQ(complaint_of("ftplike-recording 1"), "line 1: it is cut off");
  EXPECT_EQ(complaint_of(text.substr(0, text.size() - 1)), "line 13: it is cut off");
  EXPECT_EQ(complaint_of(replaced(text, "1 0.000214", "1 9.000214")), "line 5: it is earlier than the line before");
  const std::vector<std::pair<std::string_view, std::string_view>> defects{
      {"0.000214", "0.00214"},      {"0.000214", "0,000214"},
      {"0.000214", "0.00021x"},     {"< 220", "< 99"},
      {"< 220", "< 600"},           {"< 220", "= 220"},
      {"1 0.000214", "x 0.000214"}, {"FTP Server", "FTP \\Server"},
      {"FTP Server", "\\xG0"},      {"FTP Server Ready", "\\x1"}};
  for (const auto& [what, by] : defects) {
    EXPECT_EQ(complaint_of(replaced(text, what, by)), "line 4: it is not understood") << by;
  }
  EXPECT_EQ(complaint_of(replaced(text, "data up", "data sideways")), "line 12: it is not understood");
  EXPECT_EQ(complaint_of(replaced(text, "551615 0", "551616 0")), "line 12: it is not understood");
  EXPECT_EQ(complaint_of(replaced(text, "00000000dead", "0dead")), "line 12: it is not understood");
  EXPECT_EQ(complaint_of(replaced(text, "STOR a", "STOR a\\nDELE b")), "line 6: it is not understood");
  EXPECT_EQ(complaint_of(replaced(text, "# a comment\n", "\n")), "line 2: it is not understood");
  for (std::size_t cut = 20; cut < text.size(); ++cut) {
    std::string complaint;
    const auto rest = text.substr(0, cut);
    if (!rest.ends_with('\n')) { EXPECT_EQ(Recording::parse(rest, complaint), std::nullopt) << rest; }
  }
}

TEST(QuickDigest, IsFnv1a) {
  QuickDigest digest;
  EXPECT_EQ(digest.value(), 0xCBF29CE484222325u);
  digest.add("a");
  EXPECT_EQ(digest.value(), 0xAF63DC4C8601EC8Cu);
}

}  // namespace
