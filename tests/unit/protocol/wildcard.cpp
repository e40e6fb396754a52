#include <ftplike/protocol/wildcard.hpp>

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ftplike {
namespace {

TEST(Wildcard, ComparesPlainNames) {
  EXPECT_TRUE(matches("", ""));
  EXPECT_TRUE(matches("a.txt", "a.txt"));
  EXPECT_FALSE(matches("a.txt", "A.txt"));
  EXPECT_FALSE(matches("a", "ab"));
  EXPECT_FALSE(matches("ab", "a"));
  EXPECT_FALSE(matches("", "a"));
}

TEST(Wildcard, AStarIsAnyNumberOfBytes) {
  for (const auto* name : {"", "a", "a.txt", ".hidden"}) EXPECT_TRUE(matches("*", name)) << name;
  EXPECT_TRUE(matches("*.txt", "a.b.txt"));
  EXPECT_TRUE(matches("a*b*c", "aXbYbZc"));
  EXPECT_TRUE(matches("**a**", "a"));
  EXPECT_FALSE(matches("*.txt", "a.txt.gz"));
  EXPECT_FALSE(matches("a*b*c", "acb"));
}

TEST(Wildcard, AQuestionMarkIsOneByte) {
  EXPECT_TRUE(matches("a?c", "abc"));
  EXPECT_FALSE(matches("a?c", "ac"));
  EXPECT_FALSE(matches("?", ""));
  EXPECT_TRUE(matches("*??", "ab"));
}

TEST(Wildcard, ASetIsOneOfItsBytes) {
  EXPECT_TRUE(matches("[abc]x", "bx"));
  EXPECT_FALSE(matches("[abc]x", "dx"));
  EXPECT_TRUE(matches("[a-cx-z]", "y"));
  EXPECT_FALSE(matches("[a-cx-z]", "d"));
  EXPECT_TRUE(matches("[\xE0-\xFF]", "\xE9"));
  EXPECT_FALSE(matches("[z-a]", "m"));
}

TEST(Wildcard, ASetMayBeNegated) {
  EXPECT_TRUE(matches("[!a-c]", "d"));
  EXPECT_TRUE(matches("[^a-c]", "d"));
  EXPECT_FALSE(matches("[!a-c]", "b"));
  EXPECT_FALSE(matches("[!a]", ""));
}

TEST(Wildcard, ASetMayHoldABracketOrAHyphen) {
  EXPECT_TRUE(matches("[]]", "]"));
  EXPECT_TRUE(matches("[]a]", "a"));
  EXPECT_FALSE(matches("[!]]", "]"));
  EXPECT_TRUE(matches("[a-]", "-"));
  EXPECT_TRUE(matches("[-a]", "-"));
  EXPECT_TRUE(matches("[[]", "["));
}

TEST(Wildcard, ASetThatIsNeverClosedIsNone) {
  EXPECT_TRUE(matches("[", "["));
  EXPECT_TRUE(matches("[]", "[]"));
  EXPECT_TRUE(matches("[!]", "[!]"));
  EXPECT_TRUE(matches("a[b*", "a[bcd"));
  EXPECT_FALSE(matches("[ab", "a"));
}

TEST(Wildcard, ABackslashTakesTheMeaningAway) {
  EXPECT_TRUE(matches("\\*", "*"));
  EXPECT_FALSE(matches("\\*", "a"));
  EXPECT_TRUE(matches("a\\[b]", "a[b]"));
  EXPECT_TRUE(matches("\\\\", "\\"));
  EXPECT_TRUE(matches("a\\", "a\\"));
}

TEST(Wildcard, DoesNotExplodeOnHostilePatterns) {
  // With backtracking into every star each of these would take longer than the universe will last.
  std::string stars, sets;
  for (int i = 0; i < 500; ++i) stars += "*a";
  for (int i = 0; i < 500; ++i) sets += "*[a-z]";
  const std::string name(255, 'a');
  EXPECT_FALSE(matches(stars + "b", name));
  EXPECT_FALSE(matches(sets + "0", name));
  EXPECT_TRUE(matches("*a*a*a*", name));
  EXPECT_FALSE(matches(std::string(4000, '['), name));
}

TEST(Wildcard, WhateverFitsAsItIsWrittenFitsWhereCaseDoesNotMatter) {
  for (const auto* name : {"_private", "Private", "private", "PRIVATE"}) {
    EXPECT_TRUE(detail::fits_one_of({"[A-z]*"}, name, false)) << name;
  }
  EXPECT_TRUE(detail::fits_one_of({"[!a-z]*"}, "README", false));
  EXPECT_TRUE(detail::fits_one_of({"*.exe"}, "A.EXE", false));
  EXPECT_FALSE(detail::fits_one_of({"*.exe"}, "A.EXE", true));
  EXPECT_FALSE(detail::fits_one_of({"*.exe"}, "a.txt", false));
}

TEST(Wildcard, TellsPatternsFromNames) {
  for (const auto* pattern : {"*", "a?", "[a]", "\\*"}) EXPECT_TRUE(has_wildcards(pattern)) << pattern;
  for (const auto* name : {"", "a.txt", "]", "-la"}) EXPECT_FALSE(has_wildcards(name)) << name;
}

}  // namespace
}  // namespace ftplike
