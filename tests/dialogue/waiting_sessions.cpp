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
  explicit Crowd(TestNetwork& network) {
    for (int i = 0; i < 20; ++i) sessions_.emplace_back(network);
  }
  void hear(std::string_view what) {
    for (Dialogue& session : sessions_) EXPECT_EQ(session.hear(), what);
  }

 private:
  std::deque<Dialogue> sessions_;
};

class WaitingSession : public testing::Test {
 protected:
  static UserTable users() { return some_users(); }
  TestNetwork network{1};
  Limits limits;
};

TEST_F(WaitingSession, GoesOnWithEachCommandWhetherItComesWholeOrInPieces) {
  auto server = serve(network, {{"/a", "hello"}}, users());
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
  auto server = serve(network, {}, users(), limits);
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
  auto server = serve(network, {}, users());
  Crowd others{network};
  Dialogue client{network};
  client.log_in();
  server.stop();
  EXPECT_EQ(client.hear(), "421 Server is shutting down\r\n");
  others.hear("421 Server is shutting down\r\n");
  EXPECT_EQ(server.diary().of("stopped"), (std::vector<std::string>{"drained 21 cut 0"}));
}

TEST_F(WaitingSession, IsOverWhenItsClientLeaves) {
  auto server = serve(network, {}, users());
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
    auto server = serve(network, {}, users());
    for (int i = 0; i < 20; ++i) clients.emplace_back(network);
    clients.back().log_in();
  }
  network.settle();
  EXPECT_TRUE(clients.back().ended());
}

}  // namespace
