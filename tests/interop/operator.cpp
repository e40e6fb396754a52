// What an operator sets of the server program: folders from elsewhere, uploads without an end, limits while it runs.
#include <csignal>

#include "connection.hpp"
#include "running_server.hpp"

namespace {

using Words = std::vector<std::string>;

Outcome curl(Words words) {
  words.insert(words.begin(), {"curl", "--disable", "--silent", "--show-error", "--max-time", "55"});
  return outcome_of(Program{std::move(words)});
}
Outcome server_says(Words words) {
  words.insert(words.begin(), FTPLIKE_SERVER_PROGRAM);
  return outcome_of(Program{std::move(words)});
}

/// A root, two folders elsewhere, and the user anna, who sees one of them.
struct FoldersOfTheProgram : testing::Test {
  FoldersOfTheProgram() {
    root.write("anna/own", "hers");
    pub.write("release", "1.0");
    EXPECT_TRUE(ended_well(outcome_of(
        Program{{FTPLIKE_SERVER_PROGRAM, "add-user", users(), "anna", "--root", "/anna"}}, "secret\n")));
    auto text = files.read("users");
    text.insert(text.find('\n'), ":folder=/in/drop=" + drop.string() + "=none+write");
    files.write("users", text);
    files.write("up", "12345678");
  }
  std::string users() const { return files / "users"; }
  Words options() const { return {"--users", users(), "--folder", "/pub=" + pub.string() + "=read", "--quota", "20"}; }
  static std::string url(const RunningServer& server, const std::string& path) {
    return "ftp://anna:secret@" + server.host() + ':' + server.port() + path;
  }

