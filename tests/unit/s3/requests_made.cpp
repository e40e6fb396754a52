// How many requests an S3Storage makes of its store for what a client of FTP does, and that it is right with so few.
#include <ftplike/s3.hpp>

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/scripted_store.hpp"
#include "unit/storage/fixture.hpp"

namespace {

using ftplike::Path;
using ftplike::S3Storage;
using storage_test::Files;

/// A store of small objects in a map.
class SmallBucket {
 public:
  struct Object {
    std::string bytes, fields{};
    bool is_archived = false;
  };

  void put(const std::string& key, Object object) {
    const std::lock_guard lock{mutex_};
    objects_[key] = std::move(object);
  }
  /// Has something done once, between the next such request and its answer, which tells how it was before.
  void while_asked(std::string what, std::function<void()> act) {
    const std::lock_guard lock{mutex_};
    meanwhile_ = {std::move(what), std::move(act)};
  }
  /// The same, before such a request has had any effect.
  void before(std::string what, std::function<void()> act) {
    const std::lock_guard lock{mutex_};
    before_ = {std::move(what), std::move(act)};
  }
  S3Storage storage() const {
    ftplike::S3Options options;
    options.endpoint = store_.endpoint();
    options.bucket = "inbox";
    options.access_key = "key";
    options.secret_key = "secret";
    return S3Storage{options}.for_client(ftplike::ClientKey{});
  }
  /// What was asked since it was last asked for: "list a" for keys that begin so. Not what looks for old uploads.
  std::vector<std::string> asked() {
    const std::vector<std::string> all = store_.asked();
    std::vector<std::string> some;
    for (; told_ < all.size(); ++told_) {
      const std::string& what = all[told_];
      const bool is_sweep = what.find("uploads=") != what.npos || what.find("prefix=.ftplike") != what.npos;
      if (is_sweep) continue;
      const auto prefix = what.find("&prefix=");
      some.push_back(prefix == what.npos ? what.substr(0, what.find(' ')) + ' ' + what.substr(what.rfind('/') + 1)
                                         : "list " + ftplike::detail::url_decoded(what.substr(prefix + 8)));
    }
    return some;
  }

 private:
  using Once = std::pair<std::string, std::function<void()>>;

  StoreAnswer reply_to(const StoreRequest& request) {
    act_on(before_, request);
    StoreAnswer reply = reply_now(request);
    act_on(meanwhile_, request);
    return reply;
  }
  void act_on(Once& once, const StoreRequest& request) {
    Once taken;
    {
      const std::lock_guard lock{mutex_};
      if (request.what == once.first) taken = std::exchange(once, {});
    }
    if (taken.second) taken.second();
  }
  StoreAnswer reply_now(const StoreRequest& request) {
    const std::lock_guard lock{mutex_};
    const std::string method = request.what.substr(0, request.what.find(' '));
    const auto question = request.what.find('?');
    if (question != request.what.npos) return listing(request.what);
    const std::string key = request.what.substr(request.what.find("/inbox/") + 7);
    if (method == "PUT") return stored(key, request);
    const auto found = objects_.find(key);
    if (method == "DELETE") {
      objects_.erase(key);
      return answer(204);
    }
    if (found == objects_.end()) return method == "HEAD" ? head_answer(404) : answer(404, error_body("NoSuchKey"));
    const Object& object = found->second;
    if (method == "HEAD") return head_answer(200, object.fields, object.bytes.size());
    if (object.is_archived) return answer(403, error_body("InvalidObjectState"));
    return part_of(object, request.header("range"));
  }
  StoreAnswer stored(const std::string& key, const StoreRequest& request) {
    Object object{request.body};
    const std::string mode = request.header("x-amz-meta-ftplike-mode");
    if (!mode.empty()) object.fields = "x-amz-meta-ftplike-mode: " + mode + "\r\n";
    const std::string source = request.header("x-amz-copy-source");
    if (!source.empty()) object.bytes = objects_[source.substr(source.rfind('/') + 1)].bytes;
    objects_[key] = std::move(object);
    return answer(200);
  }
  StoreAnswer part_of(const Object& object, const std::string& range) const {
    if (range.empty()) return answer(200, object.bytes, object.fields);
    const std::size_t begin = std::stoul(range.substr(6)), dash = range.find('-');
    const std::size_t last = dash + 1 == range.size() ? object.bytes.size() - 1 : std::stoul(range.substr(dash + 1));
    if (begin >= object.bytes.size()) return answer(416, error_body("InvalidRange"));
    const std::string part = object.bytes.substr(begin, last - begin + 1);
    return answer(206, part,
                  object.fields + "Content-Range: bytes " + std::to_string(begin) + '-' +
                      std::to_string(begin + part.size() - 1) + '/' + std::to_string(object.bytes.size()) + "\r\n");
  }
  StoreAnswer listing(const std::string& what) const {
    if (what.find("uploads=") != what.npos) return answer(200, "<ListMultipartUploadsResult/>");
    const std::string prefix = ftplike::detail::url_decoded(what.substr(what.find("&prefix=") + 8));
    std::string keys;
    const auto first = objects_.lower_bound(prefix);  // and no more: that is all that they are asked for here
    if (first != objects_.end() && first->first.starts_with(prefix)) {
      keys = "<Contents><Key>" + first->first + "</Key><Size>1</Size></Contents>";
    }
    return answer(200, "<ListBucketResult>" + keys + "</ListBucketResult>");
  }

