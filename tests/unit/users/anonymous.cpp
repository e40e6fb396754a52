#include <gtest/gtest.h>

#include <ftplike/users/anonymous.hpp>

#include "support/run.hpp"

namespace {

using namespace ftplike;

std::optional<Account> log_in(GuestAuthenticator& users, std::string user, std::string password = "anna@") {
  const Credentials credentials{std::move(user), std::move(password)};
  return run(users.log_in(credentials));
}

TEST(GuestAuthenticator, GivesGuestsTheirRights) {
  GuestAuthenticator users{Rights::reading()};
  const auto account = users.guest();
  ASSERT_TRUE(account);
  EXPECT_TRUE(account->is_guest());
  EXPECT_EQ(account->rights, Rights::reading());
  EXPECT_EQ(account->root, Path{"/"});
}

TEST(GuestAuthenticator, RefusesGuestsWithoutRights) {
  GuestAuthenticator users{Rights::none(), Rights::all()};
  EXPECT_FALSE(users.guest());
}

TEST(GuestAuthenticator, LetsAnonymousAndFtpInWithAnyPassword) {
  GuestAuthenticator users{Rights::none(), Rights::reading()};
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

TEST(GuestAuthenticator, RefusesAnonymousLoginsUnlessTheyHaveRights) {
  GuestAuthenticator users{Rights::all()};
  EXPECT_FALSE(log_in(users, "anonymous"));
  EXPECT_FALSE(log_in(users, "ftp"));
}

TEST(GuestAuthenticator, RefusesEveryOtherName) {
  GuestAuthenticator users{Rights::all(), Rights::all()};
  for (const auto* name : {"", "anna", "guest", "ftpx", "ft", "anonymous ", "root"}) {
    EXPECT_FALSE(log_in(users, name)) << name;
  }
}

TEST(GuestAuthenticator, KeepsRootsAndLimitsAndSetsTheKind) {
  Account slow{"guest", Path{"/pub"}, Rights::reading()};
  slow.bytes_per_second = 1000;
  Account few{"ftp", Path{"/incoming"}, Rights::all()};
  few.max_sessions = 3;
  GuestAuthenticator users{slow, few};
  EXPECT_EQ(users.guest()->bytes_per_second, 1000U);
  EXPECT_TRUE(users.guest()->is_guest());
  const auto account = log_in(users, "anonymous");
  EXPECT_EQ(account->root, Path{"/incoming"});
  EXPECT_EQ(account->max_sessions, 3U);
  EXPECT_TRUE(account->is_anonymous());
}

}  // namespace
