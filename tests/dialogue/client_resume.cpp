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

TEST(ClientResume, AppendsWhereAServerKnowsNoRestForUploads) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 2").passive().accepts_data();
  server.dialogue("REST 2", "502 No").passive().accepts_data();
  server.hears("APPE a").says("150 Send").receives("llo").closes_data().says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(client.upload(folder / "a", "", resumed())).transferred, 3u);
}

TEST(ClientResume, SendsTheWholeFileWhereAServerHasLessThanItSaid) {
  TestNetwork network{1};
  const TestFolder folder;
  folder.write("a", "hello");
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 2").passive().accepts_data();
  server.dialogue("REST 2", "350 OK").hears("STOR a").says("554 Too far").passive().accepts_data();
  server.hears("STOR a").says("150 Send").receives("hello").closes_data().says("226 Done").dialogue("SIZE a", "213 5");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(client.upload(folder / "a", "", resumed())).transferred, 5u);
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
