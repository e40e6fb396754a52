#include <gtest/gtest.h>

#include "support/client.hpp"
#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// How the client lists a directory: it goes there, lists without an argument, and comes back before anything else.

namespace {

std::string names_of(const std::vector<Entry>& entries) {
  std::string names;
  for (const Entry& entry : entries) names += (names.empty() ? "" : " ") + entry.name;
  return names;
}
std::string listing(TestNetwork& network, TestClient& client, std::string path) {
  return names_of(network.run(client.list(std::move(path))));
}
/// MLSD, which tells one file.
void lists(ScriptedServer& server, const std::string& name) {
  server.passive().accepts_data().hears("MLSD").says("150 Here").sends("type=file;size=1; " + name + "\r\n");
  server.closes_data().says("226 Done");
}
/// A server that knows MLSD; its PWD.
ScriptedServer& welcome_at(ScriptedServer& server, const std::string& home) {
  return server.welcomes({"MLST type*;"}).dialogue("PWD", "257 \"" + home + "\" is it");
}

}  // namespace

TEST(ClientDirectories, AreEnteredToBeListedWhateverTheirNames) {
  for (const auto* name : {"[abc]", "a b", "-x", "*", "~x"}) {
    TestNetwork network{1};
    ScriptedServer server{network};
    welcome_at(server, "/").dialogue(std::string{"CWD "} + name, "250 Here");
    lists(server, "in");
    TestClient client = enter(network);
    EXPECT_EQ(listing(network, client, name), "in");
  }
}

TEST(ClientDirectories, AreLeftBeforeTheNextCommandOfTheUsers) {
  TestNetwork network{1};
  ScriptedServer server{network};
  welcome_at(server, "/users/\"\"ann").dialogue("CWD d", "250 Here");
  lists(server, "in");
  server.dialogue("CWD /users/\"ann", "250 Home").dialogue("DELE x", "250 Gone").dialogue("DELE y", "250 Gone");
  server.dialogue("CWD d", "250 Here");
  lists(server, "in");
  server.dialogue("CWD /users/\"ann", "250 Home").dialogue("TYPE I", "200 Fine").passive().accepts_data();
  server.hears("STOR up").says("150 Send").receives("text").says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(listing(network, client, "d"), "in");
  network.run(client.remove("x"));
  network.run(client.remove("y"));
  network.run(client.list("d"));
  TransferOptions options;
  options.verify = false;
  network.run(send_text(client, "text", "up", options));
}

TEST(ClientDirectories, AreGoneToStraightFromOneAnother) {
  TestNetwork network{1};
  ScriptedServer server{network};
  welcome_at(server, "/users").dialogue("CWD a", "250 Here");
  lists(server, "1");
  server.dialogue("CWD /users/a/b", "250 Here");
  lists(server, "2");
  lists(server, "3");
  server.dialogue("CWD /pub", "250 Here");
  lists(server, "4");
  server.dialogue("CWD /users", "250 Home").dialogue("CWD ~bob", "250 Here");
  lists(server, "5");
  server.dialogue("CWD /users", "250 Home");
  lists(server, "6");
  TestClient client = enter(network);
  EXPECT_EQ(listing(network, client, "a"), "1");
  EXPECT_EQ(listing(network, client, "a/b"), "2");
  EXPECT_EQ(listing(network, client, "a/b/"), "3");
  EXPECT_EQ(listing(network, client, "/pub"), "4");
  EXPECT_EQ(listing(network, client, "~bob"), "5");
  EXPECT_EQ(listing(network, client, ""), "6");
}

TEST(ClientDirectories, AreGoneThroughStepByStepWhereNamesDoNotGrowByASlash) {
  TestNetwork network{1};
  ScriptedServer server{network};
  welcome_at(server, "DKA0:[ANN]").dialogue("CWD A", "250 Here").dialogue("CWD B", "250 Here");
  lists(server, "1");
  server.dialogue("CWD C", "250 Here");
  lists(server, "2");
  server.dialogue("CWD DKA0:[ANN]", "250 Home").dialogue("CWD AB", "250 Here");
  lists(server, "3");
  server.dialogue("CWD DKA0:[ANN]", "250 Home").dialogue("CWD A", "250 Here").dialogue("CWD NO", "550 No");
  server.dialogue("CWD DKA0:[ANN]", "250 Home").dialogue("NOOP", "200 Yes");
  TestClient client = enter(network);
  EXPECT_EQ(listing(network, client, "A/B"), "1");
  EXPECT_EQ(listing(network, client, "A/B/C"), "2");
  EXPECT_EQ(listing(network, client, "AB"), "3");
  EXPECT_EQ(error_of(network, client.list("A/NO")).code().value(), 550);
  network.run(client.noop());
}

