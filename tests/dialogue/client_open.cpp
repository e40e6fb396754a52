#include <ftplike/client/remote_file.hpp>

#include <array>
#include <gtest/gtest.h>

#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// A file that is read as one likes.

namespace {

using OpenedFile = decltype(std::declval<TestClient&>().open(""))::value_type;

std::string read_from(TestNetwork& network, OpenedFile& file, std::size_t most) {
  std::vector<std::byte> room(most);
  const std::size_t n = network.run(file.read_some(room));
  return std::string{as_text(std::span{room}.first(n))};
}
std::string rest_of(TestNetwork& network, OpenedFile& file) {
  std::string text;
  for (;;) {
    const std::string piece = read_from(network, file, 10'000);
    if (piece.empty()) return text;
    text += piece;
  }
}
std::string counted_up_to(int last) {
  std::string text;
  for (int i = 0; i < last; ++i) text += std::to_string(i) + ' ';
  return text;
}

}  // namespace

TEST(ClientOpen, GivesAFileByWhateverPiecesAreWanted) {
  TestNetwork network{1};
  const std::string text = counted_up_to(30'000);
  auto server = serve(network, {{"/a", text}}, some_users());
  TestClient client = log_in(network);
  OpenedFile file = network.run(client.open("a"));
  EXPECT_EQ(file.size(), text.size());
  EXPECT_EQ(read_from(network, file, 5), text.substr(0, 5));
  EXPECT_EQ(error_of(network, client.noop()).code(), Errc::busy);
  EXPECT_TRUE(rest_of(network, file) == text.substr(5));
  EXPECT_EQ(read_from(network, file, 5), "");
  network.run(client.noop());
  network.run(file.close());
  EXPECT_FALSE(file.is_open());
}

TEST(ClientOpen, BeginsInTheMiddleWhenToldTo) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  TestClient client = log_in(network);
  OpenedFile file = network.run(client.open("a", 2));
  EXPECT_EQ(rest_of(network, file), "llo");
}

TEST(ClientOpen, IsClosedEarlyAndLeavesTheSessionUsable) {
  for (const std::size_t taken : {0u, 10u, 300'000u}) {
    TestNetwork network{1, {.window = 8192}};
    const std::string text = counted_up_to(100'000);
    auto server = serve(network, {{"/a", text}}, some_users());
    TestClient client = log_in(network);
    OpenedFile file = network.run(client.open("a"));
    std::size_t n = 0;
    while (n < taken) n += read_from(network, file, taken - n).size();
    network.run(file.close());
    EXPECT_EQ(network.run(client.pwd()), "/") << taken;
    EXPECT_TRUE(network.run(text_of(client, "a")) == text) << taken;
  }
}

TEST(ClientOpen, MayBeForgottenInTheMiddle) {
  TestNetwork network{1, {.window = 8192}};
  auto server = serve(network, {{"/a", counted_up_to(100'000)}}, some_users());
  TestClient client = log_in(network);
  {
    OpenedFile file = network.run(client.open("a"));
    EXPECT_EQ(read_from(network, file, 4), "0 1 ");
  }
  network.settle();
  EXPECT_EQ(network.run(client.pwd()), "/");
}

TEST(ClientOpen, MayOutliveItsClient) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  OpenedFile file;
  {
    TestClient client = log_in(network);
    OpenedFile opened = network.run(client.open("a"));
    file = std::move(opened);
  }
  EXPECT_THROW((void)rest_of(network, file), ClientError);
}

TEST(ClientOpen, SaysThatThereIsNoSuchFile) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  TestClient client = log_in(network);
  EXPECT_EQ(error_of(network, client.open("a")).code().value(), 550);
  network.run(client.noop());
}

TEST(ClientOpen, OfAnEmptyFileGivesTheEnd) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", ""}}, some_users());
  TestClient client = log_in(network);
  OpenedFile file = network.run(client.open("a"));
  EXPECT_EQ(rest_of(network, file), "");
}

TEST(ClientOpen, HearsTheServersLastWordWhereAllWasReadAndItIsClosed) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hello").waits(1s).closes_data().says("226 Done");
  server.dialogue("NOOP", "200 OK");
  TestClient client = enter(network);
  OpenedFile file = network.run(client.open("a"));
  EXPECT_EQ(read_from(network, file, 5), "hello");
  network.run(file.close());
  network.run(client.noop());
}

TEST(ClientOpen, DoesNotTakeLessThanWasPromisedForTheWhole) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 5").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hel").closes_data().says("226 Done");
  TestClient client = enter(network);
  OpenedFile file = network.run(client.open("a"));
  EXPECT_EQ(read_from(network, file, 5), "hel");
  EXPECT_EQ(error_of(network,
                     [&]() -> awaitable<void> {
                       std::array<std::byte, 5> room;
                       (void)co_await file.read_some(room);
                     }())
                .code(),
            Errc::too_short);
}

TEST(ClientOpen, IsNoStallHoweverLateItIsRead) {
  TestNetwork network{1, {.window = 8192}};
  const std::string text = counted_up_to(100'000);
  ScriptedServer server{network};
  server.welcomes({"SIZE"}).dialogue("TYPE I", "200 OK").dialogue("SIZE a", "213 " + std::to_string(text.size()));
  server.passive().accepts_data().hears("RETR a").says("150 Here").sends(text).closes_data().says("226 Done");
  TestClient client = enter(network);
  OpenedFile file = network.run(client.open("a"));
  EXPECT_EQ(read_from(network, file, 4), "0 1 ");
  network.advance(1h);
  EXPECT_TRUE(rest_of(network, file) == text.substr(4));
}

TEST(ClientOpen, LosesNothingByAReadThatWasCancelled) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE I", "200 OK").passive().accepts_data();
  server.hears("RETR a").says("150 Here").sends("hel").waits(10s).sends("lo").closes_data().says("226 Done");
  TestClient client = enter(network);
  OpenedFile file = network.run(client.open("a"));
  EXPECT_EQ(read_from(network, file, 5), "hel");
  std::array<std::byte, 5> room;
  Started reading{network, file.read_some(room)};
  EXPECT_FALSE(reading.done());
  reading.cancel(network);
  EXPECT_EQ(reading.error(), Errc::aborted);
  EXPECT_EQ(rest_of(network, file), "lo");
}

TEST(ClientOpen, OfOneSessionIsASourceForAnother) {
  TestNetwork network{1};
  const std::string text = counted_up_to(50'000);
  auto server = serve(network, {{"/a", text}}, some_users());
  TestClient from = log_in(network), to = log_in(network);
  OpenedFile file = network.run(from.open("a"));
  network.run(to.upload(file, "b"));
  EXPECT_TRUE(network.run(text_of(to, "b")) == text);
}

TEST(ClientOpen, ThatNeverWasIsClosed) {
  TestNetwork network{1};
  OpenedFile file;
  EXPECT_FALSE(file.is_open());
  std::array<std::byte, 5> room;
  EXPECT_THROW((void)network.run(file.read_some(room)), ClientError);
  network.run(file.close());
}
