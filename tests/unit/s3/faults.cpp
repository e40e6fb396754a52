// What an S3Storage does when its store fails.
#include <ftplike/s3.hpp>

#include <algorithm>
#include <atomic>
#include <gtest/gtest.h>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "support/scripted_store.hpp"
#include "unit/storage/fixture.hpp"

namespace {

using ftplike::Path;
using ftplike::S3Errc;
using ftplike::S3Storage;
using storage_test::Files;

ftplike::S3Options impatient(const std::string& endpoint) {
  ftplike::S3Options options;
  options.endpoint = endpoint;
  options.bucket = "inbox";
  options.access_key = "key";
  options.secret_key = "secret";
  options.part_size = 5 * 1024 * 1024;
  options.attempts = 3;
  options.first_pause = std::chrono::milliseconds{1};
  options.sweep_interval = std::chrono::hours{1};
  return options;
}
constexpr const char* dated = "Last-Modified: Fri, 27 Nov 2026 14:03:54 GMT\r\nETag: \"e\"\r\n";
constexpr const char* empty_page = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
constexpr const char* no_uploads =
    "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>";

/// Of a bucket with nothing in it: what looking there is answered with; nothing of what is not just looking.
bool answers_looking(const StoreRequest& request, StoreAnswer& reply) {
  if (request.what.starts_with("HEAD ")) {
    reply = head_answer(404);
  } else if (request.what.find("list-type=2") != std::string::npos) {
    reply = answer(200, empty_page);
  } else if (request.what.starts_with("GET ") && request.what.find("uploads=") != std::string::npos) {
    reply = answer(200, no_uploads);
  } else {
    return false;
  }
  return true;
}
std::size_t count_of(const std::vector<std::string>& asked, std::string_view what) {
  return static_cast<std::size_t>(
      std::count_if(asked.begin(), asked.end(), [&](const auto& one) { return one.starts_with(what); }));
}

TEST(S3Fault, IsTriedAgainWhereTheStoreHasTooMuchToDo) {
  std::atomic<int> times = 0;
  ScriptedStore store{[&](const StoreRequest&) { return ++times < 3 ? head_answer(503) : head_answer(200, dated, 5); }};
  Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
  EXPECT_EQ(files.stat("/a").size, 5u);
  EXPECT_EQ(store.asked(), (std::vector<std::string>(3, "HEAD /inbox/a")));
}

TEST(S3Fault, IsToldWhenAllAttemptsFailed) {
  for (const auto& [status, error] : {std::pair{500, S3Errc::internal}, std::pair{503, S3Errc::slow_down}}) {
    ScriptedStore store{[status](const StoreRequest&) { return head_answer(status); }};
    Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
    EXPECT_EQ(files.error(files.storage.stat(Path{"/a"})), error);
    EXPECT_EQ(store.asked().size(), 3u);
  }
}

TEST(S3Fault, IsNotTriedAgainWhereTheKeysAreAtFault) {
  for (const auto& [code, error] :
       {std::pair{"ExpiredToken", S3Errc::keys_expired}, std::pair{"SignatureDoesNotMatch", S3Errc::keys_refused},
        std::pair{"RequestTimeTooSkewed", S3Errc::clock_differs}}) {
    ScriptedStore store{[code](const StoreRequest&) { return answer(403, error_body(code)); }};
    Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
    EXPECT_EQ(files.error(files.storage.open(Path{"/a"}, 0)), error);
    EXPECT_EQ(store.asked().size(), 1u);
  }
}

TEST(S3Fault, IsToldWhereNobodyListens) {
  std::string endpoint;
  {
    endpoint = ScriptedStore{[](const StoreRequest&) { return answer(200); }}.endpoint();
  }
  Files<S3Storage> files{S3Storage{impatient(endpoint)}};
  EXPECT_EQ(files.error(files.storage.stat(Path{"/a"})), S3Errc::unreachable);
}

TEST(S3Fault, IsToldOfAStoreThatSaysNothing) {
  ScriptedStore store{[](const StoreRequest&) { return StoreAnswer{"", false, true}; }};
  auto options = impatient(store.endpoint());
  options.patience = std::chrono::seconds{1};
  options.attempts = 1;
  Files<S3Storage> files{S3Storage{options}};
  EXPECT_EQ(files.error(files.storage.stat(Path{"/a"})), S3Errc::stalled);
}

TEST(S3Download, GoesOnBehindTheLastByteWhereTheConnectionBreaks) {
  const std::string text(100'000, 'x');
  std::vector<std::string> ranges, conditions;
  ScriptedStore store{[&](const StoreRequest& request) {
    ranges.push_back(request.header("range"));
    conditions.push_back(request.header("if-match"));
    const std::size_t begin = ranges.size() == 1 ? 0 : 40'000;
    const std::string headers =
        std::string{dated} + "Content-Range: bytes " + std::to_string(begin) + "-99999/100000\r\n";
    StoreAnswer reply = answer(begin == 0 ? 200 : 206, text.substr(begin), begin == 0 ? dated : headers);
    if (begin == 0) {
      reply.bytes.resize(reply.bytes.size() - 60'000);
      reply.closes = true;
    }
    return reply;
  }};
  Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
  EXPECT_EQ(files.get("/a"), text);
  EXPECT_EQ(ranges, (std::vector<std::string>{"", "bytes=40000-"}));
  EXPECT_EQ(conditions, (std::vector<std::string>{"", "\"e\""}));
}

TEST(S3Download, EndsWhereTheObjectIsAnotherByThen) {
  std::atomic<int> times = 0;
  ScriptedStore store{[&](const StoreRequest&) {
    if (++times > 1) return answer(412, error_body("PreconditionFailed"));
    StoreAnswer reply = answer(200, "0123456789", dated);
    reply.bytes.resize(reply.bytes.size() - 5);
    reply.closes = true;
    return reply;
  }};
  Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
  auto reader = files.run(files.storage.open(Path{"/a"}, 0));
  std::vector<std::byte> room(100);
  EXPECT_EQ(files.run(reader.read_some(room)), 5u);
  EXPECT_EQ(files.error(reader.read_some(room)), S3Errc::changed);
}

TEST(S3Upload, SendsAPartAgainThatWasCutOff) {
  std::atomic<int> parts = 0;
  ScriptedStore store{[&](const StoreRequest& request) {
    StoreAnswer reply;
    if (answers_looking(request, reply)) return reply;
    if (request.what.ends_with("?uploads=")) {
      return answer(200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
    }
    if (request.what.starts_with("PUT ") && ++parts == 1) return StoreAnswer{"", true};
    if (request.what.starts_with("PUT "))
      return answer(200, "", "ETag: \"" + std::to_string(request.body.size()) + "\"\r\n");
    return answer(200, "<CompleteMultipartUploadResult/>");
  }};
  Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
  files.put("/a", std::string(6 * 1024 * 1024, 'x'));
  const auto asked = store.asked();
  EXPECT_EQ(count_of(asked, "PUT /inbox/a?partNumber=1&uploadId=u"), 2u);
  EXPECT_EQ(count_of(asked, "PUT /inbox/a?partNumber=2&uploadId=u"), 1u);
  EXPECT_EQ(asked.back(), "POST /inbox/a?uploadId=u");
}

/// A store that takes an upload in parts, as soon as a fault is over that the first attempts at its second part meet.
class FaultyStore {
 public:
  enum class Fault { cut_within, slow_down, internal, silence, expired };
  FaultyStore(Fault fault, int times) : fault_{fault}, left_{times} {}

  S3Storage storage() {
    auto options = impatient(store_.endpoint());
    options.patience = std::chrono::seconds{1};
    return S3Storage{options};
  }
  std::size_t attempts() const { return count_of(store_.asked(), "PUT /inbox/a?partNumber=2"); }
  bool is_completed() const { return count_of(store_.asked(), "POST /inbox/a?uploadId=u") > 0; }
  bool is_given_up() const { return count_of(store_.asked(), "DELETE /inbox/a?uploadId=u") > 0; }
  std::string second_part() {
    const std::lock_guard lock{mutex_};
    return second_part_;
  }
  std::string aside() {
    const std::lock_guard lock{mutex_};
    return aside_;
  }

 private:
  static bool is_second(const StoreRequest& request) { return request.what.find("partNumber=2") != std::string::npos; }
  std::size_t cut(const StoreRequest& request) {
    const std::lock_guard lock{mutex_};
    const bool cuts = fault_ == Fault::cut_within && is_second(request) && left_ > 0;
    if (cuts) --left_;
    return cuts ? 1'000'000 : ScriptedStore::never;
  }
  StoreAnswer reply_to(const StoreRequest& request) {
    const std::lock_guard lock{mutex_};
    StoreAnswer reply;
    if (answers_looking(request, reply)) return reply;
    if (request.what.ends_with("?uploads=")) {
      return answer(200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
    }
    if (is_second(request) && fault_ != Fault::cut_within && left_ > 0) {
      --left_;
      if (fault_ == Fault::slow_down) return answer(503, error_body("SlowDown"));
      if (fault_ == Fault::internal) return answer(500, error_body("InternalError"));
      if (fault_ == Fault::silence) return StoreAnswer{"", false, true};
      return answer(403, error_body("ExpiredToken"));
    }
    if (is_second(request)) second_part_ = request.body;
    if (request.what.starts_with("PUT /inbox/.ftplike-partial/a")) {
      aside_ = request.header("x-amz-meta-ftplike-upload") + ' ' + request.header("x-amz-meta-ftplike-base");
    }
    if (request.what.starts_with("PUT ")) return answer(200, "", "ETag: \"p\"\r\n");
    return answer(request.what.starts_with("DELETE ") ? 204 : 200, "<CompleteMultipartUploadResult/>");
  }

  const Fault fault_;
  std::mutex mutex_;
  int left_;
  std::string second_part_, aside_;
  ScriptedStore store_{[this](const StoreRequest& request) { return reply_to(request); },
                       [this](const StoreRequest& request) { return cut(request); }};
};

TEST(S3Upload, OutlivesWhatPassesInTheMiddleOfAPart) {
  using enum FaultyStore::Fault;
  for (const auto fault : {cut_within, slow_down, internal, silence}) {
    FaultyStore store{fault, 2};
    Files<S3Storage> files{store.storage()};
    const std::string second(5 * 1024 * 1024, 'b');
    files.put("/a", std::string(5 * 1024 * 1024, 'a') + second);
    EXPECT_EQ(store.attempts(), 3u) << static_cast<int>(fault);
    EXPECT_TRUE(store.second_part() == second);
    EXPECT_TRUE(store.is_completed());
  }
}

TEST(S3Upload, EndsWithTheReasonWhereItDoesNotPassAndKeepsThePartsThatCame) {
  using enum FaultyStore::Fault;
  for (const auto& [fault, error, attempts] :
       {std::tuple{cut_within, S3Errc::broken_off, 3u}, std::tuple{slow_down, S3Errc::slow_down, 3u},
        std::tuple{internal, S3Errc::internal, 3u}, std::tuple{silence, S3Errc::stalled, 3u},
        std::tuple{expired, S3Errc::keys_expired, 1u}}) {
    FaultyStore store{fault, 1000};
    Files<S3Storage> files{store.storage()};
    {
      auto writer = files.create("/a");
      files.write(writer, std::string(10 * 1024 * 1024, 'a'));
      EXPECT_EQ(files.error(writer.finish()), error);
      // libcurl goes once more by itself where a connection that it kept breaks.
      EXPECT_GE(store.attempts(), attempts);
      EXPECT_LE(store.attempts(), attempts + (fault == cut_within ? 1 : 0));
    }
    (void)files.error(files.storage.partial_size(Path{"/a"}));  // by then it is aside
    EXPECT_EQ(store.aside(), "u 5242880") << static_cast<int>(fault);
    EXPECT_FALSE(store.is_completed() || store.is_given_up());
  }
}

TEST(S3Upload, TakesAnyTailThatIsLessThanAPart) {
  const std::string text(40 * 1024 * 1024, 'x');
  ScriptedStore store{[&](const StoreRequest& request) {
    if (request.what == "HEAD /inbox/a") return head_answer(200, dated, text.size());
    if (request.what == "GET /inbox/a") return answer(206, text, dated);
    StoreAnswer reply = answer(404);
    answers_looking(request, reply);
    return reply;
  }};
  auto options = impatient(store.endpoint());
  options.part_size = 64 * 1024 * 1024;
  Files<S3Storage> files{S3Storage{options}};
  auto writer = files.run(files.storage.append(Path{"/a"}));
  EXPECT_EQ(writer.size(), text.size());
  writer.discard();
}

/// A store that begins an upload "u", takes parts, and answers their completion as a test says.
class CompletingStore {
 public:
  explicit CompletingStore(std::function<StoreAnswer(int)> complete) : complete_{std::move(complete)} {}

  S3Storage storage() { return S3Storage{impatient(store_.endpoint())}; }
  bool is_there = false;  // the object that was completed
  std::size_t completions() const { return count_of(store_.asked(), "POST /inbox/a?uploadId=u"); }

 private:
  StoreAnswer reply_to(const StoreRequest& request) {
    StoreAnswer reply;
    if (is_there && request.what == "HEAD /inbox/a") {
      return head_answer(200, std::string{dated} + "x-amz-meta-ftplike-token: " + token_ + "\r\n", 1);
    }
    if (answers_looking(request, reply)) return reply;
    if (request.what.ends_with("?uploads=")) {
      token_ = request.header("x-amz-meta-ftplike-token");
      return answer(200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
    }
    if (request.what.starts_with("PUT ")) return answer(200, "", "ETag: \"p\"\r\n");
    return complete_(++times_);
  }

  std::function<StoreAnswer(int)> complete_;
  std::string token_;
  int times_ = 0;
  ScriptedStore store_{[this](const StoreRequest& request) { return reply_to(request); }};
};

TEST(S3Upload, IsCompleteWhereOnlyTheAnswerToThatWasLost) {
  CompletingStore* self = nullptr;
  CompletingStore store{[&](int time) {
    self->is_there = true;
    return time == 1 ? StoreAnswer{"", true} : answer(404, error_body("NoSuchUpload"));
  }};
  self = &store;
  Files<S3Storage> files{store.storage()};
  files.put("/a", std::string(5 * 1024 * 1024, 'x'));
  EXPECT_EQ(store.completions(), 2u);
}

TEST(S3Upload, IsNotCompleteWhereItsPartsAreGone) {
  CompletingStore store{[](int) { return answer(404, error_body("NoSuchUpload")); }};
  Files<S3Storage> files{store.storage()};
  auto writer = files.create("/a");
  files.write(writer, std::string(5 * 1024 * 1024, 'x'));
  EXPECT_EQ(files.error(writer.finish()), std::errc::no_such_file_or_directory);
}

TEST(S3Upload, IsNotCompleteWhereTheAnswerSaysGoodAndItsBodyBad) {
  CompletingStore store{[](int) { return answer(200, error_body("InternalError")); }};
  Files<S3Storage> files{store.storage()};
  auto writer = files.create("/a");
  files.write(writer, std::string(5 * 1024 * 1024, 'x'));
  EXPECT_EQ(files.error(writer.finish()), S3Errc::internal);
  EXPECT_EQ(store.completions(), 3u);
}

TEST(S3Upload, IsPutAsideWhereItCannotBeFinished) {
  std::atomic<bool> fails = true;
  std::string aside;
  ScriptedStore store{[&](const StoreRequest& request) {
    StoreAnswer reply;
    if (answers_looking(request, reply)) return reply;
    if (request.what == "PUT /inbox/.ftplike-partial/a") aside = request.body;
    return answer(request.what == "PUT /inbox/a" && fails ? 500 : 200);
  }};
  Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
  {
    auto writer = files.create("/a");
    files.write(writer, "text");
    EXPECT_EQ(files.error(writer.finish()), S3Errc::internal);
  }
  EXPECT_EQ(files.error(files.storage.partial_size(Path{"/a"})),
            std::errc::no_such_file_or_directory);  // it was not kept
  EXPECT_EQ(aside, "text");
}

/// A bucket with one object, which another takes the place of as soon as it was copied.
TEST(S3Rename, LeavesWhatCameToTheOldNameWhileItWasCopied) {
  const std::string same = dated, other = "Last-Modified: Fri, 27 Nov 2026 14:03:55 GMT\r\nETag: \"f\"\r\n";
  const std::string same_bytes_again = same + "x-amz-meta-ftplike-token: another\r\n";
  for (const auto& later : {same, other, same_bytes_again}) {
    const bool changes = later != same;
    std::atomic<bool> is_copied = false;
    ScriptedStore store{[&](const StoreRequest& request) {
      if (request.what == "HEAD /inbox/a") return head_answer(200, is_copied ? later : same, 5);
      if (request.what == "PUT /inbox/b") is_copied = true;
      StoreAnswer reply;
      if (answers_looking(request, reply)) return reply;
      return answer(request.what.starts_with("DELETE ") ? 204 : 200);
    }};
    Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
    files.run(files.storage.rename(Path{"/a"}, Path{"/b"}));
    EXPECT_TRUE(is_copied);
    EXPECT_EQ(count_of(store.asked(), "DELETE /inbox/a"), changes ? 0u : 1u);
  }
}

/// Of a name that is not there: what was left of a copy of more than 5 GiB to it, which begins with part 2, and, older
/// than that, of an upload.
TEST(S3Upload, GoesOnWithNoPartsOfACopy) {
  const std::string begun = "<Initiated>2099-11-27T14:03:5", end = ".000Z</Initiated></Upload>";
  for (const bool has_upload : {false, true}) {
    ScriptedStore store{[&](const StoreRequest& request) {
      const auto part = [](const char* number) {
        return "<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>" + std::string{number} +
               "</PartNumber><ETag>\"a\"</ETag><Size>5</Size></Part></ListPartsResult>";
      };
      if (request.what == "GET /inbox/a?uploadId=copy") return answer(200, part("2"));
      if (request.what == "GET /inbox/a?uploadId=upload") return answer(200, part("1"));
      if (request.what.find("uploads=") != std::string::npos) {
        std::string list = "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>";
        if (has_upload) list += "<Upload><Key>a</Key><UploadId>upload</UploadId>" + begun + '4' + end;
        return answer(200, list + "<Upload><Key>a</Key><UploadId>copy</UploadId>" + begun + '5' + end +
                               "</ListMultipartUploadsResult>");
      }
      StoreAnswer reply;
      return answers_looking(request, reply) ? reply : answer(500);
    }};
    Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
    if (has_upload) {
      EXPECT_EQ(files.run(files.storage.partial_size(Path{"/a"})), 5u);
    } else {
      EXPECT_EQ(files.error(files.storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
    }
  }
}

TEST(S3Rename, CopiesInPartsOfWhichNoneIsTheFirst) {
  std::string put_together;
  ScriptedStore store{[&](const StoreRequest& request) {
    if (request.what == "HEAD /inbox/a") return head_answer(200, dated, 6'000'000'000);
    StoreAnswer reply;
    if (answers_looking(request, reply)) return reply;
    if (request.what.ends_with("?uploads=")) {
      return answer(200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
    }
    if (request.what.starts_with("POST ")) put_together = request.body;
    return request.what.starts_with("DELETE ") ? answer(204) : answer(200, "<CopyPartResult><ETag>e</ETag></CopyPartResult>");
  }};
  Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
  files.run(files.storage.rename(Path{"/a"}, Path{"/b"}));
  EXPECT_EQ(count_of(store.asked(), "PUT /inbox/b?partNumber=1&"), 0u);
  EXPECT_EQ(count_of(store.asked(), "PUT /inbox/b?partNumber=2&"), 1u);
  EXPECT_TRUE(put_together.starts_with("<CompleteMultipartUpload><Part><PartNumber>2<")) << put_together;
}

TEST(S3Rename, LeavesNoPartsOfACopyThatFailed) {
  ScriptedStore store{[](const StoreRequest& request) {
    if (request.what == "HEAD /inbox/a") return head_answer(200, dated, 6'000'000'000);
    StoreAnswer reply;
    if (answers_looking(request, reply)) return reply;
    if (request.what.starts_with("POST ")) {
      return answer(200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
    }
    return request.what.starts_with("DELETE ") ? answer(204) : answer(403, error_body("AccessDenied"));
  }};
  Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
  EXPECT_NE(files.error(files.storage.rename(Path{"/a"}, Path{"/b"})), std::error_code{});
  EXPECT_EQ(count_of(store.asked(), "DELETE /inbox/b?uploadId=u"), 1u);
  EXPECT_EQ(count_of(store.asked(), "DELETE /inbox/a"), 0u);
}

TEST(S3Listing, GoesOnFromPageToPage) {
  std::vector<std::string> tokens;
  ScriptedStore store{[&](const StoreRequest& request) {
    if (request.what.starts_with("HEAD ")) return head_answer(404);
    const auto token = request.what.find("continuation-token=");
    tokens.push_back(token == std::string::npos ? "" : request.what.substr(token, 20));
    const std::string number = std::to_string(tokens.size());
    std::string body = "<ListBucketResult><Contents><Key>" + number + "</Key><Size>1</Size></Contents>";
    if (tokens.size() < 3)
      body += "<IsTruncated>true</IsTruncated><NextContinuationToken>" + number + "</NextContinuationToken>";
    return answer(200, body + "</ListBucketResult>");
  }};
  auto options = impatient(store.endpoint());
  options.exact_listings = false;
  Files<S3Storage> files{S3Storage{options}};
  EXPECT_EQ(files.names("/"), "1 2 3");
  EXPECT_EQ(tokens, (std::vector<std::string>{"", "continuation-token=1", "continuation-token=2"}));
}

TEST(S3Listing, AsksForNoObjectWhereOnlyNamesAreWanted) {
  ScriptedStore store{[&](const StoreRequest& request) {
    if (request.what.starts_with("HEAD ")) return head_answer(404);
    return answer(200, "<ListBucketResult><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>");
  }};
  Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
  auto listing = files.run(files.storage.list(Path{}));
  listing.names_only();
  const auto entries = files.run(listing.next());
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries.front().name, "a");
  EXPECT_EQ(count_of(store.asked(), "HEAD /inbox/a"), 0u);
}

TEST(S3Listing, IsRefusedWhereItIsNotUnderstood) {
  ScriptedStore store{[&](const StoreRequest& request) {
    return request.what.starts_with("HEAD ") ? head_answer(404) : answer(200, "<html>");
  }};
  Files<S3Storage> files{S3Storage{impatient(store.endpoint())}};
  EXPECT_EQ(files.error([](S3Storage& storage) -> ftplike::awaitable<void> {
    auto listing = co_await storage.list(Path{});
    (void)co_await listing.next();
  }(files.storage)),
            S3Errc::bad_answer);
}

TEST(S3Options, AreRefusedWhereNoStoreCouldHaveThem) {
  const auto refused = [](auto change) {
    auto options = impatient("http://127.0.0.1:1");
    change(options);
    EXPECT_THROW(S3Storage{options}, std::system_error);
  };
  refused([](ftplike::S3Options& options) { options.bucket.clear(); });
  refused([](ftplike::S3Options& options) { options.endpoint = "127.0.0.1"; });
  refused([](ftplike::S3Options& options) { options.part_size = 1024; });
  refused([](ftplike::S3Options& options) { options.attempts = 0; });
}

}  // namespace
