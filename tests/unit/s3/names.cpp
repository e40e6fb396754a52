#include <ftplike/s3/names.hpp>

#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace {

using ftplike::Path;
using ftplike::detail::key_of;
using ftplike::detail::name_of;
using namespace std::string_view_literals;

TEST(S3Names, StayAsTheyAreWhereTheyAreText) {
  for (const auto name : {"a"sv, "\xc3\xa4"sv, "100%"sv, "%41"sv, "%zz"sv, "a b+c&<>"sv, "\xf0\x9f\x98\x80"sv}) {
    EXPECT_EQ(key_of(name), name);
    EXPECT_EQ(name_of(key_of(name)), name);
  }
}

TEST(S3Names, ComeBackAsTheyWereWhateverBytesTheyHave) {
  EXPECT_EQ(key_of("\xff\xfe"), "%FF%FE");
  EXPECT_EQ(key_of("a\nb"), "a%0Ab");
  EXPECT_EQ(key_of("%FF"), "%25FF");
  EXPECT_EQ(key_of("%25"), "%2525");
  for (int first = 1; first < 256; ++first) {
    for (int second = 1; second < 256; ++second) {
      const std::string bytes{static_cast<char>(first), static_cast<char>(second)};
      for (const std::string& name : {bytes, "%" + bytes, bytes + "0", "\xc3" + bytes}) {
        EXPECT_EQ(name_of(key_of(name)), name);
      }
    }
  }
}

TEST(S3Names, AreNoUtf8WhereOneIsLongerThanNeedBeOrNoCharacter) {
  EXPECT_EQ(key_of("\xc0\x80"), "%C0%80");
  EXPECT_EQ(key_of("\xe0\x80\x80"), "%E0%80%80");
  EXPECT_EQ(key_of("\xed\xa0\x80"), "%ED%A0%80");
  EXPECT_EQ(key_of("\xf4\x90\x80\x80"), "%F4%90%80%80");
  EXPECT_EQ(key_of("\xc3"), "%C3");
}

TEST(S3Keys, AreBelowThePrefix) {
  for (const char* prefix : {"p/q", "/p/q/", "p/q/"}) {
    const ftplike::detail::S3Keys keys{prefix};
    EXPECT_EQ(keys.file(Path{"/d/a"}), "p/q/d/a");
    EXPECT_EQ(keys.inside(Path{"/d"}), "p/q/d/");
    EXPECT_EQ(keys.inside(Path{}), "p/q/");
    EXPECT_EQ(keys.marker(Path{"/d"}), "p/q/d/");
    EXPECT_EQ(keys.marker(Path{}), "p/q/.ftplike-partial/");
    EXPECT_EQ(keys.partial(Path{"/d/a"}), "p/q/.ftplike-partial/d/a");
  }
  EXPECT_EQ(ftplike::detail::S3Keys{""}.file(Path{"/d/a"}), "d/a");
  EXPECT_EQ(ftplike::detail::S3Keys{"/"}.inside(Path{}), "");
}

}  // namespace
