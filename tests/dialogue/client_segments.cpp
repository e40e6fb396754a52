#include <ftplike/client/segments.hpp>

#include <gtest/gtest.h>

#include "support/folder.hpp"
#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

namespace {

std::string numbers_up_to(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + '\n';
  text.resize(size);
  return text;
}

}  // namespace

TEST(ClientSegments, FetchOneFileOverSeveralSessionsAtOnce) {
  TestNetwork network{1, {.window = 16384, .delay = 10ms}};
  const TestFolder folder;
  const std::string text = numbers_up_to(5'000'001);
  auto server = serve(network, {{"/a", text}}, some_users());
  TestPool pool{network, anna()};
  TransferOptions options;
  Progress last;
  options.progress = [&last](const Progress& progress) { last = progress; };
  const TransferResult result = network.run(download_in_segments(pool, "a", folder.string(), 4, options));
  EXPECT_TRUE(folder.read("a") == text);
  EXPECT_EQ(folder.count(), 1u);
  EXPECT_EQ(result.transferred, text.size());
  EXPECT_EQ(result.name, folder / "a");
  EXPECT_EQ(last.transferred, text.size());
  EXPECT_EQ(last.size, text.size());
  EXPECT_EQ(pool.sessions(), 4u);
}

TEST(ClientSegments, StopWhenProgressSaysSo) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", numbers_up_to(3'000'000)}}, some_users());
  TestPool pool{network, anna()};
  TransferOptions options;
  options.progress = [](const Progress& now) { return now.transferred > 1'000'000 ? Go::stop : Go::on; };
  EXPECT_EQ(error_of(network, download_in_segments(pool, "a", folder.string(), 3, options)).code(), Errc::aborted);
  EXPECT_EQ(folder.count(), 0u);
  network.run(pool.list());
}

TEST(ClientSegments, SurviveTheLossOfConnections) {
  TestNetwork network{1};
  const TestFolder folder;
  const std::string text = numbers_up_to(3'000'000);
  auto server = serve(network, {{"/a", text}}, some_users());
  TestPool pool{network, anna()};
  for (const std::size_t operation : {150u, 180u, 210u}) network.fail({.operation = operation}, Fault::reset);
  network.run(download_in_segments(pool, "a", folder.string(), 3));
  EXPECT_GT(network.operations(), 210u);
  EXPECT_TRUE(folder.read("a") == text);
}

TEST(ClientSegments, SurviveTheLossOfASessionAfterTheirLastByte) {
  TestNetwork network{1};
  const TestFolder folder;
  const std::string text = numbers_up_to(2 * 1024 * 1024), facts = "type=file;size=2097152;modify=20240102030405; a";
  ScriptedServer server{network};
  const std::vector<std::string> features{"MLST type*;size*;modify*;", "RANG STREAM"};
  const auto part = [&](const std::string& range, std::size_t begin) {
    server.passive().accepts_data().dialogue("RANG " + range, "350 OK").hears("RETR a").says("150 Here");
    server.sends(text.substr(begin, 1024 * 1024)).closes_data();
  };
  server.welcomes(features).dialogue("MLST a", "250-Facts\r\n " + facts + "\r\n250 End").dialogue("TYPE I", "200 OK");
  part("0 1048575", 0);
  server.closes().accepts().welcomes(features).dialogue("TYPE I", "200 OK");
  part("1048576 2097151", 1024 * 1024);
  server.says("226 Done").dialogue("MLST a", "250-Facts\r\n " + facts + "\r\n250 End");
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  options.sessions = 1;
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", options};
  EXPECT_EQ(network.run(download_in_segments(pool, "a", folder.string(), 2)).transferred, text.size());
  EXPECT_TRUE(folder.read("a") == text);
}

TEST(ClientSegments, OfNoBytesAreNotAskedFor) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes();
  TestClient client = enter(network);
  TextSink sink;
  EXPECT_EQ(network.run(client.download_range("a", sink, 5, 0)).transferred, 0u);
}

TEST(ClientSegments, LeaveNothingBehindWhenTheyAreCancelledOrFail) {
  TestNetwork network{1, {.window = 16384, .delay = 10ms}};
  const TestFolder folder;
  folder.write("a", "old");
  auto server = serve(network, {{"/a", numbers_up_to(3'000'000)}}, some_users());
  TestPool pool{network, anna()};
  Started fetching{network, download_in_segments(pool, "a", folder.string(), 3)};
  network.advance(300ms);
  EXPECT_EQ(folder.count(), 2u);
  fetching.cancel(network);
  EXPECT_TRUE(fetching.done());
  EXPECT_EQ(folder.read("a"), "old");
  EXPECT_EQ(folder.count(), 1u);
  EXPECT_EQ(error_of(network, download_in_segments(pool, "b", folder.string(), 3)).code().value(), 550);
}

TEST(ClientSegments, NeverMixAFileWithTheOneThatReplacesItUnderWay) {
  TestNetwork network{1, {.window = 16384, .delay = 10ms}};
  const TestFolder folder;
  const std::string old_text(3'000'000, 'o'), new_text(3'000'000, 'n');
  auto server = serve(network, {{"/a", old_text}, {"/b", new_text}}, some_users());
  TestClient other = log_in(network);
  network.run(other.set_modified("a", *parse_timestamp("20200101000000")));
  PoolOptions options;
  options.sessions = 2;
  TestPool pool{network, anna(), options};
  Started fetching{network, download_in_segments(pool, "a", folder.string(), 3)};
  network.advance(300ms);
  EXPECT_FALSE(fetching.done());
  network.run(other.rename("b", "a"));
  network.advance(1h);
  ASSERT_TRUE(fetching.done());
  fetching.result();
  EXPECT_TRUE(folder.read("a") == new_text);
  EXPECT_EQ(folder.count(), 1u);
}