TEST(ClientDirectories, AreLeftAlsoAfterAListingThatFailed) {
  TestNetwork network{1};
  ScriptedServer server{network};
  welcome_at(server, "/").dialogue("CWD none", "550 No such directory").dialogue("NOOP", "200 Yes");
  server.dialogue("CWD d", "250 Here").passive().accepts_data().hears("MLSD").says("550 Permission denied");
  server.dialogue("CWD /", "250 Home").dialogue("NOOP", "200 Yes");
  TestClient client = enter(network);
  EXPECT_EQ(error_of(network, client.list("none")).verb(), "CWD");
  network.run(client.noop());
  EXPECT_EQ(error_of(network, client.list("d")).verb(), "MLSD");
  network.run(client.noop());
}

TEST(ClientDirectories, AreLeftAlsoAfterACancellation) {
  TestNetwork network{1};
  ScriptedServer server{network};
  welcome_at(server, "/").hears("CWD d").waits(5s).says("250 Here");
  server.dialogue("CWD /", "250 Home").dialogue("SIZE x", "213 1");
  TestClient client = enter(network);
  Started listing{network, client.list("d")};
  listing.cancel(network);
  EXPECT_TRUE(listing.done());
  EXPECT_EQ(network.run(client.command("SIZE x")).text(), "1");
}

TEST(ClientDirectories, EndASessionThatCannotComeBack) {
  TestNetwork network{1};
  ScriptedServer server{network};
  welcome_at(server, "/gone").dialogue("CWD d", "250 Here");
  lists(server, "1");
  server.dialogue("CWD /gone", "550 No such directory").is_left();
  TestClient client = enter(network);
  EXPECT_EQ(listing(network, client, "d"), "1");
  const ClientError error = error_of(network, client.remove("precious"));
  EXPECT_EQ(error.code(), Errc::peer_lost);
  EXPECT_STREQ(error.what(), "CWD: no way back to the working directory: CWD: 550 No such directory");
  EXPECT_FALSE(client.is_open());
}

TEST(ClientDirectories, EndASessionOfTheFtpLikeDialectThatWasCancelledOnItsWay) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says_raw("220 Ready\n").hears_in_one_read("CWD d").waits(1s).says_raw("250 Here\n").is_left();
  ClientOptions options;
  options.dialect = Dialect::ftplike;
  TestClient client = network.run(connect(network, "ftp://10.0.0.2", options));
  Started listing{network, client.list("d")};
  listing.cancel(network);
  EXPECT_THROW(network.run(client.remove("precious")), ClientError);
  EXPECT_FALSE(client.is_open());
}

TEST(ClientDirectories, AreSeenFromWhereTheUserHasGone) {
  TestNetwork network{1};
  ScriptedServer server{network};
  welcome_at(server, "/").dialogue("CWD d", "250 Here");
  lists(server, "1");
  server.dialogue("CWD /", "250 Home").dialogue("CWD sub", "250 There").dialogue("PWD", "257 \"/sub\"");
  server.dialogue("CWD d", "250 Here");
  lists(server, "2");
  server.dialogue("CWD /sub", "250 Home").dialogue("CDUP", "250 Up").dialogue("PWD", "257 \"/\"");
  server.dialogue("CWD d", "250 Here");
  lists(server, "3");
  TestClient client = enter(network);
  EXPECT_EQ(listing(network, client, "d"), "1");
  network.run(client.cwd("sub"));
  EXPECT_EQ(listing(network, client, "d"), "2");
  network.run(client.command("CDUP"));
  EXPECT_EQ(listing(network, client, "d"), "3");
}

