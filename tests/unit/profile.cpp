// What a server is made of, and what its sessions share.
#include <ftplike/profile.hpp>

#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <type_traits>

#include <ftplike/storage/memory.hpp>
#include <ftplike/users/anonymous.hpp>

namespace {
using namespace ftplike;
using namespace std::chrono_literals;

struct ProfileOfTheTest : Ftp {
  using Storage = MemoryStorage;
  using Authenticator = Anonymous;
};
using PartsOfTheTest = ServiceParts<ProfileOfTheTest>;
using ServiceOfTheTest = Service<ProfileOfTheTest>;

Account account_with(unsigned max_sessions, std::uint64_t bytes_per_second = 0) {
  Account account{"anna", Path{}, Rights::all()};
  account.max_sessions = max_sessions;
  account.bytes_per_second = bytes_per_second;
  return account;
}

TEST(ServicePartsTest, AreTakenFromWhereverTheyStand) {
  for (const bool limits_first : {true, false}) {
    Limits limits;
    limits.idle = 7s;
    Greeting greeting{"Hello"};
    MemoryStorage files{{"/a", "hello"}};
    Anonymous who{.logins = "read"};
    const auto parts =
        limits_first ? PartsOfTheTest{limits, files, greeting, who} : PartsOfTheTest{who, greeting, files, limits};
    EXPECT_EQ(parts.settings.limits.idle, 7s);
    EXPECT_EQ(parts.settings.greeting.text, "Hello");
    EXPECT_EQ(parts.storage.text("/a"), "hello");
    EXPECT_FALSE(parts.authenticator.guest());
  }
}

TEST(ServicePartsTest, ThatAreNotGivenAreAsTheyAreByDefault) {
  MemoryStorage files;
  Anonymous who;
  const PartsOfTheTest parts{files, who};
  EXPECT_EQ(parts.settings.limits.idle, Limits{}.idle);
  EXPECT_EQ(parts.settings.greeting.text, Greeting{}.text);
  EXPECT_EQ(parts.settings.tls_policy, TlsPolicy::offered);
  EXPECT_TRUE(parts.settings.conveniences.converts_text);
  EXPECT_TRUE(parts.settings.trusted_proxies.subnets.empty());
}

TEST(ServiceTest, LetsAsManySessionsOfAnAccountInAsItMayHave) {
  MemoryStorage files;
  Anonymous who;
  ServiceOfTheTest service{PartsOfTheTest{files, who}};
  auto first = service.enter(account_with(2));
  const auto second = service.enter(account_with(2));
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(service.enter(account_with(2)));
  first.reset();
  EXPECT_TRUE(service.enter(account_with(2))) << "one has gone";
}

TEST(ServiceTest, HasTheSessionsOfAnAccountShareItsBandwidthAndThoseOfAnotherNot) {
  MemoryStorage files;
  Anonymous who;
  ServiceOfTheTest service{PartsOfTheTest{files, who}};
  const auto first = service.enter(account_with(0, 1000)), second = service.enter(account_with(0, 1000));
  auto another = account_with(0, 1000);
  another.name = "bert";
  EXPECT_EQ(first, second);
  EXPECT_NE(first, service.enter(another));
}

TEST(ServiceTest, LeavesLimitsWhereTheyAreWhenOthersComeToHold) {
  MemoryStorage files;
  Anonymous who;
  ServiceOfTheTest service{PartsOfTheTest{files, who}};
  const Limits& before = service.current_limits();
  Limits next;
  next.idle = 9s;
  service.change_limits(next);
  EXPECT_EQ(service.current_limits().idle, 9s);
  EXPECT_EQ(before.idle, Limits{}.idle) << "a session may still look at them";
}

TEST(TrustedProxiesTest, AreThoseOfAllTheirSubnets) {
  const TrustedProxies proxies{{*Subnet::parse("10.0.0.0/8"), *Subnet::parse("fd00::/8")}};
  EXPECT_TRUE(proxies.contain(asio::ip::make_address("10.1.2.3")));
  EXPECT_TRUE(proxies.contain(asio::ip::make_address("fd12::1")));
  EXPECT_FALSE(proxies.contain(asio::ip::make_address("192.0.2.1")));
  EXPECT_FALSE(TrustedProxies{}.contain(asio::ip::make_address("127.0.0.1")));
}

TEST(ProfileTest, OfTheDialectHasItsEightCommandsAndAnnouncesPorts) {
  using namespace verbs;
  EXPECT_TRUE((std::is_same_v<FtpLike::Commands, CommandTable<Pwd, Cwd, List, Stor, Retr, Quit, Noop, Help>>));
  EXPECT_TRUE((std::is_same_v<FtpLike::DataChannel, AnnouncedChannel>));
  EXPECT_TRUE((std::is_same_v<Ftp::UnterminatedCommands, verbs::FtpLikeCommands>)) << "it speaks both";
}

}  // namespace
