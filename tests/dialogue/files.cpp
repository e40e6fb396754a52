// Files and directories by name.
#include <ftplike/verbs/files.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;

struct Named {
  explicit Named(MemoryStorage some = {{"/a.txt", "hello"}, {"/d/c.txt", "x"}}) : files{std::move(some)} {
    client.log_in().binary();
  }
  std::string say(std::string_view line) { return client.say(line); }
  TestNetwork network{1};
  MemoryStorage files;
  TestServer server = serve(network, files, some_users());
  Dialogue client{network};
};
using Paths = std::vector<std::string>;

TEST(WorkingDirectory, IsWhereNamesBegin) {
  Named it;
  EXPECT_EQ(it.say("PWD"), "257 \"/\"\r\n");
  EXPECT_EQ(it.say("CWD d"), "250 Directory changed to /d\r\n");
  EXPECT_EQ(it.say("PWD"), "257 \"/d\"\r\n");
  EXPECT_EQ(it.say("SIZE c.txt"), "213 1\r\n");
  EXPECT_EQ(it.say("SIZE ../a.txt"), "213 5\r\n");
  EXPECT_EQ(it.say("SIZE /a.txt"), "213 5\r\n");
  EXPECT_EQ(it.say("SIZE a.txt"), "550 File not found\r\n");
  EXPECT_EQ(it.say("CDUP"), "250 Directory changed to /\r\n");
  EXPECT_EQ(it.say("PWD"), "257 \"/\"\r\n");
  EXPECT_EQ(it.say("CDUP"), "250 Directory changed to /\r\n") << "the root is above itself";
}

TEST(WorkingDirectory, StaysWhereItWasIfTheNewOneIsNone) {
  Named it;
  it.say("CWD d");
  for (const auto name : {"nowhere", "c.txt", "c.txt/x", "/d/nowhere/.."}) {
    const auto reply = it.say(std::string{"CWD "} + name);
    EXPECT_TRUE(reply == "550 Directory not found\r\n" || reply == "250 Directory changed to /d\r\n");
  }
  EXPECT_EQ(it.say("PWD"), "257 \"/d\"\r\n");
}

TEST(WorkingDirectory, MayVanishUnderTheClient) {
  Named it;
  it.say("MKD gone");
  it.say("CWD gone");
  EXPECT_EQ(it.say("RMD /gone"), "250 Directory removed\r\n");
  EXPECT_EQ(it.say("PWD"), "257 \"/gone\"\r\n");
  EXPECT_EQ(it.client.fetch("LIST"), "550 File not found\r\n");
  EXPECT_EQ(it.client.store("STOR x", "x"), "550 File not found\r\n");
  EXPECT_EQ(it.say("CDUP"), "250 Directory changed to /\r\n");
}

TEST(OldNames, DoTheSame) {
  Named it;
  EXPECT_EQ(it.say("XMKD n"), "257 \"/n\" created\r\n");
  EXPECT_EQ(it.say("XCWD n"), "250 Directory changed to /n\r\n");
  EXPECT_EQ(it.say("XPWD"), "257 \"/n\"\r\n");
  EXPECT_EQ(it.say("XCUP"), "250 Directory changed to /\r\n");
  EXPECT_EQ(it.say("XRMD n"), "250 Directory removed\r\n");
}

TEST(Mkd, MakesOneDirectory) {
  Named it;
  EXPECT_EQ(it.say("MKD n"), "257 \"/n\" created\r\n");
  EXPECT_EQ(it.say("MKD n"), "550 File exists\r\n");
  EXPECT_EQ(it.say("MKD x/y"), "550 File not found\r\n");
  EXPECT_EQ(it.say("MKD a.txt/y"), "550 Not a directory\r\n");
  EXPECT_EQ(it.say("MKD .ftplike-partial.x"), "553 file name not allowed\r\n");
  EXPECT_EQ(it.say("MKD /"), "550 File exists\r\n");
  EXPECT_EQ(it.files.paths(), (Paths{"/a.txt", "/d/", "/d/c.txt", "/n/"}));
}

