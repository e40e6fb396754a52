// What a client may say while a transfer is under way, and before the answer to what it said.
#include <ftplike/server/session.hpp>

#include "support/dialogue.hpp"
#include "support/started.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;


/// How far the transfer is, of what STAT says.
std::size_t moved(std::string_view status) {
  EXPECT_EQ(status.substr(0, 13), "213 RETR /a: ") << status;
  EXPECT_EQ(status.substr(std::min(status.size(), status.find("bytes"))), "bytes by now\r\n");
  return status.size() < 14 ? 0 : std::stoul(std::string{status.substr(13)});
}

/// A download that waits for its client to read on.
struct Underway {
  Underway() {
    client.log_in().binary();
    data.emplace(client.open(client.passive()));
    EXPECT_EQ(client.code("RETR a"), 150);
  }
  TestNetwork network{1, {.window = 20'000}};
  std::string text = std::string(1'000'000, 'x');
  TestFiles files{{"/a", text}, {"/b", "small"}};
  TestServer server = serve(network, files, some_users());
  Dialogue client{network};
  std::optional<TestPeer> data;
};

// ---- ABOR

TEST(Abor, EndsADownload) {
  Underway it;
  EXPECT_EQ(it.client.say("ABOR"), abor_replies);
  EXPECT_TRUE(it.data->ended());
  EXPECT_EQ(it.client.fetch("RETR b"), "small");
  EXPECT_EQ(it.server.diary().of("transfer").at(0).find("RETR /a sent"), 0u);
  EXPECT_NE(it.server.diary().of("transfer").at(0).find("transfer aborted"), std::string::npos);
}

TEST(Abor, MayComeAsTelnetSynchWithOrWithoutItsMark) {
  for (const std::string synch : {"\xFF\xF4\xFF\xF2", "\xFF\xF4\xF2", "\xFF\xF4\xFF", "\xFF\xF4"}) {
    Underway it;
    EXPECT_EQ(it.client.say(synch + "ABOR"), abor_replies);
    EXPECT_EQ(it.client.say("NOOP"), "200 OK\r\n");
  }
}

TEST(Abor, EndsAnUploadAndKeepsWhatHasCome) {
  TestNetwork network{1};
  TestFiles files{{"/a", "old"}};
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in().binary();
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code("STOR a"), 150);
  data.type("some");
  network.settle();
  EXPECT_EQ(client.say("ABOR"), abor_replies);
  EXPECT_TRUE(data.ended());
  EXPECT_EQ(files.text("/a"), "old");
  EXPECT_EQ(client.code("REST 4"), 350);
  EXPECT_EQ(client.store("STOR a", "thing"), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/a"), "something");
}

TEST(Abor, EndsTheWaitForADataConnection) {
  for (const bool passive : {true, false}) {
    TestNetwork network{1};
    auto server = serve(network, {{"/a", "hello"}});
    const auto listeners = network.open_acceptors();
    Dialogue client{network};
    if (passive) client.passive();
    EXPECT_EQ(client.code("RETR a"), 150);
    EXPECT_EQ(client.say("ABOR"), abor_replies);
    EXPECT_EQ(network.open_acceptors(), listeners);
    EXPECT_EQ(client.fetch("RETR a"), "hello");
  }
}

TEST(Abor, HasNothingToDoWithoutATransfer) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  Dialogue client{network};
  EXPECT_EQ(client.say("ABOR"), "225 No transfer to abort\r\n");
  client.log_in();
  EXPECT_EQ(client.say("ABOR"), "225 No transfer to abort\r\n");
  EXPECT_EQ(client.fetch("RETR a"), "hello");
  EXPECT_EQ(client.say("ABOR"), "225 No transfer to abort\r\n");
}

TEST(Abor, IsAnsweredOnceForEachTimeThatItIsSaid) {
  Underway it;
  EXPECT_EQ(it.client.say("ABOR\r\nABOR\r\nABOR"), std::string{abor_replies} +
                                                       "225 No transfer to abort\r\n"
                                                       "225 No transfer to abort\r\n");
}

TEST(Abor, IsAnsweredInItsPlaceAmongOtherCommands) {
  Underway it;
  const auto replies = it.client.say("NOOP\r\nSTAT\r\nABOR\r\nSTAT\r\nPWD");
  moved(replies.substr(0, replies.find('\n') + 1));
  EXPECT_EQ(replies.substr(replies.find('\n') + 1),
            std::string{abor_replies} +
                "200 OK\r\n"
                "211-FTP server status\r\n Connected from 127.0.0.1\r\n Logged in as anna\r\n"
                " TYPE I, STRU F, MODE S\r\n211 End\r\n"
                "257 \"/\"\r\n");
}

TEST(Abor, MayComeInOnePieceWithTheCommandThatItAborts) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  Dialogue client{network};
  client.log_in().passive();
  EXPECT_EQ(client.say("RETR a\r\nABOR\r\nNOOP"),
            "150 Opening data connection for a\r\n" + std::string{abor_replies} + "200 OK\r\n");
}

