// Peers that mean no good, over real sockets, and what must hold afterwards.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <list>

#include "connection.hpp"
#include "running_server.hpp"

namespace {

/// The session of a user, past the login.
class Guest : public Connection {
 public:
  explicit Guest(const RunningServer& server) : Connection{server.port()} {
    EXPECT_EQ(reply(), "220 FTP Server Ready");
    ask("USER tester");
    EXPECT_EQ(ask("PASS secret").substr(0, 3), "230");
    ask("TYPE I");
  }
  /// The port of a fresh EPSV.
  std::string epsv() {
    const auto said = ask("EPSV");
    const auto begin = said.find("|||") + 3;
    return said.substr(begin, said.rfind('|') - begin);
  }
};

class Hostile : public Interop {
 protected:
  /// Sees to it that the server is as good as ever.
  void expect_service() {
    theirs.write("service", "as ever");
    Guest client{server};
    Connection data{client.epsv()};
    EXPECT_EQ(client.ask("RETR service").substr(0, 3), "150");
    EXPECT_EQ(data.rest(), "as ever");
    EXPECT_EQ(client.reply().substr(0, 3), "226");
  }
  std::size_t descriptors() {
    const auto folder = "/proc/" + std::to_string(server.process().id()) + "/fd";
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder}, {}));
  }
  /// Resident memory in KiB.
  long memory() {
    std::ifstream status{"/proc/" + std::to_string(server.process().id()) + "/status"};
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
    }
    return -1;
  }
};

TEST_F(Hostile, BouncesNothingToOtherHostsOrLowPorts) {
  theirs.write("file", "text");
  const Listener victim{"127.0.0.2"};
  const auto port = std::to_string(victim.port() / 256) + ',' + std::to_string(victim.port() % 256);
  Guest client{server};
  EXPECT_EQ(client.ask("PORT 127,0,0,2," + port).substr(0, 3), "501");
  EXPECT_EQ(client.ask("EPRT |1|127.0.0.2|" + std::to_string(victim.port()) + '|').substr(0, 3), "501");
  EXPECT_EQ(client.ask("PORT 127,0,0,1,0,25").substr(0, 3), "501");
  // Nothing was negotiated, so the server announces a port of its own.
  const auto announced = client.ask("RETR file");
  ASSERT_TRUE(announced.starts_with("150 ")) << announced;
  Connection data{announced.substr(announced.rfind(' ') + 1)};
  EXPECT_EQ(data.rest(), "text");
  EXPECT_EQ(client.reply().substr(0, 3), "226");
  EXPECT_FALSE(victim.has_visitor());
}

TEST_F(Hostile, GivesNoDataToAStrangerWhoConnectsFirst) {
  theirs.write("file", "for the client alone");
  Guest client{server};
  const auto port = client.epsv();
  Connection thief{port, "127.0.0.2"};
  client.say("RETR file\r\n");
  EXPECT_EQ(client.reply().substr(0, 3), "150");
  EXPECT_EQ(thief.rest(), "");
  Connection data{port};
  EXPECT_EQ(data.rest(), "for the client alone");
  EXPECT_EQ(client.reply().substr(0, 3), "226");
}

TEST_F(Hostile, TakesNoDataFromAStranger) {
  Guest client{server};
  const auto port = client.epsv();
  Connection thief{port, "127.0.0.2"};
  thief.say("forged");
  EXPECT_EQ(client.ask("STOR file").substr(0, 3), "150");
  EXPECT_EQ(thief.rest(), "");
  Connection data{port};
  data.say("true");
  data.close();
  EXPECT_EQ(client.reply().substr(0, 3), "226");
  EXPECT_EQ(theirs.read("file"), "true");
}

TEST_F(Hostile, HoldsOneListenerHoweverOftenItIsAskedForOne) {
  Guest client{server};
  client.epsv();
  const auto before = descriptors();
  for (int i = 0; i < 1000; ++i) client.ask(i % 2 ? "PASV" : "EPSV");
  EXPECT_EQ(descriptors(), before);
  expect_service();
}

TEST_F(Hostile, HearsAnAbortBehindTelnetsSynchInUrgentData) {
  theirs.write("big", std::string(64'000'000, 'x'));
  Guest client{server};
  Connection data{client.epsv()};
  EXPECT_EQ(client.ask("RETR big").substr(0, 3), "150");
  client.say("\xFF\xF4\xFF");   // IAC IP, and the IAC of
  client.say_urgently('\xF2');  // DM
  EXPECT_EQ(client.ask("ABOR").substr(0, 3), "426");
  EXPECT_EQ(client.reply().substr(0, 3), "226");
  EXPECT_LT(data.rest().size(), 64'000'000u);
  EXPECT_EQ(client.ask("NOOP"), "200 OK");
  expect_service();
}

TEST_F(Hostile, KeepsItsMemoryUnderALineThatNeverEnds) {
  expect_service();
  const auto before = memory();
  Connection client{server.port()};
  client.reply();
  const std::string flood(1024 * 1024, 'A');
  for (int i = 0; i < 64; ++i) client.say(flood);
  client.say("\r\nQUIT\r\n");
  EXPECT_EQ(client.reply().substr(0, 3), "500");
  EXPECT_LT(memory() - before, 8 * 1024);
  expect_service();
}

