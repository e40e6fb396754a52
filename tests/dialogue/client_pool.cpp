#include <ftplike/client/pool.hpp>

#include <gtest/gtest.h>

#include <ftplike/client/task_group.hpp>

#include "support/folder.hpp"
#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// Many sessions, and what survives the loss of one.

namespace {

awaitable<void> hold(TestNetwork& network, TestPool& pool, Duration time) {
  TestPool::Lease lease = co_await pool.lease();
  co_await network.sleep_until(network.now() + time);
}

}  // namespace

TEST(ClientPool, MakesSessionsWhenTheyAreNeededAndKeepsThem) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  TestPool pool{network, anna()};
  EXPECT_EQ(pool.sessions(), 0u);
  network.run(pool.list());
  network.run(pool.list());
  EXPECT_EQ(pool.sessions(), 1u);
  EXPECT_EQ(server.sessions(), 1u);
  network.run(pool.quit());
  network.settle();
  EXPECT_EQ(pool.sessions(), 0u);
  EXPECT_EQ(server.sessions(), 0u);
}

TEST(ClientPool, HasNoMoreSessionsThanItIsAllowed) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  PoolOptions options;
  options.sessions = 2;
  TestPool pool{network, anna(), options};
  const Time before = network.now();
  detail::TaskGroup workers{network.executor()};
  for (int i = 0; i < 6; ++i) workers.start(hold(network, pool, 1s));
  network.run(workers.join());
  EXPECT_EQ(pool.sessions(), 2u);
  EXPECT_EQ(network.now() - before, 3s);
}

TEST(ClientPool, HasNoMoreSessionsThanTheServerTakes) {
  TestNetwork network{1};
  Limits limits;
  limits.sessions = 2;
  auto server = serve(network, {}, some_users(), limits);
  TestPool pool{network, anna()};
  detail::TaskGroup workers{network.executor()};
  for (int i = 0; i < 6; ++i) workers.start(hold(network, pool, 1s));
  network.run(workers.join());
  EXPECT_EQ(pool.most_sessions(), 2u);
  EXPECT_EQ(pool.sessions(), 2u);
}

TEST(ClientPool, TriesAgainLaterWhereAServerTakesNobody) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says("421 Too many connections").closes().accepts().says("421 Too many connections").closes().accepts();
  server.welcomes({"MLST type*;"}).passive().accepts_data().hears("MLSD").says("150 Here").closes_data();
  server.says("226 Done");
  TestPool pool{network, "ftp://ann:secret@10.0.0.2"};
  const Time before = network.now();
  EXPECT_TRUE(network.run(pool.list()).empty());
  EXPECT_EQ(network.now() - before, 3s);
}

TEST(ClientPool, GivesUpAfterAsManyTriesAsItIsTold) {
  TestNetwork network{1};
  network.host("10.0.0.9");
  PoolOptions options;
  options.retry.attempts = 4;
  options.retry.first = 10s;
  options.retry.longest = 15s;
  options.retry.waits_for_server = true;
  TestPool pool{network, "ftp://10.0.0.9", options};
  const Time before = network.now();
  EXPECT_EQ(error_of(network, pool.list()).code(), std::errc::connection_refused);
  EXPECT_EQ(network.now() - before, 40s);
}

TEST(ClientPool, DoesNotWaitForAServerThatItHasNeverReached) {
  TestNetwork network{1};
  network.host("10.0.0.9");
  TestPool pool{network, "ftp://10.0.0.9"};
  const Time before = network.now();
  EXPECT_EQ(error_of(network, pool.list()).code(), std::errc::connection_refused);
  EXPECT_EQ(network.now(), before);
}

TEST(ClientPool, WaitsForAServerThatWasThere) {
  TestNetwork network{1};
  PoolOptions options;
  options.retry.attempts = 3;
  std::vector<std::string> told;
  options.retry.on_retry = [&told](const Retry& retry) { told.push_back(retry.text()); };
  auto server = serve(network, {}, some_users());
  TestPool pool{network, anna(), options};
  network.run(pool.list());
  server.stop();
  network.settle();
  const Time before = network.now();
  EXPECT_EQ(error_of(network, pool.list("photos")).code(), std::errc::connection_refused);
  EXPECT_EQ(network.now() - before, 3s);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told.front().substr(0, 16), "list of photos: ");
  EXPECT_EQ(told.front().substr(told.front().find(';')), "; try 2 of 3 in 1 s");
  EXPECT_EQ(told.back().substr(told.back().find(';')), "; try 3 of 3 in 2 s");
}

