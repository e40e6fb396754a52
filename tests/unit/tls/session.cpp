#include <ftplike/tls/server.hpp>
// Above: that it stands alone.
#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ends.hpp"

namespace {

using namespace ftplike;

TlsServerSettings speaking(TlsVersion version, TlsReuse reuse = TlsReuse::preferred) {
  TlsServerSettings settings;
  settings.newest = version;
  settings.reuse = reuse;
  return settings;
}
constexpr TlsVersion versions[] = {TlsVersion::tls_1_2, TlsVersion::tls_1_3};

/// A client that resumes sessions of TLS 1.2 by their IDs, as curl does.
TlsClientSettings without_tickets() {
  return {.context = [](SSL_CTX* context) { SSL_CTX_set_options(context, SSL_OP_NO_TICKET); }};
}

/// A new data connection, and a text over it.
bool resumes(Pair& pair, Ends& control) {
  Ends data = connect(pair.network);
  EXPECT_EQ(pair.secure_data(data, control.server, control.client), good);
  EXPECT_EQ(pair.say(data.client, data.server, "bytes"), "bytes");
  EXPECT_EQ(pair.say(data.server, data.client, "bytes"), "bytes");
  EXPECT_EQ(data.server.details().resumed, data.client.details().resumed);
  return data.server.details().resumed;
}

TEST(TlsDataConnection, ResumesTheSessionOfItsControlConnection) {
  for (const auto version : versions) {
    for (const auto reuse : {TlsReuse::preferred, TlsReuse::required}) {
      SimulatedNetwork network{2};
      Pair pair{network, speaking(version, reuse)};
      Ends control = pair.control();
      EXPECT_FALSE(control.server.details().resumed);
      pair.say(control.server, control.client, "227 Entering passive mode\r\n");
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(resumes(pair, control)) << i;
        if (i % 3 == 0) pair.say(control.server, control.client, "226 Done\r\n");  // with it comes a new ticket
      }
    }
  }
}

TEST(TlsDataConnection, ResumesWhileItsControlConnectionIsBeingRead) {
  SimulatedNetwork network{2};
  Pair pair{network, speaking(TlsVersion::tls_1_3, TlsReuse::required)};
  Ends control = pair.control();
  pair.say(control.server, control.client, "150 Here it comes\r\n");
  Started<std::string> watching{network.executor(), read(control.server)};
  network.settle();
  EXPECT_TRUE(resumes(pair, control));
  network.run(write(control.client, "ABOR\r\n"));
  network.settle();
  ASSERT_TRUE(watching.done());
  EXPECT_EQ(watching.result(), "ABOR\r\n");
  pair.say(control.server, control.client, "226 Done\r\n");
  EXPECT_TRUE(resumes(pair, control));
}

TEST(TlsDataConnection, IsRefusedWhereAClientMustResumeAndDoesNot) {
  for (const auto version : versions) {
    SimulatedNetwork network{2};
    Pair pair{network, speaking(version, TlsReuse::required)};
    Ends control = pair.control();
    Ends data = connect(network);
    const auto outcome = both(network, data.server.accept_tls(control.server),
                              data.client.connect_tls(pair.client, "localhost"));  // as if it had no control connection
    EXPECT_EQ(outcome.server, Errc::not_resumed);
  }
}

TEST(TlsDataConnection, ThatIsRefusedGivesTheStrangerNothingToResume) {
  for (const auto& client : {TlsClientSettings{}, without_tickets()}) {
    for (const auto version : versions) {
      for (const auto reuse : {TlsReuse::same_user, TlsReuse::required}) {
        SimulatedNetwork network{2};
        Pair pair{network, speaking(version, reuse), client};
        Ends control = pair.control();
        control.server.belongs_to("anna");
        Ends first = connect(network), second = connect(network);
        const auto refused =
            both(network, first.server.accept_tls(control.server), first.client.connect_tls(pair.client, "localhost"));
        EXPECT_EQ(refused.server, Errc::not_resumed);
        EXPECT_EQ(pair.secure_data(second, control.server, first.client).server, Errc::not_resumed);
      }
    }
  }
}

/// The two control connections of one client, which has told who it is, and how the server takes a data connection of
/// one that goes on with the session of the other.
struct TwoControls {
  explicit TwoControls(TlsVersion version, const TlsClientSettings& client = {})
      : pair{network, speaking(version, TlsReuse::same_user), client} {
    for (auto* const control : {&one, &other}) pair.say(control->server, control->client, "220 Ready\r\n");
  }
  std::error_code swapped(Ends& at, Ends& from) {
    Ends data = connect(network);
    const auto outcome = pair.secure_data(data, at.server, from.client).server;
    if (!outcome) { EXPECT_TRUE(data.server.details().resumed); }
    return outcome;
  }

