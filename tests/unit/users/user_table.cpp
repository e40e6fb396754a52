#include <atomic>
#include <gtest/gtest.h>
#include <map>
#include <thread>

#include <ftplike/users/user_table.hpp>

#include "support/run.hpp"
#include "user_folder.hpp"

namespace {

using namespace ftplike;

/// Hashes that cost nothing and are counted: "$6$SALT$PASSWORD".
class CountedHashing {
 public:
  std::string operator()(const std::string& password, const std::string& like) const {
    const std::scoped_lock lock{record_->mutex};
    ++record_->count[like];
    record_->thread = std::this_thread::get_id();
    return like.substr(0, like.rfind('$') + 1) + password;
  }
  /// How many hashes there were like this one since the beginning.
  int count(const std::string& like) const { return record_->count[like]; }
  /// How many there were since the last call.
  int taken() {
    const int before = std::exchange(record_->reported, 0);
    for (const auto& [like, count] : record_->count) record_->reported += count;
    return record_->reported - before;
  }
  std::thread::id thread() const { return record_->thread; }

 private:
  struct Record {
    std::mutex mutex;
    std::map<std::string, int> count;
    int reported = 0;
    std::thread::id thread;
  };
  std::shared_ptr<Record> record_ = std::make_shared<Record>();
};

using Table = BasicUserTable<CountedHashing>;

UserEntry hashed(std::string name, const std::string& password, std::string host = {}) {
  return UserEntry{Account{std::move(name), Path{}, Rights::all()}, Password::hashed("$6$salt$" + password),
                   std::move(host)};
}
UserEntry locked(std::string name) {
  return UserEntry{Account{std::move(name), Path{}, Rights::all()}, Password::hashed("!$6$salt$secret")};
}
UserEntry plain(std::string name, std::string password) {
  return UserEntry{Account{std::move(name), Path{}, Rights::all()}, Password::plain(std::move(password))};
}
UserEntry certified(std::string name, std::string certificate) {
  return UserEntry{Account{std::move(name), Path{}, Rights::all()}, Password::hashed("*"), {}, std::move(certificate)};
}

template <class Users>
std::optional<Account> log_in(Users& users, std::string user, std::string password, std::string host = {}) {
  const Credentials credentials{std::move(user), std::move(password), std::move(host)};
  return run(users.log_in(credentials));
}

TEST(UserTable, LetsAUserInWithTheRightPasswordOnly) {
  Table users;
  users.add(UserEntry{Account{"anna", Path{"/people/anna"}, Rights::reading()}, Password::hashed("$6$salt$secret")});
  EXPECT_EQ(log_in(users, "anna", "secret"), (Account{"anna", Path{"/people/anna"}, Rights::reading()}));
  for (const auto* password : {"", "Secret", "secret ", "$6$salt$secret"}) {
    EXPECT_FALSE(log_in(users, "anna", password)) << password;
  }
  for (const auto* name : {"", "Anna", "ann", "anna@", "bert"}) EXPECT_FALSE(log_in(users, name, "secret")) << name;
}

TEST(UserTable, ChecksTheHashesOfCrypt) {
  UserTable users;
  users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::hashed(hash_password("secret"))});
  EXPECT_TRUE(log_in(users, "anna", "secret"));
  EXPECT_FALSE(log_in(users, "anna", "secrets"));
  EXPECT_FALSE(log_in(users, "bert", "secret"));
}

TEST(UserTable, GivesTheLimitsOfAUser) {
  Table users;
  auto anna = hashed("anna", "secret");
  anna.account.bytes_per_second = 5;
  anna.account.max_sessions = 2;
  users.add(anna);
  const auto account = log_in(users, "anna", "secret");
  EXPECT_EQ(account->bytes_per_second, 5U);
  EXPECT_EQ(account->max_sessions, 2U);
  EXPECT_EQ(account->kind, Account::Kind::user);
}

TEST(UserTable, TakesOneHashForEveryLoginWhoeverIsMeant) {
  CountedHashing hashes;
  Table users{Anonymous{}, hashes};
  users.add(hashed("anna", "secret"));
  users.add(locked("bert"));
  users.add(certified("carl", "carl"));
  for (const auto* name : {"anna", "bert", "carl", "dora", "", "anonymous", "root"}) {
    for (const auto* password : {"secret", "wrong", ""}) {
      log_in(users, name, password);
      EXPECT_EQ(hashes.taken(), 1) << name;
    }
  }
}

