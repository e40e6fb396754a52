// The sequence picture that the two programs draw: what becomes a row, and how it is told to a browser.
#include <chrono>
#include <string>
#include <system_error>
#include <vector>

#include <gtest/gtest.h>

#include <ftplike/protocol/recording.hpp>

#include "../examples/picture/of_recording.hpp"
#include "../examples/picture/svg.hpp"
#include "unit/observers/events.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

Endpoint at(const char* address, std::uint16_t port) { return {asio::ip::make_address(address), port}; }

class PictureTest : public testing::Test {
 protected:
  static std::string section(std::string_view verb) { return verb == "RETR" ? "RFC 959 §4.1.3" : ""; }
  Row last() const { return rows.empty() ? Row{} : rows.back(); }
  void reply(int code, const std::string& text) { picture(ReplySeen{who, Reply{code, text}}); }
  void open_data() { picture(DataOpened{who, at("192.0.2.1", 40001), at("192.0.2.7", 50001)}); }

  Time now{};
  std::vector<Row> rows;
  Picture picture{End::server, [this](const Row& row) { rows.push_back(row); }, section, [this] { return now; }};
  const SessionInfo who = session_info(3);
};

TEST_F(PictureTest, HasEachLineOfTheControlConnectionWithItsSection) {
  picture(SessionOpened{who});
  EXPECT_EQ(last().client, "192.0.2.7:51234");
  EXPECT_EQ(last().server, "192.0.2.1:21");
  now += 1500ms;
  picture(CommandSeen{who, "RETR", "a.txt"});
  EXPECT_EQ(last().text, "RETR a.txt");
  EXPECT_EQ(last().section, "RFC 959 §4.1.3");
  EXPECT_EQ(last().by, Row::Who::client);
  EXPECT_EQ(last().at, 1.5);
  reply(211, "Features:\n EPSV\nEnd");
  EXPECT_EQ(last().caption, "211 Features:  … 3 lines");
  reply(550, "No such file");
  EXPECT_EQ(last().text, "550 No such file");
  EXPECT_EQ(last().section, "RFC 959 §4.1.3");
  EXPECT_TRUE(last().bad);
  EXPECT_EQ(last().by, Row::Who::server);
}

TEST_F(PictureTest, TellsPassiveActiveAndAnnouncedDataConnectionsApart) {
  picture(CommandSeen{who, "EPSV", ""});
  picture(DataListening{who, at("192.0.2.1", 40001)});
  EXPECT_EQ(last().data, Row::Data::waiting);
  EXPECT_EQ(last().by, Row::Who::server);
  reply(229, "Entering Extended Passive Mode (|||40001|)");
  open_data();
  EXPECT_EQ(last().way, "passive");
  EXPECT_EQ(last().by, Row::Who::client);
  EXPECT_EQ(last().caption, "50001 → 40001  passive");
  picture(DataClosed{who, {}, {}, Direction::sent, 5});

  picture(CommandSeen{who, "PORT", "192,0,2,7,195,81"});
  reply(200, "Data will go there");
  open_data();
  EXPECT_EQ(last().way, "active");
  EXPECT_EQ(last().caption, "active  50001 ← 40001");
  EXPECT_EQ(last().by, Row::Who::server);
  picture(DataClosed{who, {}, {}, Direction::sent, 5});

  picture(CommandSeen{who, "PORT", "192,0,2,9,195,81"});
  reply(500, "That is not your address");
  picture(CommandSeen{who, "RETR", "a.txt"});
  reply(150, "40001");
  open_data();
  EXPECT_EQ(last().way, "announced");
  EXPECT_EQ(last().by, Row::Who::client);
  EXPECT_EQ(last().note, "RETR");
}

TEST_F(PictureTest, TellsOfBytesUnderWayOfHowManyTheyAre) {
  const Path path{"/a.txt"};
  picture(TransferBegun{who, "RETR", path, Direction::sent, 0, 4000, false, false});
  open_data();
  now += 200ms;
  picture(DataMoved{who, Direction::sent, 1000});
  EXPECT_EQ(last().expected, 4000u);
  EXPECT_EQ(last().caption, "1\u202f000 of 4\u202f000 bytes");
}

