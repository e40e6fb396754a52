// What a command may ask of the session that runs it: each test is a verb that asks.
#include <ftplike/server/session.hpp>

#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "support/dialogue.hpp"
#include "support/served.hpp"

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

namespace asking {

std::string yes_or_no(bool answer) { return answer ? "yes" : "no"; }

/// The path of the storage that an argument names, and that path as the client sees it.
struct Wher {
  static constexpr std::string_view verb = "WHER";
  static Reply run(auto& session, std::string_view text) {
    return {200, session.path(text).string() + ' ' + session.virtual_path(text).string()};
  }
};
/// Who is logged in, where, and whether he speaks standard FTP and a port would be announced to him.
struct Whoa {
  static constexpr std::string_view verb = "WHOA";
  static Reply run(auto& session, std::string_view) {
    const std::string name = session.account() ? session.account()->name : "nobody";
    return {200, name + " in " + session.directory.string() + ", standard " + yes_or_no(session.standard()) +
                     ", writes " + yes_or_no(session.may(Right::write)) + ", announced " + yes_or_no(session.announces())};
  }
};
struct Outt {
  static constexpr std::string_view verb = "OUTT";
  static Reply run(auto& session, std::string_view) {
    session.log_out();
    return {200, "Out"};
  }
};
struct Frgt {
  static constexpr std::string_view verb = "FRGT";
  static Reply run(auto& session, std::string_view) {
    session.forget();
    return {200, "Forgotten"};
  }
};
struct Darm {
  static constexpr std::string_view verb = "DARM";
  static Reply run(auto& session, std::string_view) {
    session.disarm();
    return {200, "Disarmed"};
  }
};
struct Clos {
  static constexpr std::string_view verb = "CLOS";
  static Reply run(auto& session, std::string_view) {
    session.close();
    return {200, "The last word"};
  }
};
struct More {
  static constexpr std::string_view verb = "MORE";
  static Reply run(auto& session, std::string_view) { return {200, yes_or_no(session.heard_more())}; }
};
struct Part {
  static constexpr std::string_view verb = "PART";
  static awaitable<Reply> run(auto& session, std::string_view) {
    std::string lines{"first\n second\n"};
    co_await session.say_part(211, std::move(lines));
    std::string more{" third\n"};
    co_await session.say_part(211, std::move(more));
    co_return Reply{211, "End"};
  }
};
/// Works for three times as long as a command may without getting on.
struct Work {
  static constexpr std::string_view verb = "WORK";
  static awaitable<Reply> run(auto& session, std::string_view tells) {
    for (int step = 0; step < 6; ++step) {
      const Time end = session.network().now() + session.limits().operation / 2;
      co_await session.network().sleep_until(end);
      if (tells == "it") session.make_progress();
      if (tells == "way") co_await session.give_way();
    }
    co_return Reply{200, "Worked"};
  }
};
struct Paus {
  static constexpr std::string_view verb = "PAUS";
  static awaitable<Reply> run(auto& session, std::string_view) {
    co_await session.pause(3h);
    co_return Reply{200, "Rested"};
  }
};
struct Known {
  static constexpr std::string_view verb = "VERB";
  static Reply run(auto& session, std::string_view name) {
    std::string all;
    session.for_each_command([&all](const auto& entry) { all += std::string{entry.verb.text()} + ' '; });
    const bool known = session.find_command(ftplike::Verb{name}) != nullptr;
    return {200, all.substr(0, 10) + yes_or_no(known)};
  }
};
struct Addr {
  static constexpr std::string_view verb = "ADDR";
  static Reply run(auto& session, std::string_view text) {
    const Endpoint remote{address(text), 1};
    return {200, session.address_for_client().to_string() + ' ' + yes_or_no(session.is_from_client(remote)) +
                     ", transfer " + yes_or_no(session.transferring() != nullptr) + ", interrupted " +
                     yes_or_no(session.interrupt(Errc::aborted)) + ", at work " + yes_or_no(session.is_at_work())};
  }
};
struct Profile : Ftp {
  using Commands = Ftp::Commands::With<Wher, Whoa, Outt, Frgt, Darm, Clos, More, Part, Work, Paus, Known, Addr>;
};

}  // namespace asking

class SessionTest : public testing::Test {
 protected:
  static MemoryStorage files() { return {{"/people/carl/sub/a", ""}, {"/sub/a", ""}}; }

  SimulatedNetwork network_{1};
};

