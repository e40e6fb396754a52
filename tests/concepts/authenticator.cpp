#include <gtest/gtest.h>
#include <string_view>

#include <ftplike/users/anonymous.hpp>
#include <ftplike/users/authenticator.hpp>
#include <ftplike/users/user_table.hpp>

#include "support/run.hpp"

namespace {
using namespace ftplike;

// [authenticator]
/// The least that lets somebody in.
struct OnlyAnna {
  awaitable<std::optional<Account>> log_in(const Credentials& credentials) {
    std::optional<Account> account;
    if (credentials.user == "anna") account.emplace("anna", Path{}, Rights::reading());
    co_return account;
  }
  std::optional<Account> guest() { return {}; }
};
// [/authenticator]
static_assert(Authenticator<OnlyAnna> && Authenticator<Anonymous> && Authenticator<UserTable>);

struct HasNoWordForGuests {
  awaitable<std::optional<Account>> log_in(const Credentials&);
};
struct LetsEverybodyIn : OnlyAnna {
  awaitable<Account> log_in(const Credentials&);
};
struct DecidesAtOnce : OnlyAnna {
  std::optional<Account> log_in(const Credentials&);
};
static_assert(!Authenticator<HasNoWordForGuests> && !Authenticator<LetsEverybodyIn> && !Authenticator<DecidesAtOnce>);

struct OnlyAnnaHere : OnlyAnna {
  bool knows_host(std::string_view host) { return host == "files.example"; }
};
static_assert(KnowsHosts<OnlyAnnaHere> && !KnowsHosts<OnlyAnna>);
static_assert(KnowsWhoNeedsAPassword<UserTable> && MayObjectToListening<Anonymous>);
static_assert(!KnowsWhoNeedsAPassword<OnlyAnna> && !MayObjectToListening<OnlyAnna>);

TEST(AuthenticatorConcept, APasswordIsNeededUnlessTheAuthenticatorKnowsBetter) {
  struct KnowsHerCertificate : OnlyAnna {
    bool needs_password(const Credentials& credentials) {
      return credentials.certificate != ClientCertificate{"anna"};
    }
  };
  OnlyAnna plain;
  KnowsHerCertificate knowing;
  const Credentials with{"anna", "", "", {}, ClientCertificate{"anna"}};
  EXPECT_TRUE(needs_password(plain, with));
  EXPECT_FALSE(needs_password(knowing, with));
}

TEST(AuthenticatorConcept, TenLinesLetSomebodyIn) {
  OnlyAnna users;
  const Credentials anna{"anna", ""};
  const Credentials bert{"bert", ""};
  EXPECT_TRUE(run(users.log_in(anna)));
  EXPECT_FALSE(run(users.log_in(bert)));
}

}  // namespace
