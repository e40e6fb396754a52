// Every limit has a name, and a test that hits it.
#include <ftplike/server.hpp>

#include "support/dialogue.hpp"
#include "support/started.hpp"

namespace {
// A jump of the wall clock ends no session: what they are measured by cannot be set.
static_assert(ftplike::Time::clock::is_steady && std::is_same_v<decltype(ftplike::Limits::idle), ftplike::Time::duration>);

using namespace ftplike;
using namespace std::chrono_literals;

constexpr std::string_view timed_out = "421 Timed out, closing the connection\r\n";
constexpr std::string_view shutting_down = "421 Server is shutting down\r\n";

template <class Set> Limits limits(Set set) {
  Limits result;
  set(result);
  return result;
}

// ---- time

TEST(LoginLimit, CountsFromTheGreetingWhateverIsSaid) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue silent{network}, chatty{network};
  for (int i = 0; i < 59; ++i) {
    EXPECT_EQ(silent.hear_after(1s), "");
    EXPECT_EQ(chatty.say("NOOP"), "200 OK\r\n");
  }
  EXPECT_EQ(silent.hear_after(1s), timed_out);
  EXPECT_EQ(chatty.hear(), timed_out);
  EXPECT_TRUE(silent.ended() && chatty.ended());
}

TEST(LoginLimit, IsNotExtendedByBeginningAgain) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(client.hear_after(11s), "");
    EXPECT_EQ(client.say(i % 2 == 0 ? "USER anna" : "REIN").substr(0, 1), i % 2 == 0 ? "3" : "2");
  }
  EXPECT_EQ(client.hear_after(5s), timed_out);
}

TEST(IdleLimit, CountsFromTheLastCommand) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.hear_after(299s), "");
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
  EXPECT_EQ(client.hear_after(300s - 1ns), "");
  EXPECT_EQ(client.hear_after(1ns), timed_out);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(server.diary().of("closed"), (std::vector<std::string>{"timed out (anna)"}));
}

TEST(IdleLimit, IsNotExtendedByHalfACommand) {
  TestNetwork network{1};
  auto server = serve(network, {}, limits([](Limits& its) { its.idle = 10s; }));
  Dialogue client{network};
  client.say("NOOP");
  for (int i = 0; i < 9; ++i) {
    client.type("x");
    EXPECT_EQ(client.hear_after(1s), "");
  }
  client.type("x");
  EXPECT_EQ(client.hear_after(1s), timed_out);
}

TEST(IdleLimit, HoldsForGuestsToo) {
  TestNetwork network{1};
  auto server = serve(network, {}, limits([](Limits& its) { its.idle = 10s; }));
  Dialogue client{network};
  EXPECT_EQ(client.hear_after(10s), timed_out);
}

TEST(IdleLimit, DoesNotCountWhileATransferIsUnderWay) {
  TestNetwork network{1};
  MemoryStorage files;
  auto server = serve(network, files, limits([](Limits& its) { its.idle = 100s; }));
  Dialogue client{network};
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code("STOR a"), 150);
  for (int i = 0; i < 20; ++i) {
    data.type("x");
    EXPECT_EQ(client.hear_after(50s), "");
  }
  data.finish();
  EXPECT_EQ(client.hear_after(20ms), "226 Upload complete\r\n");
  EXPECT_EQ(client.hear_after(99s), "") << "and then it begins anew";
  EXPECT_EQ(client.hear_after(1s), timed_out);
}

TEST(StallLimit, EndsATransferWithoutProgressAndTheSessionLives) {
  TestNetwork network{1, {.window = 100}};
  MemoryStorage files{{"/a", std::string(1000, 'x')}};
  auto server = serve(network, files);
  Dialogue client{network};
  for (const auto command : {"RETR a", "STOR b", "LIST", "STOU"}) {
    auto data = client.open(client.passive());
    client.say(command);
    if (!client.hear_after(20ms).empty()) continue;  // a listing that the window holds
    EXPECT_EQ(client.hear_after(60s - 20ms - 1ns), "") << command;
    EXPECT_EQ(client.hear_after(1ns), "426 Connection closed: transfer stalled\r\n") << command;
    EXPECT_TRUE(data.ended());
    EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
  }
  EXPECT_EQ(files.paths(), std::vector<std::string>{"/a"});
}