  SimulatedNetwork network{2};
  Pair pair;
  Ends one = pair.control(), other = pair.control();
};

TEST(TlsDataConnection, MayResumeAnotherSessionOfTheSameUserWhereThatIsThePolicy) {
  for (const auto& [version, client] : {std::pair{TlsVersion::tls_1_2, TlsClientSettings{}},
                                        {TlsVersion::tls_1_2, without_tickets()},
                                        {TlsVersion::tls_1_3, TlsClientSettings{}}}) {
    TwoControls controls{version, client};
    controls.one.server.belongs_to("anna");
    controls.other.server.belongs_to("anna");
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(controls.swapped(controls.one, controls.other), std::error_code{}) << i;
      EXPECT_EQ(controls.swapped(controls.other, controls.one), std::error_code{}) << i;
      EXPECT_TRUE(resumes(controls.pair, controls.one)) << i;
    }
  }
}

TEST(TlsDataConnection, MayNotResumeASessionOfSomebodyElse) {
  for (const auto& [version, client] : {std::pair{TlsVersion::tls_1_2, TlsClientSettings{}},
                                        {TlsVersion::tls_1_2, without_tickets()},
                                        {TlsVersion::tls_1_3, TlsClientSettings{}}}) {
    TwoControls controls{version, client};
    const auto expect_refusal = [&] {
      EXPECT_EQ(controls.swapped(controls.one, controls.other), Errc::not_resumed);
      EXPECT_EQ(controls.swapped(controls.other, controls.one), Errc::not_resumed);
      EXPECT_TRUE(resumes(controls.pair, controls.one));
    };
    expect_refusal();  // neither has said who he is
    controls.one.server.belongs_to("anna");
    controls.other.server.belongs_to("carl");
    expect_refusal();
    controls.other.server.belongs_to("anna");
    EXPECT_EQ(controls.swapped(controls.one, controls.other), std::error_code{});
    controls.other.server.belongs_to("");
    expect_refusal();
    controls.one.server.belongs_to("");  // both are anonymous
    expect_refusal();
  }
}

TEST(TlsDataConnection, WaitsForTheLoginOfTheControlConnectionThatItGoesOnWith) {
  for (const auto version : versions) {
    for (const auto* const user : {"anna", "carl", "", "nobody, it ends"}) {
      TwoControls controls{version};
      controls.one.server.belongs_to("anna");
      Ends data = connect(controls.network);
      Started<void> client{controls.network.executor(), data.client.connect_tls(controls.other.client)};
      {
        Started<void> left{controls.network.executor(), within(controls.network, std::chrono::seconds{1},
                                                               data.server.accept_tls(controls.one.server))};
        controls.network.advance(std::chrono::seconds{2});
        EXPECT_EQ(left.error(), Errc::timed_out);
      }
      Started<void> server{controls.network.executor(), data.server.accept_tls(controls.one.server)};
      controls.network.settle();
      EXPECT_TRUE(client.done());
      EXPECT_FALSE(server.done());
      if (user[0] == 'n') {
        const TlsEnd ended = std::move(controls.other.server);
      } else {
        controls.other.server.belongs_to(user);
      }
      controls.network.settle();
      ASSERT_TRUE(server.done());
      EXPECT_EQ(server.error(), user[0] == 'a' ? std::error_code{} : Errc::not_resumed) << user;
    }
  }
}

TEST(TlsDataConnection, MayResumeASessionOfTheSameUserThatHasEnded) {
  for (const auto version : versions) {
    TwoControls controls{version};
    controls.one.server.belongs_to("anna");
    controls.other.server.belongs_to("anna");
    { const TlsEnd ended = std::move(controls.other.server); }
    EXPECT_EQ(controls.swapped(controls.one, controls.other), std::error_code{});
  }
}

TEST(TlsDataConnection, IsRefusedWhereAClientMustResumeAndResumesAnotherSession) {
  for (const auto version : versions) {
    SimulatedNetwork network{2};
    Pair pair{network, speaking(version, TlsReuse::required)};
    Ends victim = pair.control(), thief = pair.control();
    pair.say(victim.server, victim.client, "220 Ready\r\n");
    pair.say(thief.server, thief.client, "220 Ready\r\n");
    Ends data = connect(network);
    EXPECT_EQ(pair.secure_data(data, victim.server, thief.client).server, Errc::not_resumed);
    EXPECT_TRUE(resumes(pair, thief));
    EXPECT_TRUE(resumes(pair, victim));
  }
}

