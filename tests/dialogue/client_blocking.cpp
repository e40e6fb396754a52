#include <ftplike/client/blocking.hpp>

#include <array>
#include <gtest/gtest.h>
#include <sstream>
#include <vector>

#include <ftplike/client/fxp.hpp>

#include "support/client.hpp"
#include "support/folder.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// A program without coroutines, as it is tested: on a simulated network.

namespace {

using TestBlockingClient = BasicBlockingClient<TestNetwork>;

Url way_of_anna() {
  Url url = anna();
  const bool implicit = beginning_of_sessions == Beginning::implicit_tls;
  url.secure = implicit ? Secure::implicit_tls : Secure::no;
  return url;
}

/// The code of a user, who knows nothing of networks.
template <class Client> void back_up(Client& client, const std::string& text) {
  std::istringstream stream{text};
  StreamSource source{stream};
  client.mkdir("backup");
  client.upload(source, "backup/a");
}

template <class Client> void tells_what_protects_it(Client& client) {
  if constexpr (requires { client.tls(); }) {
    EXPECT_NE(client.tls().version, "");
    EXPECT_TRUE(client.peer_certificate());
  }
}

}  // namespace

TEST(ClientBlocking, RunsOnASimulatedNetwork) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  BasicBlockingClient client{network, way_of_anna()};
  static_assert(std::is_same_v<decltype(client), TestBlockingClient>);
  back_up(client, "hello");
  TextSink sink;
  EXPECT_EQ(client.download("backup/a", sink).reply.code(), 226);
  EXPECT_EQ(sink.text(), "hello");
  EXPECT_EQ(client.list("backup").size(), 1u);
  client.quit();
  EXPECT_FALSE(client.is_open());
  EXPECT_THROW(client.pwd(), ClientError);
}

TEST(ClientBlocking, HasEveryCallOfASessionOnASimulatedNetwork) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("up", "hello");
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  BasicBlockingClient client{network, way_of_anna()};
  EXPECT_EQ(client.dialect(), Dialect::standard);
  EXPECT_TRUE(client.features().has("MLST"));
  EXPECT_EQ(client.greeting().code(), 220);
  EXPECT_EQ(client.peer().port(), TestServer::port);
  EXPECT_NE(client.local(), client.peer());
  tells_what_protects_it(client);
  EXPECT_EQ(client.command("NOOP").code(), 200);
  client.get_in_step();
  client.noop();
  client.mkdir("d");
  client.cwd("d");
  EXPECT_EQ(client.pwd(), "/d");
  client.cwd("/");
  client.rmdir("d");
  std::vector<std::string> seen;
  client.list("", [&seen](const Entry& entry) { seen.push_back(entry.name); });
  client.walk("", [&seen](const std::string& path, const Entry&) { return seen.push_back(path), true; });
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "a"}));
  EXPECT_EQ(client.stat("a").size, 5u);
  EXPECT_EQ(client.size("a"), 5u);
  EXPECT_EQ(client.stored_size("a"), 5u);
  EXPECT_FALSE(client.digest("a")) << "the server has none";
  const Timestamp date{std::chrono::sys_days{std::chrono::year{2020} / 1 / 2}};
  client.set_modified("a", date);
  EXPECT_EQ(client.modified("a"), date);
  client.chmod("a", 0600);
  client.rename("a", "b");
  EXPECT_TRUE(client.exists("b"));
  client.download("b", folder / "down");
  client.download("b", DirectoryStorage{folder.string()}, Path{"beneath"});
  EXPECT_EQ(folder.read("down") + folder.read("beneath"), "hellohello");
  TextSink sink;
  client.download_range("b", sink, 1, 2);
  client.transfer("NLST", sink);
  EXPECT_EQ(sink.text(), "elb\r\n");
  client.upload(folder / "up", "c");
  client.append(folder / "up", "c");
  client.append(TextSource{"!"}, "c");
  client.transfer("APPE c", TextSource{"!"});
  EXPECT_EQ(client.size("c"), 12u);
  EXPECT_EQ(client.size(client.upload_unique(folder / "up").name), 5u);
  EXPECT_EQ(client.size(client.upload_unique(TextSource{"hello!"}, "c").name), 6u);
  client.remove("c");
  EXPECT_FALSE(client.exists("c"));
  client.close();
  EXPECT_FALSE(client.is_open());
}

TEST(ClientBlocking, MeetsTheFaultsOfItsNetwork) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  TestBlockingClient client{network, way_of_anna()};
  network.fail({.operation = 5}, Fault::reset);
  EXPECT_THROW(back_up(client, std::string(100'000, 'x')), ClientError);
}

TEST(ClientBlocking, WaitsInTheTimeOfItsNetwork) {
  TestNetwork network{1};
  network.unplug("10.0.0.3");
  const Time before = network.now();
  try {
    TestBlockingClient client{network, "ftp://10.0.0.3"};
    ADD_FAILURE() << "nobody is there";
  } catch (const ClientError& error) { EXPECT_EQ(error.code(), Errc::timed_out); }
  EXPECT_EQ(network.now() - before, ClientLimits{}.connect);
}

TEST(ClientBlocking, IsCancelledFromWithinACall) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", std::string(1'000'000, 'x')}}, some_users());
  TestBlockingClient client{network, way_of_anna()};
  TransferOptions options;
  options.progress = [&client](const Progress&) { client.cancel(); };
  TextSink sink;
  try {
    client.download("a", sink, options);
    ADD_FAILURE() << "it was not cancelled";
  } catch (const ClientError& error) { EXPECT_EQ(error.code(), Errc::aborted); }
  client.noop();
}

TEST(ClientBlocking, ReadsAFilePieceByPiece) {
  TestNetwork network{1};
  const std::string text(300'000, 'x');
  auto server = serve(network, {{"/a", text}}, some_users());
  TestBlockingClient client{network, way_of_anna()};
  auto file = client.open("a", 10);
  EXPECT_EQ(file.size(), text.size());
  std::array<std::byte, 100> room;
  EXPECT_EQ(file.read_some(room), 100u);
  file.close();
  EXPECT_FALSE(file.is_open());
  client.noop();
  auto all = client.open("a");
  std::size_t n = 0;
  while (const std::size_t more = all.read_some(room)) n += more;
  EXPECT_EQ(n, text.size());
}

TEST(ClientBlocking, RunsWhatTakesASession) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestBlockingClient client{network, way_of_anna()};
  EXPECT_EQ(client.run(client.session().size("a")), 5u);
}
