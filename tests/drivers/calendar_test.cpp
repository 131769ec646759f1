#include "drivers/calendar.hpp"

#include <gtest/gtest.h>

#include <chrono>

using machine::DateTime;

namespace {

TEST(CalendarTest, EveryDayOfFourCenturiesIsTheOneAfterTheDayBefore) {
  using namespace std::chrono;
  const std::int32_t first = drivers::day_number(1900, 1, 1);
  std::int32_t number = first;
  for (sys_days day = 1900y / January / 1; day < sys_days(2301y / January / 1); day += days(1), ++number) {
    const year_month_day date(day);
    const int y = static_cast<int>(date.year());
    const int m = static_cast<int>(static_cast<unsigned>(date.month()));
    const int d = static_cast<int>(static_cast<unsigned>(date.day()));
    ASSERT_EQ(drivers::day_number(y, m, d), number);
    ASSERT_EQ(drivers::weekday_of(y, m, d), static_cast<int>(weekday(day).iso_encoding()) - 1);
    const DateTime back = drivers::date_of(number * std::int64_t{86'400} + 86'399);
    ASSERT_EQ(back, (DateTime{y, m, d, drivers::weekday_of(y, m, d), 23, 59, 59, 0}));
  }
}

TEST(CalendarTest, TheFirstAndTheLastDay) {
  EXPECT_EQ(drivers::date_of(0), (DateTime{1, 1, 1, 0, 0, 0, 0, 0}));
  const DateTime last = {9999, 12, 31, 4, 23, 59, 59, 0};
  EXPECT_EQ(drivers::date_of(drivers::seconds_of(last)), last);
}

TEST(CalendarTest, OnlyDatesThatThereAreAreValid) {
  EXPECT_TRUE(drivers::is_valid({2024, 2, 29, 0, 23, 59, 59, 999'999}));
  EXPECT_FALSE(drivers::is_valid({2023, 2, 29, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(drivers::is_valid({1900, 2, 29, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(drivers::is_valid({2024, 13, 1, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(drivers::is_valid({2024, 0, 1, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(drivers::is_valid({2024, 4, 31, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(drivers::is_valid({2024, 4, 0, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(drivers::is_valid({2024, 4, 1, 0, 24, 0, 0, 0}));
  EXPECT_FALSE(drivers::is_valid({2024, 4, 1, 0, 0, 60, 0, 0}));
  EXPECT_FALSE(drivers::is_valid({2024, 4, 1, 0, 0, 0, 60, 0}));
  EXPECT_FALSE(drivers::is_valid({2024, 4, 1, 0, 0, 0, 0, 1'000'000}));
  EXPECT_FALSE(drivers::is_valid({0, 4, 1, 0, 0, 0, 0, 0}));
}

}  // namespace
