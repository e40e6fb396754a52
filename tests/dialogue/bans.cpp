// Clients that are turned away since too many of their logins failed, or since somebody said so.
#include "support/dialogue.hpp"
#include "support/folder.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

constexpr const char* turned_away = "421 Banned, try later\r\n";

Limits without_pause() {
  Limits limits;
  limits.login_pause = {};
  limits.login_attempts = 100;
  return limits;
}

std::string fail_to_log_in(Dialogue& client) {
  client.say("USER anna");
  return client.say("PASS wrong");
}

std::string greeting_of(TestNetwork& network, std::string_view from) { return Dialogue{network, from}.greeting; }

/// Two clients; the date is 2026-11-27 17:00 UTC.
class BansTest : public testing::Test {
 protected:
  BansTest() {
    network.host("127.0.0.1", "10.0.0.9");
    network.set_date(*parse_timestamp("20261127170000"));
  }
  TestNetwork network{1};
  TestFolder folder;
};

TEST_F(BansTest, TurnAClientAwayAfterItsLastFailureThatIsAllowedForAsLongAsIsSaid) {
  auto server = serve(network, MemoryStorage{}, some_users(), without_pause(),
                      Bans{{.failures = 3, .within = 10min, .lasting = 1h}});
  Dialogue client{network, "10.0.0.9"};
  EXPECT_EQ(fail_to_log_in(client), "530 Login incorrect\r\n");
  EXPECT_EQ(fail_to_log_in(client), "530 Login incorrect\r\n");
  EXPECT_EQ(fail_to_log_in(client), "421 Banned, closing the connection\r\n");
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(server.diary().of("banned"), std::vector<std::string>{"10.0.0.9"});
  EXPECT_EQ(greeting_of(network, "10.0.0.9"), turned_away);
  EXPECT_EQ(server.diary().of("refused"), std::vector<std::string>{"10.0.0.9: banned"});
  EXPECT_EQ(greeting_of(network, "127.0.0.1"), "220 FTP Server Ready\r\n") << "others are let in";
  network.advance(1h);
  EXPECT_EQ(greeting_of(network, "10.0.0.9"), "220 FTP Server Ready\r\n");
}

TEST_F(BansTest, CountFailuresOfAllSessionsOfAClientWhichEndWithItsNextAttempt) {
  auto server = serve(network, MemoryStorage{}, some_users(), without_pause(), Bans{{.failures = 2}});
  Dialogue one{network, "10.0.0.9"}, two{network, "10.0.0.9"}, three{network, "10.0.0.9"}, inside{network, "10.0.0.9"};
  inside.log_in();
  fail_to_log_in(one);
  EXPECT_EQ(fail_to_log_in(two), "421 Banned, closing the connection\r\n");
  three.say("USER anna");
  EXPECT_EQ(three.say("PASS secret"), "421 Banned, closing the connection\r\n")
      << "nobody learns any more whether a password is right";
  EXPECT_EQ(inside.code("NOOP"), 200) << "who is logged in stays";
}

TEST_F(BansTest, DoNotComeOfFailuresThatAreTooFarApart) {
  auto server = serve(network, MemoryStorage{}, some_users(), without_pause(), Bans{{.failures = 2, .within = 10min}});
  for (int i = 0; i < 3; ++i) {
    Dialogue client{network, "10.0.0.9"};
    EXPECT_EQ(fail_to_log_in(client), "530 Login incorrect\r\n");
    client.say("QUIT");
    network.advance(10min + 1s);
  }
}

TEST_F(BansTest, NeverComeToThoseWhoAreExcepted) {
  auto server = serve(network, MemoryStorage{}, some_users(), without_pause(),
                      Bans{{.failures = 1, .never = {*Subnet::parse("10.0.0.0/8")}}});
  Dialogue client{network, "10.0.0.9"};
  EXPECT_EQ(fail_to_log_in(client), "530 Login incorrect\r\n");
  Dialogue other{network};
  EXPECT_EQ(fail_to_log_in(other), "421 Banned, closing the connection\r\n");
}

TEST_F(BansTest, ReachTheClientBehindAProxyAndNotTheProxy) {
  auto server = serve(network, MemoryStorage{}, some_users(), without_pause(), Bans{{.failures = 1}},
                      TrustedProxies{{Subnet{address("127.0.0.1"), 32}}});
  const auto come = [this](std::string_view client, std::string_view words = "") {
    auto connection = network.dial({address("127.0.0.1"), TestServer::port});
    network.settle();
    connection.type("PROXY TCP6 " + std::string{client} + " 2001:db8::1 50000 21\r\n" + std::string{words});
    network.settle();
    return connection.text();
  };
  EXPECT_EQ(come("2001:db8:1:2::7", "USER anna\r\nPASS wrong\r\n"),
            "220 FTP Server Ready\r\n331 Password required\r\n421 Banned, closing the connection\r\n");
  EXPECT_EQ(come("2001:db8:1:2:ffff::8"), turned_away) << "it has 2^64 addresses";
  EXPECT_EQ(come("2001:db8:1:3::7"), "220 FTP Server Ready\r\n");
  EXPECT_EQ(server.diary().of("banned"), std::vector<std::string>{"2001:db8:1:2::/64"});
}

TEST_F(BansTest, OutliveTheServerInTheirFile) {
  {
    auto server = serve(network, MemoryStorage{}, some_users(), without_pause(),
                        Bans{{.failures = 1, .lasting = 1h}, folder / "bans"});
    Dialogue client{network, "10.0.0.9"};
    fail_to_log_in(client);
    EXPECT_EQ(folder.read("bans"), "10.0.0.9 20261127180000\n");
  }
  network.set_date(*parse_timestamp("20261127170000"));
  auto server = serve(network, MemoryStorage{}, Bans{{}, folder / "bans"});
  EXPECT_EQ(greeting_of(network, "10.0.0.9"), turned_away);
}

TEST_F(BansTest, FollowTheirFileAndKeepWhatTheyWereWhileItIsDamaged) {
  auto server = serve(network, MemoryStorage{}, Bans{{}, folder / "bans"});
  EXPECT_EQ(greeting_of(network, "10.0.0.9"), "220 FTP Server Ready\r\n");
  folder.write("bans", "# by hand\n10.0.0.0/24 always\n");
  network.advance(1s);
  EXPECT_EQ(greeting_of(network, "10.0.0.9"), turned_away);
  folder.write("bans", "10.0.0.0/24 for ever and a day\n");
  network.advance(1s);
  EXPECT_EQ(greeting_of(network, "10.0.0.9"), turned_away);
  folder.write("bans", "");
  network.advance(1s);
  EXPECT_EQ(greeting_of(network, "10.0.0.9"), "220 FTP Server Ready\r\n");
}

TEST_F(BansTest, HoldAlsoWhereTheirFileCannotBeWritten) {
  auto server = serve(network, MemoryStorage{}, some_users(), without_pause(),
                      Bans{{.failures = 1}, folder / "missing/bans"});
  Dialogue client{network, "10.0.0.9"};
  fail_to_log_in(client);
  EXPECT_EQ(server.diary().of("banned"), std::vector<std::string>{"10.0.0.9: No such file or directory"});
  EXPECT_EQ(greeting_of(network, "10.0.0.9"), turned_away);
}

}  // namespace
