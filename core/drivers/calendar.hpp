// The calendar behind dates: how long a month is, which day of the week a date is, how far two dates are
// apart. Gregorian, for the years 1 to 9999, whatever the weekday in a machine::DateTime says.
//
//   std::int64_t end = drivers::seconds_of(rtc.datetime()) + 3600;
//   rtc.datetime(drivers::date_of(end));
#pragma once

#include <cstdint>

#include "machine/rtc.hpp"

namespace drivers {

constexpr bool is_leap_year(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

// `month` is 1 to 12.
constexpr int days_in_month(int year, int month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Is there such a date and time of day? A second of 60 is a leap second, which only GPS knows: false.
constexpr bool is_valid(const machine::DateTime& time) {
  return time.year >= 1 && time.year <= 9999 && time.month >= 1 && time.month <= 12 && time.day >= 1 &&
         time.day <= days_in_month(time.year, time.month) && time.hours >= 0 && time.hours <= 23 &&
         time.minutes >= 0 && time.minutes <= 59 && time.seconds >= 0 && time.seconds <= 59 &&
         time.subseconds >= 0 && time.subseconds <= 999'999;
}

// Days since 0001-01-01, which was a Monday.
constexpr std::int32_t day_number(int year, int month, int day) {
  const int years = year - 1;
  std::int32_t days = years * 365 + years / 4 - years / 100 + years / 400;
  for (int before = 1; before < month; ++before) days += days_in_month(year, before);
  return days + day - 1;
}

// 0 to 6, Monday to Sunday.
constexpr int weekday_of(int year, int month, int day) { return day_number(year, month, day) % 7; }

// Seconds since 0001-01-01 00:00; `subseconds` are left out.
constexpr std::int64_t seconds_of(const machine::DateTime& time) {
  return day_number(time.year, time.month, time.day) * std::int64_t{86'400} + time.hours * 3600 +
         time.minutes * 60 + time.seconds;
}

// The other way round, `seconds` >= 0. Sets the weekday; subseconds are 0.
constexpr machine::DateTime date_of(std::int64_t seconds) {
  auto days = static_cast<std::int32_t>(seconds / 86'400);
  const auto rest = static_cast<std::int32_t>(seconds % 86'400);
  machine::DateTime time;
  time.weekday = days % 7;
  time.year = 1 + days / 366;  // or later: by at most 7 years in 9999
  while (days >= day_number(time.year + 1, 1, 1)) ++time.year;
  days -= day_number(time.year, 1, 1);
  time.month = 1;
  while (days >= days_in_month(time.year, time.month)) days -= days_in_month(time.year, time.month++);
  time.day = days + 1;
  time.hours = rest / 3600;
  time.minutes = rest / 60 % 60;
  time.seconds = rest % 60;
  time.subseconds = 0;
  return time;
}

}  // namespace drivers
