// What REST, RANG and RNFR prepare is for the command that follows, and for no other.
#include <ftplike/server/dispatch.hpp>

#include "support/dialogue.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

const std::string ten_digits = "0123456789";

/// A client that is logged in and sends bytes.
struct Preparing {
  explicit Preparing(Diary::Hook hook = {}) : server{serve(network, files, some_users(), std::move(hook))} {
    client.log_in().binary();
  }
  TestNetwork network{1};
  MemoryStorage files{{"/a", ten_digits}, {"/b", ten_digits}, {"/d/", ""}};
  TestServer server;
  Dialogue client{network};
};

// The README's own hook: what it refused left its REST for an upload that began at its beginning, and a mixture of the
// two files was committed with a 226.
TEST(Prepared, EndsWithACommandThatAnObserverRefuses) {
  Preparing it{[](const CommandSeen& command) -> std::optional<Reply> {
    if (command.argument.ends_with(".exe")) return Reply{553, "No programs here"};
    return std::nullopt;
  }};
  EXPECT_EQ(it.client.code("REST 5"), 350);
  EXPECT_EQ(it.client.store("STOR setup.exe", "xyz"), "553 No programs here\r\n");
  EXPECT_EQ(it.client.store("STOR b", "new"), "226 Upload complete\r\n");
  EXPECT_EQ(it.files.text("/b"), "new");
  EXPECT_EQ(it.client.code("RANG 0 3"), 350);
  EXPECT_EQ(it.client.fetch("RETR x.exe"), "553 No programs here\r\n");
  EXPECT_EQ(it.client.fetch("RETR a"), ten_digits);
}

TEST(Prepared, EndsWithEveryCommandThatComesInBetweenWhateverItsReply) {
  for (const std::string between :
       {"RETR nowhere", "RETR", "STOR .ftplike-partial.x", "SIZE a", "CWD d", "CDUP", "PWD", "LIST nowhere", "NONSENSE",
        "", "DELE d", "SITE CHMOD 600 a", "MDTM a", "HELP", "SYST", "RNFR a", "RNTO x", "COMB x nowhere", "LANG EN"}) {
    for (const std::string preparation : {"REST 5", "RANG 5 7"}) {
      Preparing it;
      EXPECT_EQ(it.client.code(preparation), 350);
      it.client.say(between);
      it.client.say("CWD /");
      EXPECT_EQ(it.client.fetch("RETR a"), ten_digits) << preparation << ", " << between;
    }
  }
}

TEST(Prepared, HoldsBeyondWhatMayStandInBetween) {
  for (const std::string between : {"PASV", "EPSV", "EPSV 9", "PORT 1", "EPRT |9|x|1|", "TYPE I", "TYPE I ", "TYPE X",
                                    "MODE S", "STRU F", "ALLO 3", "NOOP", "FEAT", "OPTS UTF8 ON", "STAT", "STAT d",
                                    "ABOR", "TYPE A\r\nTYPE I"}) {
    Preparing it;
    EXPECT_EQ(it.client.code("REST 5"), 350);
    it.client.say(between);
    EXPECT_EQ(it.client.fetch("RETR a"), ten_digits.substr(5)) << between;
    EXPECT_EQ(it.client.code("RANG 5 7"), 350);
    it.client.say(between);
    EXPECT_EQ(it.client.fetch("RETR a"), "567") << between;
    EXPECT_EQ(it.client.code("REST 5"), 350);
    it.client.say(between);
    EXPECT_EQ(it.client.store("STOR b", "x"), "226 Upload complete\r\n");
    EXPECT_EQ(it.files.text("/b"), "01234x") << between;
    EXPECT_EQ(it.client.code("RNFR a"), 350);
    it.client.say(between);
    EXPECT_EQ(it.client.say("RNTO c"), "250 Renamed\r\n") << between;
  }
}

TEST(Prepared, IsForTheFirstOfTwoTransfers) {
  Preparing it;
  EXPECT_EQ(it.client.code("REST 5"), 350);
  EXPECT_EQ(it.client.fetch("RETR a"), "56789");
  EXPECT_EQ(it.client.fetch("RETR a"), ten_digits);
  EXPECT_EQ(it.client.code("REST 5"), 350);
  EXPECT_EQ(it.client.store("APPE b", "x"), "226 Upload complete\r\n") << "which ends it, too";
  EXPECT_EQ(it.client.store("STOR b", "x"), "226 Upload complete\r\n");
  EXPECT_EQ(it.files.text("/b"), "x");
}

TEST(Prepared, EndsWithATransferThatFailed) {
  Preparing it;
  EXPECT_EQ(it.client.code("REST 5"), 350);
  it.client.passive();
  EXPECT_EQ(it.client.code("RETR a"), 150);
  EXPECT_EQ(it.client.hear_after(30s), "425 No data connection\r\n");
  EXPECT_EQ(it.client.fetch("RETR a"), ten_digits);
}

TEST(Prepared, IsTakenBackByTheNextPreparation) {
  Preparing it;
  EXPECT_EQ(it.client.code("REST 5"), 350);
  EXPECT_EQ(it.client.code("RANG 2 3"), 350);
  EXPECT_EQ(it.client.fetch("RETR a"), "23");
  EXPECT_EQ(it.client.code("RANG 2 3"), 350);
  EXPECT_EQ(it.client.code("REST 5"), 350);
  EXPECT_EQ(it.client.fetch("RETR a"), "56789");
  EXPECT_EQ(it.client.code("RNFR a"), 350);
  EXPECT_EQ(it.client.code("REST 5"), 350);
  EXPECT_EQ(it.client.say("RNTO c"), "503 RNFR first\r\n");
}

TEST(Prepared, EndsWithALineThatIsNone) {
  Preparing it;
  EXPECT_EQ(it.client.code("REST 5"), 350);
  EXPECT_EQ(it.client.code(std::string(5000, 'x')), 500);
  EXPECT_EQ(it.client.fetch("RETR a"), ten_digits);
}

TEST(Prepared, TakesNoPositionThatNoFileCanHave) {
  Preparing it;
  for (const std::string wrong : {"REST -1", "REST +1", "REST 1x", "REST 0x10", "REST 18446744073709551616", "RANG -1 3",
                                  "RANG 0 -1", "RANG 0 18446744073709551616", "RANG 18446744073709551615 0"}) {
    EXPECT_EQ(it.client.code(wrong), 501) << wrong;
    EXPECT_EQ(it.client.fetch("RETR a"), ten_digits) << wrong;
  }
  for (const std::string behind : {"REST 11", "REST 9223372036854775807", "REST 9223372036854775808",
                                   "REST 18446744073709551615", "RANG 11 12",
                                   "RANG 18446744073709551615 18446744073709551615"}) {
    EXPECT_EQ(it.client.code(behind), 350) << behind;
    EXPECT_EQ(Dialogue::code_of(it.client.fetch("RETR a")), 554) << behind;
  }
  for (const std::string behind : {"REST 9223372036854775808", "REST 18446744073709551615"}) {
    EXPECT_EQ(it.client.code(behind), 350) << behind;
    EXPECT_EQ(Dialogue::code_of(it.client.store("STOR a", "x")), 554) << behind;
  }
  EXPECT_EQ(it.client.code("RANG 3 18446744073709551615"), 350);
  EXPECT_EQ(it.client.fetch("RETR a"), ten_digits.substr(3));
  EXPECT_EQ(it.files.text("/a"), ten_digits);
}

}  // namespace
