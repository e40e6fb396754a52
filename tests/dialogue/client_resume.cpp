#include "support/client.hpp"

#include <gtest/gtest.h>

#include "support/folder.hpp"
#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// Transfers that go on where an earlier one ended.

namespace {

TransferOptions resumed() {
  TransferOptions options;
  options.resume = true;
  return options;
}

std::string numbers(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(i) + '\n';
  return text;
}

/// Leaves the partial file of a download behind.
void leave_partial(const TestFolder& folder, std::string_view name, std::string_view text) {
  folder.write(".ftplike-partial." + std::string{name}, text);
}

}  // namespace

TEST(ClientResume, GoesOnWithADownloadThatWasCancelled) {
  TestNetwork network{1, {.window = 4096, .delay = 10ms}};
  const TestFolder folder;
  const std::string text = numbers(20'000);
  auto server = serve(network, {{"/a", text}}, some_users());
  TestClient client = log_in(network);
  Started fetching{network, client.download("a", folder.string())};
  network.advance(200ms);
  fetching.cancel(network);
  EXPECT_FALSE(folder.has("a"));
  const auto before = folder.read(".ftplike-partial.a").size();
  EXPECT_GT(before, 10'000u);
  const TransferResult result = network.run(client.download("a", folder.string(), resumed()));
  EXPECT_EQ(result.offset, before);
  EXPECT_EQ(result.transferred, text.size() - before);
  EXPECT_TRUE(folder.read("a") == text);
  EXPECT_EQ(folder.count(), 1u);
}

TEST(ClientResume, GoesOnWithAnUploadThatWasCancelled) {
  TestNetwork network{1, {.window = 4096, .delay = 10ms}};
  const TestFolder folder;
  const std::string text = numbers(20'000);
  folder.write("a", text);
  auto server = serve(network, {}, some_users());
  TestClient client = log_in(network);
  Started storing{network, client.upload(folder / "a")};
  network.advance(200ms);
  storing.cancel(network);
  const TransferResult result = network.run(client.upload(folder / "a", "", resumed()));
  EXPECT_GT(result.offset, 4'000u);
  EXPECT_EQ(result.offset + result.transferred, text.size());
  EXPECT_TRUE(network.run(text_of(client, "a")) == text);
}

TEST(ClientResume, BeginsAnewWhereThereIsNothingToGoOnWith) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestClient client = log_in(network);
  EXPECT_EQ(network.run(client.download("a", folder.string(), resumed())).transferred, 5u);
  EXPECT_EQ(network.run(client.upload(folder / "a", "b", resumed())).transferred, 5u);
}

TEST(ClientResume, FetchesNothingOfAFileThatIsThereAlready) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestClient client = log_in(network);
  network.run(client.set_modified("a", *parse_timestamp("20200101000000")));
  const TransferResult result = network.run(client.download("a", folder.string(), resumed()));
  EXPECT_EQ(result.transferred, 0u);
  EXPECT_EQ(result.offset, 5u);
  EXPECT_EQ(result.name, folder / "a");
}

TEST(ClientResume, CompletesAFileOfWhichOnlyTheNameIsMissing) {
  TestNetwork network{1};
  const TestFolder folder;
  leave_partial(folder, "a", "hello");
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
  server.dialogue("REST 5", "350 OK").hears("RETR a").says("150 Here").closes_data().says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(client.download("a", folder.string(), resumed())).transferred, 0u);
  EXPECT_EQ(folder.read("a"), "hello");
}

TEST(ClientResume, DoesNotMixAFileWithANewerOne) {
  TestNetwork network{1};
  const TestFolder folder;
  leave_partial(folder, "a", "old");
  std::filesystem::last_write_time(folder / ".ftplike-partial.a", std::filesystem::file_time_type::clock::now() - 24h);
  auto server = serve(network, {{"/a", "newer"}}, some_users());
  TestClient client = log_in(network);
  network.run(client.set_modified("a", *parse_timestamp("20990101000000")));
  EXPECT_EQ(network.run(client.download("a", folder.string(), resumed())).offset, 0u);
  EXPECT_EQ(folder.read("a"), "newer");

  folder.write("b", "the newest");
  TextSource old{"the"};
  network.run(client.upload(old, "b"));
  network.run(client.set_modified("b", *parse_timestamp("20200101000000")));
  EXPECT_EQ(network.run(client.upload(folder / "b", "", resumed())).offset, 0u);
  EXPECT_EQ(network.run(text_of(client, "b")), "the newest");
}

TEST(ClientResume, DoesNotGoOnBehindTheEndOfTheFile) {
  TestNetwork network{1};
  const TestFolder folder;
  leave_partial(folder, "a", "much longer");
  folder.write("b", "short");
  auto server = serve(network, {{"/a", "short"}, {"/b", "much longer"}}, some_users());
  TestClient client = log_in(network);
  EXPECT_EQ(network.run(client.download("a", folder.string(), resumed())).offset, 0u);
  EXPECT_EQ(folder.read("a"), "short");
  EXPECT_EQ(network.run(client.upload(folder / "b", "", resumed())).offset, 0u);
  EXPECT_EQ(network.run(text_of(client, "b")), "short");
}

TEST(ClientResume, FetchesTheWholeFileFromAServerThatCannotBeginInTheMiddle) {
  TestNetwork network{1};
  const TestFolder folder;
  leave_partial(folder, "a", "he");
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
  server.dialogue("REST 2", "502 No").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hello").closes_data().says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(client.download("a", folder.string(), resumed())).offset, 0u);
  EXPECT_EQ(folder.read("a"), "hello");
}

TEST(ClientResume, AppendsWhereAServerRefusesRestForUploads) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  ScriptedServer server{network};
  server.welcomes({"SIZE", "REST STREAM"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 2");
  server.passive().accepts_data().dialogue("REST 2", "502 No").passive().accepts_data();
  server.hears("APPE a").says("150 Send").receives("llo").closes_data().says("226 Done").dialogue("SIZE a", "213 5");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(client.upload(folder / "a", "", resumed())).transferred, 3u);
}

// There REST and STOR may fill the front with NULs, or empty the file.
TEST(ClientResume, AppendsWhereAServerDoesNotOfferRest) {
  for (const bool pooled : {false, true}) {
    TestNetwork network{1};
    const TestFolder folder;
    folder.write("a", "hello");
    ScriptedServer server{network};
    server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 2").passive().accepts_data();
    server.hears("APPE a").says("150 Send").receives("llo").closes_data().says("226 Done").dialogue("SIZE a", "213 5");
    PoolOptions options;
    options.client.dialect = Dialect::standard;
    TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
    const auto upload = [&](auto& session) { return session.upload(folder / "a", "", resumed()); };
    TransferResult result;
    if (pooled) {
      result = network.run(upload(pool));
    } else {
      TestClient client = enter(network);
      result = network.run(upload(client));
    }
    EXPECT_EQ(result.transferred, 3u);
    EXPECT_EQ(result.offset, 2u);
  }
}

TEST(ClientResume, SendsTheWholeFileWhereAServerKnowsNeitherRestNorAppe) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 2").passive().accepts_data();
  server.dialogue("APPE a", "502 No").passive().accepts_data();
  server.hears("STOR a").says("150 Send").receives("hello").closes_data().says("226 Done").dialogue("SIZE a", "213 5");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(client.upload(folder / "a", "", resumed())).transferred, 5u);
}