  TestFolder root, pub, drop, files;
};

TEST_F(FoldersOfTheProgram, AreSeenUnderTheirNamesWithTheirRights) {
  const RunningServer server{root.string(), options()};
  const auto list = [&](const std::string& path) { return curl({"--list-only", url(server, path)}).output; };
  const auto names = list("/");
  for (const char* name : {"own\n", "pub\n", "in\n"}) EXPECT_NE(names.find(name), std::string::npos) << names;
  EXPECT_EQ(list("/pub/"), "release\n");
  EXPECT_EQ(curl({url(server, "/pub/release")}).output, "1.0");
  constexpr int upload_failed = 25, no_such_file = 78, full = 70;  // curl's words
  const auto put = [&](const std::string& path) { return curl({"--upload-file", files / "up", url(server, path)}).status; };
  EXPECT_EQ(put("/pub/mine"), upload_failed);
  EXPECT_EQ(put("/in/drop/mine"), 0);
  EXPECT_EQ(drop.read("mine"), "12345678");
  EXPECT_EQ(curl({url(server, "/in/drop/mine")}).status, no_such_file);
  EXPECT_EQ(put("/more"), full) << "eight, four and three bytes are there of twenty";
}

TEST_F(FoldersOfTheProgram, HideTheNamesThatAreToBeHidden) {
  root.write("anna/.secret", "x");
  auto of_anna = options();
  of_anna.insert(of_anna.end(), {"--hide", ".*", "--hide", "rel*"});
  const RunningServer server{root.string(), of_anna};
  const auto list = [&](const std::string& path) { return curl({"--list-only", url(server, path)}).output; };
  EXPECT_EQ(list("/").find(".secret"), std::string::npos);
  EXPECT_EQ(list("/pub/"), "");
  constexpr int no_such_file = 78;
  EXPECT_EQ(curl({url(server, "/.secret")}).status, no_such_file);
  EXPECT_NE(curl({"--upload-file", files / "up", url(server, "/.mine")}).status, 0);
}

TEST_F(FoldersOfTheProgram, HaveToBeThere) {
  const auto check = [&](Words words) {
    words.insert(words.begin(), {"--root", root.string(), "--check"});
    return server_says(std::move(words));
  };
  const auto of_all = check({"--folder", "/pub=/nowhere"});
  EXPECT_EQ(of_all.status, 3);
  EXPECT_EQ(of_all.errors, "ftplike-server: cannot serve /nowhere: No such file or directory\n");
  EXPECT_EQ(check({"--folder", "pub"}).status, 2);
  const auto of_a_bucket = check({"--folder", "/pub=s3://pub"});
  EXPECT_EQ(of_a_bucket.status, 2);
  EXPECT_EQ(of_a_bucket.errors, "ftplike-server: cannot serve s3://pub: it is a bucket, and the root is a folder\n");
  files.write("users", "anna:*:/:read:folder=/a=/nowhere\n");
  EXPECT_EQ(check({"--users", users()}).errors,
            "ftplike-server: users: " + users() + ": anna: cannot serve /nowhere: No such file or directory\n");
  files.write("users", "bert:*:/:read\nanna:*:/:read:take-uploads=all\n");
  const auto of_ends = check({"--users", users()});
  EXPECT_EQ(of_ends.status, 2);
  EXPECT_EQ(of_ends.errors, "ftplike-server: users: " + users() +
                                ":2: take-uploads is none, no-quit, no-close-notify or any, but not 'all'\n");
}

/// What is used of all, by the program's word.
std::string counted(const std::string& root, Words options) {
  options.insert(options.begin(), {"--root", root});
  options.emplace_back("quota");
  const auto said = server_says(std::move(options));
  const auto line = said.output.find("(all)");
  return line == said.output.npos ? said.output + said.errors : said.output.substr(line);
}

TEST_F(FoldersOfTheProgram, OfTheUsersFileAreCountedBeforeTheirUserComes) {
  files.write("users", files.read("users") + "bert:*:/:none:folder=/big=" + drop.string() + '\n');
  drop.write("big", "1234567");
  EXPECT_EQ(counted(root.string(), options()), "(all)\t/\t14 of 20\t4 of any\n");
  const RunningServer server{root.string(), {"--users", users(), "--quota", "14"}};
  constexpr int full = 70;
  EXPECT_EQ(curl({"--upload-file", files / "up", url(server, "/more")}).status, full);
}

TEST_F(FoldersOfTheProgram, AreCountedFromSIGHUPOnWhereTheUsersFileIsNew) {
  RunningServer server{root.string(), {"--users", users(), "--quota", "22"}};
  const auto room = [&] { return curl({"--verbose", "--list-only", "--quote", "AVBL", url(server, "/")}).errors; };
  EXPECT_NE(room().find("< 213 18\r\n"), std::string::npos);
  files.write("users", files.read("users") + "bert:*:/:none:folder=/pub=" + pub.string() + ",folder=/gone=/nowhere\n");
  pub.write("more", "1234");
  server.process().signal(SIGHUP);
  std::string said;
  while (said.find("< 213 11\r\n") == said.npos) said = room();
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
  const auto& told = server.process().errors();
  EXPECT_NE(told.find("users: " + users() + ": bert: cannot serve /nowhere: "), std::string::npos) << told;
}

TEST_F(FoldersOfTheProgram, AreCountedOnceHoweverTheyAreCalledAndWhereverTheyLie) {
  root.write("anna/pub/release", "1234567890");
  std::filesystem::create_directory_symlink(root / "anna", files.string() + "/link");
  const std::string here = root / "anna/pub";
  const Words twice{"--users", users(), "--quota", "40", "--folder", "/a=" + here, "--folder", "/b=" + here + '/',
                    "--folder", "/c=" + (files / "link") + "/pub", "--folder", "/all=" + root.string() + "/."};
  const std::string before = "(all)\t/\t14 of 40\t4 of any\n";
  EXPECT_EQ(counted(root.string(), twice), before);
  const RunningServer server{root.string(), twice};
  const auto put = [&](const std::string& path) { return curl({"--upload-file", files / "up", url(server, path)}).status; };
  constexpr int full = 70;
  EXPECT_EQ(put("/a/one"), 0);
  EXPECT_EQ(put("/b/two"), 0);
  EXPECT_EQ(put("/all/three"), 0);
  EXPECT_EQ(put("/c/four"), full) << "two bytes are left";
  EXPECT_EQ(put("/c/one"), full) << "and both would be there for a while";
  EXPECT_TRUE(ended_well(curl({"--quote", "DELE /c/two", url(server, "/")})));
  EXPECT_EQ(put("/five"), 0);
  EXPECT_EQ(counted(root.string(), twice), "(all)\t/\t38 of 40\t7 of any\n");
}

TEST_F(FoldersOfTheProgram, MayHoldTheRoot) {
  root.write("other", "123");
  const Words above{"--folder", "/all=" + root.string(), "--guests", "write", "--quota", "20"};
  EXPECT_EQ(counted(root / "anna", above), "(all)\t/\t7 of 20\t3 of any\n");
  const RunningServer server{root / "anna", above};
  const auto put = [&](const std::string& path) { return curl({"--upload-file", files / "up", server.url(path)}).status; };
  constexpr int full = 70;
  EXPECT_EQ(put("one"), 0);
  EXPECT_EQ(put("all/two"), full);
}

TEST(BadInput, IsToldInOneLineWithItsFileLineAndKeyAndTheServerDoesNotStart) {
  const TestFolder root, files;
  const auto expect = [&](const char* option, const std::string& text, const std::string& before, const std::string& after) {
    files.write("bad", text);
    const std::string file = files / "bad";
    const auto outcome = server_says({"--root", root.string(), option, file, "--check"});
    EXPECT_EQ(outcome.status, 2) << option;
    EXPECT_EQ(outcome.errors, "ftplike-server: " + before + file + after + '\n');
  };
  expect("--ban-file", "192.0.2.7 always\n192.0.2.8 never\n", "ban-file: ", ":2: 'never' is neither a time nor \"always\"");
  expect("--users", "anna:*:/:read\nbert:*:/:read:quotas=1G\n", "users: ", ":2: no such option: 'quotas'");
  expect("--config", "root = '/'\nquotas = '1G'\n", "", ":2: no such setting: quotas");
}

TEST(UploadsWithoutAnEnd, AreTakenWhereTheOperatorSaysSo) {  // and else not: tests/dialogue/conveniences.cpp
  const TestFolder root;
  RunningServer server{root.string(), {"--take-uploads", "no-quit", "--log", "-"}};
  {
    Connection control{server.port()};
    control.say("USER tester\r\nPASS secret\r\nEPSV\r\nSTOR a\r\n");
    std::string line = control.line();
    while (!line.starts_with("229 ")) line = control.line();
    const auto bar = line.find("|||") + 3;
    Connection data{line.substr(bar, line.find('|', bar) - bar)};
    while (!line.starts_with("150 ")) line = control.line();
    data.say("all of it");
  }
  server.process().signal(SIGTERM);  // transfers come to their ends before it does
  EXPECT_EQ(server.process().wait(), 0);
  const auto& told = server.process().errors();
  EXPECT_EQ(told.find("incomplete"), told.npos) << told;
  EXPECT_EQ(size_of(root / "a"), 9u);
  EXPECT_EQ(size_of(root / ".ftplike-partial.a"), 0u);
}

TEST(UploadsWithoutAnEnd, AreToldOfWithTheFileThatKeepsThem) {
  const TestFolder root, pub;
  RunningServer server{root.string(), {"--folder", "/pub=" + pub.string(), "--hide", "*.tmp", "--quota", "1M", "--log", "-"}};
  Connection control{server.port()};
  control.say("USER tester\r\nPASS secret\r\nEPSV\r\nSTOR pub/a\r\n");
  std::string line = control.line();
  while (!line.starts_with("229 ")) line = control.line();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{55};
  {
    const auto bar = line.find("|||") + 3;
    Connection data{line.substr(bar, line.find('|', bar) - bar)};
    while (!line.starts_with("150 ")) line = control.line();
    data.say("some of it");
    // ABOR comes on another connection, and is not to overtake it.
    while (size_of(pub / ".ftplike-partial.a") == 0) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    control.say("ABOR\r\n");
    while (!line.starts_with("426 ")) line = control.line();
  }
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
  const auto& told = server.process().errors();
  EXPECT_NE(told.find("; kept beside it as .ftplike-partial.a\n"), told.npos) << told;
  EXPECT_EQ(pub.read(".ftplike-partial.a"), "some of it");
}

TEST(NewFiles, HaveThePermissionsThatTheUmaskLeavesAndThoseThatReplaceOneTheOnesOfThat) {
  const TestFolder root, files;
  root.write("old", "1");
  using std::filesystem::perms;
  std::filesystem::permissions(root / "old", perms::owner_read | perms::owner_write | perms::others_read);
  files.write("up", "12");
  Process server{Program{{"sh", "-c", "umask 027; exec \"$0\" \"$@\"", FTPLIKE_SERVER_PROGRAM, "--root", root.string(),
                          "--listen", "127.0.0.1:0", "--user", "tester:secret"}}};
  const auto where = server.line_after("listening on ");
  for (const char* name : {"new", "old"}) {
    EXPECT_TRUE(ended_well(curl({"--upload-file", files / "up", "ftp://tester:secret@" + where + '/' + name})));
  }
  const auto mode = [&](const char* name) { return std::filesystem::status(root / name).permissions(); };
  EXPECT_EQ(mode("new"), perms::owner_read | perms::owner_write | perms::group_read);
  EXPECT_EQ(mode("old"), perms::owner_read | perms::owner_write | perms::others_read);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
}

TEST(LimitsOfTheProgram, ChangeWhileItRuns) {
  const TestFolder root, files;
  const RunningServer server{root.string(), {"--admin-socket", files / "admin"}};
  const auto changed = server_says({"limits", files / "admin", "--max-sessions", "1", "--rate", "0"});
  EXPECT_TRUE(ended_well(changed));
  EXPECT_EQ(changed.output, "max-sessions is 1\nrate is 0\n");
  Connection first{server.port()};
  EXPECT_EQ(first.line(), "220 FTP Server Ready");
  Connection second{server.port()};
  EXPECT_EQ(second.line().substr(0, 4), "421 ");
  const auto wrong = server_says({"limits", files / "admin", "--max-sessions", "few"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_EQ(wrong.errors, "ftplike-server: refused: max-sessions: 'few' is not a whole number from 0 on\n");
  EXPECT_EQ(server_says({"limits", files / "admin"}).status, 2);
}

}  // namespace
