#include <ftplike/protocol/path.hpp>

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

using namespace std::string_literals;

TEST(Path, IsAbsoluteAndNormalised) {
  EXPECT_EQ(Path{}.string(), "/");
  EXPECT_EQ(Path{""}.string(), "/");
  EXPECT_EQ(Path{"a/b"}.string(), "/a/b");
  EXPECT_EQ(Path{"//a///b/"}.string(), "/a/b");
  EXPECT_EQ(Path{"/./a/./b/."}.string(), "/a/b");
  EXPECT_EQ(Path{"/a/../b"}.string(), "/b");
}

TEST(Path, NeverLeavesItsRoot) {
  for (const auto* text : {"..", "/..", "../../..", "/a/../../..", "./../x/../..", "a/b/../../../../"}) {
    EXPECT_TRUE(Path{text}.is_root()) << text;
    EXPECT_EQ(Path{text}.string(), "/") << text;
  }
  EXPECT_EQ(Path{"/../../etc/passwd"}.string(), "/etc/passwd");
}

TEST(Path, KeepsNamesThatOnlyLookLikeDots) { EXPECT_EQ(Path{"/.../..a/.b/ ../a.."}.string(), "/.../..a/.b/ ../a.."); }

TEST(Path, ResolvesFromADirectory) {
  const Path here{"/a/b"};
  EXPECT_EQ(here.resolve("c").string(), "/a/b/c");
  EXPECT_EQ(here.resolve("/c").string(), "/c");
  EXPECT_EQ(here.resolve("../c").string(), "/a/c");
  EXPECT_EQ(here.resolve("../../../c").string(), "/c");
  EXPECT_EQ(here.resolve("").string(), "/a/b");
}

TEST(Path, HasANameAndAParent) {
  EXPECT_EQ(Path{"/a/b"}.name(), "b");
  EXPECT_EQ(Path{"/a/b"}.parent(), Path{"/a"});
  EXPECT_EQ(Path{"/a"}.parent(), Path{});
  EXPECT_EQ(Path{}.name(), "");
  EXPECT_EQ(Path{}.parent(), Path{});
}

TEST(Path, IsSeenFromARootAndBack) {
  const Path root{"/srv/ftp"};
  EXPECT_EQ(Path{"/srv/ftp/a"}.below(root), Path{"/a"});
  EXPECT_EQ(Path{"/srv/ftp"}.below(root), Path{});
  EXPECT_EQ(Path{"/srv/ftpd/a"}.below(root), Path{"/srv/ftpd/a"});
  EXPECT_EQ(Path{"/a"}.below(Path{}), Path{"/a"});
  EXPECT_EQ(Path{"/a"}.beneath(root), Path{"/srv/ftp/a"});
  EXPECT_EQ(Path{}.beneath(root), root);
}

TEST(Path, HoldsAnyBytes) { EXPECT_EQ(Path{"/caf\xE9/\xFF\n"}.string(), "/caf\xE9/\xFF\n"); }

TEST(Component, IsOneNameOfADirectory) {
  for (const auto* name : {"a", "...", ".a", " ", "a\\b", "C:", "\xFF", "-rf"}) EXPECT_TRUE(is_component(name)) << name;
  for (const auto& name : {""s, "."s, ".."s, "/"s, "a/b"s, "../a"s, "a\0b"s}) EXPECT_FALSE(is_component(name)) << name;
}

TEST(Quoting, DoublesQuotes) {
  EXPECT_EQ(quoted_name("/a \"b\""), "\"/a \"\"b\"\"\"");
  EXPECT_EQ(quoted_name(""), "\"\"");
}

TEST(Quoting, IsReadBackFromTheMiddleOfAText) {
  EXPECT_EQ(parse_quoted("\"server/server_storage\""), "server/server_storage");
  EXPECT_EQ(parse_quoted("made \"/a\" \"b\""), "/a");
  for (const auto* name : {"", "/", "\"", "\"\"", "a\"b", " a "})
    EXPECT_EQ(parse_quoted(quoted_name(name) + " is it"), name);
  for (const auto* text : {"", "/a", "\"", "\"/a", "\"/a\"\""}) EXPECT_FALSE(parse_quoted(text)) << text;
}

}  // namespace
}  // namespace ftplike
