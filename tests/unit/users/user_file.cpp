#include <atomic>
#include <chrono>
#include <csignal>
#include <gtest/gtest.h>
#include <sys/time.h>
#include <thread>

#include <ftplike/users/user_file.hpp>

#include "support/full_disk.hpp"
#include "user_folder.hpp"

namespace {

using namespace ftplike;
using std::filesystem::perms;

UserEntry user(std::string name, Rights rights = Rights::reading(), std::string host = {}) {
  return UserEntry{Account{std::move(name), Path{}, rights}, Password::hashed("$6$salt$hash"), std::move(host)};
}

/// What an operation that must fail says.
template <class Failure, class Operation> std::string message_of(const Operation& operation) {
  try {
    operation();
  } catch (const Failure& failure) { return failure.what(); }
  return "nothing";
}

std::string fault_in(std::string_view text) {
  return message_of<std::runtime_error>([&] { parse_users(text, "users"); });
}

TEST(ParseUsers, GivesTheUsersInTheirOrder) {
  const auto users = parse_users("bert:*:/:read\nanna:*:/:write\n", "users");
  ASSERT_EQ(users.size(), 2U);
  EXPECT_EQ(users[0].account.name, "bert");
  EXPECT_EQ(users[1].account.rights, Rights::all());
}

TEST(ParseUsers, PassesOverCommentsEmptyLinesAndBlanks) {
  const auto users =
      parse_users("# a comment: with colons\n\n  \t\n  # more\n  anna:*:/:read \t\r\nbert:*:/:read", "users");
  ASSERT_EQ(users.size(), 2U);
  EXPECT_EQ(users[0].account.name, "anna");
  EXPECT_EQ(users[0].account.rights, Rights::reading());
  EXPECT_EQ(users[1].account.name, "bert");
}

TEST(ParseUsers, GivesNobodyForAnEmptyText) {
  EXPECT_TRUE(parse_users("", "users").empty());
  EXPECT_TRUE(parse_users("\n\n", "users").empty());
}

TEST(ParseUsers, SaysWhichLineIsWrongAndWhy) {
  EXPECT_EQ(fault_in("# users\nanna:*:/:read\n\n:*:/:read\nbert\n"), "users:4: no name");
  EXPECT_EQ(fault_in("anna:*:/:read:speed=1"), "users:1: no such option: 'speed'");
}

TEST(ParseUsers, RefusesASecondUserOfTheSameName) {
  EXPECT_EQ(fault_in("anna:*:/:read\nanna:*:/people:write\n"), "users:2: a second user 'anna'");
  EXPECT_EQ(fault_in("anna:*:/:read:host=A\nanna:*:/:read:host=a\n"), "users:2: a second user 'anna@a'");
  EXPECT_EQ(fault_in("anna:*:/:read:host=a\nanna@a:*:/:read\n"), "users:2: a second user 'anna@a'");
  EXPECT_EQ(parse_users("anna:*:/:read\nanna:*:/:read:host=a\nanna:*:/:read:host=b\n", "users").size(), 3U);
}

TEST(ReadUsers, ReadsAFileOfAnySize) {
  const UserFolder folder;
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "user" + std::to_string(i) + ":*:/:read\n";
  const auto users = read_users(folder.file("users", text));
  ASSERT_EQ(users.size(), 5000U);
  EXPECT_EQ(users.back().account.name, "user4999");
}

TEST(ReadUsers, NamesTheFileThatCannotBeRead) {
  const UserFolder folder;
  const auto missing = (folder / "users").string();
  EXPECT_EQ(message_of<std::system_error>([&] { read_users(missing); }), missing + ": No such file or directory");
  const auto directory = (folder / "").string();
  EXPECT_EQ(message_of<std::system_error>([&] { read_users(directory); }), directory + ": Is a directory");
}

TEST(ReadUsers, NamesTheFileAndTheLineThatAreWrong) {
  const UserFolder folder;
  const auto file = folder.file("users", "anna\n");
  EXPECT_EQ(message_of<std::runtime_error>([&] { read_users(file); }),
            file.string() + ":1: not of the form name:hash:root:rights[:key=value,...]");
}

TEST(WriteUser, MakesAFileThatOnlyItsOwnerCanRead) {
  const UserFolder folder;
  write_user(folder / "users", user("anna"));
  EXPECT_EQ(folder.text("users"), "anna:$6$salt$hash:/:read\n");
  EXPECT_EQ(status(folder / "users").permissions(), perms::owner_read | perms::owner_write);
  EXPECT_EQ(folder.count(), 1U);
}

TEST(WriteUser, PutsANewUserAtTheEnd) {
  const UserFolder folder;
  folder.file("users", "# mine\nanna:*:/:read");
  write_user(folder / "users", user("bert"));
  write_user(folder / "users", user("anna", Rights::all(), "files.example"));
  EXPECT_EQ(folder.text("users"),
            "# mine\nanna:*:/:read\nbert:$6$salt$hash:/:read\nanna:$6$salt$hash:/:write:host=files.example\n");
}

TEST(WriteUser, ReplacesTheLineOfThatUserAndKeepsTheRest) {
  const UserFolder folder;
  const std::string before = "# anna:*:/:read\n\n  bert:*:/:read\nanna:*:/:read:host=a\n";
  const std::string after = "anna2:*:/:none\r\n  # end\n";
  folder.file("users", before + " anna:*:/people:read \n" + after);
  write_user(folder / "users", user("anna", Rights::all()));
  EXPECT_EQ(folder.text("users"), before + "anna:$6$salt$hash:/:write\n" + after);
}

TEST(WriteUser, LeavesAFileAloneThatIsNotWellFormed) {
  const UserFolder folder;
  const auto file = folder.file("users", "anna:*:/:read\nbert\n");
  EXPECT_EQ(message_of<std::runtime_error>([&] { write_user(file, user("carl")); }),
            file.string() + ":2: not of the form name:hash:root:rights[:key=value,...]");
  EXPECT_EQ(folder.text("users"), "anna:*:/:read\nbert\n");
  EXPECT_EQ(folder.count(), 1U);
}

TEST(WriteUser, RefusesWhatALineCannotHold) {
  const UserFolder folder;
  for (const auto* name : {"", "an:na", "an\nna", "#anna", " anna", "anna:*:/:write\n"}) {
    EXPECT_THROW(write_user(folder / "users", user(name)), std::invalid_argument) << name;
  }
  EXPECT_THROW(write_user(folder / "users", user("anna", Rights::all(), "a,max-sessions=0")), std::invalid_argument);
  const Account anna{"anna", Path{}, Rights::all()};
  for (const auto* password : {"secret", "$6$salt$hash", "*"}) {
    const UserEntry plain{anna, Password::plain(password)};
    EXPECT_THROW(write_user(folder / "users", plain), std::invalid_argument) << password;
  }
  const UserEntry elsewhere{Account{"anna", Path{"/a:b"}, Rights::all()}, Password::hashed("*")};
  EXPECT_THROW(write_user(folder / "users", elsewhere), std::invalid_argument);
  EXPECT_EQ(folder.count(), 0U);
}

TEST(WriteUser, TakesTheFileFromOthersButNotFromTheGroup) {
  const UserFolder folder;
  const auto file = folder.file("users", "");
  permissions(file, perms::owner_read | perms::owner_write | perms::group_read | perms::others_read);
  write_user(file, user("anna"));
  EXPECT_EQ(status(file).permissions(), perms::owner_read | perms::owner_write | perms::group_read);
}

TEST(WriteUser, FollowsASymbolicLink) {
  const UserFolder folder;
  const auto file = folder.file("real", "anna:*:/:read\n");
  std::filesystem::create_symlink("real", folder / "link");
  write_user(folder / "link", user("bert"));
  EXPECT_TRUE(is_symlink(folder / "link"));
  EXPECT_EQ(folder.text("real"), "anna:*:/:read\nbert:$6$salt$hash:/:read\n");
}

TEST(WriteUser, SaysWhichFileItCannotWrite) {
  const UserFolder folder;
  const auto file = (folder / "missing/users").string();
  EXPECT_EQ(message_of<std::system_error>([&] { write_user(file, user("anna")); }),
            file + ": No such file or directory");
}

TEST(WriteUser, LeavesEverythingAsItWasWhenTheDiskIsFull) {
  const UserFolder folder;
  const auto file = folder.file("users", "anna:*:/:read\n");
  {
    const FullDisk disk{16};
    EXPECT_EQ(message_of<std::system_error>([&] { write_user(file, user("bert")); }),
              file.string() + ": File too large");
  }
  EXPECT_EQ(folder.text("users"), "anna:*:/:read\n");
  EXPECT_EQ(folder.count(), 1U);
}

/// Signals that come all the time while this lives, and interrupt system calls; after a hundred a lock is given up.
class Interruptions {
 public:
  explicit Interruptions(int locked) {
    lock_ = locked;
    count_ = 0;
    struct sigaction noted {};
    noted.sa_handler = [](int) {
      count_ = count_ + 1;
      if (count_ == 100) ::flock(lock_, LOCK_UN);
    };
    ::sigaction(SIGALRM, &noted, &before_);  // without SA_RESTART
    set(std::chrono::microseconds{200});
  }
  Interruptions(const Interruptions&) = delete;
  Interruptions& operator=(const Interruptions&) = delete;
  ~Interruptions() {
    set({});
    ::sigaction(SIGALRM, &before_, nullptr);
  }

