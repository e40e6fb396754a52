#include "support/client.hpp"

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ftplike/client/mirror.hpp>
#include <ftplike/client/segments.hpp>

#include "support/folder.hpp"
#include "support/server.hpp"
#include "support/started.hpp"

// Every operation of the client, again and again, each time cancelled one turn later, until it ends before that: so it
// is cancelled wherever it waits, for whatever. It ends then and there; a file is the old whole one or the new whole
// one; the session is in step with the server or closed; nothing is left open.

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

const std::string theirs(9'000, 't'), ours(11'000, 'o'), large(2 * 1024 * 1024, 'l');

/// A server, a client and a pool, with something on either side.
struct Stage {
  Stage(std::uint64_t seed, bool standard) : network{seed, {.window = 4096}}, url{anna()} {
    if (!standard) url = Url{"127.0.0.1", TestServer::port};
    folder.write("fetched", "before");
    folder.write("sent", ours);
    folder.write(".ftplike-partial.resumed", theirs.substr(0, 2000));
    folder.write("up/1", ours);
    folder.write("up/2", ours);
  }
  /// Everybody may do everything, also without a login.
  static UserTable users() {
    UserTable all{Anonymous{.without_login = "write"}};
    all.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
    return all;
  }
  std::string stored(const std::string& path) const { return files.text(path).value_or("(none)"); }
  TestClient& session() { return *client; }

  TestNetwork network;
  Url url;
  const TestFolder folder;
  MemoryStorage files{{"/there", theirs},  {"/changed", theirs}, {"/half", ours.substr(0, 2000)},
                      {"/log", theirs},    {"/d/known", "1"},    {"/tree/a", theirs},
                      {"/tree/b/c", ours}, {"/known", "12345"}, {"/up/", ""}};
  TestServer server = serve(network, files, users());
  std::optional<TestClient> client;
  std::optional<TestPool> pool;
};

/// What is cancelled, and what may be there afterwards.
struct Deed {
  const char* name;
  std::function<awaitable<void>(Stage&)> run;
};
template <class R> awaitable<void> alone(awaitable<R> operation) { (void)co_await std::move(operation); }

void expect_one_of(const std::string& what, const std::string& text, const std::vector<std::string>& wholes) {
  for (const std::string& whole : wholes) {
    if (text == whole) return;
  }
  ADD_FAILURE() << what << " is no whole file: " << text.size() << " bytes";
}
/// Whatever was cancelled.
void expect_whole_files(const Stage& it) {
  expect_one_of("fetched", it.folder.read("fetched"), {"before", theirs});
  expect_one_of("resumed", it.folder.read("resumed"), {"(none)", theirs});
  expect_one_of("copy/a", it.folder.read("copy/a"), {"(none)", theirs});
  expect_one_of("copy/b/c", it.folder.read("copy/b/c"), {"(none)", ours});
  expect_one_of("large", it.folder.read("large"), {"(none)", large});
  expect_one_of("changed", it.stored("/changed"), {theirs, ours});
  expect_one_of("half", it.stored("/half"), {ours.substr(0, 2000), ours});
  expect_one_of("log", it.stored("/log"), {theirs, theirs + ours});
  expect_one_of("up/1", it.stored("/up/1"), {"(none)", ours});
  expect_one_of("up/2", it.stored("/up/2"), {"(none)", ours});
  EXPECT_NE(it.stored("/known") == "12345", it.stored("/renamed") == "12345");
}

/// Whether the session is open, and answers what only this server at this place can answer.
bool is_in_step(Stage& it) {
  try {
    const Reply known = it.network.run(it.session().command("SIZE d/known"));
    EXPECT_EQ(known, (Reply{213, "1"}));
    const Reply unknown = it.network.run(it.session().command("SIZE unknown"));
    EXPECT_EQ(unknown.code(), 550);
    TextSink sink;
    it.network.run(alone(it.session().download("there", sink)));
    EXPECT_TRUE(sink.text() == theirs);
    return true;
  } catch (const ClientError&) {
    EXPECT_FALSE(it.session().is_open());
    return false;
  }
}

