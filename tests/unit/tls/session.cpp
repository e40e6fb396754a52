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
    } catch (const std::system_error& error) { return std::string{error.what()}; }
    return std::string{};
  };
  const std::string absent = certificates.path("absent.pem");
  EXPECT_EQ(failure(one.certificate, one.key), "");
  EXPECT_EQ(failure(absent, one.key), "certificate " + absent + ": No such file or directory");
  EXPECT_EQ(failure(one.certificate, absent), "key " + absent + ": No such file or directory");
  EXPECT_EQ(failure(one.key, one.key), "certificate " + one.key + ": nothing in PEM there");
  EXPECT_EQ(failure(one.certificate, one.certificate), "key " + one.certificate + ": no key there that could be read");
  EXPECT_EQ(failure(one.certificate, other.key), "key " + other.key + ": TLS: key values mismatch");
}

}  // namespace
