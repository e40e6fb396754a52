#include <chrono>
#include <filesystem>
#include <fstream>

#include "running_server.hpp"
#include "tree.hpp"

namespace {

class Lftp : public Interop {
 protected:
  static constexpr const char* usual = "set cmd:fail-exit yes; set net:max-retries 2; set net:timeout 20; ";

  std::vector<std::string> session(const std::string& commands, const RunningServer& with) const {
    const auto open = "open --user tester --password secret -p " + with.port() + " ftp://" +
                      (with.host().find(':') == std::string::npos ? with.host() : '[' + with.host() + ']') + "; ";
    return {"lftp", "--norc", "-c", usual + open + commands};
  }
  std::vector<std::string> session(const std::string& commands) const { return session(commands, server); }
  Outcome lftp(const std::string& commands) const { return run(session(commands)); }
};

TEST_F(Lftp, MirrorsATreeUpAndDown) {
  grow_tree(ours);
  const auto tree = tree_of(ours);
  ASSERT_TRUE(ended_well(lftp("mirror --reverse --parallel=3 . /up")));
  TestFolder back;
  ASSERT_TRUE(ended_well(lftp("mirror --parallel=3 /up " + back.string())));
  EXPECT_TRUE(tree_of(back) == tree);
  std::filesystem::rename(theirs / "up", back / "up");
  EXPECT_EQ(theirs.count(), 0u) << "something was left beside the tree";
}

TEST_F(Lftp, MirrorsActivelyAndOverIpv6) {  // not both at once: its version 4.9.2 then names the address ::
  RunningServer six{theirs.string(), {}, "::1"};
  grow_tree(ours);
  const auto tree = tree_of(ours);
  ASSERT_TRUE(ended_well(lftp("set ftp:passive-mode no; mirror --reverse . /")));
  EXPECT_TRUE(tree_of(theirs) == tree);
  TestFolder back;
  ASSERT_TRUE(ended_well(run(session("mirror / " + back.string(), six))));
  EXPECT_TRUE(tree_of(back) == tree);
  TestFolder active;
  ASSERT_TRUE(ended_well(lftp("set ftp:passive-mode no; mirror / " + active.string())));
  EXPECT_TRUE(tree_of(active) == tree);
}

TEST_F(Lftp, MirrorsNothingThatIsTheSame) {
  theirs.write("kept/file", "same");
  ASSERT_TRUE(ended_well(lftp("mirror /kept kept")));
  const auto again = lftp("mirror --verbose=3 /kept kept; mirror --reverse --verbose=3 kept /kept");
  ASSERT_TRUE(ended_well(again));
  EXPECT_EQ((again.output + again.errors).find("Transferring"), std::string::npos) << again.output << again.errors;
}

TEST_F(Lftp, FetchesAFileInPieces) {
  theirs.write("big", noise(5'000'001));
  ASSERT_TRUE(ended_well(lftp("set pget:min-chunk-size 1000; pget -n 5 big")));
  EXPECT_TRUE(ours.read("big") == noise(5'000'001));
}

TEST_F(Lftp, SendsFetchesAndListsCompressed) {
  RunningServer compressing{theirs.string(), {"--compress"}};
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "line " + std::to_string(i) + '\n';
  ours.write("text", text);
  ours.write("empty", "");
  const std::string commands = "set ftp:use-mode-z yes; set ftp:mode-z-level 9; put text; put empty; get text -o back; "
                               "get empty -o nothing; cls -1";
  const auto outcome = run(session(commands, compressing));
  ASSERT_TRUE(ended_well(outcome));
  EXPECT_TRUE(theirs.read("text") == text);
  EXPECT_TRUE(ours.read("back") == text);
  EXPECT_EQ(theirs.read("empty"), "");
  EXPECT_EQ(ours.read("nothing"), "");
  EXPECT_EQ(outcome.output, "empty\ntext\n");
}

TEST_F(Lftp, ResumesDownloads) {
  theirs.write("big", noise(500'000));
  for (const std::string command : {"get -c big", "reget big"}) {
    ours.write("big", noise(500'000).substr(0, 200'001));
    ASSERT_TRUE(ended_well(lftp(command))) << command;
    EXPECT_TRUE(ours.read("big") == noise(500'000)) << command;
  }
}

TEST_F(Lftp, ResumesUploadsThatTheKilledServerHadBegun) {
  const auto whole = noise(2'000'000);
  ours.write("big", whole);
  for (const std::string command : {"put -c big", "reput big"}) {
    RunningServer first{theirs.string()};
    Process cut{program(session("set net:limit-rate 0:400000; put big", first))};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (size_of(theirs / ".ftplike-partial.big") == 0) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    first.process().signal(SIGKILL);
    ASSERT_EQ(first.process().wait(), 128 + SIGKILL);
    ASSERT_FALSE(theirs.has("big"));
    const auto resumed = lftp("debug 5; " + command);
    ASSERT_TRUE(ended_well(resumed)) << command;
    EXPECT_NE(resumed.errors.find("REST "), std::string::npos) << resumed.errors;
    EXPECT_TRUE(theirs.read("big") == whole) << command;
    EXPECT_EQ(theirs.count(), 1u);
    std::filesystem::remove(theirs / "big");
  }
}

TEST_F(Lftp, GoesOnWithTheBeginningOfAWholeFile) {
  const auto whole = noise(200'000);
  ours.write("big", whole);
  theirs.write("big", whole.substr(0, 123'457));
  ASSERT_TRUE(ended_well(lftp("put -c big")));
  EXPECT_TRUE(theirs.read("big") == whole);
}

TEST_F(Lftp, MakesRenamesAndRemoves) {
  ours.write("file", "text");
  ASSERT_TRUE(ended_well(lftp("mkdir -p \"a b/c\"; put file -o \"a b/c/-file\"; mv \"a b/c/-file\" \"it's\"")));
  EXPECT_EQ(theirs.read("it's"), "text");
  ASSERT_TRUE(ended_well(lftp("rm \"it's\"; rmdir \"a b/c\"; rm -r \"a b\"")));
  EXPECT_EQ(theirs.count(), 0u);
}

TEST_F(Lftp, SetsModeAndTime) {
  theirs.write("file", "text");
  ASSERT_TRUE(ended_well(lftp("chmod 600 file")));
  EXPECT_EQ(std::filesystem::status(theirs / "file").permissions(), std::filesystem::perms{0600});
}

TEST_F(Lftp, ListsInLongAndInShort) {
  theirs.write("folder/inner", "1");
  theirs.write("file with blanks", "12345");
  const auto short_form = lftp("cls -1");
  EXPECT_EQ(short_form.output, "file with blanks\nfolder/\n");
  EXPECT_EQ(lftp("nlist").output, "file with blanks\nfolder\n");
  const auto long_form = lftp("ls -la");
  EXPECT_NE(long_form.output.find("file with blanks"), std::string::npos) << long_form.output;
  EXPECT_EQ(lftp("find").output, "./\n./file with blanks\n./folder/\n./folder/inner\n");
  EXPECT_EQ(lftp("set ftp:use-mlsd no; find").output, "./\n./file with blanks\n./folder/\n./folder/inner\n");
  EXPECT_EQ(lftp("du -b").output.substr(0, 1), "1") << "the size of the inner file";
}

TEST_F(Lftp, NamesMayHaveBytesThatAreNoUtf8) {
  ours.write(latin_name, "coffee");
  auto up = program(session("set ftp:use-utf8 no; mput *; mirror / back"));
  up.with("LC_ALL", "C");
  ASSERT_TRUE(ended_well(outcome_of(up)));
  EXPECT_EQ(theirs.read(latin_name), "coffee");
  EXPECT_EQ(ours.read("back/" + latin_name), "coffee");
}

TEST_F(Lftp, ConvertsTheEndsOfLinesOnRequest) {
  ours.write("text", "one\ntwo\n");
  ASSERT_TRUE(ended_well(lftp("put -a text; get -a text -o back")));
  EXPECT_EQ(theirs.read("text"), "one\ntwo\n");
  EXPECT_EQ(ours.read("back"), "one\ntwo\n");
}

TEST_F(Lftp, FetchesTenThousandNames) {
  for (int i = 0; i < 10'000; ++i) theirs.write("many/file-" + std::to_string(i), "");
  for (const std::string by : {"yes", "no"}) {
    const auto listed = lftp("set ftp:use-mlsd " + by + "; find many");
    ASSERT_TRUE(ended_well(listed)) << by;
    EXPECT_EQ(std::count(listed.output.begin(), listed.output.end(), '\n'), 10'001) << by;
  }
}

}  // namespace
