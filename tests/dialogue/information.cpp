// What the server says of itself, and what it is told of how transfers are to be.
#include <ftplike/verbs/information.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;

TEST(Feat, TellsEachExtensionOfTheTable) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  EXPECT_EQ(client.say("FEAT"),
            "211-Extensions\r\n HOST\r\n CLNT\r\n REST STREAM\r\n RANG STREAM\r\n UTF8\r\n LANG EN*\r\n"
            " MLST type*;size*;modify*;perm*;unique*;UNIX.mode*;\r\n SIZE\r\n MDTM\r\n MFMT\r\n"
            " MFF modify;UNIX.mode;\r\n AVBL\r\n COMB target;source_list\r\n EPSV\r\n PASV\r\n EPRT\r\n TVFS\r\n"
            "211 End\r\n");
}

TEST(Help, ShowsEachCommandOfTheTable) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  const auto help = client.say("HELP");
  EXPECT_EQ(help.substr(0, 14), "214-Commands\r\n");
  EXPECT_EQ(help.substr(help.size() - 9), "214 End\r\n");
  std::istringstream words{help};
  std::size_t count = 0;
  for (std::string word; words >> word;) {
    const bool verb = word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ8") == word.npos;
    if (!verb) continue;
    ++count;
    EXPECT_EQ(client.say("HELP " + word).substr(0, 4), "214 ") << word;
    EXPECT_NE(client.say(word).substr(0, 28), "502 Command not implemented\r\n") << word;
    if (client.ended()) break;  // it was QUIT
  }
  EXPECT_GT(count, 3u);
}

TEST(Help, OfOneCommandSaysWhatItDoes) {
  TestNetwork network{1};
  auto server = serve(network, {});
  Dialogue client{network};
  EXPECT_EQ(client.say("HELP retr"), "214 RETR <path>: fetch a file\r\n");
  EXPECT_EQ(client.say("HELP nonsense"), "501 No such command\r\n");
  EXPECT_EQ(client.say("SITE HELP"),
            "214-SITE commands\r\n CHMOD <mode> <path>: set the permission bits, in octal\r\n"
            " UTIME <YYYYMMDDhhmm[ss]> <path>: set when a file was last changed, in UTC\r\n HELP: this\r\n214 End\r\n");
  EXPECT_EQ(client.code("SITE nonsense"), 501);
}

TEST(Syst, SaysWhatAllClientsExpect) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  EXPECT_EQ(client.say("SYST"), "215 UNIX Type: L8\r\n");
}

TEST(Stat, TellsHowTheSessionStands) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.say("STAT"),
            "211-FTP server status\r\n Connected from 127.0.0.1\r\n Logged in as anna\r\n TYPE A, STRU F, MODE S\r\n"
            "211 End\r\n");
}

TEST(Parameters, AreThoseThatHaveAMeaningToday) {
  TestNetwork network{1};
  auto server = serve(network, {}, some_users());
  Dialogue client{network};
  client.log_in();
  for (const auto good :
       {"TYPE A", "TYPE a n", "TYPE I", "TYPE i", "TYPE L 8", "TYPE L8", "STRU F", "stru f", "MODE S", "MODE s",
        "OPTS UTF8 ON", "OPTS utf8", "UTF8", "CLNT a client", "LANG", "LANG EN", "LANG en-GB"}) {
    EXPECT_EQ(client.code(good), 200) << good;
  }
  for (const auto bad : {"TYPE E", "TYPE L 7", "TYPE A T", "TYPE A X", "TYPE A N X", "TYPE AN", "TYPE I N", "TYPE I 8",
                         "TYPE L", "TYPE L 8 8", "STRU R", "STRU P", "MODE B", "MODE C", "LANG FR"}) {
    EXPECT_EQ(client.code(bad), 504) << bad;
  }
  for (const auto bad : {"TYPE", "STRU", "MODE", "OPTS", "OPTS NOTHING", "OPTS UTF8 OFF"}) {
    EXPECT_EQ(client.code(bad), 501) << bad;
  }
}

