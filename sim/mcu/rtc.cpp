// machine/rtc.hpp on this board: the board's time, moved by what was set. Calendar arithmetic is the C++
// library's.
#include "machine/rtc.hpp"

#include <chrono>

#include "asyncio/exceptions.hpp"
#include "mcu/board.hpp"

namespace machine {
namespace {

using namespace std::chrono;

constexpr sys_days power_on = 2021y / January / 1;

}  // namespace

DateTime RTC::datetime() const {
  sim::board.cpu().spend(sim::board.profile().peripheral_access_ns);
  const microseconds passed(static_cast<std::int64_t>(sim::board.now_ns() / 1000) +
                            sim::board.restart().rtc_offset_us);
  const sys_time<microseconds> now = power_on + passed;
  const sys_days day = floor<days>(now);
  const year_month_day date(day);
  const hh_mm_ss<microseconds> time(now - day);
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(weekday(day).iso_encoding()) - 1,
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count()),
          static_cast<int>(time.subseconds().count())};
}

void RTC::datetime(const DateTime& now) const {
  // A year has 12 bits (RP2040 datasheet 4.8.2). Checked first: the library's types would cut them off.
  const bool in_range =
      now.year >= 0 && now.year <= 4095 && now.month >= 1 && now.month <= 12 && now.day >= 1 && now.day <= 31;
  const year_month_day date{year(now.year), month(static_cast<unsigned>(now.month)),
                            day(static_cast<unsigned>(now.day))};
  if (!in_range || !date.ok() || now.hours < 0 || now.hours > 23 || now.minutes < 0 || now.minutes > 59 ||
      now.seconds < 0 || now.seconds > 59 || now.subseconds < 0 || now.subseconds > 999'999)
    throw asyncio::ValueError(
        "RTC: there is no such date or time; a DateTime is year, month, day, weekday, hours, "
        "minutes, seconds, subseconds");
  sim::board.cpu().spend(sim::board.profile().peripheral_access_ns);
  const microseconds wanted = sys_days(date) - power_on + hours(now.hours) + minutes(now.minutes) +
                              seconds(now.seconds) + microseconds(now.subseconds);
  sim::board.restart().rtc_offset_us = wanted.count() - static_cast<std::int64_t>(sim::board.now_ns() / 1000);
}

}  // namespace machine
