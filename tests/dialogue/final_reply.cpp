// When the final reply to a download comes: some clients miss it if they find it behind the preliminary one.
#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

constexpr std::string_view complete = "226 Download complete\r\n";

/// A client that has read all of a download, has not closed the data connection, and has not been told the end yet.
struct Read {
  Read() {
    client.log_in().binary();
    data.emplace(client.open(client.passive()));
    EXPECT_EQ(client.code("RETR a"), 150);
    EXPECT_EQ(text(), "hello");
  }
  std::string text() {
    std::string all;
    for (std::string piece{'x'}; !piece.empty(); all += piece) {
      network.settle();
      piece = data->text();
    }
    EXPECT_TRUE(data->ended());
    return all;
  }
  TestNetwork network{1};
  TestServer server = serve(network, {{"/a", "hello"}, {"/d/b", ""}}, some_users());
  Dialogue client{network};
  std::optional<TestPeer> data;
};

TEST(FinalReply, OfADownloadComesWhenTheClientHasClosedTheDataConnection) {
  Read it;
  EXPECT_EQ(it.client.hear_after(19ms), "");
  it.data->hang_up();
  EXPECT_EQ(it.client.hear(), complete);
  EXPECT_EQ(it.client.say("NOOP"), "200 OK\r\n");
}

TEST(FinalReply, TellsOfADataConnectionThatBrokeBeforeTheClose) {
  Read it;
  it.data->reset();
  // Within TLS it may be that of a client which has read everything but our goodbye.
  const bool is_clear = beginning_of_sessions == Beginning::clear;
  EXPECT_EQ(Dialogue::code_of(it.client.hear()), is_clear ? 426 : 226);
  EXPECT_EQ(it.client.say("NOOP"), "200 OK\r\n");
}

TEST(FinalReply, ComesAfterTwentyMillisecondsWhateverTheClientDoes) {
  Read it;
  EXPECT_EQ(it.client.hear_after(20ms), complete);
  EXPECT_EQ(it.client.say("NOOP"), "200 OK\r\n");
}

TEST(FinalReply, ComesAtOnceToAClientThatWasSeenToWaitForIt) {
  Read it;
  EXPECT_EQ(it.client.hear_after(20ms), complete);
  auto second = it.client.open(it.client.passive());
  EXPECT_EQ(it.client.say("RETR a"), "150 Opening data connection for a (5 bytes).\r\n226 Download complete\r\n");
}

TEST(FinalReply, OfAListingWaitsForTheCloseToo) {
  for (const auto command : {"LIST d", "NLST d", "MLSD d"}) {
    Read it;
    it.data->hang_up();
    EXPECT_EQ(it.client.hear(), complete);
    it.data.emplace(it.client.open(it.client.passive()));
    EXPECT_EQ(it.client.code(command), 150) << command;
    EXPECT_NE(it.text(), "") << command;
    EXPECT_EQ(it.client.hear(), "") << command;
    it.data->hang_up();
    EXPECT_EQ(Dialogue::code_of(it.client.hear()), 226) << command;
  }
}

TEST(FinalReply, ComesAtOnceWhereTheClientHasSaidMore) {
  Read it;
  it.data->hang_up();
  EXPECT_EQ(it.client.hear(), complete);
  auto second = it.client.open(it.client.passive());
  EXPECT_EQ(it.client.say("RETR a\r\nNOOP"),
            "150 Opening data connection for a (5 bytes).\r\n226 Download complete\r\n200 OK\r\n");
}

TEST(FinalReply, ComesAtOnceWhereTheClientHadToReadThePreliminaryOneForThePort) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}});
  Dialogue client{network};
  EXPECT_EQ(client.say("RETR a"), "150 40001\r\n");
  auto data = client.open(40001);
  EXPECT_EQ(client.hear(), complete);
}

TEST(FinalReply, ToAnUploadDoesNotWait) {
  Read it;
  it.data->hang_up();
  it.client.hear();
  EXPECT_EQ(it.client.store("STOR c", "world"), "226 Upload complete\r\n");
}

TEST(FinalReply, ComesWithTheAnswerToAnAborThatComesBeforeTheClose) {
  Read it;
  EXPECT_EQ(it.client.say("ABOR"), "226 Download complete\r\n226 Abort successful\r\n");
  EXPECT_EQ(it.client.fetch("RETR a"), "hello");
  EXPECT_EQ(it.server.diary().of("transfer").at(0), "RETR /a sent 5 bytes from 0: complete (anna)");
}

TEST(FinalReply, HoldsAServerThatStopsUpNoLongerThanOthers) {
  Read it;
  it.server.stop();
  EXPECT_EQ(it.client.hear_after(20ms), "226 Download complete\r\n421 Server is shutting down\r\n");
  EXPECT_EQ(it.server.sessions(), 0u);
  EXPECT_EQ(it.server.diary().of("transfer").at(0), "RETR /a sent 5 bytes from 0: complete (anna)");
}

TEST(FinalReply, OfTheSeventeenthDownloadDoesNotWaitUnlessLittleTimeWentToWaits) {
  Read it;
  for (int i = 1; i < 16; ++i) {
    EXPECT_EQ(it.client.hear_after(4ms), "") << i;
    it.data->hang_up();
    EXPECT_EQ(it.client.hear(), complete) << i;
    it.data.emplace(it.client.open(it.client.passive()));
    EXPECT_EQ(it.client.code("RETR a"), 150) << i;
    EXPECT_EQ(it.text(), "hello");
  }
  it.data->hang_up();
  EXPECT_EQ(it.client.hear(), complete);
  it.data.emplace(it.client.open(it.client.passive()));
  EXPECT_EQ(it.client.code("RETR a"), 226) << "60 ms of 60 went to waits";
  it.network.advance(15s);
  it.data.emplace(it.client.open(it.client.passive()));
  EXPECT_EQ(it.client.code("RETR a"), 226) << "60 ms of 15 s";
  it.network.advance(1s);
  it.data.emplace(it.client.open(it.client.passive()));
  EXPECT_EQ(it.client.code("RETR a"), 150) << "60 ms of 16 s";
  it.data->hang_up();
  EXPECT_EQ(it.client.hear(), complete);
}

}  // namespace
