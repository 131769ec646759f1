// Cron: dates and times that come again and again, and when the next one is. Hinch's cron. schedule.hpp
// runs functions at such times.
//
//   drivers::Cron quarter({.mins = drivers::range(0, 60, 15), .hrs = drivers::any});   // every 15 minutes
//   drivers::Cron christmas({.hrs = 9, .mday = 25, .month = 12});
//   // 4.10 am on Monday and Friday if there is no r in the month
//   drivers::Cron odd({.mins = 10, .hrs = 4, .month = {5, 6, 7, 8}, .wday = {0, 4}});
//   std::uint32_t seconds = odd(rtc.datetime());   // until then
//
// Each is a number, a list, a range, or any. A time must fit all of them. Given both mday and wday, a day
// fits if it is such a weekday and one of the seven days that begin with mday: the second Sunday of a month
// is .mday = 8, .wday = 6.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "machine/rtc.hpp"

namespace drivers {

// A set of numbers from 0 to 63.
class TimeSet {
 public:
  constexpr TimeSet(int number) { add(number); }
  constexpr TimeSet(std::initializer_list<int> numbers) {
    for (const int number : numbers) add(number);
  }
  struct Any {};
  constexpr TimeSet(Any) : bits_(~std::uint64_t{0}), is_any_(true) {}

  constexpr void add(int number) {
    if (number < 0 || number > 63) {
      fits_ = false;
    } else {
      bits_ |= std::uint64_t{1} << number;
    }
  }
  constexpr bool has(int number) const { return (bits_ >> number & 1) != 0; }
  // Every number there can be.
  constexpr bool is_any() const { return is_any_; }
  // Has it numbers, and none that is less than `first` or more than `last`?
  bool is_within(int first, int last) const;
  // The lowest number from `from` to `last`; -1 if there is none.
  int first_from(int from, int last) const;

 private:
  std::uint64_t bits_ = 0;
  bool is_any_ = false;
  bool fits_ = true;  // no number was beyond 63
};

inline constexpr TimeSet::Any any{};

// Python's range: first, first + step … below `end`.
constexpr TimeSet range(int first, int end, int step = 1) {
  TimeSet numbers{std::initializer_list<int>()};
  for (int number = first; step > 0 && number < end && number <= 64; number += step) numbers.add(number);
  return numbers;
}

// Without anything: every day at 3 am.
struct CronTimes {
  TimeSet secs = 0;     // 0 to 59; not any, and at least 10 s apart
  TimeSet mins = 0;     // 0 to 59
  TimeSet hrs = 3;      // 0 to 23
  TimeSet mday = any;   // 1 to 31, day of the month
  TimeSet month = any;  // 1 to 12
  TimeSet wday = any;   // 0 to 6, Monday to Sunday
};

class Cron {
 public:
  // Throws ValueError, which says what would be right: for a number that is not as above; for a day that one
  // of the months given has not (February has 28); with both mday and wday, for an mday above 22, after which
  // a month may end before its seven days do.
  explicit Cron(const CronTimes& times);

  // The first such time after `now` (whose weekday and subseconds do not matter), with its weekday. Less
  // than 13 months away. Throws ValueError if `now` is no date.
  machine::DateTime next(const machine::DateTime& now) const;
  // Seconds from `now` until then: at least 1.
  std::uint32_t operator()(const machine::DateTime& now) const;

 private:
  bool has_day(int year, int month, int day) const;

  CronTimes times_;
};

}  // namespace drivers
