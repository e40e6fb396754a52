// Sessions recorded on one simulated network and played again on another.
#include <ftplike/simulated/replay.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/client.hpp>
#include <ftplike/observers/recorder.hpp>

#include "support/dialogue.hpp"
#include "support/served.hpp"
#include "support/started.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

const Endpoint server_place{asio::ip::address_v4::loopback(), TestServer::port};

MemoryStorage some_files() { return {{"/a", "hello"}, {"/people/carl/", ""}}; }

/// Where the lines of a recorder go.
class Tape {
 public:
  LineSink sink() {
    return [this](std::string_view line) { text.append(line) += '\n'; };
  }
  std::string text;
};

/// A session of a client in hand, as a server records it.
template <class Converse>
std::string recorded(Converse converse, RecordedContents contents = RecordedContents::digests) {
  SimulatedNetwork network{1};
  Tape tape;
  {
    const auto clock = [&network] { return network.now(); };
    Served served{network, some_files(), some_users(), Recorder{End::server, tape.sink(), contents, clock}};
    Dialogue client{network};
    converse(network, client);
    client.say("QUIT");
  }
  return tape.text;
}

void standard_session(SimulatedNetwork& network, Dialogue& client) {
  client.log_in();
  client.binary();
  network.advance(2s);
  client.store("STOR b", "twelve bytes");
  EXPECT_EQ(client.fetch("RETR a"), "hello");
  client.fetch("LIST");
  client.say("NO SUCH THING");
  client.say("SIZE nowhere");
  auto listener = network.listen_raw({asio::ip::address_v4::loopback(), 51200});
  client.say("PORT 127,0,0,1,200,0");
  client.say("RETR b");
  auto data = listener.take();
  EXPECT_EQ(client.all_of(data), "twelve bytes");
  client.hear();
}

std::string what_differs(const std::vector<Difference>& differences) {
  std::string all;
  for (const auto& one : differences) all += std::to_string(one.line) + ": " + one.recorded + " / " + one.seen + '\n';
  return all;
}

/// What differs if the clients of a recording come to a new server with those files.
std::string played(const std::string& text, MemoryStorage files = some_files(), ReplayOptions options = {"secret"}) {
  std::string complaint;
  const auto recording = Recording::parse(text, complaint);
  EXPECT_TRUE(recording) << complaint;
  if (!recording) return complaint;
  SimulatedNetwork network{2};
  const Served served{network, files, some_users()};
  return what_differs(network.run(replay_clients(network, server_place, *recording, std::move(options))));
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  EXPECT_NE(text.find(what), text.npos) << what << " in\n" << text;
  return text.replace(text.find(what), what.size(), by);
}
std::string line_with(const std::string& text, std::string_view what) {
  return std::to_string(1 +
                        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find(what)), '\n'));
}

TEST(Recorder, WritesBothChannelsButNoPasswordAndNoContents) {
  const auto text = recorded(standard_session);
  EXPECT_TRUE(
      text.starts_with("ftplike-recording 1\n# recorded by the server\n"
                       "1 0.000000 opened 127.0.0.1:3456 127.0.0.1:50001\n"
                       "1 0.000000 < 220 FTP Server Ready\n"
                       "1 0.000000 > USER anna\n"));
  EXPECT_NE(text.find("1 0.000000 > PASS ***\n"), text.npos);
  EXPECT_NE(text.find("1 2.000000 connected 127.0.0.1:40001 "), text.npos) << text;
  EXPECT_NE(text.find(" data up 12 "), text.npos);
  EXPECT_NE(text.find("1 2.000000 data down 5 a430d84680aabd0b\n"), text.npos) << text;
  EXPECT_TRUE(text.ends_with(" closed farewell\n"));
  EXPECT_EQ(text.find("secret"), text.npos);
  EXPECT_EQ(text.find("hello"), text.npos);
  EXPECT_EQ(text.find("twelve"), text.npos);
}

