#include <ftplike/observers/metrics.hpp>

#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "unit/observers/events.hpp"

using namespace ftplike;

namespace {

class MetricsTest : public testing::Test {
 protected:
  /// The value of a series, as text; "none" if it is not there.
  std::string value(const std::string& series) const {
    std::istringstream page{metrics.text()};
    for (std::string line; std::getline(page, line);) {
      if (line.starts_with(series + ' ')) return line.substr(series.size() + 1);
    }
    return "none";
  }
  Metrics metrics;
  SessionInfo who = session_info();
  Path path{"/a"};
};

}  // namespace

TEST_F(MetricsTest, CountsSessionsThatCameAndThatAreThere) {
  metrics(SessionOpened{who});
  metrics(SessionOpened{who});
  metrics(SessionClosed{who, {}});
  EXPECT_EQ(value("ftplike_sessions_total"), "2");
  EXPECT_EQ(value("ftplike_sessions_open"), "1");
}

TEST_F(MetricsTest, CountsCommandsByVerbAndRepliesByCode) {
  metrics(CommandSeen{who, "RETR", "a"});
  metrics(CommandSeen{who, "RETR", "b"});
  metrics(CommandSeen{who, "ABOR", ""});
  metrics(CommandSeen{who, "XSHA512", ""});
  metrics(ReplySeen{who, Reply{226, ""}});
  metrics(ReplySeen{who, Reply{599, ""}});
  EXPECT_EQ(value("ftplike_commands_total{verb=\"RETR\"}"), "2");
  EXPECT_EQ(value("ftplike_commands_total{verb=\"ABOR\"}"), "1");
  EXPECT_EQ(value("ftplike_commands_total{verb=\"XSHA512\"}"), "1");
  EXPECT_EQ(value("ftplike_replies_total{code=\"226\"}"), "1");
  EXPECT_EQ(value("ftplike_replies_total{code=\"599\"}"), "1");
}

TEST_F(MetricsTest, DoesNotLetClientsMakeUpSeries) {
  for (const char* verb : {"AAAA", "ZZZZ", "\"} 1", ""}) metrics(CommandSeen{who, verb, ""});
  for (const int code : {0, 99, 600, -1}) metrics(ReplySeen{who, Reply{code, ""}});
  EXPECT_EQ(value("ftplike_commands_total{verb=\"other\"}"), "4");
  EXPECT_EQ(metrics.text().find("AAAA"), std::string::npos);
  EXPECT_EQ(metrics.text().find("code="), std::string::npos);
}

TEST_F(MetricsTest, CountsSecuredConnectionsByVersionAndWhetherTheyResume) {
  TlsDetails tls{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "", false, false};
  metrics(ConnectionSecured{who, false, tls});
  tls.resumed = true;
  metrics(ConnectionSecured{who, true, tls});
  metrics(ConnectionSecured{who, true, tls});
  tls.version = "something that a peer made up";
  metrics(ConnectionSecured{who, true, tls});
  metrics(HandshakeFailed{who, true, Errc::not_resumed});
  const std::string name = "ftplike_tls_connections_total{connection=\"";
  EXPECT_EQ(value(name + "control\",version=\"TLSv1.3\",resumed=\"no\"}"), "1");
  EXPECT_EQ(value(name + "data\",version=\"TLSv1.3\",resumed=\"yes\"}"), "2");
  EXPECT_EQ(value(name + "data\",version=\"other\",resumed=\"yes\"}"), "1");
  EXPECT_EQ(value("ftplike_tls_handshakes_failed_total{connection=\"control\"}"), "0");
  EXPECT_EQ(value("ftplike_tls_handshakes_failed_total{connection=\"data\"}"), "1");
}

TEST_F(MetricsTest, CountsLoginsStrangersAndDataConnections) {
  metrics(LoginTried{who, "anna", true});
  metrics(LoginTried{who, "eve", false});
  metrics(LoginTried{who, "eve", false});
  metrics(StrangerRefused{who, {}});
  metrics(DataOpened{who, {}, {}});
  metrics(DataOpened{who, {}, {}});
  metrics(DataClosed{who, {}, {}, Direction::sent, 100});
  EXPECT_EQ(value("ftplike_logins_total{result=\"accepted\"}"), "1");
  EXPECT_EQ(value("ftplike_logins_total{result=\"refused\"}"), "2");
  EXPECT_EQ(value("ftplike_strangers_refused_total"), "1");
  EXPECT_EQ(value("ftplike_data_connections_total"), "2");
  EXPECT_EQ(value("ftplike_data_connections_open"), "1");
  EXPECT_EQ(value("ftplike_data_bytes_total{direction=\"sent\"}"), "100");
  EXPECT_EQ(value("ftplike_data_bytes_total{direction=\"received\"}"), "0");
}

