// What an embedder can do with the sessions of a server that runs: list them, end them, change their limits.
#include <ftplike/server.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "support/dialogue.hpp"
#include "support/served.hpp"
#include "support/started.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

UserTable two_users() {
  UserTable users{Anonymous{.logins = "read"}};
  for (const char* name : {"anna", "bert"}) {
    users.add(UserEntry{Account{name, Path{}, Rights::all()}, Password::plain("secret")});
  }
  return users;
}

template <class S> std::vector<SessionStatus> list(SimulatedNetwork& network, S& served) {
  Started listing{network, served.server().list_sessions()};
  network.settle();
  EXPECT_TRUE(listing.done());
  return listing.result();
}
template <class S>
std::vector<std::uint64_t> end(SimulatedNetwork& network, S& served, std::function<bool(const SessionInfo&)> which) {
  Started ending{network, served.server().end_sessions(std::move(which))};
  network.settle();
  EXPECT_TRUE(ending.done());
  std::vector<std::uint64_t> numbers;
  for (const SessionInfo& who : ending.result()) numbers.push_back(who.number);
  return numbers;
}

TEST(ListSessions, TellsWhoIsThereSinceWhenAndWhatEachTransfersAtWhatRate) {
  SimulatedNetwork network{1};
  Served served{network, MemoryStorage{}, two_users()};
  EXPECT_TRUE(list(network, served).empty());
  Dialogue first{network, "10.0.0.1"};
  network.advance(10s);
  Dialogue second{network, "10.0.0.2"};
  second.log_in("bert").binary();
  const auto port = second.passive();
  second.say("STOR a");
  auto data = second.open(port);
  data.type(std::string(1000, 'x'));
  network.advance(2s);
  const auto sessions = list(network, served);
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[0].who.number, 1u);
  EXPECT_EQ(sessions[0].who.peer.address(), address("10.0.0.1"));
  EXPECT_EQ(sessions[0].who.user, "");
  EXPECT_EQ(sessions[0].lasts, 12s);
  EXPECT_EQ(sessions[0].activity, "waiting for a command");
  EXPECT_FALSE(sessions[0].transfer);
  EXPECT_EQ(sessions[1].who.user, "bert");
  EXPECT_EQ(sessions[1].lasts, 2s);
  EXPECT_EQ(sessions[1].activity, "STOR");
  ASSERT_TRUE(sessions[1].transfer);
  EXPECT_EQ(sessions[1].transfer->verb, "STOR");
  EXPECT_EQ(sessions[1].transfer->path.string(), "/a");
  EXPECT_EQ(sessions[1].transfer->direction, Direction::received);
  EXPECT_FALSE(sessions[1].transfer->listing);
  EXPECT_EQ(sessions[1].transfer->bytes, 1000u);
  EXPECT_NEAR(sessions[1].transfer->bytes_per_second(), 500, 1);
}

TEST(EndSessions, EndsThoseOfAUserWhateverTheyAreAboutAndNobodyElse) {
  SimulatedNetwork network{1};
  MemoryStorage files;
  std::vector<std::string> ends;
  const auto watch = [&ends](const SessionClosed& event) { ends.push_back(event.who.user + ": " + event.error.message()); };
  const auto transfers = [&ends](const TransferEnded& event) { ends.push_back("transfer: " + event.error.message()); };
  Served served{network, files, two_users(), Observers{watch, transfers}};
  Dialogue idle{network}, uploading{network}, other{network};
  idle.log_in("anna");
  uploading.log_in("anna").binary();
  other.log_in("bert");
  const auto port = uploading.passive();
  uploading.say("STOR a");
  auto data = uploading.open(port);
  data.type("half");
  network.settle();
  const auto is_anna = [](const SessionInfo& who) { return who.user == "anna"; };
  EXPECT_EQ(end(network, served, is_anna), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(idle.hear(), "421 Session ended by the operator\r\n");
  EXPECT_TRUE(idle.ended());
  EXPECT_EQ(uploading.hear(), "421 Session ended by the operator\r\n");
  EXPECT_TRUE(uploading.ended());
  EXPECT_EQ(files.text("/a"), std::nullopt);
  EXPECT_EQ(other.say("NOOP").substr(0, 3), "200");
  EXPECT_EQ(end(network, served, is_anna), std::vector<std::uint64_t>{});
  std::sort(ends.begin(), ends.end());
  EXPECT_EQ(ends, (std::vector<std::string>{"anna: ended by the operator", "anna: ended by the operator",
                                            "transfer: ended by the operator"}));
}

TEST(EndSessions, EndsOneThatWaitsAmongManyAndNobodyElse) {
  SimulatedNetwork network{1};
  Served served{network, MemoryStorage{}, two_users()};
  std::deque<Dialogue> clients;
  while (clients.size() < detail::most_waiting_coroutines + 4) clients.emplace_back(network);
  const std::uint64_t last = clients.size();
  const auto is_last = [last](const SessionInfo& who) { return who.number == last; };
  EXPECT_EQ(list(network, served).back().activity, "waiting for a command");
  EXPECT_EQ(end(network, served, is_last), std::vector<std::uint64_t>{last});
  EXPECT_EQ(clients.back().hear(), "421 Session ended by the operator\r\n");
  EXPECT_TRUE(clients.back().ended());
  clients.pop_back();
  for (Dialogue& other : clients) EXPECT_EQ(other.code("NOOP"), 200);
}

TEST(EndSessions, TakesAnAddressAsWell) {
  SimulatedNetwork network{1};
  Served served{network, MemoryStorage{}, two_users()};
  Dialogue first{network, "10.0.0.1"}, second{network, "10.0.0.2"};
  const Subnet there{address("10.0.0.2"), 32};
  EXPECT_EQ(end(network, served, [there](const SessionInfo& who) { return there.contains(who.peer.address()); }),
            std::vector<std::uint64_t>{2});
  EXPECT_FALSE(first.ended());
  EXPECT_TRUE(second.ended());
}

TEST(ChangeLimits, HoldsForSessionsThatAreThereAndForThoseToCome) {
  SimulatedNetwork network{1};
  Served served{network, MemoryStorage{}, two_users()};
  Dialogue client{network};
  client.log_in();
  auto limits = served.server().limits();
  limits.idle = 5s;
  limits.sessions = 1;
  served.server().change_limits(limits);
  EXPECT_EQ(served.server().limits().idle, 5s);
  EXPECT_EQ(Dialogue{network}.greeting, "421 Too many connections, try later\r\n");
  client.say("NOOP");
  EXPECT_EQ(client.hear_after(6s), "421 Timed out, closing the connection\r\n");
}

TEST(ChangeLimits, ChangesTheBandwidthOfATransferThatIsUnderWay) {
  SimulatedNetwork network{1};
  MemoryStorage files;
  files.put("/a", std::string(100'000, 'x'));
  Limits limits;
  limits.bytes_per_second = 1000;
  Served served{network, files, two_users(), limits};
  Dialogue client{network};
  client.log_in().binary();
  const auto port = client.passive();
  client.say("RETR a");
  auto data = client.open(port);
  network.advance(5s);
  const auto slowly = data.text().size();
  EXPECT_GT(slowly, 1000u);
  EXPECT_LT(slowly, 20'000u);
  limits.bytes_per_second = 0;
  served.server().change_limits(limits);
  network.advance(10s);
  EXPECT_EQ(client.all_of(data).size(), 100'000 - slowly);
}

}  // namespace
