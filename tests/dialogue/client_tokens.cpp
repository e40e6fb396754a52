#include <ftplike/client/pool.hpp>

#include <array>
#include <asio/use_future.hpp>
#include <asio/version.hpp>
#if ASIO_VERSION < 102600
#include <asio/experimental/deferred.hpp>
#else
#include <asio/deferred.hpp>
#endif
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <string>

#include <ftplike/client/digests.hpp>
#include <ftplike/client/mirror.hpp>
#include <ftplike/client/segments.hpp>

#include "support/client.hpp"
#include "support/folder.hpp"

using namespace ftplike;

// Every operation with any completion token, by co_spawn.

namespace {

#if ASIO_VERSION < 102600
using asio::experimental::deferred;
#else
using asio::deferred;
#endif

/// Has an operation done as often as there are kinds of tokens, and looks that it succeeds; `make(n)` gives it.
template <class Make> void works_with_any_token(TestNetwork& network, const std::string& name, Make make) {
  const auto executor = network.executor();
  auto future = asio::co_spawn(executor, make("1"), asio::use_future);
  network.settle();
  EXPECT_NO_THROW((void)future.get()) << name;  // Asio sets it in a thread of its own if nothing had to be waited for

  int called = 0;
  const auto handler = [&](std::exception_ptr failure, auto&&...) {
    ++called;
    EXPECT_FALSE(failure) << name;
  };
  asio::co_spawn(executor, make("2"), handler);
  network.settle();
  EXPECT_EQ(called, 1) << name;

  auto later = asio::co_spawn(executor, make("3"), deferred);
  network.settle();
  EXPECT_EQ(called, 1) << name << " was begun by nobody";
  std::move(later)(handler);
  network.settle();
  EXPECT_EQ(called, 2) << name;
}

}  // namespace

TEST(ClientTokens, AreTakenByConnectAndThePool) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("up", "hello");
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  works_with_any_token(network, "connect", [&](const auto&) { return connect(network, anna()); });
  TestPool pool{network, anna()};
  TextSource source{"hello"};
  TextSink sink;
  works_with_any_token(network, "lease", [&](const auto&) { return pool.lease(); });
  works_with_any_token(network, "list", [&](const auto&) { return pool.list(); });
  works_with_any_token(network, "use",
                       [&](const auto&) { return pool.use([](auto& session) { return session.pwd(); }); });
  works_with_any_token(network, "download", [&](const auto&) { return pool.download("a", folder.string()); });
  works_with_any_token(network, "download to a sink", [&](const auto&) { return pool.download("a", sink); });
  works_with_any_token(network, "verify", [&](const auto&) { return verify(pool, "a", source); });
  works_with_any_token(network, "upload", [&](const auto&) { return pool.upload(folder / "up", "b"); });
  works_with_any_token(network, "upload a source", [&](const auto&) { return pool.upload(source, "c"); });
  works_with_any_token(network, "quit", [&](const auto&) { return pool.quit(); });
}

TEST(ClientTokens, AreTakenByWhatAPoolDoesToPaths) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "hello"}, {"/x1", ""}, {"/x2", ""}, {"/x3", ""}}, some_users());
  TestPool pool{network, anna()};
  const DirectoryStorage local{folder.string()};
  const auto works = [&](const std::string& name, auto make) { works_with_any_token(network, name, make); };
  works("stat", [&](const auto&) { return pool.stat("a"); });
  works("exists", [&](const auto&) { return pool.exists("a"); });
  works("size", [&](const auto&) { return pool.size("a"); });
  works("modified", [&](const auto&) { return pool.modified("a"); });
  works("digest", [&](const auto&) { return pool.digest("a"); });
  works("set_modified", [&](const auto&) { return pool.set_modified("a", Timestamp{}); });
  works("chmod", [&](const auto&) { return pool.chmod("a", 0600); });
  works("mkdir", [&](const std::string& n) { return pool.mkdir("d" + n); });
  works("rmdir", [&](const std::string& n) { return pool.rmdir("d" + n); });
  works("rename", [&](const std::string& n) { return pool.rename("x" + n, "y" + n); });
  works("remove", [&](const std::string& n) { return pool.remove("y" + n); });
  works("download beneath", [&](const auto&) { return pool.download("a", local, Path{"b"}); });
  works("run", [&](const auto&) { return pool.run(pool.size("a")); });
  works("mirror", [&](const auto&) { return mirror(pool, "", folder / "mirror"); });
  works("plan_mirror", [&](const auto&) { return plan_mirror(pool, "", folder / "mirror"); });
  const MirrorPlan plan = network.run(plan_mirror(pool, "", folder / "mirror"));
  works("carry_out", [&](const auto&) { return carry_out(pool, plan); });
  works("download_in_segments", [&](const auto&) { return download_in_segments(pool, "a", folder / "c", 2); });
}

