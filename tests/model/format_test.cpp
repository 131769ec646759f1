// Times and counts as people read them.
#include "model/format.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Format, Moments) {
  EXPECT_EQ(model::time_text(0), "0.000 ms");
  EXPECT_EQ(model::time_text(12'004'499), "12.004 ms");
  EXPECT_EQ(model::time_text(12'004'500), "12.005 ms");
  EXPECT_EQ(model::time_text(3'600'000'000'000), "3600000.000 ms");
}

TEST(Format, Durations) {
  EXPECT_EQ(model::duration_text(0), "0 µs");
  EXPECT_EQ(model::duration_text(100), "0.1 µs");
  EXPECT_EQ(model::duration_text(3'000), "3 µs");
  EXPECT_EQ(model::duration_text(999'499), "999.499 µs");
  EXPECT_EQ(model::duration_text(999'500), "1 ms");
  EXPECT_EQ(model::duration_text(20'500'000), "20.5 ms");
  EXPECT_EQ(model::duration_text(999'999'999), "1 s");
  EXPECT_EQ(model::duration_text(1'500'000'000), "1.5 s");
}

TEST(Format, Counts) {
  EXPECT_EQ(model::count_text(0), "0");
  EXPECT_EQ(model::count_text(999), "999");
  EXPECT_EQ(model::count_text(1'234'567), "1,234,567");
  EXPECT_EQ(model::count_text(1, "task", "tasks"), "1 task");
  EXPECT_EQ(model::count_text(2'000, "task", "tasks"), "2,000 tasks");
}

}  // namespace