TEST(ClientPool, TellsOfEachTryThatIsFollowedByAnother) {
  TestNetwork network{1, {.window = 4096}};
  const TestFolder folder;
  auto server = serve(network, {{"/a", std::string(500'000, 'x')}}, some_users());
  PoolOptions options;
  options.retry.on_retry = [&](const Retry& retry) {
    EXPECT_EQ(retry.operation, "download");
    EXPECT_EQ(retry.path, "a");
    EXPECT_EQ(retry.attempts, 5u);
    EXPECT_EQ(retry.attempt, 1u) << "it came further";
    EXPECT_EQ(retry.pause, 1s);
    EXPECT_TRUE(is_transient(retry.error));
    EXPECT_GT(retry.error.transferred(), 0u);
  };
  TestPool pool{network, anna(), options};
  network.fail({.operation = 150}, Fault::reset);
  network.run(pool.download("a", folder.string()));
  EXPECT_EQ(network.faults_left(), 0u);
}

TEST(ClientPool, EndsWithWhatIsThrownByWhoHearsOfARetry) {
  TestNetwork network{1};
  PoolOptions options;
  options.retry.waits_for_server = true;
  options.retry.on_retry = [](const Retry&) { throw std::runtime_error{"enough"}; };
  network.host("10.0.0.9");
  TestPool pool{network, "ftp://10.0.0.9", options};
  const Time before = network.now();
  try {
    network.run(pool.list());
    FAIL() << "it was not told";
  } catch (const std::runtime_error& error) { EXPECT_STREQ(error.what(), "enough"); }
  EXPECT_EQ(network.now(), before);
}

TEST(ClientPool, AsksAndChangesWhatASessionCan) {
  TestNetwork network{1};
  MemoryStorage files{{"/a", "12345"}};
  auto server = serve(network, files, some_users());
  TestPool pool{network, anna()};
  network.run(pool.mkdir("new"));
  network.run(pool.mkdir("old"));
  network.run(pool.rename("a", "new/b"));
  EXPECT_TRUE(network.run(pool.stat("new")).is_directory());
  EXPECT_FALSE(network.run(pool.exists("a")));
  EXPECT_EQ(network.run(pool.size("new/b")), 5u);
  const Timestamp time = *parse_timestamp("20200101000000");
  network.run(pool.set_modified("new/b", time));
  EXPECT_EQ(network.run(pool.modified("new/b")), time);
  network.run(pool.rmdir("old"));
  network.run(pool.remove("new/b"));
  EXPECT_EQ(error_of(network, pool.remove("new/b")).code().value(), 550) << "it was not ours that removed it";
  EXPECT_EQ(error_of(network, pool.mkdir("new")).code().value(), 550);
  EXPECT_EQ(error_of(network, pool.rename("a", "b")).code().value(), 550);
  network.run(pool.chmod("new", 0700));
  EXPECT_FALSE(network.run(pool.digest("a")));
  EXPECT_EQ(network.run(pool.list()).size(), 1u);
}

TEST(ClientPool, TakesAChangeAsMadeWhoseReplyWasLost) {
  const auto loses = [](const std::string& verb, auto change, auto is_made) {
    TestNetwork network{1};
    MemoryStorage files{{"/a", "12345"}, {"/empty/b", "b"}};
    auto server = serve(network, files, some_users());
    TestPool pool{network, anna()};
    network.run(pool.remove("empty/b"));
    network.fail({.connection = Link::control, .write = 1, .command = verb}, Fault::reset);
    network.run(change(pool));
    EXPECT_EQ(network.faults_left(), 0u) << verb;
    EXPECT_TRUE(is_made(network, pool)) << verb;
  };
  loses("MKD", [](TestPool& pool) { return pool.mkdir("new"); },
        [](TestNetwork& network, TestPool& pool) { return network.run(pool.exists("new")); });
  loses("DELE", [](TestPool& pool) { return pool.remove("a"); },
        [](TestNetwork& network, TestPool& pool) { return !network.run(pool.exists("a")); });
  loses("RMD", [](TestPool& pool) { return pool.rmdir("empty"); },
        [](TestNetwork& network, TestPool& pool) { return !network.run(pool.exists("empty")); });
  loses("RNTO", [](TestPool& pool) { return pool.rename("a", "b"); },
        [](TestNetwork& network, TestPool& pool) { return network.run(pool.size("b")) == 5; });
}

TEST(ClientPool, TakesNoChangeAsMadeThatNoServerWasTold) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says("421 Too many connections").closes().accepts();
  server.welcomes({"MLST type*;"}).hears("DELE a").says("550 No such file");
  TestPool pool{network, "ftp://ann:secret@10.0.0.2"};
  EXPECT_EQ(error_of(network, pool.remove("a")).code().value(), 550);
}

TEST(ClientPool, DoesNotTryAgainWhatCannotSucceed) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {}, some_users());
  TestPool pool{network, anna()};
  const Time before = network.now();
  EXPECT_EQ(error_of(network, pool.download("nothing", folder.string())).code().value(), 550);
  EXPECT_EQ(error_of(network, pool.upload(folder / "nothing")).channel(), Channel::local);
  EXPECT_EQ(network.now(), before);
}

TEST(ClientPool, UsesAnotherSessionWhereTheServerHasClosedTheOneThatWasKept) {
  TestNetwork network{1};
  Limits limits;
  limits.idle = 60s;
  auto server = serve(network, {}, some_users(), limits);
  TestPool pool{network, anna()};
  network.run(pool.list());
  network.advance(100s);
  const Time before = network.now();
  network.run(pool.list());
  EXPECT_EQ(network.now(), before);
}

TEST(ClientPool, GoesOnWithADownloadWhoseConnectionsWereLost) {
  TestNetwork network{1, {.window = 4096}};
  const TestFolder folder;
  const std::string text(500'000, 'x');
  auto server = serve(network, {{"/a", text}}, some_users());
  TestPool pool{network, anna()};
  for (const std::size_t operation : {150u, 300u, 450u}) network.fail({.operation = operation}, Fault::reset);
  const TransferResult result = network.run(pool.download("a", folder.string()));
  EXPECT_GT(result.offset, 0u);
  EXPECT_EQ(result.offset + result.transferred, text.size());
  EXPECT_TRUE(folder.read("a") == text);
}

TEST(ClientPool, GoesOnWithAnUploadWhoseConnectionsWereLost) {
  for (const std::string& before : {std::string{}, std::string(1'500'000, 'o')}) {
    TestNetwork network{1, {.window = 8192}};
    const TestFolder folder;
    const std::string text(2'000'000, 'x');
    folder.write("a", text);
    MemoryStorage files;
    if (!before.empty()) files = MemoryStorage{{"/a", before}};
    auto server = serve(network, files, some_users());
    TestPool pool{network, anna()};
    for (const std::size_t operation : {100u, 200u}) network.fail({.operation = operation}, Fault::reset);
    const TransferResult result = network.run(pool.upload(folder / "a"));
    // Where there is an old file, nobody can tell how far the new one came.
    EXPECT_EQ(result.offset > 0, before.empty());
    EXPECT_GT(network.operations(), 200u);
    TestClient client = network.run(connect(network, anna()));
    EXPECT_TRUE(network.run(text_of(client, "a")) == text);
  }
}

TEST(ClientPool, DoesNotGoOnWithTheOldFileInPlaceOfTheNew) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "old!");
  auto server = serve(network, {{"/a", "new text"}}, some_users());
  TestPool pool{network, anna()};
  network.fail({.operation = 45}, Fault::reset);
  network.run(pool.download("a", folder.string()));
  EXPECT_EQ(folder.read("a"), "new text");
}

