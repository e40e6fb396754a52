#include <ftplike/verbs/security.hpp>
// Above: that it stands alone.
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <type_traits>

#include <ftplike/simulated/network.hpp>
#include <ftplike/tls/transport.hpp>

namespace {

using namespace ftplike;
using namespace ftplike::verbs;

/// What the commands use of a session.
class FakeSession {
 public:
  explicit FakeSession(TlsPolicy policy) : protection_{policy} {}
  Protection& protection() { return protection_; }
  const Protection& protection() const { return protection_; }
  bool standard() const { return is_standard; }
  void log_out() { logged_out = true; }
  void forget() { forgot = true; }
  bool heard_more() const { return has_more; }
  void secure_after_reply() { secures = true; }
  void close() { closed = true; }
  void disarm() { disarmed = true; }

  bool is_standard = false, has_more = false;
  bool logged_out = false, forgot = false, secures = false, closed = false, disarmed = false;

 private:
  Protection protection_;
};

template <class Command> int code(FakeSession& session, std::string_view argument) {
  return Command::run(session, argument).code();
}

TEST(Auth, TakesTlsInAnyCaseAndNothingElse) {
  for (const auto mechanism : {"TLS", "tls", "TLS-C", "Tls-c"}) {
    FakeSession session{TlsPolicy::offered};
    EXPECT_EQ(code<Auth>(session, mechanism), 234) << mechanism;
    EXPECT_TRUE(session.secures);
    EXPECT_FALSE(session.closed);
  }
  for (const auto mechanism : {"SSL", "TLS-P", "GSSAPI", "TLS ", "T"}) {
    FakeSession session{TlsPolicy::offered};
    EXPECT_EQ(code<Auth>(session, mechanism), 504) << mechanism;
    EXPECT_FALSE(session.secures);
  }
}

TEST(Auth, IsNotThereWhereTlsIsOff) {
  FakeSession off{TlsPolicy::off}, offered{TlsPolicy::offered};
  EXPECT_EQ(code<Auth>(off, "TLS"), 502);
  EXPECT_FALSE(off.secures);
  EXPECT_EQ(Auth::feature(off) + Pbsz::feature(off) + Prot::feature(off), "");
  EXPECT_EQ(Auth::feature(offered), "AUTH TLS");
  EXPECT_EQ(Pbsz::feature(offered), "PBSZ");
  EXPECT_EQ(Prot::feature(offered), "PROT");
}

TEST(Auth, ComesOnce) {
  FakeSession session{TlsPolicy::offered};
  session.protection().secure(false);
  EXPECT_EQ(code<Auth>(session, "TLS"), 503);
  EXPECT_FALSE(session.secures);
}

TEST(Auth, EndsASessionInWhichSomethingFollowsItInClear) {
  FakeSession session{TlsPolicy::offered};
  session.has_more = true;
  EXPECT_EQ(code<Auth>(session, "TLS"), 503);
  EXPECT_TRUE(session.closed);
  EXPECT_FALSE(session.secures);
}

TEST(Auth, DropsALoginAndWhatAGuestSaidButNotTheGuest) {
  FakeSession guest{TlsPolicy::offered}, user{TlsPolicy::offered};
  user.is_standard = true;
  EXPECT_EQ(code<Auth>(guest, "TLS"), 234);
  EXPECT_EQ(code<Auth>(user, "TLS"), 234);
  EXPECT_FALSE(guest.logged_out);
  EXPECT_TRUE(user.logged_out);
  EXPECT_TRUE(guest.forgot);
}

TEST(Prot, ComesAfterPbszWhichComesAfterAuth) {
  FakeSession session{TlsPolicy::offered};
  EXPECT_EQ(code<Pbsz>(session, "0"), 503);
  EXPECT_EQ(code<Prot>(session, "P"), 503);
  session.protection().secure(false);
  EXPECT_EQ(code<Prot>(session, "P"), 503);
  EXPECT_EQ(code<Pbsz>(session, "x"), 501);
  EXPECT_EQ(code<Prot>(session, "P"), 503);
  EXPECT_EQ(Pbsz::run(session, "16384").wire(), "200 PBSZ=0\r\n");
  EXPECT_FALSE(session.protection().covers_data());
  EXPECT_EQ(code<Prot>(session, "P"), 200);
  EXPECT_TRUE(session.protection().covers_data());
  EXPECT_EQ(code<Prot>(session, "c"), 200);
  EXPECT_FALSE(session.protection().covers_data());
}

TEST(Prot, KnowsTheLevelsThatItDoesNotHave) {
  FakeSession session{TlsPolicy::offered};
  session.protection().secure(true);
  EXPECT_EQ(code<Prot>(session, "S"), 536);
  EXPECT_EQ(code<Prot>(session, "e"), 536);
  EXPECT_EQ(code<Prot>(session, "X"), 504);
  EXPECT_EQ(code<Prot>(session, "PP"), 504);
  EXPECT_TRUE(session.protection().covers_data());
}

TEST(Prot, DoesNotTakeProtectionFromDataWhereItIsRequired) {
  FakeSession session{TlsPolicy::required};
  session.protection().secure(true);
  EXPECT_EQ(code<Prot>(session, "C"), 534);
  EXPECT_TRUE(session.protection().covers_data());
}

TEST(Ccc, IsRefused) {
  FakeSession session{TlsPolicy::offered};
  EXPECT_EQ(code<Ccc>(session, ""), 533);
  session.protection().secure(false);
  EXPECT_EQ(code<Ccc>(session, ""), 534);
  EXPECT_TRUE(session.protection().secured());
}

TEST(Protection, IsOfferedUnlessSomebodySaysOtherwise) { EXPECT_EQ(TlsPolicy{}, TlsPolicy::offered); }

TEST(Protection, RefusesSecretsAndFilesUntilTheSessionIsAsItMustBe) {
  const auto login = [](const Protection& it) { return it.refusal(Verb{"USER"}, true).has_value(); };
  const auto password = [](const Protection& it) { return it.refusal(Verb{"PASS"}, true).has_value(); };
  const auto listing = [](const Protection& it) { return it.refusal(Verb{"LIST"}, false).has_value(); };
  const auto features = [](const Protection& it) { return it.refusal(Verb{"FEAT"}, true).has_value(); };
  for (const auto policy : {TlsPolicy::off, TlsPolicy::offered, TlsPolicy::required_for_login, TlsPolicy::required}) {
    Protection it{policy};
    const bool required = policy >= TlsPolicy::required_for_login;
    const bool for_data = policy == TlsPolicy::required;
    EXPECT_EQ(login(it), required);
    EXPECT_EQ(password(it), required);
    EXPECT_EQ(listing(it), required);
    EXPECT_FALSE(features(it));
    EXPECT_EQ(it.refusal_of_data().has_value(), for_data);
    it.secure(false);
    EXPECT_FALSE(login(it) || password(it) || listing(it) || features(it));
    EXPECT_EQ(it.refusal_of_data().has_value(), for_data);
    it.cover_data(true);
    EXPECT_FALSE(it.refusal_of_data());
    Protection implicit{policy};
    implicit.secure(true);
    EXPECT_FALSE(login(implicit) || listing(implicit) || implicit.refusal_of_data());
  }
  EXPECT_EQ(Protection{TlsPolicy::required}.refusal(Verb{"USER"}, true)->code(), 530);
  EXPECT_EQ(Protection{TlsPolicy::required}.refusal_of_data()->code(), 521);
}

TEST(WithSecurity, BringsItsCommandsWhereStreamsCanBeSecuredAndNoneElsewhere) {
  using None = CommandTable<>;
  static_assert(std::is_same_v<WithSecurity<SimulatedTransport, None>::type, None>);
  static_assert(
      std::is_same_v<WithSecurity<TlsTransport<SimulatedTransport>, None>::type, CommandTable<Auth, Pbsz, Prot, Ccc>>);
  const auto* const found = WithSecurity<TlsTransport<>, None>::type::find<FakeSession>(Verb{"AUTH"});
  ASSERT_NE(found, nullptr);
  EXPECT_TRUE(found->before_login);
  EXPECT_EQ(found->argument, ArgumentRule::required);
}

}  // namespace
