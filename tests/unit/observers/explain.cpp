#include <ftplike/observers/explain.hpp>

#include <gtest/gtest.h>
#include <memory>

#include <ftplike/server.hpp>
#include <ftplike/simulated/network.hpp>
#include <ftplike/storage/memory.hpp>

#include "unit/observers/events.hpp"

using namespace ftplike;

namespace {

/// A server on a simulated network that explains what it does, and a client of it.
class ExplainTest : public testing::Test {
 protected:
  Explain explain(End end = End::server, const ExplainStyle& style = {}) {
    return Explain{end, lines.sink(), style, [this] { return now; }};
  }
  /// Half a second later the client says a line; gives what the server answers.
  std::string say(SimulatedPeer& client, const std::string& line) {
    now += std::chrono::milliseconds{500};
    client.type(line + "\r\n");
    network.settle();
    return client.text();
  }
  SimulatedPeer connect(std::uint16_t port) {
    auto peer = network.dial({asio::ip::address_v4::loopback(), port});
    network.settle();
    return peer;
  }
  CollectedLines lines;
  SimulatedNetwork network{7};
  Time now{};  // what the pages tell; how long the server takes for something does not change them
  SessionInfo who{1, {asio::ip::address_v4::loopback(), 3456}, {asio::ip::address_v4::loopback(), 50001}};
};

}  // namespace