TEST(Rmd, RemovesAnEmptyDirectory) {
  Named it;
  EXPECT_EQ(it.say("RMD d"), "550 Directory not empty\r\n");
  EXPECT_EQ(it.say("RMD a.txt"), "550 Not a directory\r\n");
  EXPECT_EQ(it.say("RMD nowhere"), "550 File not found\r\n");
  EXPECT_EQ(it.say("RMD /"), "550 Permission denied\r\n");
  EXPECT_EQ(it.say("DELE d/c.txt"), "250 File removed\r\n");
  EXPECT_EQ(it.say("RMD d"), "250 Directory removed\r\n");
  EXPECT_EQ(it.files.paths(), Paths{"/a.txt"});
}

TEST(Dele, RemovesAFile) {
  Named it;
  EXPECT_EQ(it.say("DELE a.txt"), "250 File removed\r\n");
  EXPECT_EQ(it.say("DELE a.txt"), "550 File not found\r\n");
  EXPECT_EQ(it.say("DELE d"), "550 Is a directory\r\n");
  EXPECT_EQ(it.files.paths(), (Paths{"/d/", "/d/c.txt"}));
}

TEST(Rename, TakesTwoCommands) {
  Named it;
  EXPECT_EQ(it.say("RNTO b.txt"), "503 RNFR first\r\n");
  EXPECT_EQ(it.say("RNFR nowhere"), "550 File not found\r\n");
  EXPECT_EQ(it.say("RNTO b.txt"), "503 RNFR first\r\n");
  EXPECT_EQ(it.say("RNFR a.txt"), "350 RNTO next\r\n");
  EXPECT_EQ(it.say("RNTO d/b.txt"), "250 Renamed\r\n");
  EXPECT_EQ(it.say("RNTO again"), "503 RNFR first\r\n") << "one RNFR is for one RNTO";
  EXPECT_EQ(it.files.paths(), (Paths{"/d/", "/d/b.txt", "/d/c.txt"}));
  EXPECT_EQ(it.files.text("/d/b.txt"), "hello");
}

TEST(Rename, TakesDirectoriesWithWhatIsInThem) {
  Named it;
  it.say("RNFR d");
  EXPECT_EQ(it.say("RNTO e"), "250 Renamed\r\n");
  EXPECT_EQ(it.files.paths(), (Paths{"/a.txt", "/e/", "/e/c.txt"}));
}

TEST(Rename, ThatCannotBeChangesNothing) {
  Named it;
  for (const auto& [to, reply] :
       std::vector<std::pair<std::string, std::string>>{{"nowhere/x", "550 File not found\r\n"},
                                                        {"d", "550 Is a directory\r\n"},
                                                        {"d/c.txt/x", "550 Not a directory\r\n"},
                                                        {".ftplike-partial.x", "553 file name not allowed\r\n"}}) {
    it.say("RNFR a.txt");
    EXPECT_EQ(it.say("RNTO " + to), reply);
  }
  it.say("RNFR d");
  EXPECT_EQ(it.say("RNTO d/e"), "553 File name not allowed\r\n") << "into itself";
  EXPECT_EQ(it.files.paths(), (Paths{"/a.txt", "/d/", "/d/c.txt"}));
}

TEST(Size, IsTheLengthThatTheTransferHas) {
  Named it{{{"/a.txt", "one\ntwo\n"}, {"/dos", "one\r\n"}, {"/d/", ""}, {"/empty", ""}}};
  EXPECT_EQ(it.say("SIZE a.txt"), "213 8\r\n");
  EXPECT_EQ(it.client.fetch("RETR a.txt").size(), 8u);
  EXPECT_EQ(it.say("TYPE A"), "200 Type is ASCII\r\n");
  for (const std::string name : {"a.txt", "dos", "empty"}) {
    const auto length = it.client.fetch("RETR " + name).size();
    EXPECT_EQ(it.say("SIZE " + name), "213 " + std::to_string(length) + "\r\n");
  }
  EXPECT_EQ(it.say("SIZE a.txt"), "213 10\r\n");
  EXPECT_EQ(it.say("SIZE d"), "550 Not a file\r\n");
  EXPECT_EQ(it.say("SIZE nowhere"), "550 File not found\r\n");
}

TEST(Size, AsTextIsCountedOfShortFilesOnly) {
  Named it{{{"/short", std::string(1024 * 1024, '\n')}, {"/long", std::string(1024 * 1024 + 1, '\n')}}};
  EXPECT_EQ(it.say("SIZE long"), "213 1048577\r\n");
  it.say("TYPE A");
  EXPECT_EQ(it.say("SIZE short"), "213 2097152\r\n");
  EXPECT_EQ(it.say("SIZE long"), "550 Its size is told in TYPE I only\r\n") << "else it was an attack's favourite";
}

