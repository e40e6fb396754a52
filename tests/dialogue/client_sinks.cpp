#include <ftplike/io/sources_and_sinks.hpp>

#include <array>
#include <cstdio>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include <ftplike/client/blocking.hpp>
#include <ftplike/client/pool.hpp>
#include <ftplike/io/condition.hpp>

#include "support/folder.hpp"
#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// What is fetched goes on in a sink as it does in a file, and is tried again by a pool.

namespace {

TransferOptions going_on() {
  TransferOptions options;
  options.resume = true;
  return options;
}

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(i) + '\n';
  return text;
}

PoolOptions of_standard_sessions() {
  PoolOptions options;
  options.client.dialect = Dialect::standard;
  return options;
}

/// Sends the beginning of a file, and says that there was no more to be had.
void lose_download(ScriptedServer& server, const std::string& sent) {
  server.passive().accepts_data().hears("RETR a").says("150 Here").sends(sent).waits(1s).closes_data();
  server.says("426 Lost").dialogue("PWD", "257 \"/\"");
}

/// What a function took.
struct Taken {
  std::string text;
  CallbackSink<std::function<void(std::span<const std::byte>)>> sink{
      [this](std::span<const std::byte> piece) { text += as_text(piece); }};
};

}  // namespace

TEST(ClientSinks, SurviveInAPoolTheLossOfTheirConnections) {
  const std::string text = lines(80'000);
  const auto fetch = [&](auto& sink) {
    TestNetwork network{1, {.window = 4096}};
    auto server = serve(network, {{"/a", text}}, some_users());
    TestPool pool{network, anna()};
    for (const std::size_t operation : {120u, 200u}) network.fail({.operation = operation}, Fault::reset);
    const TransferResult result = network.run(pool.download("a", sink));
    EXPECT_GT(network.operations(), 200u);
    EXPECT_GT(result.offset, 0u);
    EXPECT_EQ(result.offset + result.transferred, text.size());
  };
  TextSink own;
  fetch(own);
  EXPECT_TRUE(own.text() == text);
  std::vector<std::byte> room(text.size());
  BytesSink memory{room};
  fetch(memory);
  EXPECT_TRUE(as_text(memory.bytes()) == text);
  std::ostringstream stream;
  StreamSink streamed{stream};
  fetch(streamed);
  EXPECT_TRUE(stream.str() == text);
  Taken taken;
  fetch(taken.sink);
  EXPECT_TRUE(taken.text == text);
  const TestFolder folder;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen((folder / "a").c_str(), "wb"), &std::fclose};
  StdioSink stdio{file.get()};
  fetch(stdio);
  EXPECT_TRUE(folder.read("a") == text);
}

TEST(ClientSinks, GoOnBehindWhatTheyHaveWhenTheyAreResumed) {
  const std::string text = lines(1000);
  TestNetwork network{1};
  auto server = serve(network, {{"/a", text}}, some_users());
  TestClient client = log_in(network);
  TestPool pool{network, anna()};
  const auto resume = [&](auto& session) {
    TextSink sink;
    network.run(client.download_range("a", sink, 0, 1000));
    const TransferResult result = network.run(session.download("a", sink, going_on()));
    EXPECT_EQ(result.offset, 1000u);
    EXPECT_EQ(result.transferred, text.size() - 1000);
    EXPECT_TRUE(sink.text() == text);
  };
  resume(client);
  resume(pool);
}

TEST(ClientSinks, AreBegunAnewWhereTheyHaveMoreThanTheFile) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "short"}, {"/b", "much longer"}}, some_users());
  TestClient client = log_in(network);
  TextSink sink;
  network.run(client.download("b", sink));
  EXPECT_EQ(network.run(client.download("a", sink, going_on())).offset, 0u);
  EXPECT_EQ(sink.text(), "short");
}

TEST(ClientSinks, AreBegunAnewInAPoolBehindWhatWasInThemBefore) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK");
  lose_download(server, "he");
  server.passive().accepts_data().dialogue("REST 2", "502 No").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hello").closes_data().says("226 Done");
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", of_standard_sessions()};
  std::array<std::byte, 20> room;
  BytesSink sink{room};
  network.run(sink.write(as_bytes("> ")));
  EXPECT_EQ(network.run(pool.download("a", sink)).offset, 0u);
  EXPECT_EQ(as_text(sink.bytes()), "> hello");
}

TEST(ClientSinks, SayInAPoolThatTheyCannotBeBegunAnewWhereTheyCannotSeek) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK");
  lose_download(server, "he");
  server.passive().accepts_data().dialogue("REST 2", "502 No");
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", of_standard_sessions()};
  Taken taken;
  const ClientError error = error_of(network, pool.download("a", taken.sink));
  EXPECT_EQ(error.code(), std::errc::invalid_seek);
  EXPECT_EQ(error.channel(), Channel::local);
  EXPECT_EQ(taken.text, "he");
}