TEST(ClientDirectories, AreListedByTheirPathWhereNothingWouldLeadBack) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"MLST type*;"}).dialogue("PWD", "502 What?").passive().accepts_data().hears("MLSD ./-d");
  server.says("150 Here").sends("type=file; a\r\n").closes_data().says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(listing(network, client, "-d"), "a");
}

TEST(ClientDirectories, OfTheFtpLikeDialectAreGoneToByTheirCommonRoot) {
  TestNetwork network{1};
  ScriptedServer server{network};
  const auto lists_names = [&server](std::string names) {
    server.hears_in_one_read("LIST").opens_data("150 {port}").accepts_data().sends(std::move(names)).closes_data();
    server.says_raw("226 Listing complete\n");
  };
  const auto moves = [&server](const std::string& to) {
    server.hears_in_one_read("CWD " + to).says_raw("250 Directory changed\n");
  };
  server.says_raw("220 FTP Server Ready\n");
  moves("a/b");
  lists_names("1");
  moves("..");
  moves("c");
  lists_names("2");
  moves("..");
  moves("..");
  moves("ac");
  lists_names("3");
  ClientOptions options;
  options.dialect = Dialect::ftplike;
  TestClient client = network.run(connect(network, "ftp://10.0.0.2", options));
  EXPECT_EQ(listing(network, client, "a/b"), "1");
  EXPECT_EQ(listing(network, client, "a/c"), "2");
  EXPECT_EQ(listing(network, client, "ac"), "3");
  for (const auto* path : {"/a", "../a", "a//b"}) {
    SCOPED_TRACE(path);
    TestNetwork other{1};
    ScriptedServer seed{other};
    seed.says_raw("220 FTP Server Ready\n").hears_in_one_read("QUIT").says_raw("221 Goodbye\n");
    TestClient guest = other.run(connect(other, "ftp://10.0.0.2", options));
    EXPECT_EQ(error_of(other, guest.list(path)).code(), Errc::bad_name);
    other.run(guest.quit());
  }
}

TEST(ClientDirectories, OfOurServerAreListedInBothDialects) {
  for (const bool standard : {true, false}) {
    TestNetwork network{1};
    auto server = serve(network, {{"/d/[x]/in", "1"}, {"/d/-a/b c/deep", "1"}},
                        standard ? some_users() : UserTable{Anonymous{.without_login = Rights::all()}});
    ClientOptions options;
    options.dialect = standard ? Dialect::standard : Dialect::ftplike;
    TestClient client = log_in(network, options);
    EXPECT_EQ(listing(network, client, "d/[x]"), "in");
    EXPECT_EQ(listing(network, client, "d/-a/b c"), "deep");
    EXPECT_EQ(listing(network, client, "/d/-a"), "b c");
    EXPECT_EQ(listing(network, client, ""), "d");
  }
}

TEST(ClientDirectories, ThatAreEmptyMayBeRefused) {
  for (const auto* refusal : {"450 No files found", "550 No files found.", "450 No such file or directory",
                              "550 Directory is empty", "550 No data sets found.", "550 No members found."}) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.welcomes().dialogue("PWD", "257 \"/\"").dialogue("CWD d", "250 Here").dialogue("TYPE A", "200 OK");
    server.passive().accepts_data().hears("LIST").says(refusal);
    TestClient client = enter(network);
    EXPECT_EQ(network.run(client.list("d")).size(), 0u) << refusal;
  }
}

TEST(ClientDirectories, ThatCannotBeReadAreNotEmpty) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"550 Permission denied"},
                                                {"450 d: Permission denied"},
                                                {"553 No such file"},
                                                {"550 /d: No such file or directory"},
                                                {"550 Directory not found"},
                                                {"150 Here", "226 Transfer done (but failed to open directory)."},
                                                {"150 Here", "226 Access denied"}}) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.welcomes().dialogue("PWD", "257 \"/\"").dialogue("CWD d", "250 Here").dialogue("TYPE A", "200 OK");
    server.passive().accepts_data().hears("LIST").says(words[0]);
    if (words.size() > 1) server.closes_data().says(words[1]);
    TestClient client = enter(network);
    EXPECT_THROW(network.run(client.list("d")), ReplyError) << words[0];
  }
}