TEST_F(Hostile, KeepsItsMemoryUnderCommandsThatNobodyReadsTheRepliesOf) {
  expect_service();
  const auto before = memory();
  std::string flood;
  for (int i = 0; i < 10'000; ++i) flood += "HELP\r\n";
  Guest client{server};
  Connection other{server.port()};
  other.reply();
  for (int i = 0; i < 100; ++i) {
    client.push(flood);
    EXPECT_EQ(other.ask("NOOP").substr(0, 3), "200");
  }
  EXPECT_LT(memory() - before, 8 * 1024);
}

TEST_F(Hostile, AnswersTooManySessionsAtOnceAndRecovers) {
  RunningServer small{theirs.string(), {"--max-sessions", "5"}};
  std::list<Guest> guests;
  for (int i = 0; i < 5; ++i) guests.emplace_back(small);
  for (int i = 0; i < 50; ++i) {
    Connection one_more{small.port()};
    EXPECT_EQ(one_more.rest().substr(0, 4), "421 ");
  }
  EXPECT_EQ(guests.back().ask("NOOP").substr(0, 3), "200");
  EXPECT_EQ(guests.front().ask("QUIT").substr(0, 3), "221");
  EXPECT_EQ(guests.front().rest(), "");
  for (std::string said = "421"; said.starts_with("421");) said = Connection{small.port()}.reply();  // until it is free
}

TEST_F(Hostile, BoundsTheSessionsOfOneAddress) {
  RunningServer small{theirs.string(), {"--max-sessions-per-address", "2"}};
  Guest first{small}, second{small};
  EXPECT_EQ(Connection{small.port()}.reply().substr(0, 3), "421");
  Connection elsewhere{small.port(), "127.0.0.3"};
  EXPECT_EQ(elsewhere.reply().substr(0, 3), "220");
}

TEST_F(Hostile, UnderstandsCommandsThatComeByteByByte) {
  Guest client{server};
  for (const char byte : std::string_view{"NOOP\r\nPWD\r\n"}) client.say({&byte, 1});
  EXPECT_EQ(client.reply().substr(0, 3), "200");
  EXPECT_EQ(client.reply(), "257 \"/\"");
}

TEST_F(Hostile, EndsASessionThatLogsInTooSlowly) {
  RunningServer strict{theirs.string(), {"--login-timeout", "0.2"}};
  Connection client{strict.port()};
  client.reply();
  client.say("USER tes");  // which waits for its end
  EXPECT_EQ(client.rest(), "421 Timed out, closing the connection\r\n");
}

TEST_F(Hostile, GivesUpADataConnectionThatNeverComes) {
  RunningServer strict{theirs.string(), {"--data-timeout", "0.2"}};
  theirs.write("file", "text");
  Guest client{strict};
  client.epsv();
  EXPECT_EQ(client.ask("RETR file").substr(0, 3), "150");
  EXPECT_EQ(client.reply().substr(0, 3), "425");
  EXPECT_EQ(client.ask("NOOP").substr(0, 3), "200");
}

TEST_F(Hostile, GivesUpADownloadThatIsNotTaken) {
  RunningServer strict{theirs.string(), {"--data-timeout", "0.3"}};
  std::filesystem::resize_file((theirs.write("big", ""), theirs / "big"), 64 * 1024 * 1024);
  Guest client{strict};
  Connection data{client.epsv()};
  EXPECT_EQ(client.ask("RETR big").substr(0, 3), "150");
  EXPECT_EQ(client.reply().substr(0, 3), "426");
  EXPECT_EQ(client.ask("NOOP").substr(0, 3), "200");
}

TEST_F(Hostile, LetsNobodyOutOfItsFolder) {
  const TestFolder outside;
  outside.write("secret", "outside");
  theirs.write("inside", "inside");
  std::filesystem::create_symlink(outside.path(), theirs / "absolute");
  std::filesystem::create_symlink("../" + outside.path().filename().string(), theirs / "relative");
  std::filesystem::create_symlink(outside / "secret", theirs / "file");
  const auto root = outside.string().substr(1);
  Guest client{server};
  const auto expect_refused = [&](const std::string& command) {
    const auto said = client.ask(command);
    EXPECT_TRUE(said.starts_with("5")) << command << ": " << said;
  };
  for (const std::string& path : {"../" + root + "/secret", "../../../../../../" + root + "/secret", outside / "secret",
                                  std::string{"absolute/secret"}, std::string{"relative/secret"}, std::string{"file"},
                                  "inside/../../" + root + "/secret", "./.././" + root + "/secret"}) {
    for (const char* verb : {"RETR ", "SIZE ", "MDTM ", "DELE ", "RNFR ", "MLST ", "SITE CHMOD 777 "}) {
      if (path.find('/') == path.npos && verb[0] != 'R') continue;  // a link itself may be looked at and removed
      if (path == "file" && std::string_view{verb} == "RNFR ") continue;
      client.epsv();
      expect_refused(verb + path);
    }
  }
  for (const auto* folder : {"absolute", "relative"}) {
    expect_refused(std::string{"CWD "} + folder);
    expect_refused(std::string{"MKD "} + folder + "/new");
    client.epsv();
    expect_refused(std::string{"STOR "} + folder + "/new");
    client.epsv();
    expect_refused(std::string{"MLSD "} + folder);
  }
  EXPECT_EQ(client.ask("CWD ../../..").substr(0, 3), "250");
  EXPECT_EQ(client.ask("PWD"), "257 \"/\"");
  EXPECT_EQ(outside.read("secret"), "outside");
  EXPECT_EQ(outside.count(), 1u);
}

TEST_F(Hostile, TakesNoNulAndNoLoneCrInAName) {
  using namespace std::string_literals;
  Guest client{server};
  EXPECT_TRUE(client.ask("MKD a\0b"s).starts_with("50"));
  EXPECT_TRUE(client.ask("MKD a\rb"s).starts_with("50"));
  EXPECT_TRUE(client.ask("NOOP").starts_with("200"));
  EXPECT_EQ(theirs.count(), 0u);
}

TEST_F(Hostile, HangsUpOnWebBrowsers) {
  Connection browser{server.port()};
  browser.reply();
  browser.say("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nUSER tester\r\nPASS secret\r\nDELE file\r\n");
  EXPECT_EQ(browser.rest(), "421 This is an FTP server\r\n");
  Connection other{server.port()};
  other.reply();
  other.say("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(other.rest().starts_with("421 "));
  expect_service();
}

TEST_F(Hostile, LosesNothingToClientsThatResetTheirConnections) {
  theirs.write("file", noise(2'000'000));
  expect_service();
  const auto before = descriptors();
  for (int i = 0; i < 50; ++i) {
    Guest client{server};
    Connection data{client.epsv()};
    client.say(i % 2 ? "RETR file\r\n" : "STOR upload\r\n");
    if (i % 2) data.receive(1);
    if (i % 3 == 0) data.reset();
    client.reset();
  }
  expect_service();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (descriptors() > before) ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "sessions are left over";
  EXPECT_TRUE(theirs.read("file") == noise(2'000'000));
}

TEST_F(Hostile, KeepsTheOldFileWhenTheClientDiesInTheMiddleOfAnUpload) {
  theirs.write("file", "the old one");
  for (const bool says_so : {true, false}) {
    Guest client{server};
    Connection data{client.epsv()};
    EXPECT_EQ(client.ask("STOR file").substr(0, 3), "150");
    data.say(noise(500'000));
    if (says_so)
      data.reset();
    else
      client.close();
    if (says_so) { EXPECT_EQ(client.reply().substr(0, 3), "426"); }
    data.close();
    expect_service();
    EXPECT_EQ(theirs.read("file"), "the old one");
  }
}

TEST_F(Hostile, KeepsFilesWholeWhenItIsKilledAtAnyMomentOfAnUpload) {
  const auto old_file = noise(1'000'000, 1), new_file = noise(3'000'000, 2);
  ours.write("new", new_file);
  std::mt19937 random{7};
  int resumed = 0;
  for (int round = 0; round < 16; ++round) {
    const bool replaces = round % 2;
    const TestFolder folder;
    if (replaces) folder.write("file", old_file);
    {
      RunningServer victim{folder.string()};
      Process upload{program({"curl", "--disable", "--silent", "--upload-file", "-", victim.url("file")})};
      const auto part = round < 2 ? new_file.size() : 500'000 + random() % 2'500'000;
      upload.say(std::string_view{new_file}.substr(0, part));
      if (round < 2) upload.close_input();
      if (round < 2) upload.wait();
      const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
      while (round == 2 && size_of(folder / ".ftplike-partial.file") == 0) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      }
      victim.process().signal(SIGKILL);
      victim.process().wait();
    }
    const auto now = folder.read("file");
    EXPECT_TRUE(now == new_file || now == (replaces ? old_file : "(none)")) << round;
    EXPECT_EQ(now == new_file, round < 2) << round << ": whole if and only if its client heard so";
    RunningServer next{folder.string()};
    const bool has_partial = size_of(folder / ".ftplike-partial.file") > 0;
    // Where an old file stands, SIZE tells that one's size and curl would go on with it.
    const bool resumes = has_partial && !replaces;
    std::vector<std::string> again{"curl", "--disable", "--silent", "--show-error", "--upload-file", "new"};
    if (resumes) again.insert(again.end(), {"--continue-at", "-"});
    again.push_back(next.url("file"));
    EXPECT_TRUE(ended_well(run(again)));
    EXPECT_TRUE(folder.read("file") == new_file) << round;
    // One that is still empty may be anybody's who is just about to lock it, and stays for a minute.
    EXPECT_EQ(size_of(folder / ".ftplike-partial.file"), 0u) << round;
    resumed += resumes;
  }
  EXPECT_GT(resumed, 0) << "the third round at least is one";
}

}  // namespace
