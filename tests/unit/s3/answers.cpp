#include <ftplike/s3/answers.hpp>

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <ftplike/s3/error.hpp>

namespace {

using namespace ftplike::detail;

std::string told(std::string_view text) {
  std::string all;
  const bool good = read_xml(text, [&](std::string_view path, const std::string& value) {
    all.append(path).append("=").append(value).append(";");
  });
  return good ? all : "(bad) " + all;
}

TEST(S3Xml, TellsElementsWithTheirText) {
  EXPECT_EQ(told("<a/>"), "a=;");
  EXPECT_EQ(told("<?xml version='1.0'?>\n<!-- x --><a><b>1</b>\n<c x=\"y\">2</c></a>\n"), "a/b=1;a/c=2;a=\n;");
  EXPECT_EQ(told("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x41;&#xe4;&#x20ac;&#x1f600;</a>"),
            "a=<>&\"'AA\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80;");
}

TEST(S3Xml, RefusesWhatItDoesNotKnow) {
  for (const char* text :
       {"", "a", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a>&other;</a>", "<a>&#0;</a>", "<a>&#x110000;</a>",
        "<!DOCTYPE a><a/>", "<a", "<a>&lt</a>", "< a/>", "<a><b</a>", "x<a/>", "<a/>x", "<?xml", "<!--"}) {
    EXPECT_TRUE(told(text).starts_with("(bad)")) << text;
  }
  std::string deep;
  for (int i = 0; i < 17; ++i) deep += "<a>";
  for (int i = 0; i < 17; ++i) deep += "</a>";
  EXPECT_TRUE(told(deep).starts_with("(bad)"));
}

constexpr const char* page_text =
    "<?xml version='1.0' encoding='UTF-8'?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
    "<Name>inbox</Name><Prefix>d/</Prefix><IsTruncated>true</IsTruncated><NextContinuationToken>t+1</"
    "NextContinuationToken>"
    "<Contents><Key>d/a%20b%2Bc</Key><LastModified>2026-11-27T14:03:54.000Z</LastModified><ETag>\"e\"</ETag><Size>10</"
    "Size>"
    "<Owner><ID>o</ID></Owner></Contents><Contents><Key>d/x</Key><Size>0</Size></Contents>"
    "<CommonPrefixes><Prefix>d/dir/</Prefix></CommonPrefixes></ListBucketResult>";

TEST(S3Page, HasKeysPrefixesAndWhereToGoOn) {
  const auto page = read_page(page_text);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->objects.size(), 2u);
  EXPECT_EQ(page->objects[0].key, "d/a b+c");
  EXPECT_EQ(page->objects[0].size, 10u);
  EXPECT_EQ(page->objects[0].etag, "\"e\"");
  EXPECT_EQ(page->objects[0].modified, "2026-11-27T14:03:54.000Z");
  EXPECT_EQ(page->objects[1].etag, "");
  EXPECT_EQ(page->prefixes, std::vector<std::string>{"d/dir/"});
  EXPECT_EQ(page->next, "t+1");
}

TEST(S3Page, IsRefusedWhereANumberIsNoneOrThereIsMoreWithoutAWayThere) {
  EXPECT_FALSE(read_page("<ListBucketResult><Contents><Key>a</Key><Size>x</Size></Contents></ListBucketResult>"));
  EXPECT_FALSE(read_page("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"));
  EXPECT_FALSE(read_page("<ListBucketResult><Contents>"));
  EXPECT_EQ(
      read_page("<ListBucketResult><IsTruncated>false</IsTruncated><NextContinuationToken>x</NextContinuationToken>"
                "</ListBucketResult>")
          ->next,
      "");
}

TEST(S3Parts, HaveTheirNumbers) {
  const auto parts = read_parts(
      "<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>2</NextPartNumberMarker>"
      "<Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag><Size>5</Size></Part>"
      "<Part><PartNumber>2</PartNumber><ETag>\"b\"</ETag><Size>6</Size></Part></ListPartsResult>");
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->parts.size(), 2u);
  EXPECT_EQ(parts->parts[1].first, 2u);
  EXPECT_EQ(parts->parts[1].second.etag, "\"b\"");
  EXPECT_EQ(parts->parts[1].second.size, 6u);
  EXPECT_EQ(parts->next, "2");
}

TEST(S3Parts, ArePutTogetherInTheirOrder) {
  EXPECT_EQ(completion_of({{"\"a\"", 1}, {"b<&", 2}}),
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>b&lt;&amp;</ETag></Part></CompleteMultipartUpload>");
  EXPECT_EQ(completion_of({{"a", 1}}, 7),
            "<CompleteMultipartUpload><Part><PartNumber>7</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>");
}

TEST(S3Uploads, HaveKeyIdAndDate) {
  const auto uploads = read_uploads(
      "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>a%2Fb</Key><UploadId>1</UploadId>"
      "<Initiated>2026-11-27T14:03:54.000Z</Initiated></Upload></ListMultipartUploadsResult>");
  ASSERT_TRUE(uploads && uploads->uploads.size() == 1);
  EXPECT_EQ(uploads->uploads[0].key, "a/b");
  EXPECT_EQ(uploads->uploads[0].id, "1");
  EXPECT_EQ(uploads->next_key, "");
}

TEST(S3Error, IsTheWordOfTheAnswerOrElseItsStatus) {
  EXPECT_EQ(error_of_answer(403, "ExpiredToken"), ftplike::S3Errc::keys_expired);
  EXPECT_EQ(error_of_answer(403, "AccessDenied"), std::errc::permission_denied);
  EXPECT_EQ(error_of_answer(403, ""), std::errc::permission_denied);
  EXPECT_EQ(error_of_answer(404, "NoSuchBucket"), ftplike::S3Errc::no_bucket);
  EXPECT_EQ(error_of_answer(404, ""), std::errc::no_such_file_or_directory);
  EXPECT_EQ(error_of_answer(503, "SlowDown"), ftplike::S3Errc::slow_down);
  EXPECT_EQ(error_of_answer(500, "Whatever"), ftplike::S3Errc::internal);
  EXPECT_EQ(error_of_answer(416, ""), ftplike::Errc::bad_restart);
  EXPECT_EQ(error_of_answer(507, ""), std::errc::no_space_on_device);
  EXPECT_EQ(error_of_answer(400, "Other"), ftplike::S3Errc::refused);
}

TEST(S3Error, MayPassWhereTheStoreOrTheWayToItFailed) {
  using enum ftplike::S3Errc;
  for (const auto code : {unreachable, broken_off, stalled, slow_down, internal}) EXPECT_TRUE(may_pass(code));
  for (const auto code : {keys_refused, keys_expired, clock_differs, no_bucket, changed, bad_answer, refused}) {
    EXPECT_FALSE(may_pass(code));
    EXPECT_NE(make_error_code(code).message(), "unknown error of an object store");
  }
}

}  // namespace
