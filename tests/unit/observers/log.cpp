#include <ftplike/observers/log.hpp>

#include <gtest/gtest.h>

#include <ftplike/protocol/error.hpp>

#include "unit/observers/events.hpp"

using namespace ftplike;

namespace {

class LogTest : public testing::Test {
 protected:
  /// The last line, without its time.
  std::string last() {
    return lines.lines.empty() ? ""
                               : lines.lines.back().substr(std::string_view{"2026-11-22 19:00:33.123 +0100 "}.size());
  }
  WallTime now;
  CollectedLines lines;
  Log log{lines.sink(), LogDetail::sessions, now.clock()};
  SessionInfo who = session_info();
};

}  // namespace

TEST_F(LogTest, BeginsEachLineWithTheTimeHereTheSessionAndTheClient) {
  log(SessionOpened{who});
  EXPECT_EQ(lines.all(), "2026-11-22 19:00:33.123 +0100 #12 192.0.2.7:51234: connected to 192.0.2.1:21\n");
}

TEST_F(LogTest, LeavesTheTimeToALoggerThatHasItsOwn) {
  Log timeless{lines.sink(), LogDetail::sessions, nullptr};
  timeless(SessionOpened{who});
  EXPECT_EQ(lines.all(), "#12 192.0.2.7:51234: connected to 192.0.2.1:21\n");
}

TEST(LogTime, TellsHowFarTheZoneIsFromUtc) {
  const WallTime behind{"ZON+3:30"};
  EXPECT_EQ(detail::log_time(behind()), "2026-11-22 14:30:33.123 -0330");
  const WallTime half_an_hour_behind{"ZON+0:30"};
  EXPECT_EQ(detail::log_time(half_an_hour_behind()), "2026-11-22 17:30:33.123 -0030");
  const WallTime ahead{"ZON-13:45"};
  EXPECT_EQ(detail::log_time(ahead()), "2026-11-23 07:45:33.123 +1345");
}

TEST_F(LogTest, TellsWhoWasTurnedAway) {
  who.number = 0;
  log(SessionRefused{who, "too many connections"});
  EXPECT_EQ(last(), "#0 192.0.2.7:51234: turned away: too many connections");
}

TEST_F(LogTest, TellsWhoIsBannedUntilWhenAndWhatHinderedThat) {
  const Subnet subnet{asio::ip::make_address("2001:db8:1:2::"), 64};
  log(ClientBanned{who, subnet, *parse_timestamp("20261127180000"), {}});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: banned 2001:db8:1:2::/64 until 20261127180000 UTC");
  log(ClientBanned{who, subnet, last_timestamp, std::make_error_code(std::errc::no_space_on_device)});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: banned 2001:db8:1:2::/64 for good, but not in the file: No space left on device");
}

TEST_F(LogTest, NamesTheUserAsSoonAsThereIsOne) {
  log(LoginTried{who, "anna", false});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: login refused to anna");
  log(LoginTried{who, "anna", false, "PAM: User account has expired"});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: login refused to anna: PAM: User account has expired");
  who.user = "anna";
  log(LoginTried{who, "anna", true});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234 anna: logged in as anna");
  log(SessionClosed{who, {}});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234 anna: closed");
}

TEST_F(LogTest, TellsWhatProtectsTheSessionAndLoudlyWhereItsKeysAreWrittenDown) {
  TlsDetails tls{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "localhost", false, false};
  log(ConnectionSecured{who, false, tls});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: TLSv1.3, TLS_AES_256_GCM_SHA384");
  tls.keys_logged = true;
  log(ConnectionSecured{who, true, tls});
  EXPECT_EQ(lines.lines.size(), 1u) << "each data connection is too much";
  log(ConnectionSecured{who, false, tls});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: TLSv1.3, TLS_AES_256_GCM_SHA384, KEYS ARE WRITTEN DOWN");
  log(HandshakeFailed{who, false, Errc::no_handshake});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: no TLS: no TLS handshake came");
  log(HandshakeFailed{who, true, Errc::not_resumed});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: no TLS for data: TLS session of the control connection not resumed");
}

