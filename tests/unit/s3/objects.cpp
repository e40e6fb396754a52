#include <ftplike/s3/objects.hpp>

#include <chrono>
#include <gtest/gtest.h>

namespace {

using namespace ftplike::detail;
using ftplike::Timestamp;
using std::chrono::milliseconds;

TEST(S3Times, AreSecondsWithAFractionAsOtherProgramsKeepThem) {
  EXPECT_EQ(seconds_of(Timestamp{milliseconds{1'700'000'000'123}}), "1700000000.123");
  EXPECT_EQ(seconds_of(Timestamp{milliseconds{-1001}}), "-1.001");
  for (const std::int64_t count : {0ll, 1ll, 999ll, -1ll, -1001ll, 1'700'000'000'123ll, 253'402'300'799'999ll}) {
    const Timestamp time{milliseconds{count}};
    EXPECT_EQ(time_of_seconds(seconds_of(time)), time);
  }
  EXPECT_EQ(time_of_seconds("1354040105.123456789"), Timestamp{milliseconds{1'354'040'105'123}});
  EXPECT_EQ(time_of_seconds("5.1"), Timestamp{milliseconds{5100}});
  for (const char* text : {"", "-", "x", "1.x", "1e5", "99999999999999999999"})
    EXPECT_FALSE(time_of_seconds(text)) << text;
}

TEST(S3Times, AreReadAsHttpAndAsListingsWriteThem) {
  const Timestamp time{milliseconds{1'795'788'234'000}};
  EXPECT_EQ(time_of_date("Fri, 27 Nov 2026 14:03:54 GMT"), time);
  EXPECT_EQ(time_of_date("2026-11-27T14:03:54.000Z"), time);
  EXPECT_FALSE(time_of_date("yesterday"));
}

TEST(S3Modes, AreOctal) {
  EXPECT_EQ(octal_of(0640), "0640");
  EXPECT_EQ(mode_of("0640", 0644), 0640u);
  for (const char* text : {"", "9", "33188", "0640x"}) EXPECT_EQ(mode_of(text, 0644), 0644u) << text;
}

TEST(S3Answers, TellTheSizeOfTheWholeObjectAlsoOfAPart) {
  S3Answer answer;
  answer.fields = {{"content-length", "10"}};
  EXPECT_EQ(whole_size(answer), 10u);
  answer.fields["content-range"] = "bytes 3-9/12345";
  EXPECT_EQ(whole_size(answer), 12345u);
}

TEST(S3Answers, KeepWhatSomebodyGaveAnObjectAndNothingElse) {
  S3Answer answer;
  answer.fields = {{"content-type", "text/plain"}, {"etag", "\"e\""}, {"x-amz-meta-mtime", "5"}, {"x-amz-id-2", "x"}};
  EXPECT_EQ(kept_fields(answer), (S3Fields{{"content-type", "text/plain"}, {"x-amz-meta-mtime", "5"}}));
}

}  // namespace