TEST(Size, OfAnFtpLikeSessionIsInBytes) {
  TestNetwork network{1};
  auto server = serve(network, {{"/a.txt", "one\ntwo\n"}});
  Dialogue client{network};
  EXPECT_EQ(client.say("SIZE a.txt"), "213 8\r\n");
}

TEST(Times, AreToldInWholeSeconds) {
  Named it;
  it.files.set_time(Timestamp{std::chrono::milliseconds{1'700'000'000'789}});
  it.files.put("/new", "");
  EXPECT_EQ(it.say("MDTM new"), "213 20231114221320\r\n");
  EXPECT_NE(it.say("MLST new").find("modify=20231114221320;"), std::string::npos);
  EXPECT_NE(it.client.fetch("MLSD").find("modify=20231114221320;"), std::string::npos);
  EXPECT_EQ(it.say("MFMT 20240229123456.5 new"), "213 Modify=20240229123456; new\r\n");
  EXPECT_EQ(it.say("MDTM new"), "213 20240229123456\r\n");
}

TEST(Mdtm, TellsTheTimeInUtc) {
  Named it;
  EXPECT_EQ(it.say("MDTM a.txt"), "213 20010203000000\r\n");
  EXPECT_EQ(it.say("MDTM nowhere"), "550 File not found\r\n");
}

TEST(Mfmt, SetsTheTime) {
  Named it;
  EXPECT_EQ(it.say("MFMT 20240229123456 a.txt"), "213 Modify=20240229123456; a.txt\r\n");
  EXPECT_EQ(it.say("MDTM a.txt"), "213 20240229123456\r\n");
  EXPECT_EQ(it.say("MFMT 20230229123456 a.txt"), "501 A time and a path expected\r\n") << "there was no such day";
  EXPECT_EQ(it.say("MFMT 20240229123456"), "501 A time and a path expected\r\n");
  EXPECT_EQ(it.say("MFMT 20240229123456 nowhere"), "550 File not found\r\n");
}

TEST(Mfmt, TakesAnyYearThatListingsCanTell) {
  Named it;
  for (const std::string year : {"1901", "2262", "2263", "2446", "9999"}) {
    EXPECT_EQ(it.client.code("MFMT " + year + "1231235959 a.txt"), 213);
    EXPECT_EQ(it.say("MDTM a.txt"), "213 " + year + "1231235959\r\n");
    EXPECT_NE(it.client.fetch("MLSD").find("modify=" + year + "1231235959;"), std::string::npos);
    EXPECT_NE(it.client.fetch("LIST").find(" Dec 31  " + year + " a.txt\r\n"), std::string::npos);
    EXPECT_NE(it.say("STAT a.txt").find(" Dec 31  " + year + " a.txt\r\n"), std::string::npos);
  }
}

TEST(Mff, SetsAllFactsOrNone) {
  Named it;
  EXPECT_EQ(it.say("MFF Modify=20240229123456;UNIX.mode=0600; a.txt"),
            "213 Modify=20240229123456;UNIX.mode=0600; a.txt\r\n");
  EXPECT_NE(it.say("MLST a.txt").find("modify=20240229123456;perm=adfrw;unique=2;UNIX.mode=0600;"), std::string::npos);
  EXPECT_EQ(it.say("MFF modify=20200101000000;size=3; a.txt"), "504 Cannot set size=3\r\n");
  EXPECT_EQ(it.say("MFF modify=never; a.txt"), "504 Cannot set modify=never\r\n");
  EXPECT_EQ(it.say("MFF UNIX.mode=9; a.txt"), "504 Cannot set UNIX.mode=9\r\n");
  EXPECT_EQ(it.say("MFF modify=20200101000000;UNIX.mode=10000; a.txt"), "504 Cannot set UNIX.mode=10000\r\n");
  EXPECT_EQ(it.say("MFF a.txt"), "501 Facts and a path expected\r\n");
  EXPECT_EQ(it.say("MDTM a.txt"), "213 20240229123456\r\n");
}

