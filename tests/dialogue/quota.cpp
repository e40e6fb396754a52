// What a quota allows, by whatever command it is used.
#include <ftplike/storage/quota.hpp>

#include "support/dialogue.hpp"
#include "support/served.hpp"

namespace {
using namespace ftplike;

const std::string exceeded = "552 storage allocation exceeded\r\n";
using Paths = std::vector<std::string>;

/// Files that may have 12 bytes and 4 names, of which 8 and 2 are there.
struct Limited {
  explicit Limited(QuotaLimits limits = {.bytes = 12, .files = 4}) : quota{limits} { client.log_in().binary(); }
  std::string say(std::string_view line) { return client.say(line); }
  std::string store(std::string_view command, std::string_view bytes) { return client.store(command, bytes); }

  TestNetwork network{1};
  MemoryStorage files{{"/old.txt", "12345678"}, {"/d/", ""}};
  Quota quota;
  Served<QuotaStorage<MemoryStorage>, UserTable> server{network, QuotaStorage{files, quota}, some_users()};
  Dialogue client{network};
};

TEST(AQuotaInASession, EndsAnUploadAtTheByteThatIsTooManyAndLeavesNothing) {
  Limited it;
  const auto port = it.client.passive();
  EXPECT_EQ(it.say("STOR a").substr(0, 3), "150");
  auto data = it.client.open(port);
  data.type("1234");
  EXPECT_EQ(it.client.hear(), "");
  data.type("5");
  EXPECT_EQ(it.client.hear(), exceeded) << "though the client would have sent more";
  EXPECT_EQ(it.client.code("SIZE a"), 550);
  EXPECT_EQ(it.say("AVBL"), "213 4\r\n");
  EXPECT_EQ(it.store("STOR a", "1234"), "226 Upload complete\r\n");
  EXPECT_EQ(it.say("AVBL"), "213 0\r\n");
}

TEST(AQuotaInASession, IsToldBeforeAnyData) {
  Limited it;
  EXPECT_EQ(it.say("AVBL"), "213 4\r\n");
  EXPECT_EQ(it.say("ALLO 4"), "200 There is room\r\n");
  EXPECT_EQ(it.say("ALLO 5"), "552 Only 4 bytes are free\r\n");
  EXPECT_EQ(it.store("APPE old.txt", "x"), exceeded) << "no 150: eight bytes would be copied";
  EXPECT_NE(it.say("STAT").find("\n Quota: 8 of 12 bytes, 2 of 4 files\r\n"), std::string::npos);
}

TEST(AQuotaInASession, LetsOneOfTwoUploadsHaveTheLastBytes) {
  Limited it;
  Dialogue other{it.network};
  other.log_in().binary();
  const auto one = it.client.passive(), two = other.passive();
  EXPECT_EQ(it.say("STOR a").substr(0, 3), "150");
  EXPECT_EQ(other.say("STOR b").substr(0, 3), "150");
  auto first = it.client.open(one), second = other.open(two);
  first.type("12");
  second.type("12");
  it.network.settle();
  first.type("34");
  second.type("34");
  first.finish();
  second.finish();
  const auto heard = it.client.hear() + other.hear();
  EXPECT_TRUE(heard == exceeded + "226 Upload complete\r\n" || heard == "226 Upload complete\r\n" + exceeded) << heard;
  EXPECT_EQ(it.quota.used(), (Usage{12, 3}));
  EXPECT_EQ(it.files.paths().size(), 3u);
}

TEST(AQuotaInASession, KeepsCountingWhatAnAbortedUploadLeft) {
  Limited it;
  const auto port = it.client.passive();
  EXPECT_EQ(it.say("STOR a").substr(0, 3), "150");
  auto data = it.client.open(port);
  data.type("123");
  it.client.hear();
  EXPECT_EQ(it.say("ABOR"), abor_replies);
  EXPECT_EQ(it.say("AVBL"), "213 1\r\n");
  EXPECT_EQ(it.client.code("REST 3"), 350);
  EXPECT_EQ(it.store("STOR a", "45"), exceeded);
  EXPECT_EQ(it.say("SIZE a"), "213 3\r\n") << "as long as before";
  EXPECT_EQ(it.client.code("REST 3"), 350);
  EXPECT_EQ(it.store("STOR a", "4"), "226 Upload complete\r\n");
  EXPECT_EQ(it.files.text("/a"), "1234");
  EXPECT_EQ(it.say("DELE a").substr(0, 3), "250");
  EXPECT_EQ(it.say("AVBL"), "213 4\r\n");
}

TEST(AQuotaInASession, GivesBackWhatIsReplacedOrRemoved) {
  Limited it;
  EXPECT_EQ(it.store("STOR old.txt", "1234"), "226 Upload complete\r\n");
  EXPECT_EQ(it.say("AVBL"), "213 8\r\n");
  EXPECT_EQ(it.store("APPE old.txt", "5678"), "226 Upload complete\r\n");
  EXPECT_EQ(it.say("AVBL"), "213 4\r\n");
  EXPECT_EQ(it.store("STOU old.txt", "1234").substr(0, 3), "226");
  EXPECT_EQ(it.say("COMB old.txt old.txt.1"), exceeded) << "twelve bytes would be there twice for a while";
  EXPECT_EQ(it.files.paths(), (Paths{"/d/", "/old.txt", "/old.txt.1"}));
  EXPECT_EQ(it.client.code("RNFR old.txt.1"), 350);
  EXPECT_EQ(it.say("RNTO old.txt"), "250 Renamed\r\n");
  EXPECT_EQ(it.say("AVBL"), "213 8\r\n");
  EXPECT_EQ(it.say("MFMT 20010203040506 old.txt").substr(0, 3), "213");
  EXPECT_EQ(it.say("DELE old.txt").substr(0, 3), "250");
  EXPECT_EQ(it.client.code("RMD d"), 250);
  EXPECT_EQ(it.quota.used(), Usage{});
}

TEST(AQuotaInASession, LimitsTheNumberOfFilesAndDirectories) {
  Limited it;
  EXPECT_EQ(it.client.code("MKD e"), 257);
  EXPECT_EQ(it.store("STOR a", ""), "226 Upload complete\r\n");
  EXPECT_EQ(it.say("MKD f"), exceeded);
  EXPECT_EQ(it.store("STOR b", ""), exceeded) << "no 150";
  EXPECT_EQ(it.store("STOU", ""), exceeded);
  EXPECT_EQ(it.store("STOR a", "x"), "226 Upload complete\r\n") << "it is no further file";
  EXPECT_EQ(it.client.code("RMD e"), 250);
  EXPECT_EQ(it.store("STOR b", ""), "226 Upload complete\r\n");
}

UserTable users_with_quotas() {
  UserTable users;
  const auto add = [&users](const char* name, const char* root, std::uint64_t bytes) {
    Account account{name, Path{root}, Rights::all()};
    account.quota_bytes = bytes;
    users.add(UserEntry{std::move(account), Password::plain("secret")});
  };
  add("anna", "/anna", 10);
  add("bert", "/bert", 0);
  add("carl", "/anna", 20);
  return users;
}

TEST(AQuotaPerAccount, IsThatOfItsRoot) {
  TestNetwork network{1};
  MemoryStorage files{{"/anna/a", "123456"}, {"/bert/", ""}};
  const Quota all{{.bytes = 30}};
  Served server{network, QuotaPerAccount{QuotaStorage{files, all}}, users_with_quotas()};
  Dialogue anna{network}, bert{network}, carl{network};
  anna.log_in().binary();
  bert.log_in("bert").binary();
  carl.log_in("carl").binary();
  EXPECT_EQ(anna.say("AVBL"), "213 4\r\n");
  EXPECT_EQ(carl.say("AVBL"), "213 14\r\n") << "he sees the same folder";
  EXPECT_EQ(bert.say("AVBL"), "213 24\r\n") << "what is left for all";
  EXPECT_EQ(carl.store("STOR b", "123456"), "226 Upload complete\r\n");
  EXPECT_EQ(anna.say("AVBL"), "213 0\r\n");
  EXPECT_NE(anna.say("STAT").find("\n Quota: 12 of 10 bytes, 2 files\r\n"), std::string::npos);
  EXPECT_EQ(anna.store("STOR b", "x"), exceeded);
  EXPECT_EQ(bert.store("STOR b", std::string(19, 'x')), exceeded);
  EXPECT_EQ(bert.store("STOR b", std::string(18, 'x')), "226 Upload complete\r\n");
  EXPECT_NE(bert.say("STAT").find("\n Quota: 30 of 30 bytes, 5 files\r\n"), std::string::npos);
  EXPECT_EQ(carl.store("STOR c", "x"), exceeded) << "of all there is nothing left";
}

TEST(AQuotaPerAccount, RemembersNoMoreRootsThanThereAreSessionsAndSome) {
  MemoryStorage files{{"/one/a", "1234"}};
  QuotaPerAccount quotas{files};
  Visitor visitor{Account{"one", Path{"/one"}, Rights::all()}, {}};
  visitor.account.quota_bytes = 3;
  auto held = quotas.storage_for(visitor);
  TestNetwork network{1};
  EXPECT_EQ(network.run(held.used()), (Usage{4, 1}));
  for (int i = 0; i < 25'000; ++i) {
    visitor.account.root = Path{std::to_string(i)};
    (void)quotas.storage_for(visitor);
  }
  visitor.account.root = Path{"/one"};
  EXPECT_TRUE(quotas.storage_for(visitor).is_counted()) << "somebody is there";
  auto writer = network.run(held.create(Path{"/one/b"}, 0));
  EXPECT_THROW(network.run(writer.write(as_bytes("x"))), std::system_error);
  EXPECT_EQ(quotas.refusals(), 1u);
}

/// Does not tell how much is free.
struct Boundless : MemoryStorage {
  using MemoryStorage::MemoryStorage;
  awaitable<std::uint64_t> available(Path) = delete;
};

TEST(AQuotaInASession, IsToldToALLOWhereTheStorageItselfKnowsNoEnd) {
  TestNetwork network{1};
  Served server{network, QuotaStorage{Boundless{{"/a", "12345"}}, Quota{{.bytes = 8}}}, some_users()};
  Dialogue client{network};
  client.log_in();
  EXPECT_EQ(client.say("ALLO 4"), "552 Only 3 bytes are left of the quota\r\n");
  EXPECT_EQ(client.say("ALLO 3"), "202 No allocation needed\r\n");
  EXPECT_EQ(client.code("AVBL"), 502);
}

}  // namespace