TEST(ClientPool, GivesUpWhereEachTryComesNoFurtherThanTheOneBefore) {
  TestNetwork network{1};
  const TestFolder folder;
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK");
  for (int i = 0; i < 3; ++i) {
    server.passive().accepts_data();
    if (i > 0) server.dialogue("REST 5", "502 No").passive().accepts_data();
    server.hears("RETR a").says("150 Here").sends("hello").waits(1s).closes_data().says("452 The disk fell off");
    server.dialogue("PWD", "257 \"/\"");
  }
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  options.retry.attempts = 3;
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
  EXPECT_EQ(error_of(network, pool.download("a", folder.string())).code().value(), 452);
}

TEST(ClientPool, AsksAgainWhatAFileIsBeforeItGoesOnWithIt) {
  TestNetwork network{1};
  const TestFolder folder;
  ScriptedServer server{network};
  server.welcomes({"SIZE", "MDTM"}).dialogue("TYPE I", "200 OK").passive().accepts_data();
  server.hears("RETR a")
      .says("150 Here")
      .sends("old")
      .waits(1s)
      .closes_data()
      .says("426 Lost")
      .dialogue("PWD", "257 \"/\"");
  server.dialogue("SIZE a", "213 5").dialogue("MDTM a", "213 20990101000000").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("newer").closes_data().says("226 Done");
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
  TransferOptions known;
  known.size = 3;
  known.modified = *parse_timestamp("20200101000000");
  network.run(pool.download("a", DirectoryStorage{folder.string()}, Path{"a"}, known));
  EXPECT_EQ(folder.read("a"), "newer");
}