TEST(Recorder, WritesTheContentsIfAsked) {
  const auto text = recorded(standard_session, RecordedContents::bytes);
  EXPECT_NE(text.find(" bytes up twelve bytes\n"), text.npos);
  EXPECT_NE(text.find(" bytes down hello\n"), text.npos);
}

TEST(Replay, OfASessionGoesTheSameWay) { EXPECT_EQ(played(recorded(standard_session, RecordedContents::bytes)), ""); }

TEST(Replay, WithoutContentsDiffersInWhatWasMadeUpAlone) {
  const auto text = recorded(standard_session);
  const auto download = text.rfind(" data down 12 ");
  ASSERT_NE(download, text.npos);
  const auto differences = played(text);
  EXPECT_EQ(std::count(differences.begin(), differences.end(), '\n'), 1) << differences;
  EXPECT_NE(differences.find("/ 12 bytes, but not the same"), differences.npos) << differences;
}

TEST(Replay, TellsTheLineOfAReplyThatIsAnother) {
  const auto text = recorded(standard_session, RecordedContents::bytes);
  EXPECT_EQ(played(replaced(text, "< 200 Type is binary", "< 200 Binary it is")),
            line_with(text, "< 200 Type is binary") + ": < 200 Binary it is / 200 Type is binary\n");
}

TEST(Replay, TellsOfFilesThatAreOthers) {
  const auto text = recorded([](SimulatedNetwork&, Dialogue& client) { client.log_in().binary().fetch("RETR a"); },
                             RecordedContents::bytes);
  EXPECT_NE(played(text, {{"/a", "jello"}}).find("/ 5 bytes, but not the same\n"), std::string::npos);
  EXPECT_NE(played(text, {{"/a", "hello!"}}).find("/ 6 bytes\n"), std::string::npos);
  const auto missing = played(text, {});
  EXPECT_NE(missing.find("/ 550 File not found\n"), missing.npos);
  EXPECT_EQ(std::count(missing.begin(), missing.end(), '\n'), 1) << "what follows has no sense: " << missing;
}

TEST(Replay, NeedsThePasswordsThatWereHidden) {
  const auto text = recorded([](SimulatedNetwork&, Dialogue& client) { client.log_in(); });
  EXPECT_EQ(played(text, some_files(), {"wrong"}),
            line_with(text, "< 230 Logged in") + ": < 230 Logged in / 530 Login incorrect\n");
}

TEST(Replay, TakesTheTimeThatTheSessionTook) {
  const auto idle = [](SimulatedNetwork& network, Dialogue& client) {
    client.log_in();
    network.advance(10min);
    client.hear();
  };
  EXPECT_EQ(played(recorded(idle)), "");
}

