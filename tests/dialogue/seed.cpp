// The ftp-like dialect, as wire.md has it: a session without a login, with line endings or without.
#include <ftplike/server.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

MemoryStorage seed_files() {
  return {{"/sample_image.jpg", "a picture"}, {"/images/demo_photo.jpg", "another picture"}, {"/images/b", "b"}};
}

/// As the seed's own client talks: no line ending, one command, one reply.
std::string ask(Dialogue& client, std::string_view command) {
  client.type(command);
  return client.hear_after(20ms);
}
/// As a device talks whose every print is a packet: a pause longer than the grace after each byte.
std::string ask_slowly(Dialogue& client, std::string_view bytes) {
  std::string replies;
  for (const char byte : bytes) {
    client.type({&byte, 1});
    replies += client.hear_after(30ms);
  }
  return replies;
}

TEST(SeedDialect, HoldsTheSessionOfTheExample) {
  TestNetwork network{7};
  MemoryStorage files = seed_files();
  auto server = serve(network, files);
  Dialogue client{network};
  EXPECT_EQ(client.greeting, "220 FTP Server Ready\r\n");
  EXPECT_EQ(ask(client, "pwd"), "257 \"server/server_storage\"\r\n");
  EXPECT_EQ(ask(client, "RETR sample_image.jpg"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "a picture");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  EXPECT_EQ(ask(client, "STOR upload_test.jpg"), "150 40002\r\n");
  client.put(40002, "my picture");
  EXPECT_EQ(client.hear(), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/upload_test.jpg"), "my picture");
  EXPECT_EQ(ask(client, "CWD images"), "250 Directory changed to images\r\n");
  EXPECT_EQ(ask(client, "RETR demo_photo.jpg"), "150 40003\r\n");
  EXPECT_EQ(client.data(40003), "another picture");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  EXPECT_EQ(ask(client, "LIST"), "150 40004\r\n");
  EXPECT_EQ(client.data(40004), "b\ndemo_photo.jpg") << "bare names, LF between them and none at the end";
  EXPECT_EQ(client.hear(), "226 Listing complete\r\n");
  EXPECT_EQ(ask(client, "pwd"), "257 \"server/server_storage/images\"\r\n");
  EXPECT_EQ(ask(client, "QUIT"), "221 Goodbye\r\n");
  EXPECT_TRUE(client.ended());
}

TEST(SeedDialect, IsTheSameWithLineEndingsAndWithoutWaiting) {
  for (const std::string ending : {"\r\n", "\n"}) {
    TestNetwork network{7};
    auto server = serve(network, seed_files());
    Dialogue client{network};
    client.type("Pwd" + ending);
    EXPECT_EQ(client.hear(), "257 \"server/server_storage\"\r\n");
    client.type("retr sample_image.jpg" + ending);
    EXPECT_EQ(client.hear(), "150 40001\r\n");
    EXPECT_EQ(client.data(40001), "a picture");
    EXPECT_EQ(client.hear(), "226 Download complete\r\n");
  }
}

TEST(SeedDialect, OpensNoPortForAFileThatIsNotThere) {
  TestNetwork network{7};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  const auto listeners = network.open_acceptors();
  EXPECT_EQ(client.say("RETR nowhere.jpg"), "550 File not found\r\n");
  EXPECT_EQ(client.say("CWD nowhere"), "550 Directory not found\r\n");
  EXPECT_EQ(client.say("CWD sample_image.jpg"), "550 Directory not found\r\n");
  EXPECT_EQ(network.open_acceptors(), listeners);
  EXPECT_EQ(server.diary().of("listening").size(), 0u);
}

TEST(SeedDialect, AnswersOneFiveTwoToWhatNobodyKnows) {
  TestNetwork network{7};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  EXPECT_EQ(client.say("SMNT /"), "502 Command not implemented\r\n");
  EXPECT_EQ(client.say("MAKETEA"), "502 Command not implemented\r\n");
  EXPECT_EQ(client.say("PLEASE MAKE TEA"), "502 Command not implemented\r\n");
}

TEST(SeedDialect, SendsBytesAsTheyAreWhateverTypeIsSaid) {
  TestNetwork network{7};
  MemoryStorage files{{"/unix.txt", "a\nb\n"}};
  auto server = serve(network, files);
  Dialogue client{network};
  EXPECT_EQ(client.say("RETR unix.txt"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "a\nb\n");
  client.hear();
  EXPECT_EQ(client.say("STOR dos.txt"), "150 40002\r\n");
  client.put(40002, "a\r\nb\r\n");
  EXPECT_EQ(client.hear(), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/dos.txt"), "a\r\nb\r\n");
}

TEST(SeedDialect, LeavesTheRootInNoSpelling) {
  TestNetwork network{7};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  EXPECT_EQ(client.say("CWD ../../.."), "250 Directory changed to ../../..\r\n");
  EXPECT_EQ(client.say("PWD"), "257 \"server/server_storage\"\r\n");
  EXPECT_EQ(client.say("RETR ../../etc/passwd"), "550 File not found\r\n");
  EXPECT_EQ(client.say("RETR /../../sample_image.jpg"), "150 40001\r\n") << "the root is as high as it goes";
  EXPECT_EQ(client.data(40001), "a picture");
}

// ---- commands without line endings

TEST(UnterminatedCommand, IsTakenAfterTwentyMillisecondsOfSilenceIfItMayGoOn) {
  TestNetwork network{7};
  auto server = serve(network, {{"/im/", ""}, {"/images/", ""}});
  Dialogue client{network};
  client.type("CWD im");
  EXPECT_EQ(client.hear_after(19ms), "");
  client.type("ages");
  EXPECT_EQ(client.hear_after(19ms), "") << "the silence is counted anew from each byte";
  EXPECT_EQ(client.hear_after(1ms), "250 Directory changed to images\r\n");
}

TEST(UnterminatedCommand, IsTakenAtOnceIfItIsWholeWithoutAnArgument) {
  TestNetwork network{7};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  client.type("pwd");
  EXPECT_EQ(client.hear(), "257 \"server/server_storage\"\r\n");
  client.type(" NOOP ");
  EXPECT_EQ(client.hear(), "200 OK\r\n");
  client.type("LIST");
  EXPECT_EQ(client.hear(), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "images\nsample_image.jpg");
  EXPECT_EQ(client.hear(), "226 Listing complete\r\n");
  client.type("QUIT");
  EXPECT_EQ(client.hear(), "221 Goodbye\r\n");
}

TEST(UnterminatedCommand, WaitsNoLongerOnceTheClientHasShownThatItsCommandsComeWhole) {
  TestNetwork network{7};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  EXPECT_EQ(ask(client, "CWD images"), "250 Directory changed to images\r\n");
  client.type("CWD ..");
  EXPECT_EQ(client.hear(), "250 Directory changed to ..\r\n");
  client.type("CWD im");
  EXPECT_EQ(client.hear(), "550 Directory not found\r\n");
  client.type("CWD ");
  EXPECT_EQ(client.hear_after(1s), "");
  client.type("im");
  EXPECT_EQ(client.hear_after(19ms), "") << "this one did not come whole";
  client.type("ages");
  EXPECT_EQ(client.hear_after(20ms), "250 Directory changed to images\r\n");
  client.type("CWD .");
  EXPECT_EQ(client.hear(), "") << "nor has one since";
  client.type(".");
  EXPECT_EQ(client.hear_after(20ms), "250 Directory changed to ..\r\n");
}

TEST(UnterminatedCommand, IsNoneUnlessItIsOneOfTheDialectsOwnWithWhatItNeeds) {
  for (const auto part : {"U", "USER ", "USER anna", "AUTH TLS", "PASS secret", "RETR", "CWD ", "PWD now", "DELE sample_image.jpg",
                          "STAT", "SYST", "APPE a", "XPWD", "PWDLIST", "MAKETEA", "P WD", "\xFF\xFB"}) {
    TestNetwork network{7};
    MemoryStorage files = seed_files();
    auto server = serve(network, files);
    Dialogue client{network};
    client.type(part);
    EXPECT_EQ(client.hear_after(59s), "") << part;
    client.control().finish();
    EXPECT_EQ(client.hear(), "") << part << ", which the end of the connection may have cut";
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(files.paths().size(), seed_files().paths().size());
  }
}

TEST(CommandInPieces, LogsInAndTransfersWhateverGuestsMayDo) {
  for (const bool with_guests : {true, false}) {
    for (const std::string ending : {"\r\n", "\n"}) {
      TestNetwork network{7};
      MemoryStorage files = seed_files();
      UserTable users = some_users();
      if (with_guests) users = UserTable{Anonymous{.without_login = "write"}};
      if (with_guests) users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::plain("secret")});
      auto server = serve(network, files, std::move(users));
      Dialogue client{network};
      const auto say = [&](const std::string& line) { return ask_slowly(client, line + ending); };
      EXPECT_EQ(say("USER anna"), "331 Password required\r\n");
      EXPECT_EQ(say("PASS secret"), "230 Logged in\r\n");
      EXPECT_EQ(say("TYPE I"), "200 Type is binary\r\n");
      EXPECT_EQ(say("EPSV"), "229 Entering extended passive mode (|||40001|)\r\n");
      EXPECT_EQ(say("STOR new"), "150 Opening data connection for new\r\n");
      client.put(40001, "content");
      EXPECT_EQ(client.hear_after(20ms), "226 Upload complete\r\n");
      EXPECT_EQ(say("EPSV"), "229 Entering extended passive mode (|||40002|)\r\n");
      EXPECT_EQ(say("RETR new"), "150 Opening data connection for new (7 bytes).\r\n");
      EXPECT_EQ(client.data(40002), "content");
      EXPECT_EQ(client.hear_after(20ms), "226 Download complete\r\n");
      EXPECT_EQ(say("QUIT"), "221 Goodbye\r\n");
    }
  }
}

TEST(CommandInPieces, IsOneInTheDialectWithoutALoginToo) {
  TestNetwork network{7};
  MemoryStorage files{{"/d/a", "hello"}};
  auto server = serve(network, files);
  Dialogue client{network};
  EXPECT_EQ(ask_slowly(client, "pwd"), "257 \"server/server_storage\"\r\n");
  EXPECT_EQ(ask_slowly(client, "CWD d"), "250 Directory changed to d\r\n");
  EXPECT_EQ(ask_slowly(client, "RETR a"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "hello");
  EXPECT_EQ(client.hear_after(20ms), "226 Download complete\r\n");
  EXPECT_EQ(ask_slowly(client, "STOR b"), "150 40002\r\n");
  client.put(40002, "content");
  EXPECT_EQ(client.hear_after(20ms), "226 Upload complete\r\n");
  EXPECT_EQ(files.text("/d/b"), "content");
  EXPECT_EQ(ask_slowly(client, "PWD \r\n"), "257 \"server/server_storage/d\"\r\n") << "its ending is answered by nobody";
  EXPECT_EQ(ask_slowly(client, "RETR b\r\n"), "150 40003\r\n");
  EXPECT_EQ(client.data(40003), "content");
  EXPECT_EQ(client.hear_after(20ms), "226 Download complete\r\n");
  EXPECT_EQ(ask_slowly(client, "QUIT"), "");
  EXPECT_EQ(ask_slowly(client, "\n"), "221 Goodbye\r\n");
}

TEST(CommandInPieces, HearsGuestsRefusedWhereTheyMayDoNothing) {
  TestNetwork network{7};
  auto server = serve(network, seed_files(), some_users());
  Dialogue client{network};
  EXPECT_EQ(ask_slowly(client, "pwd\r\n"), "530 Not logged in\r\n");
  EXPECT_EQ(ask_slowly(client, "RETR sample_image.jpg\r\n"), "530 Not logged in\r\n");
  EXPECT_EQ(ask_slowly(client, "USER anna\r\n"), "331 Password required\r\n");
  EXPECT_EQ(ask_slowly(client, "PASS secret\r\n"), "230 Logged in\r\n");
}

TEST(UnterminatedCommand, MayGetItsLineEndingLate) {
  TestNetwork network{7};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  EXPECT_EQ(ask(client, "NOOP"), "200 OK\r\n");
  client.type("\r\n");
  EXPECT_EQ(client.hear_after(1s), "") << "it belongs to the command that was answered";
  EXPECT_EQ(client.say("PWD"), "257 \"server/server_storage\"\r\n");
}

TEST(UnterminatedCommand, IsNoLongerOneAfterTheFirstLineEnding) {
  TestNetwork network{7};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  EXPECT_EQ(client.say("NOOP"), "200 OK\r\n");
  client.type("PW");
  EXPECT_EQ(client.hear_after(1min), "");
  client.type("D\n");
  EXPECT_EQ(client.hear(), "257 \"server/server_storage\"\r\n");
}

TEST(UnterminatedCommand, IsTakenWhenTheClientSaysThatNothingMoreComes) {
  TestNetwork network{7};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  client.type("PWD");
  client.control().finish();
  EXPECT_EQ(client.hear(), "257 \"server/server_storage\"\r\n");
  EXPECT_TRUE(client.ended());
}

TEST(UnterminatedCommand, MayComeByteByByteWithoutPauses) {
  TestNetwork network{7, {.split = Split::every_byte}};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  EXPECT_EQ(ask(client, "CWD images"), "250 Directory changed to images\r\n");
}

TEST(UnterminatedCommand, MayComeDuringATransferAndWaitsItsTurn) {
  TestNetwork network{7};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  EXPECT_EQ(ask(client, "RETR sample_image.jpg"), "150 40001\r\n");
  client.type("pwd");
  EXPECT_EQ(client.hear_after(1s), "");
  EXPECT_EQ(client.data(40001), "a picture");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n257 \"server/server_storage\"\r\n");
}

// ---- telling the dialects apart

TEST(Dialects, AreToldApartByUser) {
  TestNetwork network{7};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  EXPECT_EQ(client.say("USER anna"), "331 Password required\r\n");
  EXPECT_EQ(client.say("PWD"), "530 Not logged in\r\n") << "who begins a login is no guest any more";
}

TEST(Dialects, NamesInAListingDependOnTheDataConnection) {
  TestNetwork network{7};
  auto server = serve(network, seed_files());
  Dialogue client{network};
  EXPECT_EQ(client.say("LIST images"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "b\ndemo_photo.jpg");
  client.hear();
  const auto listing = client.fetch("LIST images");
  EXPECT_EQ(listing.substr(0, 10), "-rw-r--r--");
  EXPECT_EQ(listing.substr(listing.size() - 16), "demo_photo.jpg\r\n");
}

TEST(Dialects, BareNamesStandBetweenLineEndingsWhateverIsLeftOut) {
  TestNetwork network{7};
  MemoryStorage files{{"/d/a\nb", "1"}, {"/d/b", "2"}, {"/d/c\rd", "3"}, {"/d/e", "4"}, {"/f/a\nb", "5"}};
  auto server = serve(network, std::move(files));
  Dialogue client{network};
  EXPECT_EQ(client.say("LIST d"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "b\ne");
  client.hear();
  EXPECT_EQ(client.say("LIST f"), "150 40002\r\n");
  EXPECT_EQ(client.data(40002), "");
  client.hear();
  EXPECT_EQ(client.say("LIST d/e"), "150 40003\r\n");
  EXPECT_EQ(client.data(40003), "e");
}

TEST(Dialects, AStandardSessionWithoutNegotiationGetsAPortAnnounced) {
  TestNetwork network{7};
  auto server = serve(network, seed_files(), some_users());
  Dialogue client{network};
  client.log_in().binary();
  EXPECT_EQ(client.say("PWD"), "257 \"/\"\r\n");
  EXPECT_EQ(client.say("RETR sample_image.jpg"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "a picture");
  EXPECT_EQ(client.hear(), "226 Download complete\r\n");
}

TEST(Dialects, GuestsWhoMayDoNothingHearIt) {
  TestNetwork network{7};
  auto server = serve(network, seed_files(), some_users());
  Dialogue client{network};
  EXPECT_EQ(ask(client, "pwd"), "530 Not logged in\r\n");
  EXPECT_EQ(ask(client, "RETR sample_image.jpg"), "530 Not logged in\r\n");
  EXPECT_EQ(ask(client, "QUIT"), "221 Goodbye\r\n");
}

TEST(Dialects, GuestsWhoMayReadCannotWrite) {
  TestNetwork network{7};
  MemoryStorage files = seed_files();
  auto server = serve(network, files, Anonymous{.without_login = "read"});
  Dialogue client{network};
  EXPECT_EQ(client.say("STOR new"), "550 Permission denied\r\n");
  EXPECT_EQ(client.say("DELE sample_image.jpg"), "550 Permission denied\r\n");
  EXPECT_EQ(client.say("RETR sample_image.jpg"), "150 40001\r\n");
  EXPECT_EQ(client.data(40001), "a picture");
  EXPECT_EQ(files.paths().size(), 4u);
}

}  // namespace