TEST(ClientPool, CountsTheTriesOfASessionThatWasKept) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("NOOP", "200 OK").dialogue("NOOP", "450 Busy").dialogue("NOOP", "450 Busy");
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  options.retry.attempts = 2;
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
  const auto nothing = [](TestPool::Session& session) { return session.noop(); };
  network.run(pool.use(nothing));
  const Time before = network.now();
  EXPECT_EQ(error_of(network, pool.use(nothing)).code().value(), 450);
  EXPECT_EQ(network.now() - before, 1s);
}

TEST(ClientPool, CountsTheTriesThatTookTooLong) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("NOOP", "200 OK").hears("NOOP").is_left().waits(1h);
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  options.retry.attempts = 1;
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
  const auto nothing = [](TestPool::Session& session) { return session.noop(); };
  network.run(pool.use(nothing));
  const Time before = network.now();
  EXPECT_EQ(error_of(network, pool.use(nothing)).code(), Errc::timed_out);
  EXPECT_EQ(network.now() - before, options.client.limits.reply);
}

TEST(ClientPool, LetsTheNextTryWhereASessionDidNotComeToBe) {
  TestNetwork network{1};
  network.host("10.0.0.9");
  PoolOptions options;
  options.sessions = 1;
  options.retry.attempts = 1;
  TestPool pool{network, "ftp://10.0.0.9", options};
  Started first{network.executor(), pool.list()};
  Started second{network.executor(), pool.list()};
  network.advance(1s);
  EXPECT_EQ(first.error(), std::errc::connection_refused);
  EXPECT_EQ(second.error(), std::errc::connection_refused);
}

TEST(ClientPool, RunsWorkOfTheCallersOwn) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "12345"}}, some_users());
  TestPool pool{network, anna()};
  const auto size = [](TestPool::Session& session) { return session.size("a"); };
  const auto nothing = [](TestPool::Session& session) { return session.noop(); };
  EXPECT_EQ(network.run(pool.use(size)), 5u);
  network.run(pool.use(nothing));
}

TEST(ClientPool, CanBeCancelledWhileItWaits) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  PoolOptions options;
  options.sessions = 1;
  TestPool pool{network, anna(), options};
  Started holding{network, hold(network, pool, 1h)};
  Started waiting{network, pool.list()};
  waiting.cancel(network);
  EXPECT_TRUE(waiting.done());
  EXPECT_THROW(waiting.result(), std::system_error);
  holding.cancel(network);
  EXPECT_TRUE(holding.done());
  network.run(pool.list());
}