TEST_F(LogTest, TellsOfTransfersAndWhyOneIsIncomplete) {
  const Path path{"/a.txt"};
  log(ended(who, path));
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: STOR /a.txt: received 12345 bytes in 0.120 s");
  auto event = ended(who, path, Errc::peer_lost);
  event.offset = 100;
  event.bytes = 1;
  event.direction = Direction::sent;
  event.verb = "RETR";
  log(event);
  EXPECT_EQ(last(),
            "#12 192.0.2.7:51234: RETR /a.txt: sent 1 byte from 100 on in 0.120 s, incomplete: connection lost");
}

TEST_F(LogTest, TellsOfStrangersAndOfTheReasonOfAnEnd) {
  log(StrangerRefused{who, {asio::ip::make_address("203.0.113.9"), 999}});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: stranger 203.0.113.9:999 refused at the data port");
  log(SessionClosed{who, Errc::timed_out});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: closed: timed out");
}

TEST_F(LogTest, TellsOfEachChangeOfAFileAndByWhom) {
  who.user = "anna";
  const Path path{"/a.txt"}, to{"/b.txt"};
  const auto change = [&](const FileChanged& event) {
    log(event);
    return last();
  };
  const std::string begin = "#12 192.0.2.7:51234 anna: ";
  EXPECT_EQ(change({who, "DELE", Change::removed, path}), begin + "DELE /a.txt: removed");
  EXPECT_EQ(change({who, "RNTO", Change::renamed, path, &to}), begin + "RNTO /a.txt: renamed to /b.txt");
  EXPECT_EQ(change({who, "MKD", Change::directory_made, path}), begin + "MKD /a.txt: made");
  EXPECT_EQ(change({who, "RMD", Change::directory_removed, path}), begin + "RMD /a.txt: removed");
  const auto time = *parse_timestamp("20260102030405");
  EXPECT_EQ(change({who, "MFMT", Change::time_set, path, nullptr, time}), begin + "MFMT /a.txt: time set to 20260102030405 UTC");
  EXPECT_EQ(change({who, "SITE CHMOD", Change::mode_set, path, nullptr, {}, 0644}),
            begin + "SITE CHMOD /a.txt: mode set to 0644");
}

TEST_F(LogTest, TellsWhatWasRefusedAndWhere) {
  const Path directory{"/pub"};
  const Reply reply{550, "Permission denied\nand more"};
  log(CommandRefused{who, "DELE", "a.txt", directory, reply});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: refused: DELE a.txt in /pub: 550 Permission denied");
}

TEST_F(LogTest, TellsWhyAProxysConnectionWasDropped) {
  log(IntroductionFailed{who, Errc::timed_out});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: dropped: no PROXY header came in time");
  log(IntroductionFailed{who, Errc::bad_introduction});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: dropped: no PROXY header: the connection begins with something else");
}

TEST_F(LogTest, KeepsQuietAboutCommandsUnlessAskedForThem) {
  const Reply reply{211, "Features:\nEPSV\nEnd"};
  const Path root;
  auto listing = ended(who, root);
  listing.listing = true;
  log(CommandSeen{who, "FEAT", ""});
  log(ReplySeen{who, reply});
  log(listing);
  EXPECT_EQ(lines.all(), "");

  Log detailed{lines.sink(), LogDetail::commands, now.clock()};
  detailed(CommandSeen{who, "PASS", "***"});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: > PASS ***");
  detailed(ReplySeen{who, reply});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: < 211 Features:");
  detailed(listing);
  EXPECT_EQ(lines.lines.size(), 3u);
}

TEST_F(LogTest, MarksACommandThatCameWithoutALineEnding) {
  Log detailed{lines.sink(), LogDetail::commands, now.clock()};
  detailed(CommandSeen{who, "USER", "an", true});
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: > USER an (without a line ending)");
}

TEST_F(LogTest, CannotBeMadeToForgeALineOrToCommandATerminal) {
  const Path path{"/a\n2026-11-22 forged\x1b[2J"};
  log(ended(who, path));
  EXPECT_EQ(last(), "#12 192.0.2.7:51234: STOR /a?2026-11-22 forged?[2J: received 12345 bytes in 0.120 s");
}
