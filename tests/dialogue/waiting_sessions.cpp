// A session that waits among many keeps no coroutine (`Service::WaitingCoroutine`), and is as any other all the same.
#include <ftplike/server.hpp>

#include <deque>
#include <string>
#include <vector>

#include "support/dialogue.hpp"
#include "support/started.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

/// More sessions that wait for a command than keep a coroutine meanwhile.
class Crowd {
 public:
  static constexpr std::size_t size = detail::most_waiting_coroutines + 4;

  explicit Crowd(TestNetwork& network) {
    while (sessions_.size() < size) sessions_.emplace_back(network);
  }
  void hear(std::string_view what) {
    for (Dialogue& session : sessions_) EXPECT_EQ(session.hear(), what);
  }

 private:
  std::deque<Dialogue> sessions_;
};

class WaitingSession : public testing::Test {
 protected:
  TestNetwork network{1};
  Limits limits;
};

TEST_F(WaitingSession, GoesOnWithEachCommandWhetherItComesWholeOrInPieces) {
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  Crowd others{network};
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.say("PWD"), "257 \"/\"\r\n");
  client.type("NO");
  EXPECT_EQ(client.hear(), "");
  client.type("OP\r\nNOOP\r\nNO");
  EXPECT_EQ(client.hear(), "200 OK\r\n200 OK\r\n");
  client.type("OP\r\n");
  EXPECT_EQ(client.hear(), "200 OK\r\n");
  EXPECT_EQ(client.fetch("RETR a"), "hello");
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
  EXPECT_EQ(client.say("QUIT").substr(0, 3), "221");
  EXPECT_TRUE(client.ended());
}

TEST_F(WaitingSession, EndsAtTheLimitOfIdlenessWhichEachCommandBeginsAnew) {
  limits.idle = 100s;
  auto server = serve(network, {}, some_users(), limits);
  Crowd others{network};
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.hear_after(50s), "");
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
  EXPECT_EQ(client.hear_after(100s - 1ns), "");
  EXPECT_EQ(client.hear_after(1ns), "421 Timed out, closing the connection\r\n");
  EXPECT_TRUE(client.ended());
}

TEST_F(WaitingSession, HearsThatTheServerStops) {
  auto server = serve(network, {}, some_users());
  Crowd others{network};
  Dialogue client{network};
  client.log_in();
  server.stop();
  EXPECT_EQ(client.hear(), "421 Server is shutting down\r\n");
  others.hear("421 Server is shutting down\r\n");
  const std::string drained = "drained " + std::to_string(Crowd::size + 1) + " cut 0";
  EXPECT_EQ(server.diary().of("stopped"), std::vector<std::string>{drained});
}

TEST_F(WaitingSession, TakesWhatWasPreparedAlongWithItsNextCommand) {
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  Crowd others{network};
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.code("REST 2"), 350);
  EXPECT_EQ(client.fetch("RETR a"), "llo");
  EXPECT_EQ(client.code("RNFR a"), 350);
  EXPECT_EQ(client.code("RNTO b"), 250);
  EXPECT_EQ(client.code("RNTO c"), 503);
}

TEST_F(WaitingSession, TakesAnUnterminatedCommand) {
  auto server = serve(network, {});
  Crowd others{network};
  Dialogue client{network};
  client.type("CWD /");
  EXPECT_EQ(client.hear_after(limits.grace), "250 Directory changed to /\r\n");
  client.type("CWD /");
  EXPECT_EQ(client.hear(), "250 Directory changed to /\r\n");
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
}

TEST_F(WaitingSession, AnswersTheLastCommandOfAClientThatSendsNoMore) {
  auto server = serve(network, {}, some_users());
  Crowd others{network};
  TestPeer client = network.dial({address("127.0.0.1"), TestServer::port});
  network.settle();
  (void)client.text();
  client.type("NOOP\r\n");
  client.finish();
  network.settle();
  EXPECT_EQ(client.text(), "200 OK\r\n");
  network.settle();
  EXPECT_TRUE(client.ended());
}

TEST_F(WaitingSession, EndsAtTheLimitOfIdlenessAfterATransferToo) {
  limits.idle = 100s;
  auto server = serve(network, {{"/a", "hello"}}, some_users(), limits);
  Crowd others{network};
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.fetch("RETR a"), "hello");
  EXPECT_EQ(client.fetch("RETR missing").substr(0, 3), "550");
  EXPECT_EQ(client.hear_after(100s - 1ns), "");
  EXPECT_EQ(client.hear_after(1ns), "421 Timed out, closing the connection\r\n");
}

TEST_F(WaitingSession, IsOverWhenItsClientLeaves) {
  auto server = serve(network, {}, some_users());
  Crowd others{network};
  {
    Dialogue client{network};
    client.log_in();
    EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
  }
  network.settle();
  EXPECT_EQ(server.diary().of("closed").size(), 1u);
}

TEST_F(WaitingSession, GoesWithItsServer) {
  std::deque<Dialogue> clients;
  {
    auto server = serve(network, {}, some_users());
    while (clients.size() < Crowd::size) clients.emplace_back(network);
    clients.back().log_in();
  }
  network.settle();
  EXPECT_TRUE(clients.back().ended());
}

}  // namespace
