#include "support/client.hpp"

#include <gtest/gtest.h>

#include "support/folder.hpp"
#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// After a cancellation the session is in step or closed.

namespace {

/// A server in the middle of a RETR of `a`, of which it has sent three bytes.
ScriptedServer& sending(ScriptedServer& server) {
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data();
  return server.hears("RETR a").says("150 Here").sends("hel");
}
/// The same for STOR.
ScriptedServer& receiving(ScriptedServer& server) {
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data();
  return server.hears("STOR a").says("150 Send");
}

/// A source that gives a little and then waits for ever.
class SlowSource {
 public:
  explicit SlowSource(TestNetwork& network) : network_{network} {}
  awaitable<std::size_t> read_some(std::span<std::byte> room) {
    if (given_) co_await network_.sleep_until(network_.now() + 100h);
    given_ = true;
    room[0] = std::byte{'x'};
    co_return 1;
  }

 private:
  TestNetwork& network_;
  bool given_ = false;
};

awaitable<void> send_slowly(TestNetwork& network, TestClient& client) {
  SlowSource source{network};
  co_await client.upload(source, "a");
}

}  // namespace

TEST(ClientCancel, LeavesTheSessionInStepWhateverTheServerSaysToTheAbort) {
  const std::vector<std::vector<std::string>> answers{
      {"426 Aborted", "226 Abort successful"},  // RFC 959
      {"226 Done", "225 Nothing to abort"},     // was sent before the ABOR came
      {"226 Done", "226 Abort successful"},
      {"426 Aborted"},  // and no word to the ABOR itself
      {"226 Abort successful"},
      {"451 Error", "226 Abort successful"},
      {"426 Aborted", "502 ABOR not implemented"},
      {"502 ABOR not implemented", "426 Broken pipe"},
      {"426 Aborted", "426 Aborted", "226 Done"},
  };
  for (const auto& replies : answers) {
    TestNetwork network{1};
    ScriptedServer server{network};
    sending(server).hears("ABOR");
    for (const auto& reply : replies) server.says(reply);
    server.hears("PWD").says("257 \"/\"").dialogue("STAT b", "211 b");
    TestClient client = enter(network);
    Started fetching{network, text_of(client, "a")};
    fetching.cancel(network);
    ASSERT_TRUE(fetching.done());
    EXPECT_THROW(fetching.result(), std::system_error);
    EXPECT_EQ(network.run(client.command("STAT b")).text(), "b") << replies[0];
  }
}

TEST(ClientCancel, DoesNotLetAServerTakeAnUploadForWhole) {
  TestNetwork network{1};
  ScriptedServer server{network};
  receiving(server).sees_data_reset().says("426 Connection reset");
  server.dialogue("PWD", "257 \"/\"").dialogue("STAT b", "211 b");
  TestClient client = enter(network);
  Started storing{network, send_slowly(network, client)};
  storing.cancel(network);
  ASSERT_TRUE(storing.done());
  EXPECT_EQ(network.run(client.command("STAT b")).text(), "b");
}

TEST(ClientCancel, DoesNotLetAServerTakeAnUploadForWholeThatHasHardlyBegun) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data().hears("STOR a").sees_data_reset();
  server.says("150 Send").says("426 Aborted").dialogue("ABOR", "226 Abort successful");
  server.dialogue("PWD", "257 \"/\"").dialogue("STAT b", "211 b");
  TestClient client = enter(network);
  Started storing{network, send_slowly(network, client)};
  storing.cancel(network);
  ASSERT_TRUE(storing.done());
  EXPECT_EQ(network.run(client.command("STAT b")).text(), "b");
}

TEST(ClientCancel, KeepsASessionOfTheFtpLikeDialectAfterADownloadThatWasCancelled) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says_raw("220 Ready\n").hears_in_one_read("RETR a").opens_data("150 {port}").accepts_data().sends("hel");
  server.hears_in_one_read("PWD").closes_data().says_raw("226 Download complete\n257 \"s\"\n");
  server.hears_in_one_read("CWD images").says_raw("250 OK\n");
  ClientOptions options;
  options.dialect = Dialect::ftplike;
  TestClient client = network.run(connect(network, "ftp://10.0.0.2", options));
  Started fetching{network, text_of(client, "a")};
  fetching.cancel(network);
  network.run(client.cwd("images"));
}

