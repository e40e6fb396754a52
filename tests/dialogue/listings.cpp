// What directories hold, for people and for programs.
#include <ftplike/verbs/listing.hpp>

#include <sstream>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

/// A client that is logged in, of a server with some files.
struct Listed {
  explicit Listed(MemoryStorage some = {{"/a.txt", "hello"}, {"/b.log", ""}, {"/d/c.txt", "x"}, {"/e/", ""}})
      : files{std::move(some)} {
    client.log_in();
  }
  TestNetwork network{1};
  MemoryStorage files;
  TestServer server = serve(network, files, some_users());
  Dialogue client{network};
};

TEST(List, ShowsADirectoryAsLsDoes) {
  Listed it;
  EXPECT_EQ(it.client.fetch("LIST"),
            "-rw-r--r--   1 ftp      ftp                 5 Feb  3 00:00 a.txt\r\n"
            "-rw-r--r--   1 ftp      ftp                 0 Feb  3 00:00 b.log\r\n"
            "drwxr-xr-x   1 ftp      ftp                 0 Feb  3 00:00 d\r\n"
            "drwxr-xr-x   1 ftp      ftp                 0 Feb  3 00:00 e\r\n");
  EXPECT_EQ(it.server.diary().of("transfer").at(0).find("LIST / sent"), 0u);
}

TEST(List, TakesADirectoryAFileOrNothing) {
  Listed it;
  const auto names = [&it](std::string_view command) {
    std::vector<std::string> found;
    const auto listing = it.client.fetch(command);
    for (std::size_t at = 0; at < listing.size();) {
      const auto end = listing.find("\r\n", at);
      const auto line = listing.substr(at, end - at);
      found.push_back(line.substr(line.rfind(' ') + 1));
      at = end + 2;
    }
    return found;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names("LIST d"), Names{"c.txt"});
  EXPECT_EQ(names("LIST /d/"), Names{"c.txt"});
  EXPECT_EQ(names("LIST e"), Names{});
  EXPECT_EQ(names("LIST a.txt"), Names{"a.txt"});
  EXPECT_EQ(names("LIST -la"), (Names{"a.txt", "b.log", "d", "e"}));
  EXPECT_EQ(names("LIST -a -l d"), Names{"c.txt"});
  EXPECT_EQ(names("LIST *.txt"), Names{"a.txt"});
  EXPECT_EQ(names("LIST d/?.txt"), Names{"c.txt"});
  EXPECT_EQ(names("LIST [!a]*"), (Names{"b.log", "d", "e"}));
  EXPECT_EQ(names("LIST *.nothing"), Names{});
  it.client.say("CWD d");
  EXPECT_EQ(names("LIST"), Names{"c.txt"});
  EXPECT_EQ(names("LIST .."), (Names{"a.txt", "b.log", "d", "e"}));
}

TEST(Listings, AnswerWithoutADataConnectionForWhatIsNotThere) {
  Listed it;
  for (const std::string_view command : {"LIST nowhere", "NLST nowhere", "MLSD nowhere", "LIST nowhere/*"}) {
    EXPECT_EQ(it.client.fetch(command), "550 File not found\r\n");
  }
  EXPECT_EQ(it.client.fetch("MLSD a.txt"), "501 Not a directory\r\n");
  EXPECT_EQ(it.server.diary().of("transfer").size(), 0u);
}

TEST(Nlst, GivesNamesThatTheClientCanSayBack) {
  Listed it;
  EXPECT_EQ(it.client.fetch("NLST"), "a.txt\r\nb.log\r\nd\r\ne\r\n");
  EXPECT_EQ(it.client.fetch("NLST d"), "d/c.txt\r\n");
  EXPECT_EQ(it.client.fetch("NLST /d/"), "/d/c.txt\r\n");
  EXPECT_EQ(it.client.fetch("NLST *.txt"), "a.txt\r\n");
  EXPECT_EQ(it.client.fetch("NLST d/*"), "d/c.txt\r\n");
  EXPECT_EQ(it.client.fetch("NLST a.txt"), "a.txt\r\n");
  EXPECT_EQ(it.client.fetch("NLST d/c.txt"), "d/c.txt\r\n");
  EXPECT_EQ(it.client.fetch("NLST -1"), "a.txt\r\nb.log\r\nd\r\ne\r\n");
}

TEST(Nlst, OfTheWorkingDirectoryByItsDotGivesBareNames) {
  Listed it;
  for (const auto command : {"NLST .", "NLST ./", "NLST -a ."}) {
    EXPECT_EQ(it.client.fetch(command), "a.txt\r\nb.log\r\nd\r\ne\r\n") << command;
  }
  EXPECT_EQ(it.client.fetch("NLST ./d"), "./d/c.txt\r\n");
  it.client.say("CWD d");
  EXPECT_EQ(it.client.fetch("NLST .."), "../a.txt\r\n../b.log\r\n../d\r\n../e\r\n");
}