TEST(Abor, EndsAListing) {
  TestNetwork network{1, {.window = 100}};
  TestFiles files;
  for (int i = 0; i < 1000; ++i) files.put("/file" + std::to_string(i), "");
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  client.log_in();
  auto data = client.open(client.passive());
  EXPECT_EQ(client.code("MLSD"), 150);
  EXPECT_EQ(client.say("ABOR"), abor_replies);
  EXPECT_TRUE(data.ended());
}

// ---- STAT

TEST(Stat, TellsOfTheTransferAtOnce) {
  Underway it;
  const auto first = moved(it.client.say("STAT"));
  EXPECT_GT(first, 0u);
  for (int i = 0; i < 8; ++i) {
    it.data->text();
    it.network.settle();
  }
  EXPECT_GT(moved(it.client.say("STAT")), first);
  it.client.all_of(*it.data);
  EXPECT_EQ(it.client.hear(), "226 Download complete\r\n");
  EXPECT_EQ(it.client.code("STAT"), 211);
}

TEST(Stat, OfAFileWaitsItsTurn) {
  Underway it;
  EXPECT_EQ(it.client.say("STAT b"), "");
  it.client.all_of(*it.data);
  const auto replies = it.client.hear();
  EXPECT_EQ(replies.substr(0, 28), "226 Download complete\r\n213-S");
}

TEST(Stat, TellsOfATransferThatWaitsForItsConnection) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  Dialogue client{network};
  client.log_in().passive();
  EXPECT_EQ(client.code("STOR b"), 150);
  EXPECT_EQ(client.say("STAT"), "213 STOR /b: 0 bytes by now\r\n");
}

// ---- everything else waits its turn

TEST(Quit, DuringATransferTakesEffectAfterIt) {
  Underway it;
  EXPECT_EQ(it.client.say("QUIT"), "");
  EXPECT_FALSE(it.client.ended());
  EXPECT_EQ(it.client.all_of(*it.data), it.text);
  EXPECT_EQ(it.client.hear(), "226 Download complete\r\n221 Goodbye\r\n");
  EXPECT_TRUE(it.client.ended());
}

TEST(Quit, IsTheLastCommandThatIsAnswered) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  EXPECT_EQ(client.say("NOOP\r\nQUIT\r\nNOOP"), "200 OK\r\n221 Goodbye\r\n");
  EXPECT_TRUE(client.ended());
}

TEST(Pipeline, IsAnsweredInOrder) {
  TestNetwork network{1};
  TestFiles files;
  auto server = serve(network, files, some_users());
  Dialogue client{network};
  EXPECT_EQ(client.say("USER anna\r\nPASS secret\r\nMKD d\r\nCWD d\r\nPWD\r\nNOPE\r\nCDUP\r\nRMD d\r\nQUIT"),
            "331 Password required\r\n230 Logged in\r\n257 \"/d\" created\r\n250 Directory changed to /d\r\n"
            "257 \"/d\"\r\n502 Command not implemented\r\n250 Directory changed to /\r\n250 Directory removed\r\n"
            "221 Goodbye\r\n");
}

TEST(Pipeline, BehindATransferWaitsForItsEnd) {
  Underway it;
  EXPECT_EQ(it.client.say("NOOP\r\nPWD\r\nSIZE a\r\nNOPE\r\n\r\nRETR nowhere"), "");
  it.client.all_of(*it.data);
  EXPECT_EQ(it.client.hear(),
            "226 Download complete\r\n200 OK\r\n257 \"/\"\r\n213 1000000\r\n502 Command not implemented\r\n"
            "500 Command expected\r\n550 File not found\r\n");
}