TEST(ClientCancel, TakesTheAnswerToACancelledCommandForNothingElse) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().hears("STAT a").waits(5s).says("211 a").dialogue("STAT b", "211 b");
  TestClient client = enter(network);
  Started asking{network, client.command("STAT a")};
  asking.cancel(network);
  EXPECT_TRUE(asking.done());
  EXPECT_EQ(network.run(client.command("STAT b")).text(), "b");
}

TEST(ClientCancel, KeepsWhatWasFetchedAsideAndTheOldFileInItsPlace) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "old");
  ScriptedServer server{network};
  sending(server).is_left().hears("nothing");
  TestClient client = enter(network);
  Started fetching{network, client.download("a", folder / "a")};
  fetching.cancel(network);
  EXPECT_TRUE(fetching.done());
  EXPECT_EQ(folder.read("a"), "old");
  EXPECT_EQ(folder.read(".ftplike-partial.a"), "hel");
}

TEST(ClientCancel, WorksAtAnyStep) {
  // Every 5 ms of a download on a network where everything takes 10 ms.
  for (int n = 1;; ++n) {
    TestNetwork network{1};
    network.conditions().delay = 10ms;
    ScriptedServer server{network};
    server.welcomes({"SIZE"}).is_left().dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive();
    server.accepts_data().hears("RETR a").says("150 Here").sends("hello").closes_data().says("226 Done");
    TestClient client = enter(network);
    Started fetching{network, text_of(client, "a")};
    for (int i = 0; i < n && !fetching.done(); ++i) network.advance(5ms);
    if (fetching.done()) {
      EXPECT_EQ(fetching.result(), "hello");
      break;
    }
    fetching.cancel(network);
    EXPECT_TRUE(fetching.done()) << n;
    EXPECT_THROW(fetching.result(), std::system_error);
  }
}

TEST(ClientCancel, IsToldAsAbortedWhateverWasCancelled) {
  TestNetwork network{1};
  network.unplug("10.0.0.3");
  ScriptedServer server{network};
  sending(server).is_left().hears("nothing");
  Started connecting{network, connect(network, "ftp://10.0.0.3")};
  connecting.cancel(network);
  EXPECT_EQ(connecting.error(), Errc::aborted);
  TestPool pool{network, "ftp://10.0.0.3"};
  Started leasing{network, pool.lease()};
  leasing.cancel(network);
  EXPECT_EQ(leasing.error(), Errc::aborted);
  Started listing{network, pool.list()};
  listing.cancel(network);
  EXPECT_EQ(listing.error(), Errc::aborted);
  TestClient client = enter(network);
  Started fetching{network, text_of(client, "a")};
  fetching.cancel(network);
  EXPECT_EQ(fetching.error(), Errc::aborted);
}

TEST(ClientCancel, OfACommandIsToldAsAborted) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().hears("STAT a").is_left().hears("nothing");
  TestClient client = enter(network);
  Started asking{network, client.command("STAT a")};
  asking.cancel(network);
  EXPECT_EQ(asking.error(), Errc::aborted);
}

TEST(ClientCancel, IsAlsoWhatProgressSaysAndLeavesTheSessionInStep) {
  TestNetwork network{1};
  ScriptedServer server{network};
  sending(server).hears("ABOR").says("426 Aborted").says("226 Abort successful").dialogue("PWD", "257 \"/\"");
  server.dialogue("STAT b", "211 b");
  TestClient client = enter(network);
  TransferOptions options;
  options.progress = [](const Progress&) { return Go::stop; };
  const ClientError error = error_of(network, text_of(client, "a", options));
  EXPECT_EQ(error.code(), Errc::aborted);
  EXPECT_EQ(error.transferred(), 3u);
  EXPECT_EQ(network.run(client.command("STAT b")).text(), "b");
}

TEST(ClientCancel, IsNoReasonForAPoolToTryAgain) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestPool pool{network, anna()};
  int told = 0;
  TransferOptions options;
  options.progress = [&told](const Progress&) {
    ++told;
    return Go::stop;
  };
  EXPECT_EQ(error_of(network, pool.download("a", folder.string(), options)).code(), Errc::aborted);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(pool.sessions(), 1u);
}
