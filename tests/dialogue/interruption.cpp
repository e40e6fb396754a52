// What ends a session's work reaches it wherever it waits, and it stays ended.
#include <ftplike/server/session.hpp>

#include <array>
#include <filesystem>
#include <functional>

#include <ftplike/storage/directory.hpp>

#include "support/dialogue.hpp"
#include "support/folder.hpp"
#include "support/served.hpp"
#include "support/waiting.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;


struct WaitingFtp : Ftp {
  using Commands = Ftp::Commands::With<Wait, Hang>;
};

/// A session of a server whose parts wait as long as the test wants.
struct Patience {
  explicit Patience(const Limits& limits = {}) : served{network, WaitingFtp{}, WaitingStorage{}, WaitingAuthenticator{}, limits} {
    client.log_in().binary();
    network.hold_blocking_work();
  }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  ~Patience() { network.release_blocking_work(); }

  /// Whether the session takes commands and transfers as ever, and nothing of the last one is left.
  void expect_alive() {
    data.reset();
    EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
    EXPECT_EQ(network.open_streams(), 1u) << "of the control connection";
    network.release_blocking_work();
    EXPECT_EQ(client.fetch("RETR whole"), std::string(1000, 'x'));
    EXPECT_EQ(client.store("STOR whole", "hello"), "226 Upload complete\r\n");
  }

  SimulatedNetwork network{1};
  Served<WaitingFtp, WaitingStorage, WaitingAuthenticator, Limits> served;
  Dialogue client{network};
  std::optional<TestPeer> data;
};

/// Somewhere where a session waits.
struct Place {
  const char* name;
  bool in_transfer;  // over a data connection that is open
  std::function<void(Patience&)> go;
};
void download(Patience& it, const std::string& name) {
  it.data.emplace(it.client.open(it.client.passive()));
  EXPECT_EQ(it.client.code("RETR " + name), 150);
}
void upload(Patience& it, const std::string& name, bool whole) {
  it.data.emplace(it.client.open(it.client.passive()));
  EXPECT_EQ(it.client.code("STOR " + name), 150);
  it.data->type("some");
  it.network.settle();
  if (whole) {
    it.data->finish();
  } else {
    it.data->type("thing");
  }
  it.network.advance(1s);
}
void listing(Patience& it, const std::string& name) {
  it.data.emplace(it.client.open(it.client.passive()));
  EXPECT_LT(it.client.code("LIST " + name), 200);
}
void command(Patience& it, const std::string& line) { EXPECT_EQ(it.client.say(line), ""); }

const std::vector<Place> places{
    {"a download in the blocking pool", true, [](Patience& it) { download(it, "read-worker"); }},
    {"a download of a storage's that waits", true, [](Patience& it) { download(it, "read-never"); }},
    {"an upload in the blocking pool", true, [](Patience& it) { upload(it, "write-worker", false); }},
    {"an upload to a storage that waits", true, [](Patience& it) { upload(it, "write-never", false); }},
    {"a commit in the blocking pool", true, [](Patience& it) { upload(it, "commit-worker", true); }},
    {"a commit by a storage that waits", true, [](Patience& it) { upload(it, "commit-never", true); }},
    {"a listing in the blocking pool", true, [](Patience& it) { listing(it, "list-worker"); }},
    {"a listing of a storage's that waits", true, [](Patience& it) { listing(it, "list-never"); }},
    {"COMB in the blocking pool", false, [](Patience& it) { command(it, "COMB \"all\" \"read-worker\""); }},
    {"COMB of a storage's that waits", false, [](Patience& it) { command(it, "COMB \"all\" \"read-never\""); }},
    {"a verb in the blocking pool", false, [](Patience& it) { command(it, "WAIT worker"); }},
    {"a verb that waits", false, [](Patience& it) { command(it, "WAIT never"); }},
};
/// Where there is no transfer yet, or what is at work says of itself that it does not take long.
const std::vector<Place> before_transfers{
    {"opening a file in the blocking pool", false,
     [](Patience& it) {
       it.client.passive();
       command(it, "RETR open-worker");
     }},
    {"opening a file of a storage that waits", false,
     [](Patience& it) {
       it.client.passive();
       command(it, "RETR open-never");
     }},
    {"beginning an upload in the blocking pool", false,
     [](Patience& it) {
       it.client.passive();
       command(it, "STOR open-worker");
     }},
    {"beginning an upload to a storage that waits", false,
     [](Patience& it) {
       it.client.passive();
       command(it, "STOR open-never");
     }},
};
const std::vector<Place> short_commands{
    {"a short verb in the blocking pool", false, [](Patience& it) { command(it, "HANG worker"); }},
    {"a short verb that waits", false, [](Patience& it) { command(it, "HANG never"); }},
};
std::vector<Place> joined(std::vector<Place> some, const std::vector<Place>& more) {
  some.insert(some.end(), more.begin(), more.end());
  return some;
}