TEST(Pipeline, OfTransfersRunsOneAfterAnother) {
  TestNetwork network{1};
  TestFiles files{{"/a", "hello"}};
  auto server = serve(network, files);
  Dialogue client{network};
  EXPECT_EQ(client.say("RETR a\r\nSTOR b\r\nRETR b"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "hello");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n150 40002\r\n");
  client.put(40002, "world");
  EXPECT_EQ(client.hear(), "226 Upload complete\r\n150 40003\r\n");
  EXPECT_EQ(client.data(40003), "world");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
}

TEST(Pipeline, OfAThousandCommandsDuringATransferIsAnsweredAfterIt) {
  Underway it;
  std::string commands, replies = "226 Download complete\r\n";
  for (int i = 0; i < 1000; ++i) {
    commands += "TYPE I\r\n";
    replies += "200 Type is binary\r\n";
  }
  it.client.type(commands);
  EXPECT_EQ(it.client.hear(), "");
  it.client.all_of(*it.data);
  EXPECT_EQ(it.client.hear(), replies);
}

TEST(Pipeline, IsNotReadWithoutBoundDuringATransfer) {
  Underway it;
  auto control = it.network.run(connection_to(it.network, {address("127.0.0.1"), TestServer::port}));
  std::string commands = "USER anna\r\nPASS secret\r\nTYPE I\r\nEPSV\r\nRETR a\r\n";
  for (int i = 0; i < 20'000; ++i) commands += "NOOP\r\n";
  Started<void> writing{it.network.executor(), control.write(as_bytes(commands))};
  it.network.advance(10s);
  EXPECT_FALSE(writing.done()) << "the server read 120 kB of commands ahead";
  control.close();
  it.network.settle();
}

TEST(Pipeline, BeyondWhatIsReadAheadStillEndsWithTheClient) {
  Underway it;
  for (int i = 0; i < 1000; ++i) it.client.control().type("NOOP\r\n");
  it.network.settle();
  it.client.control().reset();
  it.data->reset();
  it.network.settle();
  EXPECT_EQ(it.server.sessions(), 0u);
}

TEST(Pipeline, OfTransfersLetsEachOfThemBeAborted) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}, {"/b", "world"}});
  Dialogue client{network};
  auto early = client.open(client.passive());
  EXPECT_EQ(client.say("RETR a\r\nRETR b"),
            "150 Opening data connection for a (5 bytes).\r\n226 Download complete\r\n150 40002\r\n");
  EXPECT_EQ(client.say("ABOR"), abor_replies);
}

TEST(Pipeline, BeyondWhatIsReadAheadLetsTheNextTransferBeAborted) {
  for (int others = 29; others < 35; ++others) {
    Underway it;
    for (int i = 0; i < others; ++i) it.client.type("NOOP\r\n");
    it.client.type("RETR b\r\n");
    it.client.all_of(*it.data);
    const auto replies = it.client.hear();
    EXPECT_EQ(replies.substr(replies.size() - 11), "150 40002\r\n");
    EXPECT_EQ(it.client.say("ABOR"), abor_replies) << "behind " << others << " others";
  }
}

TEST(Pipeline, BeyondWhatIsReadAheadDoesNotMakeACutOffUploadWhole) {
  for (int others = 29; others < 35; ++others) {
    Underway it;
    for (int i = 0; i < others; ++i) it.client.type("NOOP\r\n");
    it.client.type("STOR b\r\n");
    it.client.all_of(*it.data);
    it.client.hear();
    auto data = it.client.open(40002);
    data.type("cut");
    it.network.settle();
    it.client.control().hang_up();
    it.network.settle();
    data.hang_up();
    it.network.settle();
    EXPECT_EQ(it.files.text("/b"), "small") << "behind " << others << " others";
  }
}

// ---- the control connection ends

TEST(ControlConnection, ThatIsLostEndsTheTransfer) {
  Underway it;
  it.client.control().reset();
  it.network.settle();
  EXPECT_TRUE(it.data->ended());
  EXPECT_EQ(it.server.sessions(), 0u);
}

TEST(ControlConnection, ThatSaysNoMoreLetsADownloadEnd) {
  Underway it;
  it.client.control().finish();
  EXPECT_EQ(it.client.all_of(*it.data), it.text);
  EXPECT_EQ(it.client.hear(), "226 Download complete\r\n");
  EXPECT_TRUE(it.client.ended());
}

}  // namespace