TEST_F(ExplainTest, ShowsBothConnectionsOfAWholeSessionSideBySide) {
  Server server{network, MemoryStorage{{"/images/demo_photo.jpg", std::string(48'213, 'x')}}, DataPorts{51045, 51099},
                Anonymous{.without_login = "write"}, explain()};
  server.listen("127.0.0.1", 3456);
  network.settle();
  auto client = connect(3456);
  say(client, "pwd");
  say(client, "CWD images");
  EXPECT_EQ(say(client, "RETR demo_photo.jpg"), "150 51045\r\n");
  connect(51045);
  say(client, "RETR nothing");
  say(client, "STOR a file whose name is so long that there is no room for it");
  {
    auto data = connect(51046);
    data.type("hello");
    network.settle();
    now += std::chrono::milliseconds{250};
    data.finish();
    network.advance(std::chrono::seconds{1});  // however long the server takes to be sure
  }
  say(client, "QUIT");
  EXPECT_EQ('\n' + lines.all(), R"(
              ╭─ control connection ───────────────────────┬─ data connections ────────────────╮
 seconds      │ client                              server │ client                     server │
   0.000 #1   │ 127.0.0.1:50001 ●──── connected ────● 3456 │                                   │
   0.000 #1   │ ◀──────────────────── 220 FTP Server Ready │                                   │
   0.500 #1   │ PWD ─────────────────────────────────────▶ │                                   │
   0.500 #1   │ ◀──────────────────────────── 257 "memory" │                                   │
   1.000 #1   │ CWD images ──────────────────────────────▶ │                                   │
   1.000 #1   │ ◀───────── 250 Directory changed to images │                                   │
   1.500 #1   │ RETR demo_photo.jpg ─────────────────────▶ │                                   │
   1.500 #1   │ ┊                                        ┊ │                port 51045 waits ○ │
   1.500 #1   │ ◀─────────────────────────────── 150 51045 │                                 ┊ │
   1.500 #1   │ ┊                                        ┊ │ 50002 ●───── opened ──────● 51045 │
   1.500 #1   │ ┊                                        ┊ │ ◀═════════ 48 213 bytes ═════════ │
   1.500 #1   │ ┊                                        ┊ │ 50002 ○─ closed, 0.000 s ─○ 51045 │
   1.500 #1   │ ◀─────────────────── 226 Download complete │                                   │
   2.000 #1   │ RETR nothing ────────────────────────────▶ │                                   │
   2.000 #1   │ ◀────────────────────── 550 File not found │                                   │
   2.500 #1   │ STOR a file whose name is so long tha… ──▶ │                                   │
   2.500 #1   │ ┊                                        ┊ │                port 51046 waits ○ │
   2.500 #1   │ ◀─────────────────────────────── 150 51046 │                                 ┊ │
   2.500 #1   │ ┊                                        ┊ │ 50003 ●───── opened ──────● 51046 │
   2.750 #1   │ ┊                                        ┊ │ ═══════════ 5 bytes ════════════▶ │
   2.750 #1   │ ┊                                        ┊ │ 50003 ○─ closed, 0.250 s ─○ 51046 │
   2.750 #1   │ ◀───────────────────── 226 Upload complete │                                   │
   3.250 #1   │ QUIT ────────────────────────────────────▶ │                                   │
   3.250 #1   │ ◀───────────────────────────── 221 Goodbye │                                   │
   3.250 #1   │ 127.0.0.1:50001 ○───── closed ──────○ 3456 │                                   │
              ╰────────────────────────────────────────────┴───────────────────────────────────╯
)");
}

TEST_F(ExplainTest, TellsSessionsApartAndCountsTheTimeOfEach) {
  Server server{network, MemoryStorage{}, explain()};
  server.listen("127.0.0.1", 3456);
  network.settle();
  auto first = connect(3456);
  now += std::chrono::seconds{2};
  auto second = connect(3456);
  lines.lines.clear();
  say(first, "NOOP");
  say(second, "NOOP");
  ASSERT_EQ(lines.lines.size(), 4u);
  EXPECT_TRUE(lines.lines[0].starts_with("   2.500 #1   │ NOOP ─")) << lines.lines[0];
  EXPECT_TRUE(lines.lines[2].starts_with("   1.000 #2   │ NOOP ─")) << lines.lines[2];
}

TEST_F(ExplainTest, IsAsWideAsItIsToldButNeverNarrowerThan80) {
  for (const auto& [asked, expected] : {std::pair{20u, 80u}, {80u, 80u}, {96u, 96u}, {101u, 101u}, {140u, 140u}}) {
    SCOPED_TRACE(asked);
    lines.lines.clear();
    Explain wide = explain(End::server, ExplainStyle{asked, false});
    const Endpoint here{asio::ip::make_address("2001:db8:ffff:ffff:ffff:ffff:ffff:fffe"), 50123};
    const SessionInfo long_names{1, here, here};
    const std::string long_text(5000, 'x');
    wide(SessionOpened{long_names});
    wide(CommandSeen{long_names, long_text, long_text});
    wide(ReplySeen{long_names, Reply{200, long_text}});
    wide(ReplySeen{long_names, Reply{200, long_text + "\nmore\nand more"}});
    wide(DataListening{long_names, here});
    wide(StrangerRefused{long_names, here});
    wide(DataOpened{long_names, here, here});
    now += std::chrono::hours{20};
    wide(DataMoved{long_names, Direction::sent, ~std::uint64_t{0}});
    wide(DataClosed{long_names, here, here, Direction::sent, ~std::uint64_t{0}});
    wide(SessionClosed{long_names, std::make_error_code(std::errc::state_not_recoverable)});
    EXPECT_EQ(lines.lines.size(), 15u);
    for (const auto& line : lines.lines) EXPECT_EQ(detail::columns_of(line), expected) << line;
  }
}

TEST_F(ExplainTest, DrawsTheClientAtTheLeftWhicheverEndLooksOn) {
  SessionInfo ours{1, who.peer, who.local};
  Explain client = explain(End::client);
  client(SessionOpened{ours});
  client(CommandSeen{ours, "STOR", "a"});
  client(DataOpened{ours, {{}, 40000}, {{}, 51045}});
  client(DataClosed{ours, {{}, 40000}, {{}, 51045}, Direction::sent, 1});
  const std::vector<std::string> expected{
      "   0.000 #1   │ 127.0.0.1:50001 ●──── connected ────● 3456 │                                   │",
      "   0.000 #1   │ STOR a ──────────────────────────────────▶ │                                   │",
      "   0.000 #1   │ ┊                                        ┊ │ 40000 ●───── opened ──────● 51045 │",
      "   0.000 #1   │ ┊                                        ┊ │ ════════════ 1 byte ════════════▶ │",
      "   0.000 #1   │ ┊                                        ┊ │ 40000 ○─ closed, 0.000 s ─○ 51045 │"};
  EXPECT_EQ(std::vector<std::string>(lines.lines.begin() + 2, lines.lines.end()), expected);
}

TEST_F(ExplainTest, ShowsThePortOfAnActiveClientAtItsSide) {
  Explain client = explain(End::client);
  client(DataListening{who, {{}, 40001}});
  client(CommandSeen{who, "LIST", ""});
  const std::vector<std::string> expected{
      "   0.000 #1   │ ┊                                        ┊ │ ○ port 40001 waits                │",
      "   0.000 #1   │ LIST ────────────────────────────────────▶ │ ┊                                 │"};
  EXPECT_EQ(lines.lines, expected) << lines.all();
}

TEST_F(ExplainTest, FoldsProgressIntoARowPerSecond) {
  Explain server = explain();
  server(DataOpened{who, {}, {}});
  lines.lines.clear();
  for (std::uint64_t total = 1; total <= 3000; ++total) {
    now += std::chrono::milliseconds{1};
    server(DataMoved{who, Direction::received, total * 1'000'000});
  }
  ASSERT_EQ(lines.lines.size(), 3u);
  EXPECT_EQ(lines.lines[1],
            "   2.000 #1   │ ┊                                        ┊ │ ══ 2 000 000 000 bytes so far ══▶ │");
}

TEST_F(ExplainTest, FoldsRepliesOfManyLines) {
  Explain server = explain();
  server(ReplySeen{who, Reply{211, "Features:\n EPSV\n MLST\nEnd"}});
  const std::vector<std::string> expected{
      "   0.000 #1   │ ◀─────────────────────────── 211-Features: │                                   │",
      "   0.000 #1   │                           and 3 lines more │                                   │"};
  EXPECT_EQ(lines.lines, expected) << lines.all();
}

TEST_F(ExplainTest, ShowsWhatWentWrong) {
  Explain server = explain();
  const Path path{"/a"};
  server(StrangerRefused{who, {asio::ip::make_address("203.0.113.9"), 999}});
  server(ended(who, path, Errc::peer_lost));
  server(ended(who, path));
  server(SessionClosed{who, Errc::timed_out});
  const std::vector<std::string> expected{
      "   0.000 #1   │ ┊                                        ┊ │ ✗ stranger 203.0.113.9:999        │",
      "   0.000 #1   │ ┊                                        ┊ │ ✗ connection lost                 │",
      "   0.000 #1   │ 50001 ○───── closed: timed out ─────○ 3456 │                                   │",
      "              ╰────────────────────────────────────────────┴───────────────────────────────────╯"};
  EXPECT_EQ(lines.lines, expected) << lines.all();
}

TEST_F(ExplainTest, CannotBeMadeToCommandTheTerminal) {
  Explain server = explain();
  server(CommandSeen{who, "RETR", "\x1b[2J\xff\n"});
  EXPECT_TRUE(lines.lines[0].starts_with("   0.000 #1   │ RETR ?[2J?? ─")) << lines.lines[0];
}

TEST_F(ExplainTest, AddsColoursAndNothingElseIfToldTo) {
  const auto without_escapes = [](std::string text) {
    for (auto at = text.find('\x1b'); at != text.npos; at = text.find('\x1b')) {
      text.erase(at, text.find('m', at) + 1 - at);
    }
    return text;
  };
  const Path path{"/a"};
  std::string plain;
  for (const bool colours : {false, true}) {
    lines.lines.clear();
    Explain server = explain(End::server, ExplainStyle{96, colours});
    server(SessionOpened{who});
    server(CommandSeen{who, "RETR", "a"});
    server(ReplySeen{who, Reply{150, "51045"}});
    server(ReplySeen{who, Reply{550, "no"}});
    server(DataOpened{who, {}, {}});
    server(ended(who, path, Errc::peer_lost));
    server(SessionClosed{who, {}});
    if (!colours) plain = lines.all();
  }
  EXPECT_EQ(plain.find('\x1b'), plain.npos);
  EXPECT_NE(lines.all(), plain);
  EXPECT_EQ(without_escapes(lines.all()), plain);
}

TEST_F(ExplainTest, ForgetsASessionThatHasEnded) {
  Explain server = explain();
  server(SessionOpened{who});
  now += std::chrono::seconds{5};
  server(SessionClosed{who, {}});
  lines.lines.clear();
  server(SessionOpened{who});
  ASSERT_EQ(lines.lines.size(), 3u) << "a new page begins";
  EXPECT_TRUE(lines.lines[2].starts_with("   0.000 #1")) << lines.lines[2];
}

TEST_F(ExplainTest, TellsWhatProtectsAConnectionAndWhyOneIsNot) {
  Explain page = explain();
  const TlsDetails control{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "", false, false};
  page(ConnectionSecured{who, false, control});
  page(ConnectionSecured{who, true, {"TLSv1.2", "ECDHE-A", "", true, false}});
  page(HandshakeFailed{who, true, Errc::no_handshake});
  ASSERT_EQ(lines.lines.size(), 3u);
  EXPECT_NE(lines.lines[0].find("│ TLSv1.3, TLS_AES_256_GCM_SHA384 "), std::string::npos) << lines.all();
  EXPECT_NE(lines.lines[1].find("│ TLSv1.2, ECDHE-A, resumed "), std::string::npos) << lines.all();
  EXPECT_NE(lines.lines[2].find("│ ✗ no TLS: no TLS handshake came "), std::string::npos) << lines.all();
}
