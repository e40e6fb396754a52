#include <ftplike/s3/request.hpp>

#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <system_error>

namespace {

using ftplike::detail::S3Place;
using ftplike::detail::S3Request;
using ftplike::detail::sign;
using ftplike::detail::uri_encoded;

/// The time and the keys of Amazon's examples; the signatures were reckoned by a program of a few lines of Python.
ftplike::Timestamp the_day() { return std::chrono::sys_days{std::chrono::year{2013} / 5 / 24}; }
ftplike::S3Options example_options() {
  ftplike::S3Options options;
  options.bucket = "examplebucket";
  options.access_key = "AKIAIOSFODNN7EXAMPLE";
  options.secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  return options;
}
std::string header_of(const ftplike::detail::S3Signed& wire, std::string_view name) {
  for (const auto& [its_name, value] : wire.headers) {
    if (its_name == name) return value;
  }
  return "(none)";
}

TEST(S3Signature, IsThatOfAnIndependentImplementation) {
  S3Request request{.method = "GET", .key = "photos/a b+c.txt"};
  request.query = {{"uploads", ""}, {"prefix", "a/b"}};
  request.headers = {{"range", "bytes=0-9"}};
  const auto wire = sign(request, S3Place{"http://127.0.0.1:8080/"}, example_options(), the_day());
  EXPECT_EQ(wire.url, "http://127.0.0.1:8080/examplebucket/photos/a%20b%2Bc.txt?prefix=a%2Fb&uploads=");
  EXPECT_EQ(header_of(wire, "x-amz-date"), "20130524T000000Z");
  EXPECT_EQ(header_of(wire, "x-amz-content-sha256"),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(header_of(wire, "authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=8b736143bc78762a03b92245ec1b2466b5a09aef666a5fd7f955a7d9b6ce80d0");
}

TEST(S3Signature, CoversTheBodyWhereNothingElseProtectsIt) {
  S3Request request{.method = "PUT", .key = "a", .body = std::make_shared<const std::string>("hello")};
  const auto wire = sign(request, S3Place{"http://127.0.0.1"}, example_options(), the_day());
  EXPECT_EQ(header_of(wire, "x-amz-content-sha256"),
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_TRUE(
      header_of(wire, "authorization").ends_with("bd29b142e1f72b54b8c6a1c3976ae21c256d087f4118904a9d6f885c6459b643"));
  const auto secure = sign(request, S3Place{"https://127.0.0.1"}, example_options(), the_day());
  EXPECT_EQ(header_of(secure, "x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
}

TEST(S3Signature, CoversValuesWithoutTheBlanksThatSayNothing) {
  const auto signature = [](std::string value) {
    const S3Request request{.method = "PUT", .key = "a", .headers = {{"x-amz-meta-note", std::move(value)}}};
    return header_of(sign(request, S3Place{"http://h"}, example_options(), the_day()), "authorization");
  };
  EXPECT_EQ(signature("  a   b  "), signature("a b"));
  EXPECT_NE(signature("ab"), signature("a b"));
  EXPECT_TRUE(signature("  a   b  ").ends_with("Signature=62d88b1268c427b8c51e80990e859101cce87298ffc240d5e85597967f6035a0"));
}

TEST(S3Signature, TellsTheTokenOfLentKeys) {
  auto options = example_options();
  options.session_token = "lent";
  const auto wire = sign({.method = "GET"}, S3Place{"http://h"}, options, the_day());
  EXPECT_EQ(header_of(wire, "x-amz-security-token"), "lent");
  EXPECT_NE(header_of(wire, "authorization").find("x-amz-date;x-amz-security-token,"), std::string::npos);
}

TEST(S3Place, LeavesOutAPortThatIsTheUsualOneAsHttpDoes) {
  EXPECT_EQ(S3Place{"http://h:80"}.host, "h");
  EXPECT_EQ(S3Place{"https://h:443/s3/"}.host, "h");
  EXPECT_EQ(S3Place{"https://h:443/s3/"}.path, "/s3");
  EXPECT_EQ(S3Place{"http://h:443"}.host, "h:443");
  EXPECT_EQ(S3Place{"http://[::1]:8080"}.host, "[::1]:8080");
}

TEST(S3Place, IsAUrl) {
  for (const char* text : {"", "h", "ftp://h", "//h"}) { EXPECT_THROW(S3Place{text}, std::system_error) << text; }
}

TEST(S3Names, AreEncodedForUrlsByteByByte) {
  EXPECT_EQ(uri_encoded("a-_.~Z9"), "a-_.~Z9");
  EXPECT_EQ(uri_encoded("a b/\xc3\xa4+="), "a%20b%2F%C3%A4%2B%3D");
  EXPECT_EQ(uri_encoded("a b/c", true), "a%20b/c");
}

}  // namespace
