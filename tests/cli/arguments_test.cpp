// The command line's words.
#include "cli/arguments.hpp"

#include <gtest/gtest.h>

#include "text/nearest.hpp"

namespace {

TEST(Duration, EveryUnit) {
  const auto ns = [](const std::string& text) {
    const auto duration = cli::parse_duration(text);
    return duration ? *duration : 0;
  };
  EXPECT_EQ(ns("5s"), 5'000'000'000U);
  EXPECT_EQ(ns("500ms"), 500'000'000U);
  EXPECT_EQ(ns("1.5s"), 1'500'000'000U);
  EXPECT_EQ(ns("20us"), 20'000U);
  EXPECT_EQ(ns("20µs"), 20'000U);
  EXPECT_EQ(ns("2m"), 120'000'000'000U);
  EXPECT_EQ(ns("2min"), 120'000'000'000U);
  EXPECT_EQ(ns("1h"), 3'600'000'000'000U);
  EXPECT_EQ(ns("0.001ms"), 1'000U);
  for (const char* const wrong :
       {"", "s", "5", "5 s", "-5s", "+5s", "5x", "5ss", "1e3s", "nan", "infs", ".5s", "0x5s"}) {
    EXPECT_FALSE(cli::parse_duration(wrong)) << wrong;
  }
}

TEST(Number, WholeAndNotTooLarge) {
  EXPECT_EQ(*cli::parse_number("18446744073709551615"), UINT64_MAX);
  for (const char* const wrong : {"", "-1", "1.5", "x", "1x", "18446744073709551616"}) {
    EXPECT_FALSE(cli::parse_number(wrong)) << wrong;
  }
}

TEST(Arguments, OptionsAndWordsInAnyOrder) {
  const auto arguments =
      cli::Arguments::parse({"--for", "5s", "01", "--headless", "--seed=7", "--", "--word"},
                            {{"--for", true}, {"--headless", false}, {"--seed", true}, {"--trace", true}});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(*arguments->value("--for"), "5s");
  EXPECT_EQ(*arguments->value("--seed"), "7");
  EXPECT_TRUE(arguments->has("--headless"));
  EXPECT_FALSE(arguments->has("--trace"));
  EXPECT_EQ(arguments->words(), (std::vector<std::string>{"01", "--word"}));
}

TEST(Nearest, IsTheOneMeant) {
  const std::vector<std::string> names{"01-blink", "02-round-robin", "03-lock"};
  EXPECT_EQ(text::nearest("01-blnik", names), "01-blink");
  EXPECT_EQ(text::nearest("3-lock", names), "03-lock");
  EXPECT_EQ(text::nearest("02-roundrobin", names), "02-round-robin");
  EXPECT_EQ(text::nearest("zzzzzzzzzz", names), "");
}

}  // namespace
