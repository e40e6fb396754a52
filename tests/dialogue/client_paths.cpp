#include "support/client.hpp"

#include <gtest/gtest.h>

#include "support/scripted_client.hpp"
#include "support/server.hpp"

using namespace ftplike;
using namespace std::chrono_literals;

// What the client asks of paths, of our own server and of others.

namespace {

std::vector<std::string> names(const std::vector<Entry>& entries) {
  std::vector<std::string> result;
  for (const Entry& entry : entries) result.push_back(entry.name);
  return result;
}

Timestamp at(std::string_view text) { return *parse_timestamp(text); }

}  // namespace

TEST(ClientPaths, CanDoAllThatOneDoesWithThem) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a", "one"}}, some_users());
  TestClient client = log_in(network);
  network.run(client.mkdir("new"));
  network.run(client.rename("a", "new/b"));
  network.run(client.cwd("new"));
  EXPECT_EQ(network.run(client.pwd()), "/new");
  EXPECT_EQ(network.run(client.size("b")), 3u);
  network.run(client.set_modified("b", at("20260102030405")));
  EXPECT_EQ(network.run(client.modified("b")), at("20260102030405"));
  network.run(client.chmod("b", 0640));
  const Entry entry = network.run(client.stat("b"));
  EXPECT_EQ(entry.name, "b");
  EXPECT_EQ(entry.type, Entry::Type::file);
  EXPECT_EQ(entry.size, 3u);
  EXPECT_EQ(entry.modified, at("20260102030405"));
  EXPECT_TRUE(network.run(client.exists("b")));
  EXPECT_TRUE(network.run(client.stat("/new")).is_directory());
  network.run(client.remove("b"));
  EXPECT_FALSE(network.run(client.exists("b")));
  network.run(client.cwd("/"));
  network.run(client.rmdir("new"));
  EXPECT_FALSE(network.run(client.exists("new")));
  EXPECT_EQ(error_of(network, client.cwd("new")).code().value(), 550);
}

TEST(ClientPaths, AreListedByMlsdWhereItIsOffered) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a b", "one"}, {"/images/-x", "two!"}}, some_users());
  TestClient client = log_in(network);
  const auto entries = network.run(client.list());
  EXPECT_EQ(names(entries), (std::vector<std::string>{"a b", "images"}));
  EXPECT_EQ(entries[0].size, 3u);
  EXPECT_TRUE(entries[1].is_directory());
  EXPECT_EQ(names(network.run(client.list("images"))), std::vector<std::string>{"-x"});
  EXPECT_EQ(server.diary().of("command").back(), "MLSD (anna)");
}

TEST(ClientPaths, AreListedByListWhereMlsdIsNot) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("PWD", "257 \"/\"").dialogue("CWD -x", "250 Here").dialogue("TYPE A", "200 OK").passive().accepts_data();
  server.hears("LIST").says("150 Here");
  server.sends("total 3\r\n-rw-r--r-- 1 ann users 5 Nov 22 2025 a file\r\ndrwxr-xr-x 2 ann users 0 Nov 22 2025 d\r\n");
  server.sends("what is this\r\n").closes_data().says("226 Done");
  TestClient client = enter(network);
  const auto entries = network.run(client.list("-x"));
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].name, "a file");
  EXPECT_EQ(entries[0].size, 5u);
  EXPECT_TRUE(entries[1].is_directory());
  EXPECT_EQ(entries[2].name, "");
  EXPECT_EQ(entries[2].listed, "what is this");
}