TEST(UserTable, TakesTheHashOfAnExistingUserForTheOthersWhichHasTheSchemeAndTheCost) {
  CountedHashing hashes;
  Table users{Anonymous{}, hashes};
  users.add(UserEntry{Account{"anna", Path{}, Rights::all()}, Password::hashed("$5$rounds=7000$salt$secret")});
  log_in(users, "nobody", "secret");
  EXPECT_EQ(hashes.count("$5$rounds=7000$salt$secret"), 1);
}

TEST(UserTable, ComparesANameThatDoesNotExistWithTheSameHashEachTimeAndManyWithAllOfThem) {
  CountedHashing hashes;
  Table users{Anonymous{}, hashes};
  users.add(hashed("anna", "a"));
  users.add(hashed("bert", "b"));
  for (int i = 0; i < 10; ++i) log_in(users, "nobody", "x");
  EXPECT_EQ(std::max(hashes.count("$6$salt$a"), hashes.count("$6$salt$b")), 10);
  for (int i = 0; i < 100; ++i) log_in(users, "nobody" + std::to_string(i), "x");
  EXPECT_GT(std::min(hashes.count("$6$salt$a"), hashes.count("$6$salt$b")), 10);
}

TEST(UserTable, RefusesANameThatDoesNotExistEvenWithThePasswordOfTheOneItIsComparedWith) {
  Table users;
  users.add(hashed("anna", "secret"));
  users.add(locked("bert"));
  EXPECT_FALSE(log_in(users, "nobody", "secret"));
  EXPECT_FALSE(log_in(users, "bert", "secret"));
}

TEST(UserTable, RefusesEverybodyWhenItIsEmpty) {
  Table users;
  EXPECT_FALSE(log_in(users, "anna", "secret"));
  EXPECT_FALSE(log_in(users, "", ""));
  EXPECT_FALSE(log_in(users, "anonymous", ""));
  EXPECT_FALSE(users.guest());
  EXPECT_EQ(users.size(), 0U);
}

TEST(UserTable, ComparesPlainPasswordsWithoutAHash) {
  CountedHashing hashes;
  Table users{Anonymous{}, hashes};
  users.add(plain("anna", "secret"));
  EXPECT_TRUE(log_in(users, "anna", "secret"));
  EXPECT_FALSE(log_in(users, "anna", "wrong"));
  EXPECT_FALSE(log_in(users, "nobody", "secret"));
  EXPECT_EQ(hashes.taken(), 0);
}

TEST(UserTable, RefusesASecondUserOfTheSameKey) {
  Table users;
  users.add(hashed("anna", "first"));
  EXPECT_THROW(users.add(plain("anna", "second")), std::invalid_argument);
  users.add(hashed("anna", "third", "a.example"));
  EXPECT_THROW(users.add(hashed("anna", "fourth", "A.Example")), std::invalid_argument);
  EXPECT_THROW(users.add(hashed("", "fifth")), std::invalid_argument);
  EXPECT_EQ(users.size(), 2U);
  EXPECT_TRUE(log_in(users, "anna", "first"));
  EXPECT_FALSE(log_in(users, "anna", "second"));
}

TEST(UserTable, TellsUsersOfOneNameApartByTheirHosts) {
  Table users;
  users.add(hashed("anna", "anywhere"));
  users.add(hashed("anna", "at-a", "a.example"));
  users.add(hashed("bert", "at-b", "b.example"));
  EXPECT_EQ(log_in(users, "anna", "at-a", "a.example")->name, "anna@a.example");
  EXPECT_TRUE(log_in(users, "anna", "at-a", "A.Example"));
  EXPECT_FALSE(log_in(users, "anna", "anywhere", "a.example"));
  EXPECT_EQ(log_in(users, "anna", "anywhere", "b.example")->name, "anna");
  EXPECT_EQ(log_in(users, "anna", "anywhere")->name, "anna");
  EXPECT_FALSE(log_in(users, "anna", "at-a"));
  EXPECT_FALSE(log_in(users, "bert", "at-b"));
  EXPECT_FALSE(log_in(users, "bert", "at-b", "a.example"));
}

TEST(UserTable, FindsTheUserWhomALoginWouldBeWhateverThePassword) {
  Table users;
  users.add(hashed("anna", "secret"));
  users.add(hashed("anna", "other", "Files.Example"));
  EXPECT_EQ(users.find(Credentials{"anna", "wrong"})->password.text(), "$6$salt$secret");
  EXPECT_EQ(users.find(Credentials{"anna", "", "files.example"})->account.name, "anna@files.example");
  EXPECT_FALSE(users.find(Credentials{"eve", ""}));
}

