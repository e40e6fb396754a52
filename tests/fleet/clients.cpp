// Clients of others and two of our servers, which are programs, over one store: a bucket of Swift, or a folder of MooseFS,
// mounted twice.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fleet/cluster.hpp"
#include "fleet/store.hpp"
#include "interop/connection.hpp"
#include "interop/running_server.hpp"
#include "interop/tree.hpp"

namespace {

/// A prefix of a bucket.
class Bucket {
 public:
  static constexpr bool tells_others = true;  // how much of an upload is there, while it comes
  Bucket() { keys_.write("keys", options_.access_key + '\n' + options_.secret_key + '\n'); }
  std::string one() const { return "s3://" + options_.bucket + '/' + options_.prefix; }
  std::string other() const { return one(); }
  std::vector<std::string> serving() const { return {"--s3-endpoint", options_.endpoint, "--s3-keys", keys_ / "keys"}; }
  const ftplike::S3Options& options() const { return options_; }

 private:
  const ftplike::S3Options options_ = store_options();
  TestFolder keys_;
};
/// A folder of a cluster file system, as two machines have it.
class Mounts {
 public:
  static constexpr bool tells_others = false;
  std::string one() const { return folder_.here(); }
  std::string other() const { return folder_.elsewhere(); }
  std::vector<std::string> serving() const { return {}; }

