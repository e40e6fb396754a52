#include <ftplike/observers/metrics_page.hpp>

#include <gtest/gtest.h>

#include <ftplike/simulated/network.hpp>

#include "unit/observers/events.hpp"

using namespace ftplike;

namespace {

class MetricsPageTest : public testing::Test {
 protected:
  std::string answer_to(std::string_view request) {
    auto peer = network.dial(where);
    peer.type(request);
    network.settle();
    return peer.text();
  }
  SimulatedNetwork network{3};
  Metrics metrics;
  MetricsPage<SimulatedNetwork> page{network, metrics};
  Endpoint where = page.listen({asio::ip::address_v4::loopback(), 0});
};

}  // namespace

TEST_F(MetricsPageTest, AnswersGetMetricsWithTheCounts) {
  metrics(SessionOpened{session_info()});
  const std::string answer = answer_to("GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("\r\nContent-Type: text/plain; version=0.0.4"), answer.npos);
  const auto body = answer.substr(answer.find("\r\n\r\n") + 4);
  EXPECT_EQ(body, metrics.text());
  EXPECT_NE(answer.find("\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"), answer.npos);
  EXPECT_NE(body.find("ftplike_sessions_total 1\n"), body.npos);
}

TEST_F(MetricsPageTest, HasNothingElse) {
  EXPECT_TRUE(answer_to("GET /secret HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(answer_to("POST /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(answer_to("\r\n\r\n").starts_with("HTTP/1.1 404 "));
}

TEST_F(MetricsPageTest, IsNotHeldUpForLongByOneThatAsksForNothing) {
  auto idle = network.dial(where);
  network.settle();
  auto next = network.dial(where);
  next.type("GET /metrics HTTP/1.1\r\n\r\n");
  network.settle();
  EXPECT_EQ(next.text(), "");
  network.advance(std::chrono::seconds{5});
  EXPECT_TRUE(next.text().starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(idle.ended());
}

TEST_F(MetricsPageTest, DoesNotReadARequestWithoutEnd) {
  auto peer = network.dial(where);
  peer.type("GET /metrics HTTP/1.1\r\nX: " + std::string(5000, 'x'));
  network.settle();
  EXPECT_TRUE(peer.ended());
  EXPECT_TRUE(answer_to("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

TEST_F(MetricsPageTest, SurvivesAPeerThatResets) {
  network.dial(where).reset();
  network.settle();
  EXPECT_TRUE(answer_to("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

TEST_F(MetricsPageTest, LetsGoOfEverythingWhenItStops) {
  answer_to("GET / HTTP/1.1\r\n\r\n");
  page.stop();
  network.settle();
  EXPECT_EQ(network.open_acceptors(), 0u);
  EXPECT_EQ(network.open_streams(), 0u);
  EXPECT_EQ(network.pending_timers(), 0u);
}