TEST_F(SessionTest, SeesThePathsOfAnAccountBelowItsRootAndShowsThemFromThere) {
  Served served{network_, asking::Profile{}, files(), some_users()};
  Dialogue client{network_};
  client.log_in("carl").say("CWD sub");
  EXPECT_EQ(client.say("WHER a"), "200 /people/carl/sub/a /sub/a\r\n");
  EXPECT_EQ(client.say("WHER ../../../b"), "200 /people/carl/b /b\r\n");
}
TEST_F(SessionTest, OfAGuestHasAnAccountAndAnnouncesPorts) {
  Served served{network_, asking::Profile{}, files(), Anonymous{.without_login = "write"}};
  Dialogue client{network_};
  EXPECT_EQ(client.say("WHOA"), "200 guest in /, standard no, writes yes, announced yes\r\n");
}
TEST_F(SessionTest, IsNobodysAfterItsUserWasLoggedOut) {
  Served served{network_, asking::Profile{}, files(), some_users()};
  Dialogue client{network_};
  client.log_in("bert").say("CWD sub");
  client.say("EPSV");
  EXPECT_EQ(client.say("WHOA"), "200 bert in /sub, standard yes, writes no, announced no\r\n");
  client.say("OUTT");
  EXPECT_EQ(client.code("WHOA"), 530) << "its commands want a login again";
}
TEST_F(SessionTest, ForgetsWhatCommandsHaveLeftButNotItsUser) {
  Served served{network_, asking::Profile{}, files(), some_users()};
  Dialogue client{network_};
  client.log_in("anna").say("CWD sub");
  client.say("EPSV");
  client.say("FRGT");
  EXPECT_EQ(client.say("WHOA"), "200 anna in /, standard yes, writes yes, announced yes\r\n");
}
TEST_F(SessionTest, ForgetsTheDataConnectionThatWasNegotiatedAndNothingElse) {
  Served served{network_, asking::Profile{}, files(), some_users()};
  Dialogue client{network_};
  client.log_in("anna").say("CWD sub");
  client.say("EPSV");
  client.say("DARM");
  EXPECT_EQ(client.say("WHOA"), "200 anna in /sub, standard yes, writes yes, announced yes\r\n");
}
TEST_F(SessionTest, EndsAfterTheReplyOfTheCommandThatClosesIt) {
  Served served{network_, asking::Profile{}, files(), Anonymous{.without_login = "write"}};
  Dialogue client{network_};
  client.type("CLOS\r\nNOOP\r\n");
  EXPECT_EQ(client.hear(), "200 The last word\r\n");
  EXPECT_TRUE(client.ended());
}
TEST_F(SessionTest, KnowsWhetherTheClientHasSaidMore) {
  Served served{network_, asking::Profile{}, files(), Anonymous{.without_login = "write"}};
  Dialogue client{network_};
  EXPECT_EQ(client.say("MORE"), "200 no\r\n");
  client.type("MORE\r\nMORE\r\n");
  EXPECT_EQ(client.hear(), "200 yes\r\n200 no\r\n");
}
TEST_F(SessionTest, SaysALongReplyInParts) {
  Served served{network_, asking::Profile{}, files(), Anonymous{.without_login = "write"}};
  Dialogue client{network_};
  EXPECT_EQ(client.say("PART"), "211-first\r\n second\r\n third\r\n211 End\r\n");
}
TEST_F(SessionTest, EndsACommandThatDoesNotGetOnAndNoOther) {
  Served served{network_, asking::Profile{}, files(), Anonymous{.without_login = "write"}};
  const Duration long_enough = Limits{}.operation * 4;
  for (const auto tells : {"it", "way"}) {
    Dialogue client{network_};
    client.type("WORK " + std::string{tells} + "\r\n");
    EXPECT_EQ(client.hear_after(long_enough), "200 Worked\r\n") << tells;
  }
  Dialogue client{network_};
  client.type("WORK silently\r\n");
  EXPECT_EQ(Dialogue::code_of(client.hear_after(long_enough)), 451);
}
TEST_F(SessionTest, MayPauseForLongerThanACommandMayTake) {
  Served served{network_, asking::Profile{}, files(), Anonymous{.without_login = "write"}};
  Dialogue client{network_};
  client.type("PAUS\r\n");
  EXPECT_EQ(client.hear_after(3h - 1s), "");
  EXPECT_EQ(client.hear_after(1s), "200 Rested\r\n");
}
TEST_F(SessionTest, KnowsItsCommandsInTheOrderOfTheTable) {
  Served served{network_, asking::Profile{}, files(), Anonymous{.without_login = "write"}};
  Dialogue client{network_};
  EXPECT_EQ(client.say("VERB VERB"), "200 USER PASS yes\r\n");
  EXPECT_EQ(client.say("VERB NONE"), "200 USER PASS no\r\n");
}
TEST_F(SessionTest, KnowsItsClientAndTheAddressThatIsToldToIt) {
  PublicAddress told;
  told.add(Subnet{address("10.0.0.0"), 8}, address("192.0.2.1"));
  Served served{network_, asking::Profile{}, files(), Anonymous{.without_login = "write"}, told};
  Dialogue client{network_, "10.0.0.7"};
  EXPECT_EQ(client.say("ADDR 10.0.0.7"), "200 192.0.2.1 yes, transfer no, interrupted no, at work yes\r\n");
  EXPECT_EQ(client.say("ADDR 10.0.0.8"), "200 192.0.2.1 no, transfer no, interrupted no, at work yes\r\n");
  Dialogue this_end{network_};
  EXPECT_EQ(this_end.say("ADDR 127.0.0.1"), "200 127.0.0.1 yes, transfer no, interrupted no, at work yes\r\n");
}

}  // namespace
