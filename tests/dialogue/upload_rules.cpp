// What uploads have to keep to, by whatever command they come.
#include <ftplike/storage/upload_rules.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;

const Reply too_large = reply_for(Errc::too_large), bad_name = reply_for(Errc::bad_name);
std::string text(const Reply& reply) { return std::to_string(reply.code()) + ' ' + reply.text() + "\r\n"; }

struct Ruled {
  explicit Ruled(UploadRules its, TestFiles some = {{"/old.txt", "12345678"}, {"/d/", ""}})
      : rules{std::move(its)}, files{std::move(some)} {
    client.log_in().binary();
  }
  std::string say(std::string_view line) { return client.say(line); }
  std::string store(std::string_view command, std::string_view bytes) { return client.store(command, bytes); }

  UploadRules rules;
  TestNetwork network{1};
  TestFiles files;
  TestServer server = serve(network, files, some_users(), rules);
  Dialogue client{network};
};
using Paths = std::vector<std::string>;

TEST(UploadName, ThatIsRefusedIsRefusedByEveryCommandThatMakesOne) {
  Ruled it{{.refused_names = {"*.exe", ".*"}}};
  for (const auto name : {"a.exe", "A.EXE", "d/a.Exe", ".profile", "d/.profile"}) {
    for (const std::string verb : {"STOR ", "APPE ", "STOU "}) {
      EXPECT_EQ(it.store(verb + name, "x"), text(bad_name)) << verb << name;
    }
    EXPECT_EQ(it.client.code("RNFR old.txt"), 350);
    EXPECT_EQ(it.say(std::string{"RNTO "} + name), text(bad_name)) << name;
    EXPECT_EQ(it.say(std::string{"COMB "} + name + " old.txt"), text(bad_name)) << name;
  }
  EXPECT_EQ(it.files.paths(), (Paths{"/d/", "/old.txt"}));
  EXPECT_EQ(it.store("STOR a.exe.txt", "x"), "226 Upload complete\r\n");
  EXPECT_EQ(it.client.code("RNFR old.txt"), 350);
  EXPECT_EQ(it.say("RNTO new.txt"), "250 Renamed\r\n");
}

TEST(UploadName, HasToFitOneOfThoseThatAreAllowed) {
  Ruled it{{.allowed_names = {"*.jpg", "*.txt"}, .refused_names = {"x*"}}};
  EXPECT_EQ(it.store("STOR a.JPG", "x"), "226 Upload complete\r\n");
  EXPECT_EQ(it.store("STOR a.png", "x"), text(bad_name));
  EXPECT_EQ(it.store("STOR x.jpg", "x"), text(bad_name));
  EXPECT_EQ(it.store("STOU a.jpg", "x"), "226 Upload complete\r\n") << "the name that was wished for counts";
  EXPECT_EQ(it.store("STOU", "x"), text(bad_name)) << "this one is wished for by the server";
}

TEST(UploadName, MayDependOnCase) {
  Ruled it{{.refused_names = {"*.exe"}, .case_matters = true}};
  EXPECT_EQ(it.store("STOR a.exe", "x"), text(bad_name));
  EXPECT_EQ(it.store("STOR a.EXE", "x"), "226 Upload complete\r\n");
}

TEST(UploadName, OfADirectoryIsFree) {
  Ruled it{{.allowed_names = {"*.jpg"}}};
  EXPECT_EQ(it.client.code("MKD album"), 257);
  EXPECT_EQ(it.client.code("RNFR album"), 350);
  EXPECT_EQ(it.say("RNTO photos"), "250 Renamed\r\n");
  EXPECT_EQ(it.client.code("RNFR old.txt"), 350);
  EXPECT_EQ(it.say("RNTO older.txt"), text(bad_name));
}

TEST(UploadName, IsRefusedBeforeAnyData) {
  Ruled it{{.refused_names = {"*.exe"}}};
  const auto port = it.client.passive();
  EXPECT_EQ(it.say("STOR a.exe"), text(bad_name)) << "no 150";
  EXPECT_EQ(it.say("STOR a.txt").substr(0, 3), "150");
  it.client.put(port, "x");
  EXPECT_EQ(it.client.hear(), "226 Upload complete\r\n");
}