TEST(ClientPaths, AreListedByTheNextWayWhereOneIsNotUnderstood) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"MLST type*;"}).dialogue("PWD", "257 \"/\"").dialogue("CWD d", "250 Here");
  server.passive().accepts_data().hears("MLSD").says("502 No").dialogue("TYPE A", "200 OK");
  server.passive().accepts_data().hears("LIST").says("500 What?").passive().accepts_data().hears("NLST").says("150 Here");
  server.sends("one\r\n./two\r\n").closes_data().says("226 Done").dialogue("CWD /", "250 Home");
  server.passive().accepts_data().hears("NLST").says("150 Here").sends("three").closes_data().says("226 Done");
  TestClient client = enter(network);
  EXPECT_EQ(names(network.run(client.list("d"))), (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(names(network.run(client.list())), std::vector<std::string>{"three"});
}

TEST(ClientPaths, HaveNamesThatCannotLeaveTheirFolder) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"MLST type*;"}).passive().accepts_data().hears("MLSD").says("150 Here");
  server.sends("type=cdir; .\r\ntype=pdir; ..\r\ntype=file; ../../evil\r\ntype=file; /etc/passwd\r\n");
  server.sends("type=file; ..\r\ntype=file;size=1; good\r\n").closes_data().says("226 Done");
  TestClient client = enter(network);
  const auto entries = network.run(client.list());
  EXPECT_EQ(names(entries), (std::vector<std::string>{"", "", "", "good"}));
  EXPECT_EQ(entries[0].listed, "type=file; ../../evil");
}

TEST(ClientPaths, OfAnyNumberAreListedOneByOne) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"MLST type*;"}).passive().accepts_data().hears("MLSD").says("150 Here");
  for (int i = 0; i < 100; ++i) {
    std::string lines;
    for (int j = 0; j < 100; ++j) lines += "type=file;size=1; " + std::to_string(i * 100 + j) + "\r\n";
    server.sends(lines);
  }
  server.closes_data().says("226 Done");
  TestClient client = enter(network);
  int count = 0;
  const TestClient::Visit visit = [&count](Entry entry) {
    EXPECT_EQ(entry.name, std::to_string(count));
    ++count;
  };
  network.run(client.list("", visit));
  EXPECT_EQ(count, 10'000);
}

TEST(ClientPaths, AreNotListedWithoutBounds) {
  const auto play = [](std::string sent, ClientLimits limits, Errc expected) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.welcomes({"MLST type*;"}).passive().accepts_data().hears("MLSD").says("150 Here").is_left();
    server.sends(std::move(sent)).closes_data().says("226 Done");
    ClientOptions options;
    options.limits = limits;
    TestClient client = enter(network, options);
    EXPECT_EQ(error_of(network, client.list()).code(), expected);
  };
  ClientLimits few;
  few.entries = 2;
  play("type=file; a\r\ntype=file; b\r\ntype=file; c\r\n", few, Errc::bad_listing);
  play("type=file; " + std::string(70'000, 'x'), {}, Errc::line_too_long);
}

TEST(ClientPaths, AreListedInTheFtpLikeDialectByGoingThereAndBack) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.says_raw("220 FTP Server Ready\n").hears_in_one_read("CWD a/b").says_raw("250 Directory changed to a/b\n");
  server.hears_in_one_read("LIST").opens_data("150 {port}").accepts_data().sends("one\ntwo").closes_data();
  server.says_raw("226 Listing complete\n").hears_in_one_read("CWD ..").says_raw("250 Directory changed to ..\n");
  server.hears_in_one_read("CWD ..").says_raw("250 Directory changed to ..\n");
  server.hears_in_one_read("PWD").says_raw("257 \"s\"\n");
  ClientOptions options;
  options.dialect = Dialect::ftplike;
  TestClient client = network.run(connect(network, "ftp://10.0.0.2", options));
  EXPECT_EQ(names(network.run(client.list("a/b"))), (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(network.run(client.pwd()), "s");
}

TEST(ClientPaths, AreDescribedByTheirListingWhereThereIsNoMlst) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"MDTM"}).dialogue("PWD", "257 \"/\"").dialogue("CWD d", "250 Here").dialogue("TYPE A", "200 OK");
  server.passive().accepts_data().hears("LIST").says("150 Here");
  server.sends("-rw-r--r-- 1 ann users 5 Nov 22 2025 a\r\n").closes_data().says("226 Done");
  server.dialogue("CWD /", "250 Home").dialogue("MDTM d/a", "213 20251122100203");
  server.passive().accepts_data().hears("LIST").says("150 Here").closes_data().says("226 Done");
  TestClient client = enter(network);
  const Entry entry = network.run(client.stat("d/a"));
  EXPECT_EQ(entry.size, 5u);
  EXPECT_EQ(entry.modified, at("20251122100203"));
  EXPECT_FALSE(network.run(client.exists("b")));
}