TEST(StallLimit, DoesNotCutWhatIsSlow) {
  TestNetwork network{1, {.window = 16 * 1024}};
  MemoryStorage files{{"/a", std::string(1'000'000, 'x')}};
  auto server = serve(network, files);
  Dialogue client{network};
  auto down = client.open(client.passive());
  EXPECT_EQ(client.code("RETR a"), 150);
  std::string text;
  while (!down.ended()) {
    EXPECT_EQ(client.hear(), "");
    network.advance(59s);
    text += down.text();
    network.settle();
  }
  text += down.text();
  text += down.text();
  EXPECT_EQ(text.size(), 1'000'000u);
  down.hang_up();
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  auto up = client.open(client.passive());
  EXPECT_EQ(client.code("STOR b"), 150);
  for (int i = 0; i < 30; ++i) {
    up.type("y");
    EXPECT_EQ(client.hear_after(59s), "");
  }
  up.finish();
  EXPECT_EQ(client.hear_after(20ms), "226 Upload complete\r\n");
}

TEST(ConnectDataLimit, IsAsItIsSet) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "x"}}, limits([](Limits& its) { its.connect_data = 5s; }));
  Dialogue client{network};
  client.say("RETR a");
  EXPECT_EQ(client.hear_after(5s - 1ns), "");
  EXPECT_EQ(client.hear_after(1ns), "425 No data connection\r\n");
}

TEST(ReplyLimit, EndsASessionWhoseClientDoesNotReadItsReplies) {
  TestNetwork network{1, {.window = 1000}};
  auto server = serve(network, {});
  Dialogue client{network};
  for (int i = 0; i < 100; ++i) client.control().type("HELP\r\n");
  network.advance(1h);
  EXPECT_EQ(server.sessions(), 0u);
}

TEST(ReplyLimit, BeforeALoginIsTheTimeThatIsLeftForThat) {
  TestNetwork network{1, {.window = 1000}};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  for (int i = 0; i < 100; ++i) client.control().type("HELP\r\n");
  network.advance(59s);
  EXPECT_EQ(server.sessions(), 1u);
  network.advance(1min);
  EXPECT_EQ(server.sessions(), 0u);
}

TEST(ReplyLimit, EndsASessionWhoseClientDoesNotReadThemDuringATransfer) {
  TestNetwork network{1, {.window = 1000}};
  auto server = serve(network, {{"/a", std::string(5000, 'x')}});
  Dialogue client{network};
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code("RETR a"), 150);
  for (int i = 0; i < 1000; ++i) client.control().type("STAT\r\n");
  network.settle();
  while (!data.ended()) {
    data.text();
    network.settle();
  }
  network.advance(1h);
  EXPECT_EQ(server.sessions(), 0u);
}

// ---- bandwidth