/// Runs it, cancelled after so many turns; false if it had ended before.
bool cancel_after(std::uint64_t turns, const Deed& deed, Stage& it) {
  const auto cancelled = std::make_shared<bool>(false);
  Started started{it.network.executor(), deed.run(it)};
  it.network.call_after(it.network.turns() + turns, [started, cancelled]() mutable {
    *cancelled = !started.done();
    if (*cancelled) started.cancel();
  });
  it.network.settle();
  EXPECT_TRUE(started.done()) << "it waits on";
  if (started.done() && started.error()) {
    EXPECT_TRUE(*cancelled);
    // Asio's own error, where it is between two operations of the client.
    EXPECT_TRUE(started.error() == Errc::aborted || started.error() == asio::error::operation_aborted)
        << started.error().message();
  }
  return *cancelled;
}

/// Sessions that are kept and that are closed, one after the other.
struct Tally {
  unsigned kept = 0, closed = 0;
};

/// One try: what a client does in its own session.
bool client_deed(const Deed& deed, std::uint64_t turns, bool standard, Tally& tally) {
  Stage it{turns, standard};
  it.client.emplace(it.network.run(connect(it.network, it.url)));
  const bool cancelled = cancel_after(turns, deed, it);
  const bool kept = is_in_step(it);
  ++(kept ? tally.kept : tally.closed);
  it.network.settle();
  if (!kept) it.network.advance(10min);
  EXPECT_EQ(it.network.open_streams(), kept ? 2u : 0u);
  EXPECT_EQ(it.network.open_acceptors(), 2u) << "the server's own";
  expect_whole_files(it);
  return cancelled;
}
/// One try: what is done with a pool, of which others go on with their part.
bool pool_deed(const Deed& deed, std::uint64_t turns) {
  Stage it{turns, true};
  PoolOptions options;
  options.sessions = 3;
  it.url.secure = beginning_of_sessions == Beginning::implicit_tls ? Secure::implicit_tls : Secure::no;
  it.pool.emplace(it.network, it.url, options);
  it.network.run(alone(it.pool->list()));
  const bool cancelled = cancel_after(turns, deed, it);
  EXPECT_FALSE(it.network.run(it.pool->list()).empty());
  expect_whole_files(it);
  it.network.run(it.pool->quit());
  it.network.advance(10min);
  EXPECT_EQ(it.pool->sessions(), 0u);
  EXPECT_EQ(it.network.open_streams(), 0u);
  EXPECT_EQ(it.network.pending_timers(), 0u);
  return cancelled;
}

/// As often as it takes to have met with every place where it waits.
void at_every_turn(const Deed& deed, const std::function<bool(std::uint64_t turns)>& attempt) {
  std::uint64_t turns = 0;
  do {
    SCOPED_TRACE(std::string{deed.name} + " after " + std::to_string(turns) + " turns");
    if (!attempt(turns + 1) || testing::Test::HasFailure()) break;
  } while (++turns);
  EXPECT_GT(turns, 1u) << deed.name << " was never under way";
}

const TransferOptions& resuming() {
  static const TransferOptions options = [] {
    TransferOptions some;
    some.resume = true;
    return some;
  }();
  return options;
}
awaitable<void> download_to_text(Stage& it) {
  TextSink sink;
  (void)co_await it.session().download("there", sink);
  EXPECT_TRUE(sink.text() == theirs);
}
awaitable<void> a_range_to_text(Stage& it) {
  TextSink sink;
  (void)co_await it.session().download_range("there", sink, 1000, 3000);
  EXPECT_TRUE(sink.text() == theirs.substr(0, 3000));
}
awaitable<void> upload_of_text(Stage& it) {
  TextSource source{ours};
  (void)co_await it.session().upload(source, "changed");
}

