#include "drivers/cron.hpp"

#include "asyncio/exceptions.hpp"
#include "drivers/calendar.hpp"

namespace drivers {

namespace {

constexpr int shortest_distance = 10;  // seconds

void check(bool right, const char* text) {
  if (!right) throw asyncio::ValueError(text);
}

// Around the minute, too: 0 comes 5 s after 55.
bool are_apart(const TimeSet& seconds) {
  const int first = seconds.first_from(0, 59);
  int last = first;
  for (;;) {
    const int following = seconds.first_from(last + 1, 59);
    if (following < 0) return last == first || first + 60 - last >= shortest_distance;
    if (following - last < shortest_distance) return false;
    last = following;
  }
}

}  // namespace

bool TimeSet::is_within(int first, int last) const {
  return is_any_ || (fits_ && bits_ != 0 && first_from(0, 63) >= first && first_from(last + 1, 63) < 0);
}

int TimeSet::first_from(int from, int last) const {
  for (int number = from; number <= last; ++number) {
    if (has(number)) return number;
  }
  return -1;
}

Cron::Cron(const CronTimes& times) : times_(times) {
  check(!times.secs.is_any(), "Cron: secs must not be any: say which, or use asyncio::sleep_ms()");
  check(times.secs.is_within(0, 59), "Cron: secs must be 0 to 59");
  check(are_apart(times.secs), "Cron: secs must be at least 10 s apart");
  check(times.mins.is_within(0, 59), "Cron: mins must be any or 0 to 59");
  check(times.hrs.is_within(0, 23), "Cron: hrs must be any or 0 to 23");
  check(times.mday.is_within(1, 31), "Cron: mday must be any or 1 to 31");
  check(times.month.is_within(1, 12), "Cron: month must be any or 1 to 12");
  check(times.wday.is_within(0, 6), "Cron: wday must be any or 0 to 6 (Monday is 0)");
  if (times.mday.is_any()) return;
  check(times.wday.is_any() || times.mday.is_within(1, 22),
        "Cron: with wday, mday must be 1 to 22: the week it begins must end within the month");
  if (times.month.is_any()) return;
  constexpr int no_leap_year = 2021;
  for (int month = 1; month <= 12; ++month) {
    check(!times.month.has(month) || times.mday.is_within(1, days_in_month(no_leap_year, month)),
          "Cron: mday must be a day that every month given has (February has 28)");
  }
}

bool Cron::has_day(int year, int month, int day) const {
  if (!times_.month.has(month)) return false;
  if (!times_.wday.has(weekday_of(year, month, day))) return false;
  if (times_.mday.is_any()) return true;
  if (times_.wday.is_any()) return times_.mday.has(day);
  for (int first = day > 6 ? day - 6 : 1; first <= day; ++first) {
    if (times_.mday.has(first)) return true;
  }
  return false;
}

machine::DateTime Cron::next(const machine::DateTime& now) const {
  check(is_valid(now), "Cron: there is no such date or time of day");
  // On the same day only what is later; on others the first time of the day.
  machine::DateTime time = now;
  time.subseconds = 0;
  if (has_day(now.year, now.month, now.day)) {
    // The seconds of this minute, the minutes of this hour, the hours of this day; each with the first of
    // what is below.
    const bool minute_fits = times_.hrs.has(now.hours) && times_.mins.has(now.minutes);
    int second = minute_fits ? times_.secs.first_from(now.seconds + 1, 59) : -1;
    int minute = now.minutes;
    int hour = now.hours;
    if (second < 0) {
      second = times_.secs.first_from(0, 59);
      minute = times_.hrs.has(hour) ? times_.mins.first_from(minute + 1, 59) : -1;
      if (minute < 0) {
        minute = times_.mins.first_from(0, 59);
        hour = times_.hrs.first_from(hour + 1, 23);
      }
    }
    if (hour >= 0) {
      time.hours = hour;
      time.minutes = minute;
      time.seconds = second;
      time.weekday = weekday_of(time.year, time.month, time.day);
      return time;
    }
  }
  do {
    if (++time.day > days_in_month(time.year, time.month)) {
      time.day = 1;
      if (++time.month > 12) {
        time.month = 1;
        ++time.year;
      }
    }
  } while (!has_day(time.year, time.month, time.day));
  time.hours = times_.hrs.first_from(0, 23);
  time.minutes = times_.mins.first_from(0, 59);
  time.seconds = times_.secs.first_from(0, 59);
  time.weekday = weekday_of(time.year, time.month, time.day);
  return time;
}

std::uint32_t Cron::operator()(const machine::DateTime& now) const {
  return static_cast<std::uint32_t>(seconds_of(next(now)) - seconds_of(now));
}

}  // namespace drivers