TEST(Replay, TakesTheBytesBeforeTheReplyThatAClientHeardFirst) {
  const MemoryStorage files{{"/big", std::string(300'000, 'b')}};
  QuickDigest digest;
  digest.add(std::string(300'000, 'b'));
  RecordedEvent data;
  data.kind = RecordedEvent::Kind::data;
  data.session = 1;
  data.bytes = 300'000;
  data.digest = digest.value();
  const auto text =
      "ftplike-recording 1\n1 0.000000 opened - -\n1 0.000000 < 220 FTP Server Ready\n1 0.000000 > USER anna\n"
      "1 0.000000 < 331 Password required\n1 0.000000 > PASS ***\n1 0.000000 < 230 Logged in\n1 0.000000 > TYPE I\n"
      "1 0.000000 < 200 Type is binary\n1 0.000000 > EPSV\n1 0.000000 < 229 (|||1234|)\n1 0.000000 > RETR big\n"
      "1 0.000000 < 150 Opening data connection for big (300000 bytes).\n1 0.000000 < 226 Download complete\n"
      "1 0.000000 connected - -\n" +
      Recording::line_of(data) + "\n1 0.000000 > QUIT\n1 0.000000 < 221 Goodbye\n";
  EXPECT_EQ(played(text, files), "");
}

TEST(Replay, LeavesOutWhatWasSaidOfTls) {
  auto text = recorded([](SimulatedNetwork&, Dialogue& client) { client.log_in(); });
  text = replaced(text, "1 0.000000 > USER",
                  "1 0.000000 > AUTH TLS\n1 0.000000 < 234 Ready\n1 0.000000 > PBSZ 0\n1 0.000000 < 200 OK\n"
                  "1 0.000000 > USER");
  EXPECT_EQ(played(text), "");
}

TEST(Replay, OfServersAndClientsThatDoNotAnswerEnds) {
  const auto text = recorded(standard_session, RecordedContents::bytes);
  std::string complaint;
  const auto recording = Recording::parse(text, complaint);
  ASSERT_TRUE(recording);
  SimulatedNetwork network{2};
  EXPECT_NE(what_differs(network.run(replay_clients(network, server_place, *recording))).find("nobody came"),
            std::string::npos);
  const auto deaf = network.listen_raw(server_place);
  EXPECT_NE(what_differs(network.run(replay_clients(network, server_place, *recording))).find("nothing came"),
            std::string::npos);
}

// ---- the server of a recording

/// What a program does at a server.
template <class Observer> awaitable<void> use(SimulatedNetwork& network, std::string name, Observer observer) {
  Url url{"ftp://anna:secret@127.0.0.1:3456"};
  auto client = co_await ftplike::connect(network, std::move(url), ClientOptions{}, std::move(observer));
  TextSink text;
  co_await client.download(name, text);
  TextSource source{"new"};
  co_await client.upload(source, "b");
  co_await client.quit();
}

std::string recorded_by_a_client(RecordedContents contents) {
  SimulatedNetwork network{1};
  Tape tape;
  Served served{network, some_files(), some_users()};
  const auto clock = [&network] { return network.now(); };
  network.run(use(network, "a", Recorder{End::client, tape.sink(), contents, clock}));
  return tape.text;
}

/// What differs if the program does that at a server that was recorded, and not there any more.
std::string played_to_a_client(const std::string& text, const std::string& name) {
  std::string complaint;
  const auto recording = Recording::parse(text, complaint);
  EXPECT_TRUE(recording) << complaint;
  SimulatedNetwork network{2};
  Started<std::vector<Difference>> replay{network, replay_server(network, server_place, *recording)};
  Started<void> program{network, use(network, name, NoObserver{})};
  network.advance(24h);
  EXPECT_TRUE(replay.done() && program.done());
  return what_differs(replay.result());
}

TEST(ReplayedServer, SaysToTheProgramWhatItSaidThen) {
  EXPECT_EQ(played_to_a_client(recorded_by_a_client(RecordedContents::digests), "a"), "");
  EXPECT_EQ(played_to_a_client(recorded_by_a_client(RecordedContents::bytes), "a"), "");
}

TEST(ReplayedServer, TellsWhatTheProgramDoesOtherwise) {
  const auto text = recorded_by_a_client(RecordedContents::digests);
  const auto differences = played_to_a_client(text, "c");
  EXPECT_NE(differences.find(": > RETR a / RETR c\n"), differences.npos) << differences;
}

TEST(Recorder, OfTheTwoEndsOfASessionWriteTheSameDialogue) {
  const auto dialogue_of = [](const std::string& text) {
    std::string complaint, dialogue;
    const auto recording = Recording::parse(text, complaint);
    EXPECT_TRUE(recording) << complaint;
    for (const auto& event : recording->events) {
      if (event.kind == RecordedEvent::Kind::data || event.kind == RecordedEvent::Kind::bytes) {
        const auto line = Recording::line_of(event);
        dialogue += line.substr(line.find('.')) + '\n';
      }
    }
    return dialogue;
  };
  SimulatedNetwork network{1};
  Tape at_server, at_client;
  const auto clock = [&network] { return network.now(); };
  Served served{network, some_files(), some_users(),
                Recorder{End::server, at_server.sink(), RecordedContents::bytes, clock}};
  network.run(use(network, "a", Recorder{End::client, at_client.sink(), RecordedContents::bytes, clock}));
  network.settle();
  EXPECT_EQ(dialogue_of(at_server.text), dialogue_of(at_client.text));
}

}  // namespace