TEST(Listings, OfNothingAreEmptyAndComplete) {
  Listed it;
  for (const auto command : {"LIST e", "NLST e", "MLSD e", "NLST e/*", "LIST *.nothing", "NLST *.nothing"}) {
    EXPECT_EQ(it.client.fetch(command), "") << command << ": with a 226, not a 450 or 550 as elsewhere";
  }
}

TEST(Listings, MeanWhatIsThereByThatVeryNameBeforeAnyPattern) {
  Listed it{{{"/[abc]/in.txt", "1"}, {"/a/other.txt", "2"}, {"/f[1].txt", "333"}, {"/f1.txt", "4"}, {"/d/*", ""},
             {"/d/x", ""}, {"/what?", ""}, {"/whatx", ""}}};
  EXPECT_EQ(it.client.fetch("NLST [abc]"), "[abc]/in.txt\r\n");
  EXPECT_NE(it.client.fetch("LIST [abc]").find(" in.txt\r\n"), std::string::npos);
  EXPECT_EQ(it.client.fetch("NLST f[1].txt"), "f[1].txt\r\n");
  EXPECT_EQ(it.client.fetch("NLST what?"), "what?\r\n");
  EXPECT_EQ(it.client.fetch("NLST d/*"), "d/*\r\n");
  EXPECT_NE(it.client.say("STAT f[1].txt").find("  3 Feb  3 00:00 f[1].txt\r\n213 End"), std::string::npos);
  EXPECT_NE(it.client.say("STAT [abc]").find(" in.txt\r\n212 End"), std::string::npos);
  EXPECT_EQ(it.client.fetch("NLST f*.txt"), "f1.txt\r\nf[1].txt\r\n");
  EXPECT_EQ(it.client.fetch("NLST [abc]*"), "a\r\n");
  EXPECT_EQ(it.client.fetch("NLST [abc]/*.txt"), "[abc]/in.txt\r\n");
  EXPECT_EQ(it.client.fetch("NLST [xyz]"), "") << "a pattern that nothing fits";
}

TEST(Mlsd, TellsTheFactsOfEachFile) {
  Listed it;
  EXPECT_EQ(it.client.fetch("MLSD"),
            "type=file;size=5;modify=20010203000000;perm=adfrw;unique=2;UNIX.mode=0644; a.txt\r\n"
            "type=file;size=0;modify=20010203000000;perm=adfrw;unique=3;UNIX.mode=0644; b.log\r\n"
            "type=dir;modify=20010203000000;perm=cdeflmp;unique=4;UNIX.mode=0755; d\r\n"
            "type=dir;modify=20010203000000;perm=cdeflmp;unique=6;UNIX.mode=0755; e\r\n");
}

TEST(Mlsd, TellsWhatTheAccountMayDo) {
  Listed it;
  it.client.log_in("bert");
  EXPECT_EQ(it.client.say("OPTS MLST perm;"), "200 MLST OPTS perm;\r\n");
  EXPECT_EQ(it.client.fetch("MLSD"), "perm=r; a.txt\r\nperm=r; b.log\r\nperm=el; d\r\nperm=el; e\r\n");
}

TEST(Mlsd, TellsTheFactsThatWereAskedFor) {
  Listed it;
  EXPECT_EQ(it.client.say("OPTS MLST size;Type;nonsense;"), "200 MLST OPTS type;size;\r\n");
  EXPECT_EQ(it.client.fetch("MLSD"),
            "type=file;size=5; a.txt\r\ntype=file;size=0; b.log\r\ntype=dir; d\r\ntype=dir; e\r\n");
  EXPECT_NE(it.client.say("FEAT").find(" MLST type*;size*;modify;perm;unique;UNIX.mode;\r\n"), std::string::npos);
  EXPECT_EQ(it.client.say("OPTS MLST"), "200 MLST OPTS\r\n");
  EXPECT_EQ(it.client.fetch("MLSD d"), " c.txt\r\n");
}

TEST(Mlsd, TakesNamesAsTheyAreAndNoPatterns) {
  Listed it{{{"/-la/x", ""}, {"/*/y", ""}}};
  it.client.say("OPTS MLST type;");
  EXPECT_EQ(it.client.fetch("MLSD -la"), "type=file; x\r\n");
  EXPECT_EQ(it.client.fetch("MLSD *"), "type=file; y\r\n");
}