TEST_F(PictureTest, TellsOfBytesUnderWayFiveTimesASecondAndOfTheirEnd) {
  open_data();
  for (int i = 1; i <= 10; ++i) {
    now += 100ms;
    picture(DataMoved{who, Direction::received, static_cast<std::uint64_t>(i) * 1000});
  }
  EXPECT_EQ(rows.size(), 6u);
  EXPECT_EQ(last().bytes, 10'000u);
  EXPECT_EQ(last().by, Row::Who::client);
  picture(DataClosed{who, {}, {}, Direction::received, 12'345});
  EXPECT_EQ(last().bytes, 12'345u);
  EXPECT_EQ(last().caption, "12\u202f345 bytes in 1.000 s");
  EXPECT_EQ(last().shape, Row::Shape::flow);
  EXPECT_EQ(last().took, 1.0);
  EXPECT_EQ(last().data, Row::Data::open);
  reply(226, "Upload complete");
  EXPECT_EQ(last().data, Row::Data::none);
}

TEST_F(PictureTest, TellsShortTimesInMilliseconds) {
  open_data();
  now += 1500us;
  picture(DataClosed{who, {}, {}, Direction::sent, 1});
  EXPECT_EQ(last().caption, "1 byte in 1.5 ms");
}

TEST_F(PictureTest, ClosesThePipeOfWhatTlsHasSecured) {
  TlsDetails tls;
  tls.version = "TLSv1.3";
  tls.cipher = "TLS_AES_128_GCM_SHA256";
  picture(ConnectionSecured{who, false, tls});
  EXPECT_TRUE(last().control_secured);
  EXPECT_EQ(last().text, "TLSv1.3, TLS_AES_128_GCM_SHA256");
  picture(ConnectionSecured{who, true, tls});
  open_data();
  EXPECT_EQ(last().data, Row::Data::secured);
  picture(DataClosed{who, {}, {}, Direction::sent, 1});
  open_data();
  EXPECT_EQ(last().data, Row::Data::open);
  EXPECT_TRUE(last().control_secured);
}

TEST_F(PictureTest, MarksWhatWentWrong) {
  picture(StrangerRefused{who, at("198.51.100.1", 1)});
  EXPECT_TRUE(last().bad && last().in_data);
  EXPECT_EQ(last().text, "stranger refused: 198.51.100.1:1");
  const Path path{"/a.txt"};
  picture(ended(who, path, std::make_error_code(std::errc::connection_reset)));
  EXPECT_TRUE(last().bad);
  EXPECT_EQ(last().text, "STOR /a.txt");
  EXPECT_NE(last().note, "");
  picture(SessionClosed{who, std::make_error_code(std::errc::connection_reset)});
  EXPECT_TRUE(last().bad);
}

TEST_F(PictureTest, IsTheSameOfARecordingOfTheOtherEnd) {
  const std::string text =
      "ftplike-recording 1\n# recorded by the client\n"
      "1 0.000000 opened 127.0.0.1:50001 127.0.0.1:21\n"
      "1 0.100000 secured control TLSv1.3, TLS_AES_128_GCM_SHA256\n"
      "1 0.110000 > USER anna\n"
      "1 0.120000 < 230 Logged in\n"
      "1 0.200000 > RETR a.txt\n"
      "1 0.300000 < 150 40001\n"
      "1 0.400000 connected [::1]:50002 [::1]:40001\n"
      "1 0.900000 data down 5 a430d84680aabd0b\n"
      "1 1.000000 closed farewell\n";
  std::string complaint;
  const auto recording = Recording::parse(text, complaint);
  ASSERT_TRUE(recording) << complaint;
  rows = RecordingShower::rows_of(*recording, End::client, section);
  ASSERT_EQ(rows.size(), 10u);
  EXPECT_EQ(rows[0].client, "127.0.0.1:50001");
  EXPECT_EQ(rows[4].kind, Row::Kind::login);
  EXPECT_EQ(rows[4].text, "anna");
  EXPECT_EQ(rows[5].text, "RETR a.txt");
  EXPECT_TRUE(rows[5].control_secured);
  EXPECT_EQ(rows[7].server, "[::1]:40001");
  EXPECT_EQ(rows[7].way, "announced");
  EXPECT_EQ(rows[8].by, Row::Who::server);
  EXPECT_EQ(rows[8].bytes, 5u);
  EXPECT_DOUBLE_EQ(rows[8].took, 0.5);
  EXPECT_FALSE(rows[9].bad);
}

TEST(SvgDrawing, HasEachRowAndNothingOfTheWireAsMarkup) {
  std::vector<Row> rows(3);
  rows[0].kind = Row::Kind::opened;
  rows[0].client = "127.0.0.1:50001";
  rows[1].kind = Row::Kind::command;
  rows[1].text = "STOR <script>\"&\xff\x1b" + std::string(100, 'x');
  rows[2].kind = Row::Kind::login;
  for (auto& row : rows) describe(row);
  const auto svg = SvgDrawing::svg_of(rows);
  EXPECT_NE(svg.find(">127.0.0.1:50001<"), svg.npos) << svg;
  EXPECT_NE(svg.find(">STOR &lt;script&gt;&quot;&amp;??xxx"), svg.npos) << svg;
  EXPECT_NE(svg.find("xxx…</text>"), svg.npos) << svg;
  EXPECT_NE(svg.find("height=\"116\""), svg.npos) << svg;
}

TEST(RowAsJson, HasWhatIsToBeSaidAndNothingElse) {
  Row row;
  row.kind = Row::Kind::listening;
  row.session = 7;
  row.at = 0.25;
  row.by = Row::Who::server;
  row.in_data = true;
  row.text = "127.0.0.1:40001";
  row.data = Row::Data::waiting;
  row.waits = Row::Who::server;
  describe(row);
  EXPECT_EQ(json_of(row),
            R"({"kind": "listening", "session": 7, "at": 0.250000, "by": "server", "inData": true, )"
            R"("text": "127.0.0.1:40001", "shape": "at", "tone": "data", "caption": "port 40001 waits ○", )"
            R"("data": "waiting", "waits": "server"})");
}

TEST(RowAsJson, KeepsWhateverIsOnTheWireWithinItsQuotes) {
  Row row;
  row.kind = Row::Kind::command;
  row.text = "STOR \"\\\n\x1b[2J\xff</script>é";
  EXPECT_NE(json_of(row).find(R"("text": "STOR \"\\\u000a\u001b[2J)"
                              "\xEF\xBF\xBD</script>é\""),
            std::string::npos)
      << json_of(row);
}

}  // namespace