/// How long a download of that many bytes takes a client that always reads.
Duration time_of_download(TestNetwork& network, Dialogue& client, std::size_t size) {
  const Time begin = network.now();
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code("RETR " + std::to_string(size)), 150);
  std::size_t got = 0;
  while (!data.ended() && network.now() < begin + 1h) {
    got += data.text().size();
    network.settle();
    if (!data.ended()) network.advance(100ms);
  }
  EXPECT_EQ(got + data.text().size(), size);
  data.hang_up();
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  return network.now() - begin;
}
UserTable slow_users(std::uint64_t bytes_per_second) {
  Account slow{"slow", Path{}, Rights::all()};
  slow.bytes_per_second = bytes_per_second;
  auto users = some_users();
  users.add(UserEntry{slow, Password::plain("secret")});
  return users;
}
MemoryStorage files_named_by_size() {
  return {{"/1000", std::string(1000, 'x')}, {"/100000", std::string(100'000, 'x')}};
}

TEST(Bandwidth, OfAnAccountIsNotExceeded) {
  TestNetwork network{1};
  auto server = serve(network, files_named_by_size(), slow_users(10'000));
  Dialogue slow{network}, other{network};
  slow.log_in("slow").binary();
  other.log_in("anna").binary();
  const auto time = time_of_download(network, slow, 100'000);
  EXPECT_GE(time, 9s);
  EXPECT_LE(time, 11s);
  EXPECT_LE(time_of_download(network, other, 100'000), 1s);
}

TEST(Bandwidth, OfAnAccountIsSharedByItsSessionsInEachDirection) {
  TestNetwork network{1};
  MemoryStorage files = files_named_by_size();
  auto server = serve(network, files, slow_users(10'000));
  Dialogue up{network}, down{network};
  up.log_in("slow").binary();
  down.log_in("slow").binary();
  auto data = up.open(up.passive());
  EXPECT_EQ(up.code("STOR new"), 150);
  data.type(std::string(50'000, 'y'));
  data.finish();
  EXPECT_LE(time_of_download(network, down, 100'000), 11s) << "an upload does not slow it down";
  EXPECT_EQ(up.hear(), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/new").value_or("").size(), 50'000u);
  auto one = up.open(up.passive());
  EXPECT_EQ(up.code("RETR 100000"), 150);
  EXPECT_GE(time_of_download(network, down, 100'000), 13s) << "but another download does";
}

TEST(Bandwidth, OfAllTogetherIsNotExceeded) {
  TestNetwork network{1};
  auto server = serve(network, files_named_by_size(), limits([](Limits& its) { its.bytes_per_second = 20'000; }));
  Dialogue client{network};
  const auto time = time_of_download(network, client, 100'000);
  EXPECT_GE(time, 4s);
  EXPECT_LE(time, 6s);
}

TEST(Bandwidth, ThatIsTinyIsNoStall) {
  TestNetwork network{1};
  auto server = serve(network, files_named_by_size(), slow_users(5));
  Dialogue client{network};
  client.log_in("slow").binary();
  const auto time = time_of_download(network, client, 1000);
  EXPECT_GE(time, 90s);
  EXPECT_LE(time, 220s);
}

TEST(Bandwidth, DoesNotKeepATransferFromBeingAborted) {
  TestNetwork network{1};
  auto server = serve(network, files_named_by_size(), slow_users(5));
  Dialogue client{network};
  client.log_in("slow").binary();
  const auto data = client.open(client.passive());
  EXPECT_EQ(client.code("RETR 1000"), 150);
  EXPECT_EQ(client.say("ABOR"), "426 Connection closed: transfer aborted\r\n226 Abort successful\r\n");
}

TEST(Bandwidth, DoesNotKeepTheServerFromStopping) {
  TestNetwork network{1};
  auto server = serve(network, files_named_by_size(), slow_users(5));
  Dialogue client{network};
  client.log_in("slow").binary();
  const auto data = client.open(client.passive());
  EXPECT_EQ(client.code("RETR 1000"), 150);
  server.stop();
  network.advance(30s);
  EXPECT_EQ(server.sessions(), 0u);
}

// ---- numbers

TEST(SessionLimit, TurnsAwayOneMoreAtOnce) {
  TestNetwork network{1};
  auto server = serve(network, {}, limits([](Limits& its) { its.sessions = 2; }));
  Dialogue first{network};
  {
    Dialogue second{network};
    Dialogue third{network};
    EXPECT_EQ(third.greeting, "421 Too many connections, try later\r\n");
    EXPECT_TRUE(third.ended());
    EXPECT_EQ(server.diary().of("refused"), (std::vector<std::string>{"127.0.0.1: too many connections"}));
    EXPECT_EQ(server.sessions(), 2u);
    EXPECT_EQ(first.say("NOOP"), "200 OK\r\n");
  }
  network.settle();
  Dialogue fourth{network};
  EXPECT_EQ(fourth.greeting, "220 FTP Server Ready\r\n");
}

TEST(SessionLimit, HoldsForOneAddressByItself) {
  TestNetwork network{1};
  auto server = serve(network, {}, limits([](Limits& its) { its.sessions_per_address = 2; }));
  Dialogue first{network, "10.0.0.2"}, second{network, "10.0.0.2"}, other{network, "10.0.0.3"};
  Dialogue third{network, "10.0.0.2"};
  EXPECT_EQ(third.greeting, "421 Too many connections, try later\r\n");
  EXPECT_EQ(other.greeting, "220 FTP Server Ready\r\n");
  first.say("QUIT");
  Dialogue fourth{network, "10.0.0.2"};
  EXPECT_EQ(fourth.greeting, "220 FTP Server Ready\r\n");
}

TEST(SessionLimit, OfAnAccountIsItsOwn) {
  auto users = some_users();
  Account dora{"dora", Path{}, Rights::all()};
  dora.max_sessions = 2;
  users.add(UserEntry{dora, Password::plain("secret")});
  TestNetwork network{1};
  auto server = serve(network, {}, users);
  Dialogue first{network}, second{network}, third{network}, anna{network};
  first.log_in("dora");
  second.log_in("dora");
  anna.log_in();
  third.say("USER dora");
  EXPECT_EQ(third.say("PASS secret"), "530 Too many sessions of this user\r\n");
  second.say("REIN");
  third.log_in("dora");
}

TEST(SessionLimit, IsNotReachedByThoseWhoAreTurnedAway) {
  TestNetwork network{1};
  auto server = serve(network, {}, limits([](Limits& its) { its.sessions = 1; }));
  {
    Dialogue first{network};
    for (int i = 0; i < 50; ++i) Dialogue{network};
  }
  network.settle();
  Dialogue next{network};
  EXPECT_EQ(next.greeting, "220 FTP Server Ready\r\n");
}

TEST(LoginAttempts, AreAsManyAsAreSet) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users(), limits([](Limits& its) {
                        its.login_attempts = 1;
                        its.login_pause = 5s;
                      }));
  Dialogue client{network};
  client.say("USER anna");
  client.say("PASS wrong");
  EXPECT_EQ(client.hear_after(5s - 1ns), "");
  EXPECT_EQ(client.hear_after(1ns), "421 Too many failed logins, closing the connection\r\n");
}

// ---- stopping

std::vector<std::string> stopped(std::size_t drained, std::size_t cut) {
  return {"drained " + std::to_string(drained) + " cut " + std::to_string(cut)};
}

TEST(Stop, SaysFarewellToIdleSessionsAndFreesThePort) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue idle{network}, logged_in{network}, half{network};
  logged_in.log_in();
  half.type("NOO");
  server.stop();
  EXPECT_EQ(idle.hear(), shutting_down);
  EXPECT_EQ(logged_in.hear(), shutting_down);
  EXPECT_EQ(half.hear(), shutting_down);
  EXPECT_TRUE(idle.ended() && logged_in.ended() && half.ended());
  EXPECT_EQ(network.open_acceptors(), 0u);
  EXPECT_EQ(server.diary().of("stopped"), stopped(3, 0));
  auto next = serve(network, {});
  Dialogue client{network};
  EXPECT_EQ(client.greeting, "220 FTP Server Ready\r\n");
}

TEST(Stop, WithoutSessionsIsDoneAtOnce) {
  TestNetwork network{1};
  auto server = serve(network, {});
  server.stop();
  network.settle();
  EXPECT_EQ(server.diary().of("stopped"), stopped(0, 0));
  EXPECT_EQ(network.pending_timers(), 0u);
}

TEST(Stop, LetsTransfersEnd) {
  TestNetwork network{1};
  MemoryStorage files;
  auto server = serve(network, files);
  Dialogue client{network};
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code("STOR a"), 150);
  data.type("some");
  server.stop();
  EXPECT_EQ(client.hear_after(29s), "");
  EXPECT_EQ(server.diary().of("stopped"), std::vector<std::string>{});
  EXPECT_THROW(Dialogue{network}, std::system_error) << "nobody comes in any more";
  data.type("thing");
  data.finish();
  EXPECT_EQ(client.hear_after(20ms), "226 Upload complete\r\n" + std::string{shutting_down});
  EXPECT_EQ(files.text("/a"), "something");
  EXPECT_EQ(server.diary().of("stopped"), stopped(1, 0));
}

TEST(Stop, CutsWhatIsThereAtTheDeadline) {
  TestNetwork network{1};
  MemoryStorage files{{"/a", "old"}};
  auto server = serve(network, files);
  Dialogue client{network}, other{network};
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code("STOR a"), 150);
  data.type("some");
  server.stop();
  network.advance(30s - 1ns);
  EXPECT_FALSE(data.ended());
  network.advance(1ns);
  EXPECT_TRUE(data.ended());
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(files.text("/a"), "old");
  EXPECT_EQ(server.diary().of("stopped"), stopped(1, 1));
  EXPECT_EQ(server.sessions(), 0u);
}

TEST(Stop, CutsASessionThatWaitsForItsDataConnection) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "x"}}, limits([](Limits& its) { its.drain = 10s; }));
  Dialogue client{network};
  EXPECT_EQ(client.code("RETR a"), 150);
  server.stop();
  network.advance(10s);
  EXPECT_EQ(server.sessions(), 0u);
  EXPECT_EQ(server.diary().of("stopped"), stopped(0, 1));
}

TEST(Stop, DoesNotWaitForCommandsThatWereReadAhead) {
  TestNetwork network{1};
  MemoryStorage files;
  auto server = serve(network, files);
  Dialogue client{network};
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code("STOR a"), 150);
  client.type("NOOP\r\nDELE a\r\n");
  server.stop();
  network.settle();
  data.finish();
  EXPECT_EQ(client.hear(), "226 Upload complete\r\n" + std::string{shutting_down});
  EXPECT_EQ(files.text("/a"), "");
}

TEST(Stop, EndsThePauseAfterAFailedLogin) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users(), limits([](Limits& its) { its.login_pause = 100s; }));
  Dialogue client{network};
  client.say("USER anna");
  client.say("PASS wrong");
  server.stop();
  network.advance(30s);
  EXPECT_EQ(server.sessions(), 0u);
}

TEST(Stop, MayBeSaidTwice) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  server.stop();
  server.stop();
  network.settle();
  EXPECT_EQ(server.diary().of("stopped"), stopped(1, 0));
}

}  // namespace