TEST(Parameters, StayAsTheyWereWhereTheNewOnesAreRefused) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "1\n2\n"}}, some_users());
  Dialogue client{network};
  client.log_in();
  for (const auto bad : {"TYPE I X", "TYPE L 7", "TYPE E"}) {
    EXPECT_EQ(client.code(bad), 504);
    EXPECT_EQ(client.fetch("RETR a"), "1\r\n2\r\n") << bad;
  }
  client.binary();
  EXPECT_EQ(client.code("TYPE A X"), 504);
  EXPECT_EQ(client.fetch("RETR a"), "1\n2\n");
}

TEST(Greeting, IsAsTheOperatorWantsIt) {
  TestNetwork network{1};
  auto server = serve(network, {}, Greeting{"Welcome to\nthe files"});
  Dialogue client{network};
  EXPECT_EQ(client.greeting, "220-Welcome to\r\n220 the files\r\n");
}

// ---- observers

TEST(Observer, SeesASessionInTheOrderOfItsLife) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "hello"}}, some_users());
  Dialogue client{network};
  client.log_in().binary();
  client.fetch("RETR a");
  client.say("QUIT");
  EXPECT_EQ(server.diary().lines(),
            (std::vector<std::string>{"opened 127.0.0.1",
                                      "reply 220 FTP Server Ready",  //
                                      "command USER anna",
                                      "reply 331 Password required",  //
                                      "command PASS ***",
                                      "login anna accepted",
                                      "reply 230 Logged in (anna)",  //
                                      "command TYPE I (anna)",
                                      "reply 200 Type is binary (anna)",  //
                                      "command EPSV (anna)",
                                      "listening 127.0.0.1:40001 (anna)",                             //
                                      "reply 229 Entering extended passive mode (|||40001|) (anna)",  //
                                      "command RETR a (anna)",                                        //
                                      "reply 150 Opening data connection for a (5 bytes). (anna)",     //
                                      "data opened 127.0.0.1:40001 (anna)",
                                      "data closed sent 5 (anna)",                              //
                                      "transfer RETR /a sent 5 bytes from 0: complete (anna)",  //
                                      "reply 226 Download complete (anna)",                     //
                                      "command QUIT (anna)",
                                      "reply 221 Goodbye (anna)",
                                      "closed after a farewell (anna)"}));
}

TEST(Observer, MayRefuseACommandInItsOwnWords) {
  TestNetwork network{1};
  MemoryStorage files{{"/a", "kept"}, {"/b", ""}};
  Diary::Hook no_deleting_of_a = [](const CommandSeen& event) -> std::optional<Reply> {
    if (event.verb == "DELE" && event.argument == "a") return Reply{553, "Not that one"};
    return std::nullopt;
  };
  auto server = serve(network, files, no_deleting_of_a);
  Dialogue client{network};
  EXPECT_EQ(client.say("dele a"), "553 Not that one\r\n");
  EXPECT_EQ(client.say("DELE b"), "250 File removed\r\n");
  EXPECT_EQ(files.paths(), std::vector<std::string>{"/a"});
}

TEST(Observer, MayRefuseAnUploadBeforeAnyConnection) {
  TestNetwork network{1};
  Diary::Hook no_uploads = [](const CommandSeen& event) -> std::optional<Reply> {
    if (event.verb == "STOR") return Reply{452, "Come back at night"};
    return std::nullopt;
  };
  auto server = serve(network, {}, no_uploads);
  const auto listeners = network.open_acceptors();
  Dialogue client{network};
  EXPECT_EQ(client.say("STOR a"), "452 Come back at night\r\n");
  EXPECT_EQ(network.open_acceptors(), listeners);
}

TEST(Observer, HearsOfAnArrivedFileOnlyWhenItStandsUnderItsName) {
  TestNetwork network{1};
  MemoryStorage files;
  auto server = serve(network, files);
  Dialogue client{network};
  client.passive();
  client.code("STOR a");
  auto data = client.open(40001);
  data.type("hello");
  network.settle();
  EXPECT_EQ(server.diary().of("transfer"), std::vector<std::string>{});
  EXPECT_EQ(files.text("/a"), std::nullopt);
  data.finish();
  network.settle();
  EXPECT_EQ(server.diary().of("transfer"), std::vector<std::string>{"STOR /a received 5 bytes from 0: complete"});
  EXPECT_EQ(files.text("/a"), "hello");
}

}  // namespace