TEST(UserTable, LetsAUserOfAHostInByTheFullNameWhereHostIsNotKnown) {
  Table users;
  users.add(hashed("anna", "secret", "a.example"));
  EXPECT_EQ(log_in(users, "anna@a.example", "secret")->name, "anna@a.example");
  EXPECT_FALSE(log_in(users, "anna@b.example", "secret"));
}

TEST(UserTable, LetsGuestsAndAnonymousLoginsInAsItWasTold) {
  CountedHashing hashes;
  Table users{Anonymous{.logins = "write", .without_login = "read"}, hashes};
  users.add(hashed("anna", "secret"));
  EXPECT_EQ(users.guest()->rights, Rights::reading());
  EXPECT_TRUE(log_in(users, "anonymous", "anna@")->is_anonymous());
  EXPECT_TRUE(log_in(users, "ftp", "")->is_anonymous());
  EXPECT_EQ(hashes.taken(), 0);
}

TEST(UserTable, PrefersAUserThatIsNamedLikeTheAnonymousOnes) {
  Table users{Anonymous{.logins = "write"}};
  users.add(hashed("ftp", "secret"));
  EXPECT_FALSE(log_in(users, "ftp", "anna@"));
  EXPECT_FALSE(log_in(users, "ftp", "secret")->is_anonymous());
  EXPECT_TRUE(log_in(users, "anonymous", "anna@")->is_anonymous());
}

TEST(UserTable, LetsTheCertificateOfAUserInWithoutAPassword) {
  Table users;
  users.add(certified("anna", "Anna A."));
  const Credentials with{"anna", "", "", {}, ClientCertificate{"Anna A."}};
  EXPECT_FALSE(needs_password(users, with));
  EXPECT_TRUE(run(users.log_in(with)));
  for (const auto* other : {"", "anna", "anna a."}) {
    const Credentials without{"anna", "", "", {}, ClientCertificate{other}};
    EXPECT_TRUE(needs_password(users, without)) << other;
    EXPECT_FALSE(run(users.log_in(without))) << other;
  }
  const Credentials of_nobody{"bert", "", "", {}, ClientCertificate{"Anna A."}};
  EXPECT_TRUE(needs_password(users, of_nobody));
  EXPECT_FALSE(run(users.log_in(of_nobody)));
}

TEST(UserTable, AsksForThePasswordOfUsersWithoutACertificate) {
  Table users;
  users.add(hashed("anna", "secret"));
  EXPECT_TRUE(needs_password(users, Credentials{"anna", ""}));
  EXPECT_TRUE(needs_password(users, Credentials{"nobody", ""}));
  const Credentials nothing{"anna", ""};
  EXPECT_FALSE(run(users.log_in(nothing)));
}

TEST(UserTable, ReadsItsUsersFromAFileAndAgainWhenTold) {
  const UserFolder folder;
  const auto file = folder.file("users", "anna:$6$salt$old:/:read\nbert:$6$salt$b:/:read\n");
  Table users;
  users.add(plain("carl", "c"));
  users.load(file);
  EXPECT_EQ(users.size(), 3U);
  EXPECT_EQ(log_in(users, "anna", "old")->rights, Rights::reading());

  folder.file("users", "anna:$6$salt$new:/:write\n");
  EXPECT_TRUE(log_in(users, "bert", "b"));  // nothing changes by itself
  users.reload();
  EXPECT_EQ(users.size(), 2U);
  EXPECT_EQ(log_in(users, "anna", "new")->rights, Rights::all());
  EXPECT_FALSE(log_in(users, "anna", "old"));
  EXPECT_FALSE(log_in(users, "bert", "b"));
  EXPECT_TRUE(log_in(users, "carl", "c"));
}

TEST(UserTable, StaysAsItWasWhenTheFileIsWrong) {
  const UserFolder folder;
  const auto file = folder.file("users", "anna:$6$salt$a:/:read\n");
  Table users;
  users.add(plain("carl", "c"));
  users.load(file);

  folder.file("users", "bert:$6$salt$b:/:read\nanna\n");
  EXPECT_THROW(users.reload(), std::runtime_error);
  folder.file("users", "carl:$6$salt$b:/:read\n");
  try {
    users.reload();
    ADD_FAILURE() << "carl is there twice";
  } catch (const std::runtime_error& wrong) { EXPECT_EQ(wrong.what(), file.string() + ": a second user 'carl'"); }
  std::filesystem::remove(file);
  EXPECT_THROW(users.reload(), std::system_error);
  EXPECT_THROW(users.load(folder / "another"), std::system_error);

  EXPECT_EQ(users.size(), 2U);
  EXPECT_TRUE(log_in(users, "anna", "a"));
  EXPECT_TRUE(log_in(users, "carl", "c"));
  EXPECT_FALSE(log_in(users, "bert", "b"));
  users.add(plain("dora", "d"));
  folder.file("users", "anna:$6$salt$a2:/:read\n");
  users.reload();
  EXPECT_TRUE(log_in(users, "anna", "a2"));
}