TEST_F(MetricsTest, CountsChangesOfFilesAndWhatWasRefused) {
  const Reply reply{550, "Permission denied"};
  metrics(FileChanged{who, "DELE", Change::removed, path});
  metrics(FileChanged{who, "SITE CHMOD", Change::mode_set, path});
  metrics(FileChanged{who, "MFF", Change::mode_set, path});
  metrics(CommandRefused{who, "DELE", "a", path, reply});
  metrics(IntroductionFailed{who, Errc::timed_out});
  EXPECT_EQ(value("ftplike_files_changed_total{change=\"removed\"}"), "1");
  EXPECT_EQ(value("ftplike_files_changed_total{change=\"mode_set\"}"), "2");
  EXPECT_EQ(value("ftplike_files_changed_total{change=\"renamed\"}"), "0");
  EXPECT_EQ(value("ftplike_commands_refused_total"), "1");
  EXPECT_EQ(value("ftplike_proxy_headers_failed_total"), "1");
}

TEST_F(MetricsTest, TellsWhatBecameOfTransfers) {
  const auto with = [&](std::error_code error) { metrics(ended(who, path, error)); };
  with({});
  with(Errc::aborted);
  with(Errc::peer_lost);
  with(std::make_error_code(std::errc::connection_reset));
  with(Errc::stalled);
  with(Errc::no_data_connection);
  with(std::make_error_code(std::errc::no_space_on_device));
  with(Errc::shutting_down);
  with(std::make_error_code(std::errc::io_error));
  const auto received = [&](const std::string& verdict) {
    return value("ftplike_transfers_total{direction=\"received\",verdict=\"" + verdict + "\"}");
  };
  for (const char* verdict :
       {"complete", "aborted", "stalled", "no_data_connection", "storage_full", "shutting_down", "other"}) {
    EXPECT_EQ(received(verdict), "1") << verdict;
  }
  EXPECT_EQ(received("peer_lost"), "2");
  EXPECT_EQ(value("ftplike_transfers_total{direction=\"sent\",verdict=\"complete\"}"), "0");
}

TEST_F(MetricsTest, MeasuresCompleteTransfersInAHistogramThatAddsUp) {
  for (const int milliseconds : {1, 120, 120, 5'000'000}) {
    auto event = ended(who, path);
    event.took = std::chrono::milliseconds{milliseconds};
    metrics(event);
  }
  metrics(ended(who, path, Errc::aborted));
  EXPECT_EQ(value("ftplike_transfer_seconds_bucket{le=\"0.001\"}"), "1");
  EXPECT_EQ(value("ftplike_transfer_seconds_bucket{le=\"0.1\"}"), "1");
  EXPECT_EQ(value("ftplike_transfer_seconds_bucket{le=\"1\"}"), "3");
  EXPECT_EQ(value("ftplike_transfer_seconds_bucket{le=\"1000\"}"), "3");
  EXPECT_EQ(value("ftplike_transfer_seconds_bucket{le=\"+Inf\"}"), "4");
  EXPECT_EQ(value("ftplike_transfer_seconds_count"), "4");
  EXPECT_EQ(value("ftplike_transfer_seconds_sum"), "5000.241");
}

TEST_F(MetricsTest, IsWellFormedEachSeriesOnceUnderItsType) {
  metrics(CommandSeen{who, "RETR", ""});
  metrics(ReplySeen{who, Reply{226, ""}});
  std::istringstream page{metrics.text()};
  std::set<std::string> types, series;
  std::string family;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
    } else if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(line.starts_with("# TYPE " + family + ' ')) << line;
      EXPECT_TRUE(types.insert(family).second) << line;
    } else {
      EXPECT_TRUE(line.starts_with(family)) << line;
      EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line;
    }
  }
  EXPECT_EQ(types.size(), 18u);
}

TEST_F(MetricsTest, EndsWithWhatOthersTell) {
  metrics.tell_also([] { return std::string{"rooms_free 3\n"}; });
  EXPECT_TRUE(metrics.text().ends_with("\nrooms_free 3\n"));
}

TEST_F(MetricsTest, IsTheSameCountsInEveryCopy) {
  Metrics copy = metrics;
  copy(SessionOpened{who});
  EXPECT_EQ(value("ftplike_sessions_total"), "1");
}
