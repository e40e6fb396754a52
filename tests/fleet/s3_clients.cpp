// Clients and servers that are programs, over a bucket; and what another client of the store sees of it.
#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fleet/store.hpp"
#include "interop/running_server.hpp"
#include "interop/tree.hpp"

namespace {

/// Two servers over one prefix of a bucket.
class S3Fleet : public testing::Test {
 protected:
  S3Fleet() {
    ours.write("keys", options_.access_key + '\n' + options_.secret_key + '\n');
    one_.emplace(root(), serving());
    other_.emplace(root(), serving());
  }
  std::string root() const { return "s3://" + options_.bucket + '/' + options_.prefix; }
  std::vector<std::string> serving() const { return {"--s3-endpoint", options_.endpoint, "--s3-keys", ours / "keys"}; }
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
  Outcome s3cmd(std::vector<std::string> arguments) const {
    const std::string host = options_.endpoint.substr(std::string_view{"http://"}.size());
    arguments.insert(arguments.begin(), {"s3cmd", "--config=/dev/null", "--access_key=" + options_.access_key,
                                         "--secret_key=" + options_.secret_key, "--no-ssl", "--host=" + host,
                                         "--host-bucket=" + host, "--quiet"});
    return run(std::move(arguments));
  }

  const ftplike::S3Options options_ = store_options();
  TestFolder ours, home;
  std::optional<RunningServer> one_, other_;
};

TEST_F(S3Fleet, MovesFilesOfAllSizesThroughEitherServer) {
  for (const std::size_t size : {0u, 1u, 65536u, 1048577u, 8388607u, 8388608u, 8388609u, 20000000u}) {
    const auto sent = noise(size, static_cast<unsigned>(size));
    ours.write("up", sent);
    ASSERT_TRUE(ended_well(curl({"--upload-file", "up", one_->url("file")}))) << size;
    EXPECT_TRUE(content(*other_, "file") == sent) << size;
  }
}

TEST_F(S3Fleet, HasWhatAnotherClientOfTheStoreHas) {
  const auto sent = noise(9'000'000);
  ours.write("up", sent);
  ASSERT_TRUE(ended_well(curl({"--upload-file", "up", "--ftp-create-dirs", one_->url("d/file")})));
  ASSERT_TRUE(ended_well(s3cmd({"get", root() + "/d/file", "got"})));
  EXPECT_TRUE(ours.read("got") == sent);
  ASSERT_TRUE(ended_well(s3cmd({"put", "up", root() + "/new/theirs"})));
  EXPECT_TRUE(content(*one_, "new/theirs") == sent);
  const auto listed = curl({"--list-only", one_->url("new/")});
  EXPECT_EQ(listed.output, "theirs\n");
}

TEST_F(S3Fleet, MirrorsATreeUpAndDown) {
  ours.write("tree/a", "a");
  ours.write("tree/d/b b", "b");
  ours.write("tree/d/e/\xc3\xa4", noise(100'000));
  const auto lftp = [&](const RunningServer& server, const std::string& commands) {
    return run(
        {"lftp", "--norc", "-c",
         "set cmd:fail-exit yes; set net:max-retries 2; set net:timeout 60; open --user tester --password secret -p " +
             server.port() + " ftp://" + server.host() + "; " + commands});
  };
  ASSERT_TRUE(ended_well(lftp(*one_, "mirror --reverse --parallel=3 tree up")));
  ASSERT_TRUE(ended_well(lftp(*other_, "mirror --parallel=3 up back")));
  for (const char* name : {"a", "d/b b", "d/e/\xc3\xa4"}) {
    EXPECT_TRUE(ours.read(std::string{"back/"} + name) == ours.read(std::string{"tree/"} + name)) << name;
  }
  ASSERT_TRUE(ended_well(lftp(*one_, "mv up/d up/moved; chmod 600 up/a; rm -r up/moved; cls -l up")));
  EXPECT_EQ(curl({"--list-only", other_->url("up/")}).output, "a\n");
}

TEST_F(S3Fleet, GoesOnThroughTheOtherServerWhenOneIsKilled) {
  const auto sent = noise(40'000'000);
  ours.write("up", sent);
  {
    Program program{{"curl", "--disable", "--silent", "--limit-rate", "16M", "--upload-file", "up", one_->url("file")}};
    program.in(ours.string());
    Process upload{program};
    std::string size;
    while (size.empty()) {  // until the store has a part of it
      size = curl({"--head", other_->url("file")}).output;
    }
    one_->process().signal(SIGKILL);
    EXPECT_NE(upload.wait(), 0);
  }
  EXPECT_NE(curl({other_->url("file")}).status, 0) << "half a file is under the name";
  ASSERT_TRUE(ended_well(curl({"--continue-at", "-", "--upload-file", "up", other_->url("file")})));
  EXPECT_TRUE(content(*other_, "file") == sent);
}

TEST_F(S3Fleet, PromisesNoMoreThanAStoreOfObjectsCanDo) {
  const auto help = curl({"--verbose", "--head", "--quote", "FEAT", "--quote", "HELP", one_->url()}).errors;
  EXPECT_NE(help.find("MFMT"), std::string::npos);
  EXPECT_NE(help.find("APPE"), std::string::npos);
  EXPECT_EQ(help.find("AVBL"), std::string::npos);
}

}  // namespace
