#include <ftplike/observers/json_log.hpp>

#include <gtest/gtest.h>
#include <string>

#include <ftplike/protocol/error.hpp>

#include "unit/observers/events.hpp"

using namespace ftplike;

namespace {

class JsonLogTest : public testing::Test {
 protected:
  /// What the last line tells behind the client.
  std::string last() {
    if (lines.lines.empty()) return "";
    const auto& line = lines.lines.back();
    const std::string_view port = "\"port\":51234,";
    const auto place = line.find(port);
    return place == line.npos ? line : line.substr(place + port.size());
  }
  WallTime now;
  CollectedLines lines;
  JsonLog log{lines.sink(), LogDetail::sessions, now.clock()};
  SessionInfo who = session_info();
};

}  // namespace

TEST_F(JsonLogTest, TellsTheTimeInUtcTheEventTheSessionAndTheClient) {
  who.user = "anna";
  log(SessionOpened{who});
  EXPECT_EQ(lines.all(), "{\"time\":\"2026-11-22T18:00:33.123Z\",\"event\":\"session_opened\",\"session\":12,"
                         "\"client\":\"192.0.2.7\",\"port\":51234,\"user\":\"anna\",\"server\":\"192.0.2.1:21\"}\n");
}

TEST_F(JsonLogTest, TellsOfTransfersAndWhyOneIsIncomplete) {
  const Path path{"/a.txt"};
  log(ended(who, path));
  EXPECT_EQ(last(), "\"verb\":\"STOR\",\"path\":\"/a.txt\",\"direction\":\"received\",\"bytes\":12345,\"offset\":0,"
                    "\"seconds\":0.120,\"complete\":true}");
  log(ended(who, path, Errc::peer_lost));
  EXPECT_TRUE(last().ends_with("\"complete\":false,\"error\":\"connection lost\"}")) << last();
}

TEST_F(JsonLogTest, TellsOfChangesOfFilesEachWithWhatItIsAbout) {
  const Path path{"/a.txt"}, to{"/b.txt"};
  log(FileChanged{who, "DELE", Change::removed, path});
  EXPECT_EQ(last(), "\"verb\":\"DELE\",\"change\":\"removed\",\"path\":\"/a.txt\"}");
  log(FileChanged{who, "RNTO", Change::renamed, path, &to});
  EXPECT_EQ(last(), "\"verb\":\"RNTO\",\"change\":\"renamed\",\"path\":\"/a.txt\",\"renamed_to\":\"/b.txt\"}");
  log(FileChanged{who, "MFMT", Change::time_set, path, nullptr, *parse_timestamp("20260102030405.6")});
  EXPECT_TRUE(last().ends_with("\"modified\":\"2026-01-02T03:04:05.600Z\"}")) << last();
  log(FileChanged{who, "MFF", Change::mode_set, path, nullptr, {}, 0750});
  EXPECT_TRUE(last().ends_with("\"mode\":\"0750\"}")) << last();
}

TEST_F(JsonLogTest, TellsOfRefusalsLoginsBansAndTls) {
  const Path directory{"/pub"};
  const Reply reply{550, "Permission denied"};
  log(CommandRefused{who, "DELE", "a", directory, reply});
  EXPECT_EQ(last(), "\"verb\":\"DELE\",\"argument\":\"a\",\"directory\":\"/pub\",\"code\":550,\"reply\":\"Permission denied\"}");
  log(SessionRefused{who, "banned"});
  EXPECT_EQ(last(), "\"why\":\"banned\"}");
  log(IntroductionFailed{who, Errc::timed_out});
  EXPECT_EQ(last(), "\"error\":\"timed out\"}");
  log(LoginTried{who, "eve", false});
  EXPECT_EQ(last(), "\"name\":\"eve\",\"accepted\":false}");
  log(LoginTried{who, "eve", false, "expired"});
  EXPECT_EQ(last(), "\"name\":\"eve\",\"accepted\":false,\"why\":\"expired\"}");
  const Subnet subnet{asio::ip::make_address("192.0.2.7"), 32};
  log(ClientBanned{who, subnet, *parse_timestamp("20261127180000"), {}});
  EXPECT_EQ(last(), "\"network\":\"192.0.2.7\",\"until\":\"2026-11-27T18:00:00.000Z\"}");
  const TlsDetails tls{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "localhost", false, false};
  log(ConnectionSecured{who, false, tls});
  EXPECT_EQ(last(), "\"data\":false,\"version\":\"TLSv1.3\",\"cipher\":\"TLS_AES_256_GCM_SHA384\",\"resumed\":false}");
  log(HandshakeFailed{who, true, Errc::no_handshake});
  EXPECT_EQ(last(), "\"data\":true,\"error\":\"no TLS handshake came\"}");
  log(StrangerRefused{who, {asio::ip::make_address("2001:db8::1"), 999}});
  EXPECT_EQ(last(), "\"stranger\":\"[2001:db8::1]:999\"}");
  log(SessionClosed{who, Errc::timed_out});
  EXPECT_EQ(last(), "\"error\":\"timed out\"}");
}

TEST_F(JsonLogTest, KeepsQuietAboutCommandsUnlessAskedForThem) {
  const Reply reply{211, "Features:\nEnd"};
  log(CommandSeen{who, "FEAT", ""});
  log(ReplySeen{who, reply});
  EXPECT_EQ(lines.all(), "");
  JsonLog detailed{lines.sink(), LogDetail::commands, now.clock()};
  detailed(CommandSeen{who, "USER", "an", true});
  EXPECT_EQ(last(), "\"verb\":\"USER\",\"argument\":\"an\",\"unterminated\":true}");
  detailed(ReplySeen{who, reply});
  EXPECT_EQ(last(), "\"code\":211,\"reply\":\"Features:\\u000aEnd\"}");
}

TEST_F(JsonLogTest, IsOneLineOfUtf8WhateverANameHas) {
  const Path path{"/\"a\\\n\x1b\xff\u00e9"};
  log(FileChanged{who, "DELE", Change::removed, path});
  EXPECT_TRUE(last().ends_with("\"path\":\"/\\\"a\\\\\\u000a\\u001b\\ufffd\u00e9\"}")) << last();
}
