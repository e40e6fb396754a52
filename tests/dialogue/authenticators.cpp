// Authenticators made of a function: what they are told, and what they give.
#include <ftplike/server.hpp>
#include <ftplike/storage/memory.hpp>
#include <ftplike/users/function.hpp>

#include "support/dialogue.hpp"
#include "support/recorded_work.hpp"
#include "support/served.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

std::optional<Account> let_in(const Credentials& who) {
  if (who.password != "secret") return std::nullopt;
  return Account{who.user, Path{"/people/" + who.user}, Rights::all()};
}

TEST(AuthenticateWith, AsksTheFunctionAtEachLogin) {
  SimulatedNetwork network{1};
  Served served{network, MemoryStorage{{"/people/eve/a", "hello"}}, authenticate_with(let_in)};
  Dialogue client{network};
  EXPECT_EQ(client.say("PWD"), "530 Not logged in\r\n") << "nobody said that guests may do anything";
  client.log_in("eve").binary();
  EXPECT_EQ(client.fetch("RETR a"), "hello");
  client.say("USER eve");
  client.type("PASS wrong\r\n");
  EXPECT_EQ(client.hear_after(2s), "530 Login incorrect\r\n");
  client.say("USER anonymous");
  client.type("PASS me@\r\n");
  EXPECT_EQ(client.hear_after(3s), "530 Login incorrect\r\n") << "it is a name like any other";
}

TEST(AuthenticateWith, TellsTheFunctionWhoComesFromWhereForWhichHost) {
  SimulatedNetwork network{1};
  network.host("127.0.0.1", "10.0.0.9");
  std::vector<Credentials> asked;
  const auto ask = [&asked](const Credentials& who) {
    asked.push_back(who);
    return let_in(who);
  };
  Served served{network, MemoryStorage{}, authenticate_with(ask, Anonymous{.logins = "read", .without_login = "read"})};
  Dialogue client{network, "10.0.0.9"};
  EXPECT_EQ(client.code("PWD"), 257) << "the others may read";
  client.log_in("eve");
  client.log_in("anonymous", "me@");
  Dialogue named{network};
  EXPECT_EQ(named.say("HOST cave.example"), "220 Host accepted\r\n");
  named.log_in("eve");
  ASSERT_EQ(asked.size(), 2u) << "an anonymous login is none of the function's business";
  EXPECT_EQ(asked[0].host, "");
  EXPECT_EQ(asked[1].host, "cave.example");
  EXPECT_EQ(asked[0].user, "eve");
  EXPECT_EQ(asked[0].password, "secret");
  EXPECT_EQ(asked[0].address, address("10.0.0.9"));
  EXPECT_FALSE(asked[0].secure);
  EXPECT_FALSE(asked[0].certificate);
}

TEST(AuthenticateByWorkers, AsksAFunctionThatBlocksAndIsToldTheSame) {
  SimulatedNetwork network{1};
  const auto asked = std::make_shared<std::vector<Credentials>>();
  const auto ask = [asked](const Credentials& who) {
    asked->push_back(who);
    return let_in(who);
  };
  Served served{network, MemoryStorage{{"/people/eve/a", "hello"}},
                authenticate_by_workers(ask, Anonymous{.logins = "read"})};
  Dialogue client{network};
  client.log_in("eve").binary();
  EXPECT_EQ(client.fetch("RETR a"), "hello");
  client.log_in("anonymous", "me@");
  EXPECT_EQ(asked->size(), 1u) << "an anonymous login is none of the function's business";
  EXPECT_EQ(asked->front().password, "secret");
  client.say("USER eve");
  client.type("PASS wrong\r\n");
  EXPECT_EQ(client.hear_after(2s), "530 Login incorrect\r\n");
}

TEST(AuthenticateByWorkers, HasTheWorkersForPasswordsTakeTheAddressesOfClientsInTurn) {
  SimulatedNetwork network{1};
  const RecordedWork work{network.executor()};
  Served served{network, MemoryStorage{}, authenticate_by_workers(let_in)};
  for (const std::string_view from : {"10.0.0.8", "10.0.0.9"}) {
    Dialogue client{network, from};
    client.log_in("eve");
  }
  EXPECT_EQ(work.passwords, (std::vector<ClientKey>{client_key(address("10.0.0.8")), client_key(address("10.0.0.9"))}));
}

