#include <ftplike/users/anonymous.hpp>
// Above: that it stands alone.
#include <gtest/gtest.h>

#include "support/run.hpp"

namespace {

using namespace ftplike;

std::optional<Account> log_in(Anonymous users, std::string user, std::string password = "anna@") {
  const Credentials credentials{std::move(user), std::move(password)};
  return run(users.log_in(credentials));
}

TEST(Anonymous, GivesSessionsWithoutALoginTheirRights) {
  const Anonymous users{.without_login = "read"};
  const auto account = users.guest();
  ASSERT_TRUE(account);
  EXPECT_TRUE(account->is_guest());
  EXPECT_EQ(account->rights, Rights::reading());
  EXPECT_EQ(account->root, Path{"/"});
}

TEST(Anonymous, RefusesSessionsWithoutALoginUnlessTheyHaveRights) {
  EXPECT_FALSE(Anonymous{.logins = "write"}.guest());
}

TEST(Anonymous, LetsAnonymousAndFtpInWithAnyPassword) {
  const Anonymous users{.logins = "read"};
  for (const auto* name : {"anonymous", "ftp", "Anonymous", "FTP"}) {
    for (const auto* password : {"", "anna@", "secret"}) {
      const auto account = log_in(users, name, password);
      ASSERT_TRUE(account) << name;
      EXPECT_TRUE(account->is_anonymous());
      EXPECT_EQ(account->name, "anonymous");
      EXPECT_EQ(account->rights, Rights::reading());
    }
  }
}

TEST(Anonymous, RefusesLoginsUnlessTheyHaveRights) {
  const Anonymous users{.without_login = "write"};
  EXPECT_FALSE(log_in(users, "anonymous"));
  EXPECT_FALSE(log_in(users, "ftp"));
}

TEST(Anonymous, RefusesEveryOtherName) {
  const Anonymous users{.logins = "write", .without_login = "write"};
  for (const auto* name : {"", "anna", "guest", "ftpx", "ft", "anonymous ", "root"}) {
    EXPECT_FALSE(log_in(users, name)) << name;
  }
}

TEST(Anonymous, GivesEachItsRootAndItsLimits) {
  const Anonymous users{
      .logins = "read", .without_login = "list", .root = Path{"/pub"}, .bytes_per_second = 1000, .max_sessions = 3};
  for (const auto& account : {users.guest(), log_in(users, "anonymous")}) {
    ASSERT_TRUE(account);
    EXPECT_EQ(account->root, Path{"/pub"});
    EXPECT_EQ(account->bytes_per_second, 1000U);
    EXPECT_EQ(account->max_sessions, 3U);
  }
  EXPECT_NE(users.guest()->name, log_in(users, "ftp")->name) << "each kind has limits of its own";
}

TEST(Anonymous, ObjectsToAServerIntoWhichNobodyCanCome) {
  EXPECT_NE(Anonymous{}.objection(false), "");
  EXPECT_EQ(Anonymous{.logins = "list"}.objection(true), "");
  EXPECT_EQ(Anonymous{.without_login = "list"}.objection(true), "");
}

TEST(LoopbackReaders, MayReadOverLoopbackInEitherWayAndObjectToClientsFromElsewhere) {
  const LoopbackReaders users;
  EXPECT_EQ(users.guest()->rights, Rights::reading());
  EXPECT_EQ(log_in(users, "anonymous")->rights, Rights::reading());
  EXPECT_EQ(users.objection(false), "");
  EXPECT_NE(users.objection(true), "");
}

TEST(AuthenticatorOfOnesOwn, HasNoObjectionUnlessItSaysOne) {
  struct Own {
    awaitable<std::optional<Account>> log_in(const Credentials&) { co_return std::nullopt; }
    std::optional<Account> guest() { return std::nullopt; }
  } own;
  EXPECT_EQ(objection_to_listening(own, true), "");
  Anonymous nobody;
  EXPECT_NE(objection_to_listening(nobody, false), "");
}

}  // namespace