TEST(UploadSize, MayBeTheLargestAndNotAByteMore) {
  Ruled it{{.largest = 10}};
  EXPECT_EQ(it.store("STOR a", "0123456789"), "226 Upload complete\r\n");
  EXPECT_EQ(it.store("STOR a", "0123456789x"), text(too_large));
  EXPECT_EQ(it.files.text("/a"), "0123456789") << "the old file stays";
  EXPECT_EQ(it.store("STOU b", "0123456789x"), text(too_large));
  EXPECT_EQ(it.store("APPE old.txt", "9x"), "226 Upload complete\r\n");
  EXPECT_EQ(it.store("APPE old.txt", "y"), text(too_large));
  EXPECT_EQ(it.files.text("/old.txt"), "123456789x");
  EXPECT_EQ(it.say("COMB old.txt a"), text(too_large));
  EXPECT_EQ(it.files.paths(), (Paths{"/a", "/d/", "/old.txt"}));
  EXPECT_EQ(it.files.text("/a"), "0123456789") << "the parts stay";
  EXPECT_EQ(it.client.fetch("RETR old.txt"), "123456789x") << "fetching has no such limit";
}

TEST(UploadSize, EndsTheTransferAtTheFirstByteThatIsTooMany) {
  Ruled it{{.largest = 10}};
  const auto port = it.client.passive();
  EXPECT_EQ(it.say("STOR a").substr(0, 3), "150");
  auto data = it.client.open(port);
  data.type("0123456789");
  EXPECT_EQ(it.client.hear(), "");
  data.type("x");
  EXPECT_EQ(it.client.hear(), text(too_large)) << "though the client would have sent more";
  EXPECT_EQ(it.server.diary().of("transfer"),
            Paths{"STOR /a received 10 bytes from 0: file larger than allowed (anna)"});
}

TEST(UploadSize, LeavesNothingThatTakesRoom) {
  TestFiles small{{{"/old.txt", "12345678"}}, 30};
  Ruled it{{.largest = 10}, small};
  EXPECT_EQ(it.store("STOR a", "0123456789x"), text(too_large));
  EXPECT_EQ(it.client.code("SIZE a"), 550) << "no part is kept";
  EXPECT_EQ(it.store("APPE old.txt", "0123456789x"), text(too_large));
  EXPECT_EQ(it.say("AVBL"), "213 22\r\n");
}

TEST(UploadSize, CountsWhatIsThereAlready) {
  Ruled it{{.largest = 10}, TestFiles{{"/big", "0123456789x"}, {"/part", "12345"}}};
  EXPECT_EQ(it.store("APPE big", ""), text(too_large)) << "it was there before the rule";
  EXPECT_EQ(it.files.text("/big"), "0123456789x");
  EXPECT_EQ(it.client.code("REST 5"), 350);
  EXPECT_EQ(it.store("STOR part", "67890x"), text(too_large));
  EXPECT_EQ(it.client.code("REST 11"), 350);
  EXPECT_EQ(it.store("STOR big", ""), text(too_large)) << "no 150 for what is too large from its beginning";
}

TEST(UploadSize, IsThatOfTheFileWhereLinesAreTranslated) {
  Ruled it{{.largest = 4}};
  EXPECT_EQ(it.say("TYPE A"), "200 Type is ASCII\r\n");
  EXPECT_EQ(it.store("STOR a", "a\r\nb\r\n"), "226 Upload complete\r\n");
  EXPECT_EQ(it.store("STOR b", "a\r\nbc\r\n"), text(too_large));
}

TEST(UploadSize, IsRefusedWhereTheClientSaysItBeforehand) {
  Ruled it{{.largest = 10}};
  EXPECT_EQ(it.say("ALLO 10"), "200 There is room\r\n");
  EXPECT_EQ(it.say("ALLO 11"), "552 A file may have 10 bytes at most\r\n");
  EXPECT_EQ(it.say("ALLO 11 R 100"), "552 A file may have 10 bytes at most\r\n");
}

TEST(UploadSize, HasNoLimitUnlessSomebodySaysOne) {
  Ruled it{{}};
  const std::string large(300'000, 'x');
  EXPECT_EQ(it.store("STOR .a.EXE", large), "226 Upload complete\r\n");
  EXPECT_EQ(it.files.text("/.a.EXE"), large);
}

}  // namespace
