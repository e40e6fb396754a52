// What observers are told of files that are changed, and of commands that are refused.
#include <string>
#include <vector>

#include "support/dialogue.hpp"
#include "support/served.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

UserTable readers_and_writers() {
  UserTable users{Anonymous{.logins = "read"}};
  users.add(UserEntry{Account{"carl", Path{"/people/carl"}, Rights::all()}, Password::plain("secret")});
  return users;
}

/// Collects what happens to files, and what is refused, a line each.
struct Seen {
  void operator()(const FileChanged& event) {
    std::string line = event.who.user + ": " + std::string{event.verb} + ' ' +
                       std::string{change_names[static_cast<std::size_t>(event.change)]} + ' ' + event.path.string();
    if (event.renamed_to) line += " to " + event.renamed_to->string();
    if (event.change == Change::time_set) line += ' ' + format_timestamp(event.time);
    if (event.change == Change::mode_set) line += ' ' + std::to_string(event.mode);
    lines.push_back(line);
  }
  void operator()(const CommandRefused& event) {
    lines.push_back(event.who.user + ": " + std::string{event.verb} + ' ' + std::string{event.argument} + " in " +
                    event.directory.string() + ": " + std::to_string(event.reply.code()));
  }
  std::vector<std::string>& lines;
};

TEST(FileChanged, TellsOfEachChangeOnceAndOfNoneThatFailed) {
  SimulatedNetwork network{1};
  MemoryStorage files{{"/people/carl/a", "1"}, {"/people/carl/b", "2"}, {"/people/carl/part", "3"}};
  std::vector<std::string> lines;
  Served served{network, files, readers_and_writers(), Seen{lines}};
  Dialogue client{network};
  client.log_in("carl");
  for (const auto* line : {"MKD d", "XMKD d", "RMD d", "RMD d", "RNFR a", "RNTO c", "MFMT 20260102030405 c", "MFMT 20260102030405 no",
                           "MFF modify=20260102030405;UNIX.mode=0600; c", "SITE CHMOD 644 c", "SITE UTIME 20260102030405 c",
                           "COMB c part", "DELE b", "DELE b"}) {
    client.say(line);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "carl: MKD directory_made /people/carl/d", "carl: RMD directory_removed /people/carl/d",
                       "carl: RNTO renamed /people/carl/a to /people/carl/c",
                       "carl: MFMT time_set /people/carl/c 20260102030405", "carl: MFF time_set /people/carl/c 20260102030405",
                       "carl: MFF mode_set /people/carl/c 384", "carl: SITE CHMOD mode_set /people/carl/c 420",
                       "carl: SITE UTIME time_set /people/carl/c 20260102030405", "carl: COMB removed /people/carl/part",
                       "carl: DELE removed /people/carl/b"}));
}

TEST(CommandRefused, TellsOfMissingRightsAndBrokenRulesAndOfNothingThatIsJustNotThere) {
  SimulatedNetwork network{1};
  MemoryStorage files{{"/a", "1"}};
  std::vector<std::string> lines;
  const auto hook = [](const CommandSeen& command) -> std::optional<Reply> {
    if (command.verb == "HELP") return Reply{502, "No help"};
    return std::nullopt;
  };
  Served served{network, files, readers_and_writers(), UploadRules{.refused_names = {"*.exe"}}, Observers{hook, Seen{lines}}};
  {
    Dialogue client{network};
    client.log_in("anonymous", "me@");
    for (const auto* line : {"CWD /", "DELE a", "SITE CHMOD 644 a", "SIZE b", "NOSUCH x", "HELP", "MKD"}) client.say(line);
  }
  {
    Dialogue client{network};
    client.say("DELE a");
    client.log_in("carl");
    client.say("STOR b.exe");
    client.say("DELE nothing");
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"anonymous: DELE a in /: 550", "anonymous: SITE CHMOD 644 a in /: 550",
                                             "anonymous: HELP  in /: 502", "anonymous: MKD  in /: 550",
                                             "carl: STOR b.exe in /: 553"}));
}

TEST(MdtmWithATime, SetsItWhereNoFileHasThatWholeName) {
  SimulatedNetwork network{1};
  MemoryStorage files{{"/people/carl/a b", "1"}, {"/people/carl/20260102030405 a b", "2"}, {"/people/carl/c", "3"}};
  std::vector<std::string> lines;
  Served served{network, files, readers_and_writers(), Seen{lines}};
  {
    Dialogue client{network};
    client.log_in("carl");
    EXPECT_EQ(client.say("MDTM 20260102030406 a b"), "213 20260102030406\r\n");
    EXPECT_EQ(client.say("MDTM a b"), "213 20260102030406\r\n");
    EXPECT_EQ(client.say("MDTM 20260102030405 a b"), client.say("MDTM c")) << "a file of that name is asked for its time";
    EXPECT_EQ(client.say("MDTM 20260102030406 none"), "550 File not found\r\n");
    EXPECT_EQ(client.say("MDTM 20261302030406 a b"), "550 File not found\r\n");
  }
  Dialogue reader{network};
  reader.log_in("anonymous", "me@");
  EXPECT_EQ(reader.say("MDTM 20260102030406 people/carl/a b"), "550 Permission denied\r\n");
  EXPECT_EQ(lines, (std::vector<std::string>{"carl: MDTM time_set /people/carl/a b 20260102030406",
                                             "anonymous: MDTM 20260102030406 people/carl/a b in /: 550"}));
}

TEST(CommandRefused, ShowsNoPassword) {
  SimulatedNetwork network{1};
  std::vector<std::string> lines;
  const auto refuse = [](const CommandSeen& command) -> std::optional<Reply> {
    if (command.verb == "PASS") return Reply{530, "Not today"};
    return std::nullopt;
  };
  Served served{network, MemoryStorage{}, readers_and_writers(), Observers{refuse, Seen{lines}}};
  Dialogue client{network};
  client.say("USER carl");
  client.say("PASS secret");
  EXPECT_EQ(lines, std::vector<std::string>{": PASS *** in /: 530"});
}

/// Why proxies' connections were dropped.
struct Dropped {
  void operator()(const IntroductionFailed& event) { lines.push_back(event.error.message()); }
  std::vector<std::string>& lines;
};

TEST(IntroductionFailed, TellsWhyAProxysConnectionWasDroppedAfterFifteenSecondsAndNotSixty) {
  SimulatedNetwork network{1};
  std::vector<std::string> lines;
  Served served{network, MemoryStorage{}, readers_and_writers(), TrustedProxies{{Subnet{address("127.0.0.1"), 32}}},
                Dropped{lines}};
  auto silent = network.dial({address("127.0.0.1"), TestServer::port});
  network.advance(14s);
  EXPECT_FALSE(silent.ended());
  network.advance(2s);
  EXPECT_TRUE(silent.ended());
  EXPECT_EQ(silent.text(), "");
  auto wrong = network.dial({address("127.0.0.1"), TestServer::port});
  wrong.type("USER anna\r\n");
  network.settle();
  EXPECT_TRUE(wrong.ended());
  auto half = network.dial({address("127.0.0.1"), TestServer::port});
  half.type("PROXY TCP4 ");
  half.finish();
  network.settle();
  auto looks = network.dial({address("127.0.0.1"), TestServer::port});
  looks.finish();
  network.settle();
  EXPECT_EQ(lines, (std::vector<std::string>{"timed out", "the connection begins with something else", "connection lost"}));
}

}  // namespace