TEST(ClientPaths, AreListedAsTextButFetchedAsTheyAreWithoutNeedlessTypes) {
  TestNetwork network{1};
  ScriptedServer server{network};
  const auto transfer = [&server](std::string command) {
    server.passive().accepts_data().hears(std::move(command)).says("150 Here").closes_data().says("226 Done");
  };
  server.welcomes().dialogue("TYPE A", "504 No");  // lists all the same
  transfer("LIST");
  server.dialogue("PWD", "257 \"/\"").dialogue("CWD d", "250 Here").dialogue("TYPE A", "200 OK");
  transfer("LIST");
  transfer("LIST");
  server.dialogue("CWD /", "250 Home").dialogue("TYPE I", "200 OK");
  transfer("RETR a");
  transfer("RETR a");
  server.dialogue("TYPE A", "200 OK");
  transfer("LIST");
  TestClient client = enter(network);
  network.run(client.list());
  for (int i = 0; i < 2; ++i) network.run(client.list("d"));
  for (int i = 0; i < 2; ++i) network.run(text_of(client, "a"));
  network.run(client.list());
}

TEST(ClientPaths, AreThereWhereOnlyAQuestionBesidesIsRefused) {
  TestNetwork network{1};
  ScriptedServer server{network};
  const auto listing = [&server](std::string command, std::string lines) {
    server.passive().accepts_data().hears(std::move(command)).says("150 Here").sends(std::move(lines));
    server.closes_data().says("226 Done");
  };
  server.welcomes({"MDTM"}).dialogue("TYPE A", "200 OK");
  listing("LIST", "-rw-r--r-- 1 ann users 5 Nov 22 2025 a\r\n");
  server.dialogue("MDTM a", "550 No");
  listing("LIST", "-rw-r--r-- 1 ann users 5 Nov 22 2025 a\r\n");
  server.dialogue("MDTM a", "550 No");
  TestClient client = enter(network);
  EXPECT_TRUE(network.run(client.exists("a")));
  EXPECT_EQ(network.run(client.stat("a")).size, 5u);
}

TEST(ClientPaths, AreThereWhereMlstRefusesButTheListingShowsThem) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"MLST type*;"}).dialogue("MLST d/a", "550 Permission denied");
  server.dialogue("PWD", "257 \"/\"").dialogue("CWD d", "250 Here");
  server.passive().accepts_data().hears("MLSD").says("150 Here").sends("type=file; a\r\n").closes_data();
  server.says("226 Done").dialogue("CWD /", "250 Home").dialogue("MLST d/e/b", "550 No");
  server.dialogue("CWD d/e", "550 No").dialogue("MLST d/e", "550 No").dialogue("CWD d", "250 Here");
  server.passive().accepts_data().hears("MLSD").says("150 Here").sends("type=file; a\r\n").closes_data();
  server.says("226 Done").dialogue("CWD /", "250 Home").dialogue("MLST b", "550 No");
  server.passive().accepts_data().hears("MLSD").says("550 Permission denied");
  TestClient client = enter(network);
  EXPECT_TRUE(network.run(client.exists("d/a")));
  EXPECT_FALSE(network.run(client.exists("d/e/b")));
  EXPECT_EQ(error_of(network, client.exists("b")).code().value(), 550);  // nobody knows
}