TEST(Interruption, ByAborReachesASessionWhereverItWaits) {
  for (const Place& place : joined(places, before_transfers)) {
    SCOPED_TRACE(place.name);
    Patience it;
    place.go(it);
    EXPECT_EQ(it.client.say("ABOR"), abor_replies);
    it.expect_alive();
  }
}

TEST(Interruption, ByALimitReachesASessionWhereverItWaits) {
  Limits limits;
  limits.stall = 20s;
  limits.operation = 30s;
  for (const Place& place : joined(joined(places, before_transfers), short_commands)) {
    SCOPED_TRACE(place.name);
    Patience it{limits};
    place.go(it);
    it.network.advance(15s);
    EXPECT_EQ(it.client.hear(), "");
    it.network.advance(20s);
    const auto reply = it.client.hear();
    EXPECT_EQ(reply.substr(0, 3), place.in_transfer ? "426" : "451") << reply;
    it.expect_alive();
  }
}

TEST(Interruption, ByTheClientsEndReachesASessionWhereverItWaits) {
  for (const Place& place : joined(places, before_transfers)) {
    SCOPED_TRACE(place.name);
    Patience it;
    place.go(it);
    it.client.control().reset();
    it.data.reset();
    it.network.settle();
    EXPECT_EQ(it.served.server().sessions(), 0u);
    EXPECT_EQ(it.network.open_streams(), 0u);
  }
}

TEST(Interruption, ByALimitReachesASessionWhoseClientSaysNoMoreAndMayStillHear) {
  for (const Place& place : joined(places, before_transfers)) {
    SCOPED_TRACE(place.name);
    Patience it;
    place.go(it);
    it.client.control().finish();
    it.network.advance(58s);
    EXPECT_EQ(it.served.server().sessions(), 1u);
    it.network.advance(3s);
    EXPECT_NE(it.client.hear(), "");
    EXPECT_EQ(it.served.server().sessions(), 0u);
    EXPECT_EQ(it.network.open_streams(), 0u);
  }
}

TEST(Interruption, ByAStopReachesASessionWhereverItWaitsWhenItsTimeIsOver) {
  for (const Place& place : joined(joined(places, before_transfers), short_commands)) {
    SCOPED_TRACE(place.name);
    Patience it;
    place.go(it);
    it.served.server().stop();
    it.network.advance(29s);
    EXPECT_EQ(it.served.server().sessions(), 1u) << "it may end what it is about";
    it.network.advance(2s);
    EXPECT_EQ(it.client.hear(), "421 Server is shutting down\r\n");
    EXPECT_EQ(it.served.server().sessions(), 0u);
    EXPECT_EQ(it.network.open_streams(), 0u);
  }
}

TEST(Interruption, OfALoginComesWhenItsTimeIsOverWhoeverHasToAnswer) {
  for (const std::string user : {"never", "worker"}) {
    SCOPED_TRACE(user);
    Limits limits;
    limits.login = 20s;
    Patience it{limits};
    Dialogue next{it.network};
    next.say("USER " + user);
    EXPECT_EQ(next.say("PASS secret"), "");
    EXPECT_EQ(next.hear_after(21s), "421 Timed out, closing the connection\r\n");
    EXPECT_TRUE(next.ended());
    EXPECT_EQ(it.served.server().sessions(), 1u);
    it.expect_alive();
  }
}

TEST(Interruption, OfALoginComesByAStop) {
  for (const std::string user : {"never", "worker"}) {
    SCOPED_TRACE(user);
    Limits limits;
    limits.drain = 5s;
    Patience it{limits};
    Dialogue next{it.network};
    next.say("USER " + user);
    EXPECT_EQ(next.say("PASS secret"), "");
    it.served.server().stop();
    it.network.advance(6s);
    EXPECT_EQ(next.hear(), "421 Server is shutting down\r\n");
    EXPECT_EQ(it.network.open_streams(), 0u);
  }
}