 private:
  ClusterFolder folder_;
};

/// Two servers over one store.
template <class Store> class Fleet : public testing::Test {
 protected:
  Outcome run(std::vector<std::string> arguments) const {
    Program program{std::move(arguments)};
    program.in(ours.string()).with("HOME", home.string()).with("LC_ALL", "C.UTF-8");
    return outcome_of(program);
  }
  Outcome curl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"curl", "--disable", "--silent", "--show-error", "--max-time", "100"});
    return run(std::move(arguments));
  }
  std::string content(const RunningServer& server, const std::string& path) const {
    const auto outcome = curl({server.url(path)});
    EXPECT_TRUE(ended_well(outcome)) << path;
    return outcome.output;
  }
  Outcome lftp(const RunningServer& server, const std::string& commands) const {
    return run(
        {"lftp", "--norc", "-c",
         "set cmd:fail-exit yes; set net:max-retries 2; set net:timeout 60; open --user tester --password secret -p " +
             server.port() + " ftp://" + server.host() + "; " + commands});
  }
  void write_tree() const {
    ours.write("tree/a", "a");
    ours.write("tree/d/b b", "b");
    ours.write("tree/d/e/\xc3\xa4", noise(100'000));
  }
  void expect_tree(const std::string& folder) const {
    for (const char* name : {"a", "d/b b", "d/e/\xc3\xa4"}) {
      EXPECT_TRUE(ours.read(folder + '/' + name) == ours.read(std::string{"tree/"} + name)) << name;
    }
  }

  const Store store;
  TestFolder ours, home;
  RunningServer one{store.one(), store.serving()}, another{store.other(), store.serving()};
};
TYPED_TEST_SUITE_P(Fleet);

TYPED_TEST_P(Fleet, MovesFilesOfAllSizesThroughEitherServer) {
  for (const std::size_t size : {0u, 1u, 65536u, 1048577u, 8388607u, 8388608u, 8388609u, 20000000u}) {
    const auto sent = noise(size, static_cast<unsigned>(size));
    this->ours.write("up", sent);
    ASSERT_TRUE(ended_well(this->curl({"--upload-file", "up", this->one.url("file")}))) << size;
    EXPECT_TRUE(this->content(this->another, "file") == sent) << size;
  }
}

TYPED_TEST_P(Fleet, MirrorsATreeUpAndDown) {
  this->write_tree();
  ASSERT_TRUE(ended_well(this->lftp(this->one, "mirror --reverse --parallel=3 tree up")));
  ASSERT_TRUE(ended_well(this->lftp(this->another, "mirror --parallel=3 up back")));
  this->expect_tree("back");
  ASSERT_TRUE(ended_well(this->lftp(this->one, "mv up/d up/moved; chmod 600 up/a; rm -r up/moved; cls -l up")));
  EXPECT_EQ(this->curl({"--list-only", this->another.url("up/")}).output, "a\n");
}

TYPED_TEST_P(Fleet, IsSyncedWithByRclone) {
  this->write_tree();
  auto password = this->run({"rclone", "--config", "/dev/null", "obscure", "secret"}).output;
  password.resize(password.find('\n'));
  const auto remote = [&](const RunningServer& server) {
    return ":ftp,host=" + server.host() + ",port=" + server.port() + ",user=tester,pass=" + password + ":up";
  };
  const auto rclone = [&](const std::string& verb, const std::string& from, const std::string& to) {
    return this->run({"rclone", "--config", "/dev/null", verb, from, to});
  };
  ASSERT_TRUE(ended_well(rclone("sync", "tree", remote(this->one))));
  ASSERT_TRUE(ended_well(this->run({"rclone", "--config", "/dev/null", "check", "--download", "tree", remote(this->another)})));
  ASSERT_TRUE(ended_well(rclone("sync", remote(this->another), "back")));
  this->expect_tree("back");
  ASSERT_TRUE(ended_well(rclone("moveto", remote(this->one) + "/d/b b", remote(this->one) + "/d/moved")));
  ASSERT_TRUE(ended_well(rclone("sync", "tree/d/e", remote(this->one))));
  EXPECT_EQ(this->curl({"--list-only", this->another.url("up/")}).output, "\xc3\xa4\n");
}

TYPED_TEST_P(Fleet, GoesOnThroughTheOtherServerWhenOneIsKilled) {
  const auto sent = noise(40'000'000);
  this->ours.write("up", sent);
  {
    Process upload{{"curl", "--disable", "--silent", "--upload-file", ".", this->one.url("file")}};  // from its input
    upload.say(std::string_view{sent}.substr(0, 20'000'000));  // which does not end before the server has
    std::string size;
    while (size.empty()) {  // until there is something to go on with
      size = this->curl({"--head", (TypeParam::tells_others ? this->another : this->one).url("file")}).output;
    }
    this->one.process().signal(SIGKILL);
    upload.close_input();
    EXPECT_NE(upload.wait(), 0);
  }
  EXPECT_NE(this->curl({this->another.url("file")}).status, 0) << "half a file is under the name";
  ASSERT_TRUE(ended_well(this->curl({"--continue-at", "-", "--upload-file", "up", this->another.url("file")})));
  EXPECT_TRUE(this->content(this->another, "file") == sent);
}

/// A session that says exactly what the test says, as the dialogues do on the simulated network.
class Session {
 public:
  explicit Session(const RunningServer& server) : control_{server.port()} {
    control_.reply();
    ask("USER tester");
    EXPECT_EQ(ask("PASS secret"), "230 Logged in");
    EXPECT_EQ(ask("TYPE I"), "200 Type is binary");
  }
  std::string ask(const std::string& command) { return control_.ask(command); }
  /// What comes, and how it ends; or how the command was refused.
  std::string fetch(const std::string& command) {
    Connection data = passive();
    const auto first = ask(command);
    if (!first.starts_with("150")) return first;
    const auto text = data.rest();
    data.close();
    EXPECT_TRUE(control_.reply().starts_with("226")) << command;
    return text;
  }
  /// The last reply.
  std::string store(const std::string& command, std::string_view text) {
    Connection data = passive();
    const auto first = ask(command);
    if (!first.starts_with("150")) return first;
    data.say(text);
    data.close();
    return control_.reply();
  }
  /// Begins an upload, and aborts it when the server has these bytes.
  void leave(const std::string& command, std::string_view text) {
    Connection data = passive();
    EXPECT_TRUE(ask(command).starts_with("150"));
    data.say(text);
    control_.say("ABOR\r\n");
    EXPECT_TRUE(control_.reply().starts_with("426"));
    EXPECT_TRUE(control_.reply().starts_with("226"));
  }

 private:
  Connection passive() {
    const auto reply = ask("EPSV");  // 229 … (|||40001|)
    const auto begin = reply.find("|||") + 3;
    return Connection{reply.substr(begin, reply.find('|', begin) - begin)};
  }
  Connection control_;
};

TYPED_TEST_P(Fleet, TakesARestartForOneTransferAndNoneBehindTheEnd) {
  Session one{this->one}, another{this->another};
  EXPECT_EQ(one.store("STOR a.txt", "0123456789"), "226 Upload complete");
  EXPECT_EQ(another.ask("REST 4"), "350 Restarting at 4");
  EXPECT_EQ(another.fetch("RETR a.txt"), "456789");
  EXPECT_EQ(another.fetch("RETR a.txt"), "0123456789");
  another.ask("REST 10");
  EXPECT_EQ(another.fetch("RETR a.txt"), "");
  another.ask("REST 11");
  EXPECT_EQ(another.fetch("RETR a.txt"), "554 no transfer can begin at that position");
  EXPECT_EQ(another.ask("SIZE a.txt"), "213 10");
}

TYPED_TEST_P(Fleet, RefusesToFetchWhatIsNoFile) {
  Session client{this->one};
  EXPECT_TRUE(client.ask("MKD d").starts_with("257"));
  EXPECT_EQ(client.store("STOR d/a.txt", "hello"), "226 Upload complete");
  EXPECT_EQ(client.fetch("RETR nowhere"), "550 File not found");
  EXPECT_EQ(client.fetch("RETR d"), "550 Is a directory");
  EXPECT_EQ(client.fetch("RETR d/a.txt/b"), "550 Not a directory");
  EXPECT_EQ(client.store("STOR d", "x"), "550 Is a directory");
  EXPECT_EQ(client.store("STOR nowhere/x", "x"), "550 File not found");
}

TYPED_TEST_P(Fleet, AppendsToAWholeFileAndGoesOnWithAPartialOne) {
  Session one{this->one}, another{this->another};
  EXPECT_EQ(one.store("STOR whole", "begin"), "226 Upload complete");
  EXPECT_EQ(another.store("APPE whole", " and end"), "226 Upload complete");
  EXPECT_EQ(one.fetch("RETR whole"), "begin and end");
  EXPECT_EQ(one.store("APPE new", "all"), "226 Upload complete");
  EXPECT_EQ(another.fetch("RETR new"), "all");
  one.leave("STOR part", "begin");
  EXPECT_EQ(one.ask("SIZE part"), "213 5");
  EXPECT_EQ(another.ask("SIZE part"), "213 5");
  EXPECT_EQ(another.fetch("RETR part"), "550 File not found");
  EXPECT_EQ(another.ask("REST 5"), "350 Restarting at 5");
  EXPECT_EQ(another.store("STOR part", " and end"), "226 Upload complete");
  EXPECT_EQ(one.fetch("RETR part"), "begin and end");
}

TYPED_TEST_P(Fleet, KeepsTheOldFileWhileANewOneComesAndWhenItIsAborted) {
  Session one{this->one}, another{this->another};
  EXPECT_EQ(one.store("STOR a", "old"), "226 Upload complete");
  one.leave("STOR a", "newer");
  EXPECT_EQ(another.fetch("RETR a"), "old");
  EXPECT_EQ(another.store("STOR a", "newest"), "226 Upload complete");
  EXPECT_EQ(one.fetch("RETR a"), "newest");
}

TYPED_TEST_P(Fleet, TurnsLinesOfTextToAndFro) {
  Session client{this->one};
  client.ask("TYPE A");
  EXPECT_EQ(client.store("STOR text", "one\r\ntwo\r\n"), "226 Upload complete");
  EXPECT_EQ(client.fetch("RETR text"), "one\r\ntwo\r\n");
  client.ask("TYPE I");
  EXPECT_EQ(client.fetch("RETR text"), "one\ntwo\n");
}

TYPED_TEST_P(Fleet, StoresUnderAFreshNameAndRenamesOverAnOldOne) {
  Session one{this->one}, another{this->another};
  EXPECT_EQ(one.store("STOR a", "first"), "226 Upload complete");
  EXPECT_TRUE(another.store("STOU a", "second").starts_with("226"));
  EXPECT_EQ(one.fetch("RETR a"), "first");
  EXPECT_EQ(one.fetch("RETR a.1"), "second");
  EXPECT_TRUE(one.ask("RNFR a.1").starts_with("350"));
  EXPECT_TRUE(one.ask("RNTO a").starts_with("250"));
  EXPECT_EQ(another.fetch("RETR a"), "second");
  EXPECT_EQ(another.fetch("RETR a.1"), "550 File not found");
  EXPECT_TRUE(another.ask("DELE a").starts_with("250"));
  EXPECT_EQ(one.fetch("RETR a"), "550 File not found");
}

REGISTER_TYPED_TEST_SUITE_P(Fleet, MovesFilesOfAllSizesThroughEitherServer, MirrorsATreeUpAndDown, IsSyncedWithByRclone,
                            GoesOnThroughTheOtherServerWhenOneIsKilled, TakesARestartForOneTransferAndNoneBehindTheEnd,
                            RefusesToFetchWhatIsNoFile, AppendsToAWholeFileAndGoesOnWithAPartialOne,
                            KeepsTheOldFileWhileANewOneComesAndWhenItIsAborted, TurnsLinesOfTextToAndFro,
                            StoresUnderAFreshNameAndRenamesOverAnOldOne);
INSTANTIATE_TYPED_TEST_SUITE_P(S3, Fleet, Bucket);
INSTANTIATE_TYPED_TEST_SUITE_P(Cluster, Fleet, Mounts);

using BucketFleet = Fleet<Bucket>;

TEST_F(BucketFleet, HasWhatAnotherClientOfTheStoreHas) {
  const auto& options = store.options();
  const auto s3cmd = [&](std::vector<std::string> arguments) {
    const std::string host = options.endpoint.substr(std::string_view{"http://"}.size());
    arguments.insert(arguments.begin(), {"s3cmd", "--config=/dev/null", "--access_key=" + options.access_key,
                                         "--secret_key=" + options.secret_key, "--no-ssl", "--host=" + host,
                                         "--host-bucket=" + host, "--quiet"});
    return run(std::move(arguments));
  };
  const auto sent = noise(9'000'000);
  ours.write("up", sent);
  ASSERT_TRUE(ended_well(curl({"--upload-file", "up", "--ftp-create-dirs", one.url("d/file")})));
  ASSERT_TRUE(ended_well(s3cmd({"get", store.one() + "/d/file", "got"})));
  EXPECT_TRUE(ours.read("got") == sent);
  ASSERT_TRUE(ended_well(s3cmd({"put", "up", store.one() + "/new/theirs"})));
  EXPECT_TRUE(content(one, "new/theirs") == sent);
  const auto listed = curl({"--list-only", one.url("new/")});
  EXPECT_EQ(listed.output, "theirs\n");
}

TEST_F(BucketFleet, PromisesNoMoreThanAStoreOfObjectsCanDo) {
  const auto help = curl({"--verbose", "--head", "--quote", "FEAT", "--quote", "HELP", one.url()}).errors;
  EXPECT_NE(help.find("MFMT"), std::string::npos);
  EXPECT_NE(help.find("APPE"), std::string::npos);
  EXPECT_EQ(help.find("AVBL"), std::string::npos);
}

}  // namespace