TEST(ClientPaths, AreDescribedByWhateverFormOfMlstReadsAsFacts) {
  const std::string facts = "type=file;size=5;modify=20240102030405; ";
  for (const std::string& lines : {facts + "a", "250-" + facts + "a", ' ' + facts + "/d/a", "    " + facts + "a"}) {
    TestNetwork network{1};
    ScriptedServer server{network};
    server.welcomes({"MLST type*;size*;"}).dialogue("MLST a", "250-Start\r\n" + lines + "\r\n250 End");
    TestClient client = enter(network);
    const Entry entry = network.run(client.stat("a"));
    EXPECT_EQ(entry.size, 5u) << lines;
    EXPECT_EQ(entry.name, "a");
    EXPECT_EQ(entry.modified, at("20240102030405"));
  }
}

TEST(ClientPaths, AreDescribedByTheirListingWhereMlstHasNoFacts) {
  TestNetwork network{1};
  ScriptedServer server{network};
  const std::string nothing = "250- List\r\n550\r\n250 End of List";
  server.welcomes({"MLST type*;size*;"}).dialogue("MLST a", nothing).passive().accepts_data();
  server.hears("MLSD").says("150 Here").sends("type=file;size=5; a\r\n").closes_data().says("226 Done");
  server.dialogue("MLST a", nothing);
  TestClient client = enter(network);
  EXPECT_EQ(network.run(client.stat("a")).size, 5u);
  EXPECT_TRUE(network.run(client.exists("a")));
}

TEST(ClientPaths, AreListedWithTimesInUtcOnceMdtmHasToldTheZoneOfTheServer) {
  TestNetwork network{1};
  ScriptedServer server{network};
  const auto listing = [&server](std::string lines) {
    server.passive().accepts_data().hears("LIST").says("150 Here").sends(std::move(lines));
    server.closes_data().says("226 Done");
  };
  server.welcomes({"MDTM"}).dialogue("PWD", "257 \"/\"").dialogue("CWD d", "250 Here").dialogue("TYPE A", "200 OK");
  listing("11-22-25 05:30PM 5 a\r\n11-21-25 00:00AM <DIR> old\r\n");
  server.dialogue("MDTM a", "213 20251122115958").dialogue("CWD /", "250 Home");
  listing("11-22-25 05:30PM 5 b\r\n");
  TestClient client = enter(network);
  EXPECT_EQ(network.run(client.list("d")).at(0).modified, at("20251122120000"));  // India
  EXPECT_EQ(network.run(client.list()).at(0).modified, at("20251122120000"));     // not asked again
}

TEST(ClientPaths, AreListedWithTimesInUtcInSummerAndInWinter) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"MDTM"}).dialogue("TYPE A", "200 OK").passive().accepts_data().hears("LIST").says("150 Here");
  server.sends("08-01-25 12:00PM 5 august\r\n12-24-25 12:00PM 5 december\r\n10-01-25 12:00PM 5 october\r\n");
  server.sends("11-01-25 12:00PM 5 november\r\n11-20-25 12:00PM <DIR> d\r\n+m1764590400,r,\teplf\r\n");
  server.closes_data().says("226 Done");
  // The ends and, because they differ, what is between.
  server.dialogue("MDTM august", "213 20250801100000").dialogue("MDTM december", "213 20251224110000");
  server.dialogue("MDTM november", "213 20251101110000").dialogue("MDTM october", "213 20251001100000");
  server.passive().accepts_data().hears("LIST").says("150 Here");
  server.sends("12-01-25 12:00PM 5 w\r\n09-01-25 12:00PM 5 s\r\n").closes_data().says("226 Done");
  TestClient client = enter(network);
  const auto entries = network.run(client.list());
  ASSERT_EQ(entries.size(), 6u);
  EXPECT_EQ(entries[0].modified, at("20250801100000"));
  EXPECT_EQ(entries[1].modified, at("20251224110000"));
  EXPECT_EQ(entries[2].modified, at("20251001100000"));
  EXPECT_EQ(entries[3].modified, at("20251101110000"));
  EXPECT_EQ(entries[4].modified, at("20251120110000"));
  EXPECT_EQ(entries[5].modified, at("20251201120000"));
  for (const Entry& entry : entries) EXPECT_TRUE(entry.in_utc) << entry.name;
  const auto more = network.run(client.list());
  EXPECT_EQ(more.at(0).modified, at("20251201110000"));
  EXPECT_EQ(more.at(1).modified, at("20250901100000"));
}

