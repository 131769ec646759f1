// JSON whose values know their lines.
#include "host/json_lines.hpp"

#include <gtest/gtest.h>

namespace {

using sim::Json;
using sim::read_json;

// "3: what is wrong".
template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const sim::FileError& error) {
    return std::to_string(error.line) + ": " + error.text;
  }
  return "nothing";
}

TEST(JsonLines, EachValueKnowsItsLine) {
  const Json json = read_json("{\n  \"a\": 5,\n  \"b\": [\n    true,\n    7\n  ,\n \"x\"], \"c\": null\n}\n");
  EXPECT_EQ(json.line, 1);
  EXPECT_EQ(json.member("a").line, 2);
  EXPECT_EQ(json.member("b").line, 3);
  EXPECT_EQ(json.member("b").elements()[0].line, 4);
  EXPECT_EQ(json.member("b").elements()[1].line, 5);
  EXPECT_EQ(json.member("b").elements()[2].line, 7);
  EXPECT_EQ(json.member("c").line, 7);
  EXPECT_EQ(json.text(), R"({"a":5,"b":[true,7,"x"],"c":null})");
}

TEST(JsonLines, ANumberBeforeALineEndIsOfItsOwnLine) {
  const Json json = read_json("[1\n,2\n]");
  EXPECT_EQ(json.elements()[0].line, 1);
  EXPECT_EQ(json.elements()[1].line, 2);
}

TEST(JsonLines, WhatIsNotJsonIsSaidWithItsLine) {
  const std::string text = error_of([] { read_json("[\n 1,\n }"); });
  EXPECT_TRUE(text.starts_with("3: this is not JSON: ")) << text;
  EXPECT_TRUE(error_of([] { read_json(""); }).starts_with("1: this is not JSON: "));
  EXPECT_TRUE(error_of([] { read_json("[1] 2"); }).starts_with("1: this is not JSON: "));
  EXPECT_EQ(error_of([] { read_json("{\n\"a\": 1,\n\"a\": 2}"); }), "3: \"a\" is given twice");
  EXPECT_EQ(error_of([] { read_json(std::string(1000, '[')); }), "1: this is nested too deeply");
}

TEST(JsonLines, AWrongTypeIsSaidWithWhatWouldBeRight) {
  const Json json = read_json("{\n\"a\": 1,\n\"b\": \"x\"}");
  EXPECT_EQ(error_of([&] { json.member("a").string(); }), "2: here must be a string, not a number");
  EXPECT_EQ(error_of([&] { json.member("b").number(); }), "3: here must be a number, not a string");
  EXPECT_EQ(error_of([&] { json.elements(); }), "1: here must be an array, not an object");
  EXPECT_EQ(error_of([&] { json.member("c"); }), "1: \"c\" is missing here");
  EXPECT_EQ(error_of([&] { json.allow({"a", "bb"}); }), "3: \"b\" is not known here; did you mean \"a\"?");
  EXPECT_EQ(error_of([&] {
              json.allow({"a", "something"});
            }),
            "3: \"b\" is not known here; did you mean \"a\"?");
}

TEST(JsonLines, NumbersAreWrittenAsShortAsCanBe) {
  EXPECT_EQ(read_json("[80, 80.0, 31.5, -2, 1e20]").text(), "[80,80,31.5,-2,1e+20]");
}

}  // namespace
