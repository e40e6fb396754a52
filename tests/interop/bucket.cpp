// Our server program on a bucket of a store that answers as a test says.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "interop/running_server.hpp"
#include "support/scripted_store.hpp"

namespace {

/// A bucket with nothing in it but what was left, in 2020, of two uploads: of one in an orderly way, of the other in parts.
class LeftBucket {
 public:
  std::string endpoint() const { return store_.endpoint(); }
  /// Waits until this was asked for; false where it was not within half a minute.
  bool has_been_asked(const std::string& what) {
    std::unique_lock lock{mutex_};
    return came_.wait_for(lock, std::chrono::seconds{30}, [&] { return was_among(what); });
  }
  bool was_asked(const std::string& what) {
    const std::lock_guard lock{mutex_};
    return was_among(what);
  }

 private:
  static constexpr const char* then = "2020-01-01T00:00:00.000Z";

  bool was_among(const std::string& what) const {
    return std::find(asked_.begin(), asked_.end(), what) != asked_.end();
  }
  StoreAnswer reply_to(const StoreRequest& request) {
    {
      const std::lock_guard lock{mutex_};
      asked_.push_back(request.what);
    }
    came_.notify_all();
    const auto asks = [&](std::string_view for_what) { return request.what.find(for_what) != std::string::npos; };
    if (request.what.starts_with("DELETE ")) return answer(204);
    if (request.what == "HEAD /inbox/.ftplike-partial/left") return head_answer(200);
    if (request.what.starts_with("HEAD ")) return head_answer(404);
    if (asks("uploads=")) return answer(200, uploads_);
    if (asks("list-type=2") && asks("ftplike-partial")) return answer(200, partials_);
    if (asks("list-type=2")) return answer(200, "<ListBucketResult/>");
    return answer(200);
  }

  const std::string uploads_ = std::string{"<ListMultipartUploadsResult><Upload><Key>lost</Key><UploadId>u</UploadId><Initiated>"} +
                               then + "</Initiated></Upload></ListMultipartUploadsResult>";
  const std::string partials_ = std::string{"<ListBucketResult><Contents><Key>.ftplike-partial/left</Key><LastModified>"} + then +
                                "</LastModified><Size>4</Size></Contents></ListBucketResult>";
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> asked_;
  ScriptedStore store_{[this](const StoreRequest& request) { return reply_to(request); }};
};

class ServerOfABucket : public testing::Test {
 protected:
  std::vector<std::string> serving(std::vector<std::string> more) {
    ours.write("keys", "key\nsecret\n");
    more.insert(more.end(), {"--s3-endpoint", bucket.endpoint(), "--s3-keys", ours / "keys"});
    return more;
  }
  Outcome upload(const RunningServer& server) {
    ours.write("up", "text");
    Program curl{{"curl", "--disable", "--silent", "--max-time", "60", "--upload-file", "up", server.url("new")}};
    curl.in(ours.string()).with("HOME", home.string());
    return outcome_of(curl);
  }
  LeftBucket bucket;
  TestFolder ours, home;
};

TEST_F(ServerOfABucket, RemovesWhatWasLeftOfUploadsWhenTheirTimeIsOver) {
  RunningServer server{"s3://inbox", serving({"--partial-lifetime", "3600"})};
  ASSERT_TRUE(ended_well(upload(server)));
  EXPECT_TRUE(bucket.has_been_asked("DELETE /inbox/.ftplike-partial/left"));
  EXPECT_TRUE(bucket.has_been_asked("DELETE /inbox/lost?uploadId=u"));
}

TEST_F(ServerOfABucket, KeepsWhatWasLeftOfUploadsForEverWhereTheirTimeIsNone) {
  RunningServer server{"s3://inbox", serving({"--partial-lifetime", "0"})};
  ASSERT_TRUE(ended_well(upload(server)));
  // The last that it asks for when it has looked through the partial files, and through uploads in parts.
  EXPECT_TRUE(bucket.has_been_asked("GET /inbox?encoding-type=url&prefix=&uploads="));
  ASSERT_TRUE(ended_well(upload(server)));
  EXPECT_FALSE(bucket.was_asked("DELETE /inbox/.ftplike-partial/left"));
  EXPECT_FALSE(bucket.was_asked("DELETE /inbox/lost?uploadId=u"));
}

TEST_F(ServerOfABucket, IsNotStartedWithAShareOfADiskThatABucketHasNot) {
  std::vector<std::string> command{FTPLIKE_SERVER_PROGRAM, "--root", "s3://inbox", "--check"};
  for (const auto& option : serving({"--partial-share", "10"})) command.push_back(option);
  const auto outcome = outcome_of(Program{command});
  EXPECT_NE(outcome.status, 0);
  EXPECT_NE(outcome.errors.find("partial-share"), std::string::npos) << outcome.errors;
}

TEST_F(ServerOfABucket, HasNoFoldersThatAreNoBuckets) {
  for (const std::string place : {"/srv/drop", "pub"}) {
    std::vector<std::string> command{FTPLIKE_SERVER_PROGRAM, "--root", "s3://inbox", "--check"};
    for (const auto& option : serving({"--folder", "/a=" + place})) command.push_back(option);
    const auto outcome = outcome_of(Program{command});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.errors, "ftplike-server: cannot serve " + place + ": it is no bucket, as the root is\n");
  }
}

}  // namespace