TEST(Mlst, TellsTheFactsOfOneOverTheControlConnection) {
  Listed it;
  EXPECT_EQ(it.client.say("MLST a.txt"),
            "250-Listing /a.txt\r\n"
            " type=file;size=5;modify=20010203000000;perm=adfrw;unique=2;UNIX.mode=0644; /a.txt\r\n"
            "250 End\r\n");
  it.client.say("OPTS MLST type;");
  it.client.say("CWD d");
  EXPECT_EQ(it.client.say("MLST"), "250-Listing /d\r\n type=dir; /d\r\n250 End\r\n");
  EXPECT_EQ(it.client.say("MLST c.txt"), "250-Listing /d/c.txt\r\n type=file; /d/c.txt\r\n250 End\r\n");
  EXPECT_EQ(it.client.say("MLST nowhere"), "550 File not found\r\n");
}

TEST(Mlst, TellsPathsOfAnyLength) {
  const std::string name(255, 'n');
  std::string path;
  for (int i = 0; i < 15; ++i) path += '/' + name;
  MemoryStorage files;
  files.put(path, "hello");
  Listed it{files};
  it.client.say("OPTS MLST size;");
  const auto expected = "250-Listing " + path + "\r\n size=5; " + path + "\r\n250 End\r\n";
  EXPECT_EQ(it.client.say("MLST " + path), expected);
  for (int i = 0; i < 14; ++i) EXPECT_EQ(it.client.code("CWD " + name), 250);
  EXPECT_EQ(it.client.say("MLST " + name), expected);
  EXPECT_EQ(it.client.code("MLST " + std::string(4000, 'n')), 553);
}

TEST(Stat, ListsOverTheControlConnection) {
  Listed it;
  EXPECT_EQ(it.client.say("STAT d"),
            "212-Status of d\r\n"
            " -rw-r--r--   1 ftp      ftp                 1 Feb  3 00:00 c.txt\r\n"
            "212 End\r\n");
  EXPECT_EQ(it.client.say("STAT a.txt"),
            "213-Status of a.txt\r\n"
            " -rw-r--r--   1 ftp      ftp                 5 Feb  3 00:00 a.txt\r\n"
            "213 End\r\n");
  EXPECT_EQ(it.client.say("STAT -l /e"), "212-Status of /e\r\n212 End\r\n");
  EXPECT_EQ(it.client.say("STAT nowhere"), "550 File not found\r\n");
}

TEST(Stat, ListsAllOfALargeDirectoryInOneReply) {
  MemoryStorage files;
  for (int i = 10'000; i < 15'000; ++i) files.put("/f" + std::to_string(i), "");
  Listed it{files};
  const auto reply = it.client.say("STAT /");
  std::istringstream lines{reply};
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "212-Status of /\r");
  for (int i = 10'000; i < 15'000; ++i) {
    std::getline(lines, line);
    EXPECT_TRUE(line.starts_with(" -rw-r--r-- ") && line.ends_with(" f" + std::to_string(i) + '\r')) << line;
  }
  EXPECT_TRUE(std::getline(lines, line) && line == "212 End\r") << line;
  EXPECT_FALSE(std::getline(lines, line)) << line;
  EXPECT_EQ(it.client.say("NOOP"), "200 OK\r\n");
}

TEST(Stat, TakesOptionsAsOfLs) {
  Listed it;
  const auto whole = it.client.say("STAT /");
  EXPECT_TRUE(whole.starts_with("212-Status of /\r\n"));
  const auto lines = whole.substr(whole.find('\n'));
  EXPECT_EQ(it.client.say("STAT -l"), "212-Status of \r" + lines);
  EXPECT_EQ(it.client.say("STAT -la"), "212-Status of \r" + lines);
  EXPECT_EQ(it.client.say("STAT -l ."), "212-Status of .\r" + lines);
  EXPECT_TRUE(it.client.say("STAT -l a.txt").ends_with(" a.txt\r\n213 End\r\n"));
  EXPECT_TRUE(it.client.say("STAT -l *.txt").ends_with("00:00 a.txt\r\n212 End\r\n"));
  EXPECT_EQ(it.client.say("STAT -l nowhere"), "550 File not found\r\n");
}

TEST(Listings, OfManyNamesTellEachOnce) {
  MemoryStorage files;
  std::string names;
  for (int i = 10'000; i < 13'000; ++i) {
    files.put("/f" + std::to_string(i), "");
    names += "f" + std::to_string(i) + "\r\n";
  }
  Listed it{files};
  EXPECT_EQ(it.client.fetch("NLST"), names);
  const auto mlsd = it.client.fetch("MLSD");
  EXPECT_EQ(std::count(mlsd.begin(), mlsd.end(), '\n'), 3000);
}

TEST(Listings, WithExplodingPatternsAreLinear) {
  MemoryStorage files;
  files.put('/' + std::string(200, 'a'), "");
  Listed it{files};
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  EXPECT_EQ(it.client.fetch("NLST " + pattern + "b"), "");
}

}  // namespace
