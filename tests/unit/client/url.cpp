#include <ftplike/client/url.hpp>

#include <gtest/gtest.h>

using ftplike::Secure;
using ftplike::Url;

TEST(Url, HasAllItsParts) {
  const Url url{"ftp://ann:secret@example.org:3456/pub/a%20file.txt;type=i"};
  EXPECT_EQ(url.user, "ann");
  EXPECT_EQ(url.password, "secret");
  EXPECT_EQ(url.host, "example.org");
  EXPECT_EQ(url.port, 3456);
  EXPECT_EQ(url.path, "pub/a file.txt");
  EXPECT_EQ(url.type, 'i');
  EXPECT_EQ(url.secure, Secure::no);
}

TEST(Url, MayBeAHostAlone) {
  EXPECT_EQ(Url{"example.org"}.host, "example.org");
  EXPECT_EQ(Url{"example.org"}.port, 21);
  EXPECT_EQ(Url{"example.org"}.path, "");
  EXPECT_EQ(Url{"127.0.0.1:3456/a"}.port, 3456);
  EXPECT_EQ(Url{"ann@example.org"}.user, "ann");
  EXPECT_EQ(Url{"FTP://example.org/"}.host, "example.org");
}

TEST(Url, TakesPartsAsTheyAre) {
  const Url url{"::1", 3456};
  EXPECT_EQ(url.host, "::1");
  EXPECT_EQ(url.port, 3456);
}

TEST(Url, KnowsAddressesOfIpv6) {
  EXPECT_EQ(Url{"ftp://[::1]:3456/a"}.host, "::1");
  EXPECT_EQ(Url{"ftp://[::1]:3456/a"}.port, 3456);
  EXPECT_EQ(Url{"ftp://[fe80::1]/"}.host, "fe80::1");
  EXPECT_EQ(Url{"::1"}.host, "::1");
  EXPECT_EQ(Url{"::1"}.port, 21);
}

TEST(Url, SaysHowConnectionsAreProtected) {
  EXPECT_EQ(Url{"ftps://example.org"}.secure, Secure::implicit_tls);
  EXPECT_EQ(Url{"ftps://example.org"}.port, 990);
  EXPECT_EQ(Url{"ftps://example.org:21"}.port, 21);
  EXPECT_EQ(Url{"ftpes://example.org"}.secure, Secure::explicit_tls);
  EXPECT_EQ(Url{"ftpes://example.org"}.port, 21);
}

TEST(Url, HasPathsAsTheServerIsToBeTold) {
  EXPECT_EQ(Url{"ftp://h/a/b"}.path, "a/b");
  EXPECT_EQ(Url{"ftp://h//a/b"}.path, "/a/b");
  EXPECT_EQ(Url{"ftp://h/%2Fa/b"}.path, "/a/b");
  EXPECT_EQ(Url{"ftp://h/a/"}.path, "a/");
  EXPECT_EQ(Url{"ftp://h/a;b"}.path, "a;b");
  EXPECT_EQ(Url{"ftp://h/a;type=d"}.path, "a");
}

TEST(Url, KnowsWhetherItNamesADirectory) {
  EXPECT_TRUE(Url{"ftp://h"}.names_directory());
  EXPECT_TRUE(Url{"ftp://h/"}.names_directory());
  EXPECT_TRUE(Url{"ftp://h/a/"}.names_directory());
  EXPECT_TRUE(Url{"ftp://h/a;type=D"}.names_directory());
  EXPECT_FALSE(Url{"ftp://h/a"}.names_directory());
}

TEST(Url, DecodesAllItsParts) {
  const Url url{"ftp://a%40b:p%3A%2Fw@h%2Ex/%e2%82%ac"};
  EXPECT_EQ(url.user, "a@b");
  EXPECT_EQ(url.password, "p:/w");
  EXPECT_EQ(url.host, "h.x");
  EXPECT_EQ(url.path, "\xe2\x82\xac");
  EXPECT_EQ(Url{"ftp://ann:p@ss@h"}.password, "p@ss");
  EXPECT_EQ(Url{"ftp://ann:@h"}.password, "");
}

TEST(Url, IsNoOtherText) {
  for (const char* text : {"", "ftp://", "ftp:///a", "http://h", "sftp://h", "ftp://h:0", "ftp://h:65536", "ftp://h:x",
                           "ftp://[::1", "ftp://[::1]x", "ftp://h/%", "ftp://h/%4", "ftp://h/%zz", "ftp://h/a%00b",
                           "ftp://h/a%0d%0aDELE%20b", "ftp://u%0aX:p@h", "ftp://h/a;type=x", "ftp://ann@", "://h"}) {
    EXPECT_FALSE(Url::parse(text)) << text;
    EXPECT_THROW(Url{text}, std::system_error) << text;
  }
}