TEST(ClientResume, SendsNothingOfAFileThatTheServerHasWhole) {
  for (const std::string offered : {"SIZE", "REST STREAM"}) {
    TestNetwork network{1};
    const TestFolder folder;
    folder.write("a", "hello");
    ScriptedServer server{network};
    server.welcomes({"SIZE", offered}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5");
    TestClient client = enter(network);
    const TransferResult result = network.run(client.upload(folder / "a", "", resumed()));
    EXPECT_EQ(result.transferred, 0u);
    EXPECT_EQ(result.offset, 5u);
    EXPECT_EQ(result.name, "a");
  }
}

TEST(ClientResume, GivesItsNameToAnUploadOfWhichOnlyThatIsMissing) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  ScriptedServer server{network};
  server.welcomes({"SIZE", "REST STREAM", "MLST type*;"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5");
  server.dialogue("MLST a", "550 No such file").passive().accepts_data().dialogue("REST 5", "350 OK");
  server.hears("STOR a").says("150 Send").receives("").closes_data().says("226 Done").dialogue("SIZE a", "213 5");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(client.upload(folder / "a", "", resumed())).transferred, 0u);
}

TEST(ClientResume, SendsTheWholeFileWhereTheServerHasLessThanItSaid) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  ScriptedServer server{network};
  server.welcomes({"SIZE", "REST STREAM"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 2");
  server.passive().accepts_data().dialogue("REST 2", "350 OK").hears("STOR a").says("554 Too far");
  server.passive().accepts_data();
  server.hears("STOR a").says("150 Send").receives("hello").closes_data().says("226 Done").dialogue("SIZE a", "213 5");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(client.upload(folder / "a", "", resumed())).transferred, 5u);
}

TEST(ClientResume, SendsTheWholeFileWhereTheOneThatWasGoneOnWithHasAnotherLength) {
  for (const std::string wrong : {"3", "8"}) {
    TestNetwork network{1};
    const TestFolder folder;
    folder.write("a", "hello");
    ScriptedServer server{network};
    server.welcomes({"SIZE", "REST STREAM"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 2");
    server.passive().accepts_data().dialogue("REST 2", "350 OK").hears("STOR a").says("150 Send").receives("llo");
    server.closes_data().says("226 Done").dialogue("SIZE a", "213 " + wrong).passive().accepts_data();
    server.hears("STOR a").says("150 Send").receives("hello").closes_data().says("226 Done");
    server.dialogue("SIZE a", "213 5");
    TestClient client = enter(network);
    EXPECT_EQ(network.run(client.upload(folder / "a", "", resumed())).transferred, 5u);
  }
}

TEST(ClientResume, TakesNoDownloadForWholeThatEndsBehindTheEnd) {
  TestNetwork network{1};
  const TestFolder folder;
  leave_partial(folder, "a", "he");
  ScriptedServer server{network};
  server.welcomes({"SIZE", "REST STREAM"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5");
  server.passive().accepts_data().dialogue("REST 2", "350 OK");
  server.hears("RETR a").says("150 Here").sends("hello").closes_data().says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(error_of(network, client.download("a", folder.string(), resumed())).code(), Errc::too_long);
  EXPECT_FALSE(folder.has("a"));
}

TEST(ClientResume, SetsTimesByMdtmWhereTheServerIsKnownToTakeThem) {
  const auto set = [](const std::string& greeting, const std::vector<std::string>& features,
                      const std::string& command) {
    TestNetwork network{1};
    ScriptedServer server{network};
    std::string list = "211-Features:\r\n";
    for (const auto& feature : features) list += ' ' + feature + "\r\n";
    server.says("220 " + greeting).dialogue("USER ann", "230 Welcome").dialogue("FEAT", list + "211 End");
    server.dialogue(command + " 20200102030405 a", "213 Set");
    TestClient client = enter(network);
    network.run(client.set_modified("a", *parse_timestamp("20200102030405")));
  };
  set("(vsFTPd 3.0.3)", {"MDTM", "SIZE"}, "MDTM");
  set("Hello", {"MDTM", "MDTM YYYYMMDDHHMMSS[+-TZ];filename"}, "MDTM");
  set("Hello", {"MDTM", "MFMT", "MDTM YYYYMMDDHHMMSS filename"}, "MFMT");
  set("Hello", {"MDTM"}, "MFMT");  // is refused, which says so
}

TEST(ClientResume, KeepsTheTimesOfFilesWhenToldTo) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestClient client = log_in(network);
  const Timestamp then = *parse_timestamp("20200102030405");
  network.run(client.set_modified("a", then));
  TransferOptions options;
  options.keep_time = true;
  network.run(client.download("a", folder.string(), options));
  network.run(client.upload(folder / "a", "b", options));
  EXPECT_EQ(network.run(client.modified("b")), then);
}
