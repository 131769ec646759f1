#include "asyncio/reg_exp.hpp"

#include <gtest/gtest.h>

#include <string>

#include "asyncio/exceptions.hpp"

using asyncio::RegExp;

namespace {

bool matches(const char* pattern, const char* text) { return RegExp(pattern).matches(text); }

TEST(RegExpTest, LiteralsMatchTheBeginningOfTheText) {
  EXPECT_TRUE(matches("foo", "foo"));
  EXPECT_TRUE(matches("foo", "foo_topic"));
  EXPECT_FALSE(matches("foo", "a foo"));
  EXPECT_FALSE(matches("foo", "fo"));
  EXPECT_FALSE(matches("foo", "Foo"));
  EXPECT_TRUE(matches("", "anything"));
  EXPECT_TRUE(matches("", ""));
}

TEST(RegExpTest, ADotIsAnyCharacter) {
  EXPECT_TRUE(matches("f.o", "f/o"));
  EXPECT_TRUE(matches("...", "abc"));
  EXPECT_FALSE(matches("...", "ab"));
}

TEST(RegExpTest, AStarIsNoneOrMore) {
  EXPECT_TRUE(matches(".*_topic", "foo_topic"));
  EXPECT_TRUE(matches(".*_topic", "_topic"));
  EXPECT_TRUE(matches(".*_topic", "a_topic_topi"));
  EXPECT_FALSE(matches(".*_topic", "foo_topi"));
  EXPECT_TRUE(matches("ab*c$", "ac"));
  EXPECT_TRUE(matches("ab*c$", "abbbc"));
  EXPECT_FALSE(matches("ab*c$", "abbbd"));
  EXPECT_TRUE(matches("a*a*a*aaa$", "aaa"));
  EXPECT_TRUE(matches(".*x.*y.*z$", "..x..x..y..z..z"));
  EXPECT_FALSE(matches(".*x.*y.*z$", "..y..x..z"));
}

TEST(RegExpTest, APlusIsOneOrMore) {
  EXPECT_FALSE(matches("ab+c", "ac"));
  EXPECT_TRUE(matches("ab+c", "abc"));
  EXPECT_TRUE(matches("ab+bc$", "abbbc"));
  EXPECT_FALSE(matches("ab+bc$", "abc"));
}

TEST(RegExpTest, AQuestionMarkIsNoneOrOne) {
  EXPECT_TRUE(matches("ab?c$", "ac"));
  EXPECT_TRUE(matches("ab?c$", "abc"));
  EXPECT_FALSE(matches("ab?c$", "abbc"));
  EXPECT_TRUE(matches("a?a$", "a"));
}

TEST(RegExpTest, AfterAQuantifierAQuestionMarkMeansFewestFirst) {
  EXPECT_TRUE(matches("a.*?c$", "abcbc"));
  EXPECT_TRUE(matches("a+?b", "aab"));
  EXPECT_TRUE(matches("a??b", "b"));
}

TEST(RegExpTest, AnchorsStandForTheBeginningAndTheEnd) {
  EXPECT_TRUE(matches("^foo$", "foo"));
  EXPECT_FALSE(matches("^foo$", "foo "));
  EXPECT_FALSE(matches("foo$", "foofoo"));
  EXPECT_TRUE(matches(".*foo$", "foofoo"));
  EXPECT_FALSE(matches("f^oo", "foo"));
  EXPECT_TRUE(matches("$", ""));
  EXPECT_FALSE(matches("$", "a"));
}

TEST(RegExpTest, BracketsAreOneOfASet) {
  EXPECT_TRUE(matches("[abc]x", "bx"));
  EXPECT_FALSE(matches("[abc]x", "dx"));
  EXPECT_TRUE(matches("sensor[0-9]+/", "sensor42/"));
  EXPECT_FALSE(matches("sensor[0-9]+/", "sensor/"));
  EXPECT_TRUE(matches("[a-fA-F0-9_]*$", "dead_BEEF"));
  EXPECT_FALSE(matches("[a-fA-F0-9_]*$", "dead_BEEG"));
  EXPECT_TRUE(matches("[^/]*/temp$", "attic/temp"));
  EXPECT_FALSE(matches("[^/]*/temp$", "attic/left/temp"));
  EXPECT_TRUE(matches("[]x]+$", "x]"));
  EXPECT_FALSE(matches("[^]x]", "]"));
  EXPECT_TRUE(matches("[a-]+$", "a-a"));
  EXPECT_TRUE(matches("[-a]+$", "a-a"));
  EXPECT_FALSE(matches("[^-A]", "-"));
  EXPECT_TRUE(matches("[.*+?$^]+$", ".*+?$^"));
  EXPECT_TRUE(matches("[\\]\\\\]+$", "]\\"));
}

TEST(RegExpTest, ABackslashMakesACharacterLiteralOrALetterAClass) {
  EXPECT_TRUE(matches("a\\.b", "a.b"));
  EXPECT_FALSE(matches("a\\.b", "axb"));
  EXPECT_TRUE(matches("\\$\\^\\(\\)\\|\\{\\}\\*\\\\$", "$^()|{}*\\"));
  EXPECT_TRUE(matches("\\d+ \\w+\\s\\D\\W\\S$", "42 a_1\tx-y"));
  EXPECT_FALSE(matches("\\d", "x"));
  EXPECT_FALSE(matches("\\W", "_"));
  EXPECT_FALSE(matches("\\S", " "));
  EXPECT_TRUE(matches("[\\d.]+$", "3.14"));
  EXPECT_TRUE(matches("[\\w-]+$", "a-b_c9"));
  EXPECT_FALSE(matches("[^\\d]", "7"));
}

TEST(RegExpTest, QuantifiersApplyToSetsAndEscapes) {
  EXPECT_TRUE(matches("\\.*x", "...x"));
  EXPECT_TRUE(matches("[ab]?c", "bc"));
  EXPECT_TRUE(matches("\\d?x", "x"));
}

TEST(RegExpTest, WhatIsMalformedOrNotSupportedIsAValueError) {
  for (const char* pattern :
       {"*a",   "+", "?x", "a**", "^*",    "$+",      "(a)",     "a|b", "a{2}", "a\\",
        "[abc", "[", "[]", "[^]", "[z-a]", "[a-\\d]", "[\\d-z]", "\\b", "\\1",  "[abc\\]"}) {
    EXPECT_THROW(RegExp{std::string(pattern)}, asyncio::ValueError) << pattern;
  }
}

TEST(RegExpTest, ALongTextTakesNoStackToSpeakOf) {
  const std::string text(1'000'000, 'a');
  EXPECT_TRUE(RegExp("a*$").matches(text));
  EXPECT_FALSE(RegExp("[ab]*c").matches(text));
}

TEST(RegExpTest, EqualPatternsAreEqual) {
  EXPECT_TRUE(RegExp("a.*") == RegExp("a.*"));
  EXPECT_FALSE(RegExp("a.*") == RegExp("a.+"));
  EXPECT_EQ(RegExp("a.*").pattern(), "a.*");
}

}  // namespace