 private:
  static void set(std::chrono::microseconds every) {
    itimerval times{};
    times.it_interval.tv_usec = times.it_value.tv_usec = static_cast<suseconds_t>(every.count());
    ::setitimer(ITIMER_REAL, &times, nullptr);
  }
  static inline volatile std::sig_atomic_t lock_ = -1, count_ = 0;
  struct sigaction before_ {};
};

TEST(WriteUser, WaitsForOthersThroughSignals) {
  const UserFolder folder;
  const auto file = folder.file("users", "anna:*:/:read\n");
  const int other = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  {
    const Interruptions signals{other};
    EXPECT_NO_THROW(write_user(file, user("bert")));
  }
  ::close(other);
  EXPECT_EQ(read_users(file).size(), 2U);
}

TEST(WriteUser, LosesNobodyWhenSeveralWriteAndShowsReadersWholeFilesOnly) {
  const UserFolder folder;
  const auto file = folder.file("users", "# users\n");
  std::atomic<int> writers = 2;
  const auto write = [&](const std::string& prefix) {
    for (int i = 0; i < 15; ++i) write_user(file, user(prefix + std::to_string(i)));
    --writers;
  };
  std::thread first{write, "anna"};
  std::thread second{write, "bert"};
  for (std::size_t seen = 0; writers > 0;) {
    const auto count = read_users(file).size();
    EXPECT_GE(count, seen);
    seen = count;
  }
  first.join();
  second.join();
  EXPECT_EQ(read_users(file).size(), 30U);
  EXPECT_EQ(folder.count(), 1U);
}

}  // namespace