TEST(ClientSinks, AreTriedAgainInAPoolWhereNothingCameBefore) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK");
  lose_download(server, "");
  server.passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hello").closes_data().says("226 Done");
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", of_standard_sessions()};
  Taken taken;
  network.run(pool.download("a", taken.sink));
  EXPECT_EQ(taken.text, "hello");
}

TEST(ClientSinks, AreNotGoneOnWithInAPoolWhereTheServerHasANewerFileByNow) {
  for (const bool can_seek : {true, false}) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.welcomes({"SIZE", "MDTM"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5");
    lose_download(server, "old");
    server.dialogue("SIZE a", "213 5").dialogue("MDTM a", "213 20990101000000");
    if (can_seek) {
      server.passive().accepts_data().hears("RETR a").says("150 Here").sends("newer").closes_data().says("226 Done");
    }
    TestPool pool{network, "ftp://ann:secret@10.0.0.2", of_standard_sessions()};
    TextSink own;
    Taken taken;
    if (can_seek) {
      network.run(pool.download("a", own));
      EXPECT_EQ(own.text(), "newer");
    } else {
      EXPECT_EQ(error_of(network, pool.download("a", taken.sink)).code(), std::errc::invalid_seek);
      EXPECT_EQ(taken.text, "old");
    }
  }
}

TEST(ClientSinks, AreFetchedAnewInAPoolAsTextWhoseLineEndingsAreConverted) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE A", "200 OK");
  lose_download(server, "one\r\ntw");
  server.passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("one\r\ntwo\r\n").closes_data().says("226 Done");
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", of_standard_sessions()};
  TextSink sink;
  TransferOptions options;
  options.ascii = true;
  network.run(pool.download("a", sink, options));
  EXPECT_EQ(sink.text(), "one\ntwo\n");
}

namespace {

/// A sink that takes a byte of the first piece and is never done with the rest.
struct Hanging {
  explicit Hanging(const Executor& executor) : never{executor} {}
  TextSink sink;
  Condition never;
  bool hung = false;
  awaitable<void> write(std::span<const std::byte> bytes) {
    if (!std::exchange(hung, true)) {
      co_await sink.write(bytes.first(1));
      co_await never.wait();
      bytes = bytes.subspan(1);
    }
    co_await sink.write(bytes);
  }
  awaitable<void> finish() { co_return; }
  std::uint64_t size() const { return sink.size(); }
  void seek(std::uint64_t offset) { sink.seek(offset); }
};

}  // namespace

TEST(ClientSinks, HoldNothingTwiceWhereATryEndedInTheMiddleOfAWrite) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hel").waits(1s).closes().accepts();
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hello").closes_data().says("226 Done");
  TestPool pool{network, "ftp://ann:secret@10.0.0.2", of_standard_sessions()};
  Hanging sink{network.executor()};
  network.run(pool.download("a", sink));
  EXPECT_TRUE(sink.hung);
  EXPECT_EQ(sink.sink.text(), "hello");
}

TEST(ClientSinks, GoOnInABlockingClient) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  Url url = anna();
  const bool implicit = beginning_of_sessions == Beginning::implicit_tls;
  url.secure = implicit ? Secure::implicit_tls : Secure::no;
  BasicBlockingClient client{network, url};
  TextSink sink;
  client.download_range("a", sink, 0, 2);
  EXPECT_EQ(client.download("a", sink, going_on()).transferred, 3u);
  EXPECT_EQ(sink.text(), "hello");
  TextSource source{"hello"};
  TransferOptions stopped;
  stopped.progress = [](const Progress&) { return Go::stop; };
  EXPECT_THROW(client.upload(source, "b", stopped), ClientError);
  const TransferResult result = client.upload(source, "b", going_on());
  EXPECT_EQ(result.offset + result.transferred, 5u);
  TextSink all;
  client.download("b", all);
  EXPECT_EQ(all.text(), "hello");
}

TEST(ClientSinks, ThatAreGivenAsTemporariesLiveAsLongAsTheOperation) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestClient client = log_in(network);
  TestPool pool{network, anna()};
  std::string text;
  const auto taking = [&text] { return CallbackSink{[&text](std::span<const std::byte> piece) { text += as_text(piece); }}; };
  awaitable<TransferResult> later = client.download("a", taking());
  network.run(std::move(later));
  network.run(client.download_range("a", taking(), 1, 2));
  network.run(client.transfer("RETR a", taking()));
  network.run(pool.download("a", taking()));
  EXPECT_EQ(text, "helloelhellohello");
}