TEST(AuthenticateWith, RefusesALoginForAReasonThatObserversAreToldAndTheClientIsNot) {
  SimulatedNetwork network{1};
  const auto ask = [](const Credentials& who) -> std::optional<Account> {
    if (who.user == "eve") throw LoginRefused{"the account has expired"};
    return let_in(who);
  };
  std::vector<std::string> reasons;
  const auto seen = [&reasons](const LoginTried& event) {
    reasons.push_back(event.accepted ? "accepted" : std::string{event.why});
  };
  Served served{network, MemoryStorage{}, authenticate_with(ask), seen};
  Dialogue client{network};
  client.say("USER eve");
  client.type("PASS secret\r\n");
  EXPECT_EQ(client.hear_after(2s), "530 Login incorrect\r\n");
  client.say("USER fay");
  client.type("PASS wrong\r\n");
  client.hear_after(3s);
  client.log_in("fay");
  EXPECT_EQ(reasons, (std::vector<std::string>{"the account has expired", "", "accepted"}));
}

TEST(AuthenticateWith, AwaitsAFunctionThatTakesItsTime) {
  SimulatedNetwork network{1};
  const auto ask = [&network](const Credentials& who) -> awaitable<std::optional<Account>> {
    const Duration pause = who.user == "slow" ? Duration{1h} : Duration{5s};
    co_await network.sleep_until(network.now() + pause);
    co_return let_in(who);
  };
  Limits limits;
  limits.login = 20s;
  Served served{network, MemoryStorage{}, limits, authenticate_with(ask)};
  Dialogue client{network};
  client.say("USER eve");
  client.type("PASS secret\r\n");
  EXPECT_EQ(client.hear(), "");
  EXPECT_EQ(client.hear_after(5s), "230 Logged in\r\n");
  Dialogue late{network};
  late.say("USER slow");
  late.type("PASS secret\r\n");
  EXPECT_EQ(late.hear_after(20s), "421 Timed out, closing the connection\r\n");
}

TEST(AuthenticateWith, AnswersWithTheErrorOfAFunctionThatCouldNotFindOut) {
  SimulatedNetwork network{1};
  const auto ask = [](const Credentials&) -> std::optional<Account> { throw std::system_error(Errc::busy); };
  Served served{network, MemoryStorage{}, authenticate_with(ask)};
  Dialogue client{network};
  client.say("USER eve");
  EXPECT_EQ(client.say("PASS secret"), "450 file is busy\r\n");
}

TEST(AccountRoot, IsMadeAtTheLoginWhereTheAccountSaysSo) {
  SimulatedNetwork network{1};
  const auto with_home = [](const Credentials& who) {
    auto account = let_in(who);
    account->makes_root = true;
    return account;
  };
  MemoryStorage files{{"/people/", ""}};
  Served served{network, files, authenticate_with(with_home)};
  Dialogue client{network};
  client.log_in("eve").binary();
  EXPECT_EQ(client.store("STOR a", "hello"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/people/eve/a"), "hello");
  client.log_in("eve").binary();
  EXPECT_EQ(client.fetch("RETR a"), "hello") << "it was there already";
}

TEST(AccountRoot, ThatCannotBeMadeFailsTheLogin) {
  SimulatedNetwork network{1};
  const auto with_home = [](const Credentials& who) {
    auto account = let_in(who);
    account->makes_root = true;
    return account;
  };
  Served served{network, MemoryStorage{{"/people", "a file"}}, authenticate_with(with_home)};
  Dialogue client{network};
  client.say("USER eve");
  EXPECT_EQ(client.say("PASS secret"), "550 Not a directory\r\n");
  EXPECT_EQ(client.say("PWD"), "530 Not logged in\r\n");
}

}  // namespace