TEST(TlsDataConnection, OfAnotherSessionIsANewOneWhereAClientNeedNotResume) {
  for (const auto version : versions) {
    SimulatedNetwork network{2};
    Pair pair{network, speaking(version)};
    Ends victim = pair.control(), other = pair.control();
    pair.say(other.server, other.client, "220 Ready\r\n");
    Ends data = connect(network);
    EXPECT_EQ(pair.secure_data(data, victim.server, other.client), good);
    EXPECT_FALSE(data.server.details().resumed);
    EXPECT_EQ(pair.say(data.client, data.server, "bytes"), "bytes");
  }
}

TEST(TlsDataConnection, ResumesNothingWhereThatIsOff) {
  for (const auto version : versions) {
    SimulatedNetwork network{2};
    Pair pair{network, speaking(version, TlsReuse::off)};
    Ends control = pair.control();
    pair.say(control.server, control.client, "220 Ready\r\n");
    EXPECT_FALSE(resumes(pair, control));
  }
}

TEST(TlsDataConnection, ThatBreaksDoesNotKeepOthersFromResuming) {
  for (const auto version : versions) {
    SimulatedNetwork network{2};
    Pair pair{network, speaking(version, TlsReuse::required)};
    Ends control = pair.control();
    pair.say(control.server, control.client, "220 Ready\r\n");
    for (int i = 0; i < 3; ++i) {
      {
        Ends cut = connect(network);
        ASSERT_EQ(pair.secure_data(cut, control.server, control.client), good);
      }
      {
        Ends sick = connect(network);
        ASSERT_EQ(pair.secure_data(sick, control.server, control.client), good);
        Ends other = connect(network);
        std::swap(sick.client, other.client);  // what it hears now is meant for another one
        ASSERT_EQ(both(network, write(sick.client, "no TLS record at all"), write(other.server, "nor this")), good);
        Started<std::string> one{network.executor(), read(sick.server)}, two{network.executor(), read(other.client)};
        network.settle();
        EXPECT_FALSE(one.error());
        EXPECT_FALSE(two.error());
      }
      EXPECT_TRUE(resumes(pair, control));
    }
  }
}

TEST(TlsDataConnection, GetsNoTicketsThatAClientWhichOnlySendsWouldLeaveUnread) {
  SimulatedNetwork network{2};
  Pair pair{network};
  Ends control = pair.control();
  pair.say(control.server, control.client, "220 Ready\r\n");
  Ends data = connect(network);
  ASSERT_EQ(pair.secure_data(data, control.server, control.client), good);
  network.run(write_and_finish(data.client, "a file"));
  data.client.close();  // would reset the connection if something were unread
  EXPECT_EQ(network.run(read_all(data.server)), "a file");
}

TEST(TlsDataConnection, BelongsToAControlConnectionThatIsSecured) {
  SimulatedNetwork network{2};
  Pair pair{network};
  Ends clear = connect(network), data = connect(network), control = pair.control();
  EXPECT_THROW(network.run(data.server.accept_tls(clear.server)), std::system_error);
  EXPECT_THROW(network.run(data.client.connect_tls(clear.client)), std::system_error);
  EXPECT_THROW(network.run(data.server.accept_tls(control.client)), std::system_error);
  EXPECT_THROW(network.run(data.client.connect_tls(control.server)), std::system_error);
  EXPECT_FALSE(data.server.secured());
  EXPECT_FALSE(data.client.secured());
}

TEST(TlsOwners, AreForgottenAnHourAfterTheyHaveEnded) {
  using detail::tls::Owner;
  detail::tls::Owners owners;
  const Owner stays{1}, goes{2};
  const Time begin{};
  using enum detail::tls::Owners::Verdict;
  owners.name(stays, "anna");
  owners.name(goes, "anna");
  EXPECT_EQ(owners.compare(stays, goes, begin), same);
  owners.leave(goes, begin);
  EXPECT_EQ(owners.compare(stays, goes, begin + std::chrono::minutes{59}), same);
  EXPECT_EQ(owners.compare(stays, goes, begin + std::chrono::hours{1}), other);
  EXPECT_EQ(owners.compare(stays, stays, begin + std::chrono::hours{100}), same);
  EXPECT_EQ(owners.size(), 1u);
}