TEST(UserTable, KeepsTheUsersOfItsFileWhenOneIsAdded) {
  const UserFolder folder;
  Table users;
  users.load(folder.file("users", "anna:$6$salt$a:/:read\n"));
  users.add(plain("bert", "b"));
  EXPECT_THROW(users.add(plain("anna", "another")), std::invalid_argument);
  EXPECT_TRUE(log_in(users, "anna", "a"));
  EXPECT_TRUE(log_in(users, "bert", "b"));
}

TEST(UserTable, HasNothingToReloadWithoutAFile) {
  Table users;
  users.add(plain("anna", "a"));
  users.reload();
  EXPECT_TRUE(log_in(users, "anna", "a"));
}

TEST(UserTable, IsTheSameTableInACopy) {
  Table users;
  Table copy{users};
  users.add(hashed("anna", "secret"));
  EXPECT_TRUE(log_in(copy, "anna", "secret"));
}

TEST(UserTable, KeepsALoginWithTheTableThatItBeganWith) {
  // The table changes while the hash is being computed.
  const UserFolder folder;
  const auto file = folder.file("users", "anna:$6$salt$secret:/:read\n");
  std::function<void()> meanwhile;
  const auto hashing = [&meanwhile](const std::string& password, const std::string& like) {
    meanwhile();
    return like.substr(0, like.rfind('$') + 1) + password;
  };
  BasicUserTable<decltype(hashing)> users{Anonymous{}, hashing};
  users.load(file);
  meanwhile = [&] {
    folder.file("users", "");
    users.reload();
  };
  EXPECT_EQ(log_in(users, "anna", "secret")->rights, Rights::reading());
  EXPECT_EQ(users.size(), 0U);
}

TEST(UserTable, ThrowsWhatTheHashingThrows) {
  const auto hashing = [](const std::string&, const std::string&) -> std::string {
    throw std::system_error(std::make_error_code(std::errc::not_enough_memory));
  };
  BasicUserTable<decltype(hashing)> users{Anonymous{}, hashing};
  users.add(hashed("anna", "secret"));
  EXPECT_THROW(log_in(users, "anna", "secret"), std::system_error);
}

TEST(UserTable, HashesOnTheThreadsForBlockingWork) {
  CountedHashing hashes;
  Table users{Anonymous{}, hashes};
  users.add(hashed("anna", "secret"));
  asio::io_context context;
  const Credentials credentials{"anna", "secret"};
  EXPECT_TRUE(run(context, users.log_in(credentials)));
  EXPECT_NE(hashes.thread(), std::this_thread::get_id());
}

awaitable<void> log_in_often(UserTable& users, int count, std::atomic<int>& let_in) {
  const Credentials anna{"anna", "secret"};
  const Credentials nobody{"nobody", "secret"};
  for (int i = 0; i < count; ++i) {
    const auto account = co_await users.log_in(anna);
    const bool is_whole = account && ((account->root == Path{"/a"} && account->rights == Rights::reading()) ||
                                      (account->root == Path{"/b"} && account->rights == Rights::all()));
    if (is_whole) ++let_in;
    const auto other = co_await users.log_in(nobody);
    if (other) let_in = -1'000'000;
  }
}

TEST(UserTable, CanBeReloadedWhileSessionsOfSeveralThreadsLogIn) {
  const UserFolder folder;
  // openssl passwd -1 -salt ftplike secret: cheap, for this test is not about the hash
  const std::string hash = "$1$ftplike$yNgy6vrTwGIfpy/xVRjEn.";
  const auto first = "anna:" + hash + ":/a:read\nbert:*:/:read\n";
  const auto second = "bert:*:/:write\nanna:" + hash + ":/b:write\n";
  UserTable users;
  users.load(folder.file("users", first));

  std::atomic<int> let_in = 0;
  std::atomic<int> running = 2;
  const auto serve = [&] {
    asio::io_context context;
    for (int i = 0; i < 4; ++i) start_on(context.get_executor(), log_in_often(users, 25, let_in));
    context.run();
    --running;
  };
  std::thread one{serve};
  std::thread two{serve};
  for (int i = 0; running > 0; ++i) {
    folder.file("users", i % 2 == 0 ? second : first);
    users.reload();
    EXPECT_EQ(users.size(), 2U);
  }
  one.join();
  two.join();
  EXPECT_EQ(let_in, 200);
}

}  // namespace