TEST(ClientTokens, AreTakenByWhatConcernsPaths) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}, {"/x1", ""}, {"/x2", ""}, {"/x3", ""}}, some_users());
  TestClient client = log_in(network);
  TextSource text{"hello"};
  const auto works = [&](const std::string& name, auto make) { works_with_any_token(network, name, make); };
  works("command", [&](const auto&) { return client.command("STAT a"); });
  works("get_in_step", [&](const auto&) { return client.get_in_step(); });
  works("noop", [&](const auto&) { return client.noop(); });
  works("pwd", [&](const auto&) { return client.pwd(); });
  works("cwd", [&](const auto&) { return client.cwd("/"); });
  works("mkdir", [&](const std::string& n) { return client.mkdir("d" + n); });
  works("rmdir", [&](const std::string& n) { return client.rmdir("d" + n); });
  works("list", [&](const auto&) { return client.list(); });
  works("list one by one", [&](const auto&) { return client.list("", [](const Entry&) {}); });
  works("walk", [&](const auto&) { return client.walk("", [](const std::string&, const Entry&) { return true; }); });
  works("stat", [&](const auto&) { return client.stat("a"); });
  works("exists", [&](const auto&) { return client.exists("a"); });
  works("size", [&](const auto&) { return client.size("a"); });
  works("stored_size", [&](const auto&) { return client.stored_size("a"); });
  works("modified", [&](const auto&) { return client.modified("a"); });
  works("digest", [&](const auto&) { return client.digest("a"); });
  works("verify", [&](const auto&) { return verify(client, "a", text); });
  works("set_modified", [&](const auto&) { return client.set_modified("a", Timestamp{}); });
  works("chmod", [&](const auto&) { return client.chmod("a", 0600); });
  works("rename", [&](const std::string& n) { return client.rename("x" + n, "y" + n); });
  works("remove", [&](const std::string& n) { return client.remove("y" + n); });
}

TEST(ClientTokens, AreTakenByTransfers) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("up", "hello");
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestClient client = log_in(network);
  const auto works = [&](const std::string& name, auto make) { works_with_any_token(network, name, make); };
  TextSource source{"text"};
  TextSink sink;
  const DirectoryStorage local{folder.string()};
  works("download", [&](const auto&) { return client.download("a", folder.string()); });
  works("download beneath", [&](const auto&) { return client.download("a", local, Path{"b"}); });
  works("download to a sink", [&](const auto&) { return client.download("a", sink); });
  works("download_range", [&](const auto&) { return client.download_range("a", sink, 1, 2); });
  works("upload", [&](const auto&) { return client.upload(folder / "up"); });
  works("upload a source", [&](const auto&) { return client.upload(source, "b"); });
  works("append", [&](const auto&) { return client.append(folder / "up", "c"); });
  works("append a source", [&](const auto&) { return client.append(source, "c"); });
  works("upload_unique", [&](const auto&) { return client.upload_unique(folder / "up"); });
  works("upload_unique of a source", [&](const auto&) { return client.upload_unique(source, "d"); });
  works("transfer to a sink", [&](const auto&) { return client.transfer("NLST", sink); });
  works("transfer of a source", [&](const auto&) { return client.transfer("STOR e", source); });
  std::vector<TestClient> others;
  for (int i = 0; i < 3; ++i) others.push_back(log_in(network));
  works("open", [&](const std::string& n) { return others[static_cast<std::size_t>(n[0] - '1')].open("a"); });
  std::array<std::byte, 2> room;
  auto file = network.run(client.open("a"));
  works("read_some", [&](const auto&) { return file.read_some(room); });
  works("close", [&](const auto&) { return file.close(); });
  works("quit", [&](const auto&) { return client.quit(); });
}