TEST(TlsOwners, AreKeptInABoundedNumberWhenTheyHaveEnded) {
  using detail::tls::Owner;
  using detail::tls::Owners;
  using enum Owners::Verdict;
  Owners owners;
  const Owner stays{255, 255};
  owners.name(stays, "anna");
  for (unsigned i = 0; i < 10'000; ++i) {
    const Owner owner{static_cast<unsigned char>(i), static_cast<unsigned char>(i >> 8)};
    owners.name(owner, "anna");
    owners.leave(owner, Time{});
  }
  EXPECT_EQ(owners.size(), Owners::most + 1);
  EXPECT_EQ(owners.compare(stays, Owner{9999 & 255, 9999 >> 8}, Time{}), same);
  EXPECT_EQ(owners.compare(stays, Owner{0, 0}, Time{}), other);
}

TEST(TlsServer, ReadsItsFilesAgainForSessionsToCome) {
  for (const auto version : versions) {
    SimulatedNetwork network{2};
    Pair pair{network, speaking(version, TlsReuse::required)};
    Ends old = pair.control();
    pair.say(old.server, old.client, "220 Ready\r\n");
    const auto before = old.client.peer_certificate()->fingerprint;
    pair.certificates.issue("server");
    pair.server.reload();
    EXPECT_TRUE(resumes(pair, old));
    Ends fresh = pair.control();
    EXPECT_FALSE(fresh.client.peer_certificate()->fingerprint == before);
    pair.say(fresh.server, fresh.client, "220 Ready\r\n");
    EXPECT_TRUE(resumes(pair, fresh));
    EXPECT_TRUE(resumes(pair, old));
  }
}

TEST(TlsServer, ServesManyThreadsWhileItReadsItsFilesAgain) {
  SimulatedNetwork network{2};
  Pair pair{network, speaking(TlsVersion::tls_1_3, TlsReuse::required)};
  std::vector<std::thread> threads;
  std::atomic<int> resumed = 0;
  for (unsigned i = 0; i < 3; ++i) {
    threads.emplace_back([&pair, &resumed, i] {
      for (unsigned round = 0; round < 5; ++round) {
        SimulatedNetwork own{i * 100 + round};
        Ends control = connect(own), data = connect(own);
        EXPECT_EQ(
            both(own, control.server.accept_tls(pair.server), control.client.connect_tls(pair.client, "localhost")),
            good);
        own.run(write(control.server, "220 Ready\r\n"));
        EXPECT_EQ(own.run(read(control.client)), "220 Ready\r\n");
        EXPECT_EQ(both(own, data.server.accept_tls(control.server), data.client.connect_tls(control.client)), good);
        if (data.server.details().resumed) ++resumed;
      }
    });
  }
  for (int i = 0; i < 5; ++i) pair.server.reload();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(resumed, 15);
}

TEST(TlsServer, KeepsWhatItHasWhenItCannotReadItsFiles) {
  SimulatedNetwork network{2};
  Pair pair{network};
  const auto before = pair.control().client.peer_certificate()->fingerprint;
  std::filesystem::remove(pair.certificates.path("server.key"));
  EXPECT_THROW(pair.server.reload(), std::system_error);
  EXPECT_TRUE(pair.control().client.peer_certificate()->fingerprint == before);
}

TEST(TlsServer, NamesTheFileThatItCannotUse) {
  Certificates certificates;
  const auto one = certificates.issue("one"), other = certificates.issue("other");
  const auto failure = [](const std::string& certificate, const std::string& key) {
    TlsServerSettings settings;
    settings.certificate = certificate;
    settings.key = key;
    try {
      TlsServer{settings};
    } catch (const std::system_error& error) {
      const bool is_absent = error.code() == std::errc::no_such_file_or_directory;
      const std::string what = error.what(), words = ": " + error.code().message();  // which each system chooses
      return is_absent && what.ends_with(words) ? what.substr(0, what.size() - words.size()) + " is absent" : what;
    }
    return std::string{};
  };
  const std::string absent = certificates.path("absent.pem");
  EXPECT_EQ(failure(one.certificate, one.key), "");
  EXPECT_EQ(failure(absent, one.key), "certificate " + absent + " is absent");
  EXPECT_EQ(failure(one.certificate, absent), "key " + absent + " is absent");
  EXPECT_EQ(failure(one.key, one.key), "certificate " + one.key + ": nothing in PEM there");
  EXPECT_EQ(failure(one.certificate, one.certificate), "key " + one.certificate + ": no key there that could be read");
  EXPECT_EQ(failure(one.certificate, other.key), "key " + other.key + ": TLS: key values mismatch");
}

}  // namespace