TEST(SiteChmod, SetsTheMode) {
  Named it;
  EXPECT_EQ(it.say("SITE CHMOD 640 a.txt"), "200 Mode set\r\n");
  EXPECT_NE(it.say("MLST a.txt").find("UNIX.mode=0640;"), std::string::npos);
  for (const auto wrong : {"SITE CHMOD", "SITE CHMOD 640", "SITE CHMOD 8 a.txt", "SITE CHMOD 10000 a.txt"}) {
    EXPECT_EQ(it.client.code(wrong), 501) << wrong;
  }
  EXPECT_EQ(it.say("SITE CHMOD 640 nowhere"), "550 File not found\r\n");
}

TEST(SiteUtime, SetsTheTimeInBothOfItsForms) {
  Named it;
  EXPECT_EQ(it.say("SITE UTIME 20240229123456 a.txt"), "200 Time set\r\n");
  EXPECT_EQ(it.say("MDTM a.txt"), "213 20240229123456\r\n");
  EXPECT_EQ(it.say("SITE UTIME 202402291234 a.txt"), "200 Time set\r\n");
  EXPECT_EQ(it.say("MDTM a.txt"), "213 20240229123400\r\n");
  EXPECT_EQ(it.say("SITE UTIME a.txt 20010101000000 20020202020202 20030303000000 UTC"), "200 Time set\r\n");
  EXPECT_EQ(it.say("MDTM a.txt"), "213 20020202020202\r\n");
  EXPECT_EQ(it.say("SITE UTIME now a.txt"), "501 A time and a path expected\r\n");
}

TEST(Avbl, TellsTheRoomThatIsLeft) {
  Named it{{{{"/a.txt", "hello"}, {"/d/", ""}}, 1000}};
  EXPECT_EQ(it.say("AVBL"), "213 995\r\n");
  EXPECT_EQ(it.say("AVBL d"), "213 995\r\n");
  EXPECT_EQ(it.say("AVBL nowhere"), "550 File not found\r\n");
}

TEST(Comb, MakesOneFileOfItsParts) {
  Named it{{{"/one", "1"}, {"/two", "22"}, {"/three 3", "333"}}};
  EXPECT_EQ(it.say("COMB whole one \"two\" \"three 3\""), "250 Combined\r\n");
  EXPECT_EQ(it.files.paths(), Paths{"/whole"});
  EXPECT_EQ(it.files.text("/whole"), "122333");
  EXPECT_EQ(it.say("COMB whole"), "501 A target and parts expected\r\n");
  EXPECT_EQ(it.say("COMB whole whole"), "501 The target cannot be a part\r\n");
  EXPECT_EQ(it.say("COMB whole nowhere"), "550 File not found\r\n");
  EXPECT_EQ(it.files.text("/whole"), "122333");
}

TEST(Rang, ChoosesTheBytesOfTheNextDownload) {
  Named it{{{"/a", "0123456789"}}};
  EXPECT_EQ(it.client.code("RANG 2 5"), 350);
  EXPECT_EQ(it.client.fetch("RETR a"), "2345") << "both ends are in";
  EXPECT_EQ(it.client.fetch("RETR a"), "0123456789");
  EXPECT_EQ(it.client.code("RANG 8 100"), 350);
  EXPECT_EQ(it.client.fetch("RETR a"), "89");
  EXPECT_EQ(it.client.code("RANG 2 5"), 350);
  EXPECT_EQ(it.client.code("RANG 1 0"), 350);
  EXPECT_EQ(it.client.fetch("RETR a"), "0123456789") << "1 0 takes a range back";
  for (const auto wrong : {"RANG", "RANG 1", "RANG 5 2", "RANG a b", "RANG -1 5", "RANG -5 -1", "RANG 1 -1",
                           "RANG 0 18446744073709551616", "RANG 99999999999999999999 99999999999999999999"}) {
    EXPECT_EQ(it.client.code(wrong), 501) << wrong;
  }
}

TEST(Rang, MayBeHuge) {
  Named it{{{"/a", "0123456789"}}};
  EXPECT_EQ(it.client.code("RANG 0 18446744073709551615"), 350);
  EXPECT_EQ(it.client.fetch("RETR a"), "0123456789");
  EXPECT_EQ(it.client.code("RANG 4 18446744073709551615"), 350);
  EXPECT_EQ(it.client.fetch("RETR a"), "456789");
  EXPECT_EQ(it.client.code("RANG 18446744073709551615 18446744073709551615"), 350);
  EXPECT_EQ(it.client.code("RETR a"), 554);
}

}  // namespace