TEST(ClientSegments, AreOneWhereTheServerCannotBeginInTheMiddle) {
  TestNetwork network{1};
  const TestFolder folder;
  const std::string text = numbers_up_to(3'000'000);
  const auto no_restart = [](const CommandSeen& command) {
    return command.verb == "REST" || command.verb == "RANG" ? std::optional{Reply{502, "No"}} : std::nullopt;
  };
  auto server = serve(network, {{"/a", text}}, some_users(), Diary::Hook{no_restart});
  TestPool pool{network, anna()};
  EXPECT_EQ(network.run(download_in_segments(pool, "a", folder.string(), 3)).transferred, text.size());
  EXPECT_TRUE(folder.read("a") == text);
  EXPECT_EQ(folder.count(), 1u);
}

TEST(ClientSegments, NameTheFileOfOursThatIsInTheWay) {
  TestNetwork network{1};
  const TestFolder folder;
  std::filesystem::create_directory(folder / "a");
  auto server = serve(network, {{"/a", numbers_up_to(3'000'000)}}, some_users());
  TestPool pool{network, anna()};
  const auto error = error_of(network, download_in_segments(pool, "a", folder / "none/x", 3));
  EXPECT_EQ(error.channel(), Channel::local);
  EXPECT_NE(std::string{error.what()}.find("none/x"), std::string::npos);
  std::filesystem::create_directory(folder / "a/a");
  EXPECT_EQ(error_of(network, download_in_segments(pool, "a", folder / "a", 3)).code(), std::errc::is_a_directory);
}

TEST(ClientSegments, OfASmallFileAreOne) {
  TestNetwork network{1};
  const TestFolder folder;
  auto server = serve(network, {{"/a", "small"}}, some_users());
  TestPool pool{network, anna()};
  network.run(download_in_segments(pool, "a", folder / "b", 8));
  EXPECT_EQ(folder.read("b"), "small");
  EXPECT_EQ(pool.sessions(), 1u);
}

TEST(ClientSegments, OfAFileThatTheServerDoesNotTellOfAreOne) {
  const std::vector<std::string> empty{"150 Here", "226 Done"}, refused{"550 Permission denied"};
  for (const auto& listing : {empty, refused}) {
    TestNetwork network{1};
    const TestFolder folder;
    ScriptedServer server{network};
    server.welcomes({"SIZE"}).dialogue("TYPE A", "200 OK").passive().accepts_data();
    server.hears("LIST").says(listing[0]);
    if (listing.size() > 1) server.closes_data().says(listing[1]);
    server.dialogue("TYPE I", "200 OK").dialogue("SIZE .a", "213 5").passive().accepts_data().hears("RETR .a");
    server.says("150 Here").sends("hello").closes_data().says("226 Done").is_left();
    TestPool pool{network, "ftp://ann:secret@10.0.0.2"};
    network.run(download_in_segments(pool, ".a", folder / "b", 4));
    EXPECT_EQ(folder.read("b"), "hello");
  }
}

TEST(ClientSegments, AreTakenFromServersWithoutRangByStoppingEarly) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data().dialogue("REST 2", "350 OK");
  server.hears("RETR a").says("150 Here").sends("llo world").sees_data_reset().says("426 Connection closed");
  server.dialogue("PWD", "257 \"/\"").dialogue("STAT b", "211 b");
  TestClient client = enter(network);
  TextSink sink;
  EXPECT_EQ(network.run(client.download_range("a", sink, 2, 3)).transferred, 3u);
  EXPECT_EQ(sink.text(), "llo");
  EXPECT_EQ(network.run(client.command("STAT b")).text(), "b");
}

TEST(ClientSegments, DoNotWaitLongForTheWordOfAServerThatHasNoneOnATransferBrokenOff) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data().dialogue("REST 2", "350 OK");
  server.hears("RETR a").says("150 Here").sends("llo world").sees_data_reset().says("150 1.2 Mbytes per second");
  server.dialogue("ABOR", "226 Aborted").dialogue("PWD", "257 \"/\"").dialogue("STAT b", "211 b");
  TestClient client = enter(network);
  TextSink sink;
  const Time before = network.now();
  network.run(client.download_range("a", sink, 2, 3));
  EXPECT_EQ(sink.text(), "llo");
  EXPECT_LE(network.now() - before, 1s);
  EXPECT_EQ(network.run(client.command("STAT b")).text(), "b");
}

TEST(ClientSegments, AreAskedForByRangWhereThatIsOffered) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"RANG STREAM"}).dialogue("TYPE I", "200 OK").passive().accepts_data();
  server.dialogue("RANG 2 4", "350 OK").hears("RETR a").says("150 Here").sends("llo").closes_data().says("226 Done");
  server.dialogue("STAT b", "211 b");
  TestClient client = enter(network);
  TextSink sink;
  network.run(client.download_range("a", sink, 2, 3));
  EXPECT_EQ(sink.text(), "llo");
  EXPECT_EQ(network.run(client.command("STAT b")).text(), "b");
}

TEST(ClientSegments, AreNotShorterThanTheyShouldBe) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestClient client = network.run(connect(network, anna()));
  TextSink sink;
  EXPECT_EQ(error_of(network, client.download_range("a", sink, 2, 30)).code(), Errc::too_short);
}