const std::vector<Deed> deeds_of_both_dialects{
    {"download", [](Stage& it) { return alone(it.session().download("there", it.folder / "fetched")); }},
    {"download into a sink", download_to_text},
    {"upload", [](Stage& it) { return alone(it.session().upload(it.folder / "sent", "changed")); }},
    {"upload from a source", upload_of_text},
    {"list", [](Stage& it) { return alone(it.session().list()); }},
    {"list of a directory", [](Stage& it) { return alone(it.session().list("d")); }},
    {"pwd", [](Stage& it) { return alone(it.session().pwd()); }},
};
const std::vector<Deed> deeds{
    {"range", a_range_to_text},
    {"resumed download", [](Stage& it) { return alone(it.session().download("there", it.folder / "resumed", resuming())); }},
    {"resumed upload", [](Stage& it) { return alone(it.session().upload(it.folder / "sent", "half", resuming())); }},
    {"append", [](Stage& it) { return alone(it.session().append(it.folder / "sent", "log")); }},
    {"unique upload", [](Stage& it) { return alone(it.session().upload_unique(it.folder / "sent", "there")); }},
    {"walk", [](Stage& it) { return it.session().walk("", [](const std::string&, const Entry&) { return true; }); }},
    {"stat", [](Stage& it) { return alone(it.session().stat("there")); }},
    {"size", [](Stage& it) { return alone(it.session().size("there")); }},
    {"rename", [](Stage& it) { return it.session().rename("known", "renamed"); }},
};
MirrorOptions as_uploads() {
  MirrorOptions options;
  options.direction = Direction::sent;
  return options;
}
awaitable<void> lease_twice(Stage& it) {
  auto one = co_await it.pool->lease();
  auto other = co_await it.pool->lease();
  co_await one->noop();
  co_await other->noop();
}
awaitable<void> in_segments(Stage& it) {
  auto file = co_await it.files.create(Path{"large"}, 0);
  co_await file.write(as_bytes(large));
  co_await file.finish();
  it.network.conditions().window = large.size();
  (void)co_await download_in_segments(*it.pool, "large", it.folder / "large", 2);
}
const std::vector<Deed> deeds_of_pools{
    {"lease", lease_twice},
    {"a pool's list", [](Stage& it) { return alone(it.pool->list("tree")); }},
    {"a pool's download", [](Stage& it) { return alone(it.pool->download("there", it.folder / "fetched")); }},
    {"a pool's upload", [](Stage& it) { return alone(it.pool->upload(it.folder / "sent", "changed")); }},
    {"a mirror", [](Stage& it) { return alone(mirror(*it.pool, "tree", it.folder / "copy")); }},
    {"a mirror's uploads", [](Stage& it) { return alone(mirror(*it.pool, "up", it.folder / "up", as_uploads())); }},
    {"segments", in_segments},
};

void every_deed(const std::vector<Deed>& those, bool standard) {
  Tally tally;
  for (const Deed& deed : those) {
    at_every_turn(deed, [&](std::uint64_t turns) { return client_deed(deed, turns, standard, tally); });
  }
  EXPECT_GT(tally.kept, tally.closed);
}

}  // namespace

TEST(CancelledClient, LeavesItsSessionInStepOrClosedWhereverItWaits) {
  every_deed(deeds_of_both_dialects, true);
  every_deed(deeds, true);
}

TEST(CancelledClient, LeavesItsSessionInStepOrClosedInTheFtpLikeDialectToo) { every_deed(deeds_of_both_dialects, false); }

TEST(CancelledClient, LeavesNothingOfASessionThatIsNotThereYet) {
  for (const bool standard : {true, false}) {
    const Deed deed{"connect", [](Stage& it) { return alone(connect(it.network, it.url)); }};
    at_every_turn(deed, [&](std::uint64_t turns) {
      Stage it{turns, standard};
      const bool cancelled = cancel_after(turns, deed, it);
      it.network.advance(10min);
      EXPECT_EQ(it.network.open_streams(), 0u);
      EXPECT_EQ(it.network.pending_timers(), 0u);
      return cancelled;
    });
  }
}

TEST(CancelledPool, HasItsSessionsForTheNextWhereverItWaits) {
  for (const Deed& deed : deeds_of_pools) {
    at_every_turn(deed, [&](std::uint64_t turns) { return pool_deed(deed, turns); });
  }
}