TEST(Interruption, IsOfOneCommandAndNotOfTheNext) {
  Patience it;
  for (int i = 0; i < 5; ++i) {
    for (const Place& place : places) {
      SCOPED_TRACE(place.name);
      place.go(it);
      EXPECT_EQ(it.client.say("ABOR"), abor_replies);
      it.data.reset();
      EXPECT_EQ(it.client.say("ABOR"), "225 No transfer to abort\r\n");
    }
  }
  it.expect_alive();
}

TEST(Interruption, LeavesAnUploadThatWasNotCommittedAside) {
  for (const std::string name : {"commit-never", "commit-worker"}) {
    SCOPED_TRACE(name);
    Patience it;
    upload(it, name, true);
    EXPECT_EQ(it.client.say("ABOR"), abor_replies);
    EXPECT_EQ(it.client.code("MDTM " + name), 550) << "the file is not there";
  }
}

TEST(LimitsThatAreNone, CloseNoSession) {
  Limits limits;
  limits.login = limits.idle = limits.connect_data = limits.handshake = limits.stall = limits.operation =
      Duration::max();
  Patience it{limits};
  for (const auto& place : places) {
    SCOPED_TRACE(place.name);
    place.go(it);
    EXPECT_EQ(it.client.hear_after(24h), "");
    EXPECT_EQ(it.client.say("ABOR"), abor_replies);
    it.data.reset();
  }
  EXPECT_EQ(it.client.hear_after(24h), "");
  it.expect_alive();
}

/// An append to a file that takes four jobs of a worker to copy, each of which ends when the test says so.
struct LongCopy {
  LongCopy() {
    folder.write("log", "");
    std::filesystem::resize_file(folder.path() / "log", 100'000'000);
    client.log_in().binary();
    network.hold_blocking_work();
    data.emplace(client.open(client.passive()));
    data->type("more");
    data->finish();
    EXPECT_EQ(client.say("APPE log"), "");
  }
  LongCopy(const LongCopy&) = delete;
  LongCopy& operator=(const LongCopy&) = delete;
  ~LongCopy() { network.release_blocking_work(); }

  /// Lets the job end that has begun by now, and no other.
  void finish_one_job() {
    network.release_blocking_work();
    network.hold_blocking_work();
    network.settle();
  }

  const TestFolder folder;
  SimulatedNetwork network{1};
  Served<DirectoryStorage, WaitingAuthenticator> served{network, DirectoryStorage{folder.string()}, WaitingAuthenticator{}};
  Dialogue client{network};
  std::optional<TestPeer> data;
};

TEST(CopyBeforeAnAppend, TakesAsLongAsItGetsOn) {
  LongCopy it;
  std::string heard;
  int jobs = 0;
  for (; heard.empty() && jobs < 20; ++jobs) {
    heard = it.client.hear_after(29s);
    it.finish_one_job();
  }
  it.network.release_blocking_work();
  heard += it.client.hear();
  EXPECT_GT(jobs, 3) << "there is nothing to wait for";
  EXPECT_NE(heard.find("226 Upload complete"), heard.npos) << heard;
  EXPECT_EQ(std::filesystem::file_size(it.folder.path() / "log"), 100'000'004u);
}

TEST(CopyBeforeAnAppend, EndsWhenItStandsStill) {
  LongCopy it;
  for (int jobs = 0; jobs < 3; ++jobs) {  // the last of which is a piece
    it.network.advance(29s);
    it.finish_one_job();
  }
  EXPECT_EQ(it.client.hear_after(59s), "");
  EXPECT_EQ(it.client.hear_after(2s), "451 Gave up: it took too long\r\n");
  EXPECT_EQ(it.client.say("NOOP"), "200 OK\r\n");
  EXPECT_EQ(std::filesystem::file_size(it.folder.path() / "log"), 100'000'000u);
}

TEST(CopyBeforeAnAppend, CanBeAbortedBetweenTwoPieces) {
  LongCopy it;
  it.finish_one_job();
  it.finish_one_job();
  EXPECT_EQ(it.client.say("ABOR"), abor_replies);
  EXPECT_EQ(it.client.say("NOOP"), "200 OK\r\n");
  EXPECT_EQ(std::filesystem::file_size(it.folder.path() / "log"), 100'000'000u);
}

}  // namespace