TEST(ClientPaths, AreListedWithTimesOfTheServerWhereItDoesNotTellThem) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"MDTM"}).dialogue("TYPE A", "200 OK").passive().accepts_data().hears("LIST").says("150 Here");
  server.sends("08-01-25 12:00PM 5 a\r\n12-24-25 12:00PM 5 b\r\n").closes_data().says("226 Done");
  server.dialogue("MDTM a", "550 Not a plain file");
  TestClient client = enter(network);
  const auto entries = network.run(client.list());
  EXPECT_EQ(entries.at(0).modified, at("20250801120000"));
  EXPECT_FALSE(entries.at(0).in_utc);
}

TEST(ClientPaths, AreListedWithTimesInUtcWhereTheZoneIsGiven) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes().dialogue("TYPE A", "200 OK").passive().accepts_data().hears("LIST").says("150 Here");
  server.sends("11-22-25 05:30PM 5 a\r\n").closes_data().says("226 Done");
  ClientOptions options;
  options.zone = -3h;
  TestClient client = enter(network, options);
  EXPECT_EQ(network.run(client.list()).at(0).modified, at("20251122203000"));
}

TEST(ClientPaths, BelowADirectoryAreWalkedFromAboveToBelow) {
  TestNetwork network{1};
  auto server =
      serve(network, {{"/d/a", "1"}, {"/d/b/c", "22"}, {"/d/b/e/f", "333"}, {"/d/no/x", ""}, {"/y", ""}}, some_users());
  TestClient client = log_in(network);
  std::vector<std::string> seen;
  const WalkVisit visit = [&seen](const std::string& path, const Entry& entry) {
    seen.push_back(path + (entry.is_directory() ? "/" : "=" + std::to_string(entry.size.value_or(0))));
    return path != "no";
  };
  network.run(client.walk("d", visit));
  EXPECT_EQ(seen, (std::vector<std::string>{"a=1", "b/", "no/", "b/c=2", "b/e/", "b/e/f=3"}));
  seen.clear();
  network.run(client.walk("/d/b", visit));
  EXPECT_EQ(seen, (std::vector<std::string>{"c=2", "e/", "e/f=3"}));
}

TEST(ClientPaths, AreNotWalkedForEverNorOutside) {
  TestNetwork network{1};
  ScriptedServer server{network};
  server.welcomes({"MLST type*;"});
  for (const char* way : {"", "CWD d", "CWD /d/d"}) {
    if (std::string_view{way} == "CWD d") server.dialogue("PWD", "257 \"/\"");
    if (*way) server.dialogue(way, "250 Here");
    server.passive().accepts_data().hears("MLSD").says("150 Here");
    server.sends("type=dir; d\r\ntype=dir; ../e\r\ntype=OS.unix=slink:/; f\r\n").closes_data().says("226 Done");
  }
  ClientOptions options;
  options.limits.depth = 2;
  TestClient client = enter(network, options);
  int files = 0;
  const WalkVisit visit = [&files](const std::string&, const Entry& entry) {
    if (!entry.is_directory()) ++files;
    return true;
  };
  EXPECT_EQ(error_of(network, client.walk("", visit)).code(), Errc::bad_listing);
  EXPECT_EQ(files, 3);
}
