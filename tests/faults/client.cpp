#include "support/client.hpp"

#include <gtest/gtest.h>

#include "support/folder.hpp"
#include "support/run.hpp"
#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// Whole sessions of the client against our own server, again and again, each time with one more step before something
// goes wrong. Whatever goes wrong, a file is the old whole one or the new whole one, an operation ends, nothing leaks,
// and no reply is taken for another's.

namespace {

const std::string old_text(30'000, 'o'), new_text(50'000, 'n');

Url url(bool standard) {
  Url result{"127.0.0.1", TestServer::port};
  if (standard) result.user = "anna";
  result.password = "secret";
  return result;
}

/// Users for standard sessions, and guests for those of the ftp-like dialect.
UserTable everybody() {
  UserTable users{Anonymous{.without_login = "write"}};
  users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
  return users;
}

/// Everything that a session does, in an order in which nothing depends on what came before.
awaitable<void> converse(TestNetwork& network, const TestFolder& folder, bool standard, bool active) {
  ClientOptions options;
  options.active = active;
  TestClient client = co_await connect(network, url(standard), options);
  co_await client.download("there", folder / "fetched");
  co_await client.upload(folder / "sent", "there");
  (void)co_await client.list("");
  co_await client.quit();
}

/// What a session may leave behind, whatever happened to it.
void expect_whole(const std::string& text, const char* what) {
  EXPECT_TRUE(text == old_text || text == new_text) << what << ": " << text.size() << " bytes";
}

/// What the server's file is.
std::string stored(MemoryStorage& files) {
  auto reader = ::run(files.open(Path{"there"}, 0));
  TextSink sink;
  const auto ignore = [](std::size_t) {};
  ::run(copy(reader, sink, ignore));
  return sink.text();
}

class ClientFaultSuite : public testing::TestWithParam<std::tuple<Fault, bool, bool>> {};

}  // namespace

TEST_P(ClientFaultSuite, LeavesWholeFilesAndNothingOpenWhereverTheFaultIs) {
  const auto [fault, standard, active] = GetParam();
  std::uint64_t successes = 0, failures = 0;
  for (std::uint64_t n = 1;; ++n) {
    SCOPED_TRACE("operation " + std::to_string(n));
    TestNetwork network{n};
    const TestFolder folder;
    folder.write("fetched", old_text);
    folder.write("sent", new_text);
    std::uint64_t last = 0;
    MemoryStorage files{{"/there", old_text}};
    {
      auto server = serve(network, files, everybody());
      const auto before = network.operations();
      network.fail({.operation = n}, fault);
      try {
        network.run(converse(network, folder, standard, active));
        ++successes;
      } catch (const std::system_error&) { ++failures; }
      last = network.operations() - before;
    }
    // A connection of TCP does not just end in the middle. Where one does all the same, the server cannot know that an
    // upload is not whole; the client knows it of a download where the server can tell the size.
    if (fault != Fault::end || standard) expect_whole(folder.read("fetched"), "fetched");
    if (fault != Fault::end) expect_whole(stored(files), "stored");
    network.advance(10min);
    EXPECT_EQ(network.open_streams(), 0u);
    EXPECT_EQ(network.open_acceptors(), 0u);
    EXPECT_EQ(network.pending_timers(), 0u);
    if (last < n || HasFailure()) break;
  }
  EXPECT_GT(failures, 10u);
  EXPECT_GT(successes, 0u);
}

INSTANTIATE_TEST_SUITE_P(All, ClientFaultSuite,
                         testing::Combine(testing::Values(Fault::reset, Fault::end, Fault::refuse, Fault::stall),
                                          testing::Bool(), testing::Bool()));

namespace {

/// Asks what only this server at this place can answer; false if the session is closed.
bool in_step(TestNetwork& network, TestClient& client) {
  try {
    const Reply known = network.run(client.command("SIZE known"));
    EXPECT_EQ(known, (Reply{213, "5"}));
    const Reply unknown = network.run(client.command("SIZE unknown"));
    EXPECT_EQ(unknown.code(), 550);
    const Reply directory = network.run(client.command("CWD /"));
    EXPECT_EQ(directory.code(), 250);
    return true;
  } catch (const ClientError&) {
    EXPECT_FALSE(client.is_open());
    return false;
  }
}

using Operation = std::function<awaitable<void>(TestClient&, const TestFolder&)>;

/// Cancels an operation after n pieces of time, for every n.
void cancel_everywhere(const Operation& operation, bool standard) {
  std::uint64_t usable = 0, closed = 0;
  for (int n = 0;; ++n) {
    SCOPED_TRACE("after " + std::to_string(n) + " pieces of time");
    TestNetwork network{7, {.window = 4096, .delay = 10ms}};
    const TestFolder folder;
    folder.write("fetched", old_text);
    folder.write("sent", new_text);
    MemoryStorage files{{"/there", old_text}, {"/known", "12345"}, {"/d/known", "1"}};
    auto server = serve(network, files, everybody());
    bool done = false;
    {
      TestClient client = network.run(connect(network, url(standard)));
      Started started{network, operation(client, folder)};
      network.advance(n * 3ms);
      done = started.done();
      started.cancel(network);
      EXPECT_TRUE(started.done());
      ++(in_step(network, client) ? usable : closed);
    }
    network.advance(1min);
    expect_whole(folder.read("fetched"), "fetched");
    expect_whole(stored(files), "stored");
    if (done || testing::Test::HasFailure()) break;
  }
  EXPECT_GT(usable, closed);
}

}  // namespace

TEST(ClientCancelSuite, LeavesADownloadsSessionInStepOrClosed) {
  const Operation download = [](TestClient& client, const TestFolder& folder) -> awaitable<void> {
    co_await client.download("there", folder / "fetched");
  };
  cancel_everywhere(download, true);
  cancel_everywhere(download, false);
}

TEST(ClientCancelSuite, LeavesAnUploadsSessionInStepOrClosedAndTheFileWhole) {
  const Operation upload = [](TestClient& client, const TestFolder& folder) -> awaitable<void> {
    co_await client.upload(folder / "sent", "there");
  };
  cancel_everywhere(upload, true);
  cancel_everywhere(upload, false);
}

TEST(ClientCancelSuite, LeavesAListingsSessionInStepOrClosed) {
  const Operation list = [](TestClient& client, const TestFolder&) -> awaitable<void> {
    (void)co_await client.list("");
  };
  cancel_everywhere(list, true);
  cancel_everywhere(list, false);
}

TEST(ClientCancelSuite, LeavesASessionThatListedADirectoryWhereItsUserIs) {
  const Operation list = [](TestClient& client, const TestFolder&) -> awaitable<void> {
    (void)co_await client.list("d");
  };
  cancel_everywhere(list, true);
  cancel_everywhere(list, false);
}