  std::mutex mutex_;
  std::map<std::string, Object> objects_;
  std::size_t told_ = 0;
  Once before_, meanwhile_;
  ScriptedStore store_{[this](const StoreRequest& request) { return reply_to(request); }};
};
using Asked = std::vector<std::string>;

class S3RequestsMade : public testing::Test {
 protected:
  SmallBucket bucket;
  Files<S3Storage> files{bucket.storage()};
};

TEST_F(S3RequestsMade, ForANewFileAreOneThatTellsThatItsNameIsFreeAndOneThatPutsIt) {
  files.put("/new", "text");
  EXPECT_EQ(bucket.asked(), (Asked{"list new", "PUT new"}));
}

TEST_F(S3RequestsMade, ForAFileThatWasHeardOfAreOneThatTellsItsModeAndOneThatPutsTheNew) {
  files.put("/a", "old");
  bucket.put("a", {"others", "x-amz-meta-ftplike-mode: 0600\r\n"});
  bucket.asked();
  files.put("/a", "new");
  EXPECT_EQ(bucket.asked(), (Asked{"HEAD a", "PUT a"}));
  EXPECT_EQ(files.stat("/a").mode, 0600u);
}

TEST_F(S3RequestsMade, ForAFileThatNobodyHasHeardOfAreThoseToSeeThatItIsThereAndItsMode) {
  bucket.put("a", {"old", "x-amz-meta-ftplike-mode: 0600\r\n"});
  files.put("/a", "new");
  EXPECT_EQ(bucket.asked(), (Asked{"list a", "HEAD a", "PUT a"}));
  EXPECT_EQ(files.stat("/a").mode, 0600u);
}

TEST_F(S3RequestsMade, ForANameThatIsFreeAgainAreThoseForANewOne) {
  files.put("/a", "old");
  files.run(files.storage.remove(Path{"/a"}));
  bucket.asked();
  files.put("/a", "new");
  EXPECT_EQ(bucket.asked(), (Asked{"list a", "PUT a"}));
}

TEST_F(S3RequestsMade, AreMoreWhereKeysThatBeginAlikeStandBeforeThoseOfADirectory) {
  bucket.put("file10", {"x"});
  files.put("/file1", "text");
  EXPECT_EQ(bucket.asked(), (Asked{"list file1", "PUT file1"}));
  bucket.put("report.pdf", {"x"});
  files.put("/report", "text");
  EXPECT_EQ(bucket.asked(), (Asked{"list report", "HEAD report", "list report/", "PUT report"}));
}

TEST_F(S3RequestsMade, SeeADirectoryWhateverIsBesideIt) {
  bucket.put("d/x", {"x"});
  EXPECT_EQ(files.error(files.storage.create(Path{"/d"}, 0)), std::errc::is_a_directory);
  EXPECT_EQ(bucket.asked(), (Asked{"list d"}));
  bucket.put("d-1", {"x"});
  EXPECT_EQ(files.error(files.storage.create(Path{"/d"}, 0)), std::errc::is_a_directory);
  EXPECT_EQ(files.error(files.storage.append(Path{"/d"})), std::errc::is_a_directory);
}

TEST_F(S3RequestsMade, SeeADirectoryThatOthersMadeInPlaceOfAFileThatWasHeardOf) {
  files.put("/a", "text");
  files.run(bucket.storage().remove(Path{"/a"}));  // another server
  bucket.put("a/x", {"x"});
  EXPECT_EQ(files.error(files.storage.create(Path{"/a"}, 0)), std::errc::is_a_directory);
}

TEST_F(S3RequestsMade, AreNoneForADirectoryThatTheClientHasJustGoneTo) {
  bucket.put("d/", {});
  EXPECT_TRUE(files.stat("/d").is_directory());
  bucket.asked();
  files.put("/d/new", "text");
  EXPECT_EQ(bucket.asked(), (Asked{"list d/new", "PUT new"}));
}

TEST_F(S3RequestsMade, TrustNoListingWhereAFileIsGoneOnWith) {
  bucket.put("a", {"old"});
  auto writer = files.run(files.storage.append(Path{"/a"}));
  EXPECT_EQ(bucket.asked().front(), "HEAD a");
  writer.discard();
}

TEST_F(S3RequestsMade, ForTheSizeOfASmallFileAndTheFileAreOne) {
  bucket.put("a", {"0123456789"});
  EXPECT_EQ(files.stat("/a").size, 10u);
  EXPECT_EQ(files.get("/a"), "0123456789");
  EXPECT_EQ(bucket.asked(), (Asked{"GET a"}));
  EXPECT_EQ(files.stat("/a").size, 10u);
  EXPECT_EQ(files.get("/a", 7), "789");
  EXPECT_EQ(bucket.asked(), (Asked{"GET a"}));
}

TEST_F(S3RequestsMade, ForALargeFileAreOneAndOneBeforeForItsSize) {
  const std::string text(100'000, 'x');
  bucket.put("a", {text});
  EXPECT_EQ(files.get("/a"), text);
  EXPECT_EQ(bucket.asked(), (Asked{"GET a"}));
  EXPECT_EQ(files.stat("/a").size, 100'000u);
  EXPECT_EQ(files.get("/a"), text);
  EXPECT_EQ(bucket.asked(), (Asked{"HEAD a", "GET a"}));
}

TEST_F(S3RequestsMade, TellTheSizeOfFilesOfWhichNothingCanBeReadAhead) {
  bucket.put("empty", {});
  bucket.put("archived", {"text", "", true});
  bucket.put("large", {std::string(100'000, 'x')});
  EXPECT_EQ(files.stat("/empty").size, 0u);
  EXPECT_EQ(files.get("/empty"), "");
  EXPECT_EQ(files.stat("/archived").size, 4u);
  EXPECT_EQ(files.stat("/large").size, 100'000u);
  EXPECT_EQ(files.get("/large").size(), 100'000u);
}

TEST_F(S3RequestsMade, ReadNothingAheadForASessionThatDoesNotFetchWhatItAskedAbout) {
  for (const char* key : {"a", "b", "c", "d"}) bucket.put(key, {"text"});
  files.stat("/a");
  files.stat("/b");
  files.stat("/c");
  EXPECT_EQ(bucket.asked(), (Asked{"GET a", "HEAD b", "HEAD c"}));
  EXPECT_EQ(files.get("/c"), "text");
  files.stat("/d");
  EXPECT_EQ(files.get("/d"), "text");
  EXPECT_EQ(bucket.asked(), (Asked{"GET c", "GET d"})) << "it has fetched one again";
}

TEST_F(S3RequestsMade, ReadAFileAheadThatIsAskedAboutBehindDirectories) {
  bucket.put("d/", {});
  bucket.put("e/", {});
  bucket.put("e/a", {"text"});
  files.stat("/d");
  files.stat("/e");
  files.stat("/e/a");
  bucket.asked();
  EXPECT_EQ(files.get("/e/a"), "text");
  EXPECT_EQ(bucket.asked(), (Asked{}));
}

TEST_F(S3RequestsMade, TakeNoDirectoryForThereThatWasRemovedWhileItWasAskedFor) {
  bucket.put("d/", {});
  Files<S3Storage> others{files.storage.for_client(ftplike::ClientKey{})};  // another session of the same server
  bucket.while_asked("HEAD /inbox/d/", [&] { others.run(others.storage.remove_directory(Path{"/d"})); });
  EXPECT_TRUE(files.stat("/d").is_directory()) << "it was, when the store was asked";
  EXPECT_EQ(files.error(files.storage.create(Path{"/d/new"}, 0)), std::errc::no_such_file_or_directory);
}

TEST_F(S3RequestsMade, LookAgainForADirectoryThatWasOnItsWayWhenAnUploadBegan) {
  Files<S3Storage> others{files.storage.for_client(ftplike::ClientKey{})};
  std::optional<S3Storage::Writer> writer;
  bucket.before("PUT /inbox/d/", [&] { writer.emplace(others.create("/d")); });
  files.run(files.storage.make_directory(Path{"/d"}));
  ASSERT_TRUE(writer);
  EXPECT_EQ(others.error(writer->finish()), std::errc::is_a_directory);
}

TEST_F(S3RequestsMade, GiveAFileThatWasReadAheadOnce) {
  bucket.put("a", {"old"});
  EXPECT_EQ(files.stat("/a").size, 3u);
  EXPECT_EQ(files.get("/a"), "old");
  bucket.put("a", {"newer"});
  EXPECT_EQ(files.get("/a"), "newer");
}

TEST_F(S3RequestsMade, GiveNoFileThatThisServerHasChangedSince) {
  auto other_session = files.storage.for_client(ftplike::ClientKey{});
  files.put("/a", "old");
  EXPECT_EQ(files.stat("/a").size, 3u);
  auto writer = files.run(other_session.create(Path{"/a"}, 0));
  files.write(writer, "newer");
  files.run(writer.finish());
  EXPECT_EQ(files.get("/a"), "newer");
  files.put("/b", "b");
  EXPECT_EQ(files.stat("/a").size, 5u);
  files.run(other_session.rename(Path{"/b"}, Path{"/a"}));
  EXPECT_EQ(files.get("/a"), "b");
  EXPECT_EQ(files.stat("/a").size, 1u);
  files.run(other_session.remove(Path{"/a"}));
  EXPECT_EQ(files.error(files.storage.open(Path{"/a"}, 0)), std::errc::no_such_file_or_directory);
}

TEST_F(S3RequestsMade, GiveNoFileThatWasReadAheadForAnotherNameOrSession) {
  bucket.put("a", {"a"});
  bucket.put("b", {"b"});
  EXPECT_EQ(files.stat("/a").size, 1u);
  EXPECT_EQ(files.get("/b"), "b");
  EXPECT_EQ(files.stat("/a").size, 1u);
  bucket.put("a", {"new"});
  Files<S3Storage> others{files.storage.for_client(ftplike::ClientKey{})};
  EXPECT_EQ(others.get("/a"), "new");
}

TEST_F(S3RequestsMade, KeepTheFilesThatWereReadAheadLastHoweverManySessionsFetchNone) {
  bucket.put("a", {"old"});
  EXPECT_EQ(files.stat("/a").size, 3u);
  std::vector<S3Storage> sessions;
  for (std::size_t i = 0; i < ftplike::detail::S3AllAhead::most; ++i) {
    auto& session = sessions.emplace_back(files.storage.for_client(ftplike::ClientKey{}));
    files.run(session.stat(Path{"/a"}));
  }
  bucket.asked();
  EXPECT_EQ(files.get("/a"), "old");
  EXPECT_EQ(bucket.asked(), (Asked{"GET a"})) << "the first has to ask again";
  Files<S3Storage> last{sessions.back()};
  EXPECT_EQ(last.stat("/a").size, 3u);
  EXPECT_EQ(last.get("/a"), "old");
  EXPECT_EQ(bucket.asked(), (Asked{"GET a"})) << "its answer was read ahead";
}

TEST(S3Ahead, IsNoOlderThanItMayBe) {
  ftplike::S3Options options;
  options.endpoint = "http://127.0.0.1:1";
  const ftplike::detail::S3Client client{options};
  ftplike::detail::S3Ahead ahead;
  ftplike::detail::S3Answer answer;
  answer.status = 206;
  answer.body = "text";
  answer.fields["content-range"] = "bytes 0-3/4";
  for (const bool is_old : {false, true}) {
    ahead.keep("a", ahead.mark(client, "a"), answer);
    const std::chrono::hours age{is_old ? 0 : 1};
    EXPECT_EQ(ahead.take(client, "a", 0, age).has_value(), !is_old);
  }
}

TEST(S3Ahead, KeepsNothingLargerThanWasAskedFor) {
  ftplike::detail::S3Ahead ahead;
  ftplike::detail::S3Answer answer;
  answer.status = 200;
  for (const std::size_t size : {ahead.most, ahead.most + 1}) {
    answer.body = std::string(size, 'x');
    answer.fields["content-length"] = std::to_string(size);
    EXPECT_EQ(ahead.keep("a", {}, answer), size == ahead.most);
  }
}

TEST(S3Hints, RememberNoMoreThanSoManyBytesOfNames) {
  ftplike::detail::S3Hints hints;
  const auto name = [](int number) { return std::string(1024 * 1024, 'x') + std::to_string(number); };
  for (int number = 0; number < 8; ++number) hints.note(name(number), 1);
  EXPECT_TRUE(hints.size(name(0)));
  hints.forget(name(7));
  hints.note(name(7), 1);
  hints.note(name(8), 1);
  EXPECT_FALSE(hints.size(name(0)));
  EXPECT_TRUE(hints.size(name(8)));
}

}  // namespace
