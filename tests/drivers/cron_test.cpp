#include "drivers/cron.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <random>
#include <string>

#include "asyncio/exceptions.hpp"
#include "drivers/calendar.hpp"

using drivers::any;
using drivers::Cron;
using drivers::CronTimes;
using drivers::range;
using drivers::TimeSet;
using machine::DateTime;

namespace {

DateTime at(int year, int month, int day, int hours = 0, int minutes = 0, int seconds = 0) {
  return {year, month, day, drivers::weekday_of(year, month, day), hours, minutes, seconds, 0};
}

TEST(CronTest, WithoutAnythingItIsEveryDayAt3) {
  const Cron cron{CronTimes()};
  EXPECT_EQ(cron.next(at(2026, 3, 23, 2, 59, 59)), at(2026, 3, 23, 3));
  EXPECT_EQ(cron.next(at(2026, 3, 23, 3, 0, 0)), at(2026, 3, 24, 3));
  EXPECT_EQ(cron.next(at(2026, 12, 31, 12)), at(2027, 1, 1, 3));
  EXPECT_EQ(cron(at(2026, 3, 23, 2, 59, 59)), 1U);
  EXPECT_EQ(cron(at(2026, 3, 23, 3, 0, 0)), 86'400U);
}

TEST(CronTest, TenPastFourOnMondayAndFridayIfThereIsNoRInTheMonth) {
  const Cron cron({.mins = 10, .hrs = 4, .month = {5, 6, 7, 8}, .wday = {0, 4}});
  // 2026-05-01 is a Friday, 2026-08-31 a Monday.
  EXPECT_EQ(cron.next(at(2026, 1, 1)), at(2026, 5, 1, 4, 10));
  EXPECT_EQ(cron.next(at(2026, 5, 1, 4, 10)), at(2026, 5, 4, 4, 10));
  EXPECT_EQ(cron.next(at(2026, 5, 4, 4, 10)), at(2026, 5, 8, 4, 10));
  EXPECT_EQ(cron.next(at(2026, 8, 28, 4, 10)), at(2026, 8, 31, 4, 10));
  EXPECT_EQ(cron.next(at(2026, 8, 31, 4, 10)), at(2027, 5, 3, 4, 10));
}

TEST(CronTest, ARangeIsPythons) {
  const TimeSet quarters = range(0, 60, 15);
  for (int number = 0; number < 64; ++number)
    EXPECT_EQ(quarters.has(number), number < 60 && number % 15 == 0) << number;
  const Cron cron({.mins = range(0, 60, 15), .hrs = any});
  EXPECT_EQ(cron.next(at(2026, 3, 23, 10, 15)), at(2026, 3, 23, 10, 30));
  EXPECT_EQ(cron.next(at(2026, 3, 23, 23, 45)), at(2026, 3, 24, 0, 0));
}

TEST(CronTest, AnyMinuteIsEachMinute) {
  const Cron cron({.mins = any, .hrs = any});
  EXPECT_EQ(cron.next(at(2026, 3, 23, 10, 15, 0)), at(2026, 3, 23, 10, 16, 0));
  EXPECT_EQ(cron.next(at(2026, 3, 23, 10, 15, 30)), at(2026, 3, 23, 10, 16, 0));
  EXPECT_EQ(cron.next(at(2026, 12, 31, 23, 59, 1)), at(2027, 1, 1));
}

TEST(CronTest, SecondsMayBeAList) {
  const Cron cron({.secs = {0, 20, 40}, .mins = any, .hrs = any});
  EXPECT_EQ(cron(at(2026, 3, 23, 10, 15, 0)), 20U);
  EXPECT_EQ(cron(at(2026, 3, 23, 10, 15, 39)), 1U);
  EXPECT_EQ(cron(at(2026, 3, 23, 10, 15, 40)), 20U);
}

TEST(CronTest, ASequenceBeginsWithItsFirstTimeOfTheDay) {
  // Hinch's begins at 3:15 here unless it is started late.
  const Cron cron({.mins = range(0, 60, 15), .hrs = 3});
  EXPECT_EQ(cron.next(at(2026, 3, 23, 7, 5)), at(2026, 3, 24, 3, 0));
}

TEST(CronTest, ADayOfTheMonthIsInTheMonthsThatHaveIt) {
  const Cron cron({.hrs = 0, .mday = 31});
  EXPECT_EQ(cron.next(at(2026, 1, 31)), at(2026, 3, 31));
  EXPECT_EQ(cron.next(at(2026, 3, 31)), at(2026, 5, 31));
}

TEST(CronTest, TheNextMonthMayBeOneThatIsNotGiven) {
  // At 9 am on 31 July, for 1.59 am: the month changes, to the next of those given.
  const Cron cron({.mins = 59, .hrs = 1, .month = {2, 7, 10}});
  EXPECT_EQ(cron.next(at(2026, 7, 31, 9)), at(2026, 10, 1, 1, 59));
}

TEST(CronTest, ChristmasComesOnceAYear) {
  const Cron cron({.hrs = 9, .mday = 25, .month = 12});
  EXPECT_EQ(cron.next(at(2026, 12, 25, 9)), at(2027, 12, 25, 9));
  EXPECT_EQ(cron(at(2027, 12, 25, 9)), 366U * 86'400);  // 2028 is a leap year
}

TEST(CronTest, MdayAndWdayAreTheNthSuchDayOfTheMonth) {
  const Cron second_sunday({.hrs = 0, .mday = 8, .wday = 6});
  DateTime now = at(2026, 1, 1);
  for (const int day : {11, 8, 8, 12, 10, 14, 12, 9, 13, 11, 8, 13}) {
    now = second_sunday.next(now);
    EXPECT_EQ(now.day, day) << now.month;
    EXPECT_EQ(now.weekday, 6);
  }
  EXPECT_EQ(now.month, 12);
  EXPECT_EQ(second_sunday.next(at(2026, 1, 10)), at(2026, 1, 11));  // from within that week as well
}

TEST(CronTest, SubsecondsAndTheWeekdayOfNowDoNotMatter) {
  const Cron cron({.hrs = 3, .wday = 1});
  DateTime now = at(2026, 3, 23, 3);
  now.weekday = 1;
  now.subseconds = 999'999;
  EXPECT_EQ(cron.next(now), at(2026, 3, 24, 3));
}

// The message of the ValueError, if there is one.
std::optional<std::string> refused(const CronTimes& times) {
  try {
    const Cron cron(times);
    return std::nullopt;
  } catch (const asyncio::ValueError& error) {
    return error.what();
  }
}

TEST(CronTest, NumbersThatCannotBeAreRefusedByName) {
  EXPECT_EQ(refused({.secs = 60}), "Cron: secs must be 0 to 59");
  EXPECT_EQ(refused({.secs = -1}), "Cron: secs must be 0 to 59");
  EXPECT_EQ(refused({.mins = {0, 60}}), "Cron: mins must be any or 0 to 59");
  EXPECT_EQ(refused({.mins = 100}), "Cron: mins must be any or 0 to 59");
  EXPECT_EQ(refused({.mins = {}}), "Cron: mins must be any or 0 to 59");
  EXPECT_EQ(refused({.mins = range(5, 5)}), "Cron: mins must be any or 0 to 59");
  EXPECT_EQ(refused({.mins = range(0, 60, 0)}), "Cron: mins must be any or 0 to 59");
  EXPECT_EQ(refused({.hrs = range(0, 25)}), "Cron: hrs must be any or 0 to 23");
  EXPECT_EQ(refused({.mday = 0}), "Cron: mday must be any or 1 to 31");
  EXPECT_EQ(refused({.month = range(0, 12)}), "Cron: month must be any or 1 to 12");
  EXPECT_EQ(refused({.wday = 7}), "Cron: wday must be any or 0 to 6 (Monday is 0)");
  EXPECT_EQ(refused({.mins = range(0, 60), .hrs = range(0, 24), .wday = range(0, 7)}), std::nullopt);
}

TEST(CronTest, SecondsMustBeTenSecondsApart) {
  EXPECT_EQ(refused({.secs = any}), "Cron: secs must not be any: say which, or use asyncio::sleep_ms()");
  const char* const apart = "Cron: secs must be at least 10 s apart";
  EXPECT_EQ(refused({.secs = {0, 9}}), apart);
  EXPECT_EQ(refused({.secs = {5, 30, 56}}), apart);
  EXPECT_EQ(refused({.secs = range(0, 60, 10)}), std::nullopt);
  EXPECT_EQ(refused({.secs = {59}}), std::nullopt);
}

TEST(CronTest, ADayThatAMonthHasNotIsRefused) {
  const char* const no_day = "Cron: mday must be a day that every month given has (February has 28)";
  EXPECT_EQ(refused({.mday = 30, .month = {2, 6, 7}}), no_day);
  EXPECT_EQ(refused({.mday = 29, .month = 2}), no_day);
  EXPECT_EQ(refused({.mday = {1, 31}, .month = 4}), no_day);
  EXPECT_EQ(refused({.mday = 28, .month = 2}), std::nullopt);
}

TEST(CronTest, AWeekThatMayEndInTheNextMonthIsRefused) {
  EXPECT_EQ(refused({.mday = 23, .wday = 0}),
            "Cron: with wday, mday must be 1 to 22: the week it begins must end within the month");
  EXPECT_EQ(refused({.mday = 22, .wday = 0}), std::nullopt);
}

TEST(CronTest, ADateThatThereIsNotIsRefused) {
  const Cron cron{CronTimes()};
  EXPECT_THROW(cron.next({2026, 2, 30, 0, 0, 0, 0, 0}), asyncio::ValueError);
}

// --- Against a search of another kind

class Random {
 public:
  int number(int first, int last) {
    return first + static_cast<int>(engine_() % static_cast<unsigned>(last - first + 1));
  }
  TimeSet set(int first, int last) {
    if (number(0, 2) == 0) return any;
    TimeSet numbers(number(first, last));
    for (int more = number(0, 3); more > 0; --more) numbers.add(number(first, last));
    return numbers;
  }

 private:
  std::mt19937 engine_{1};
};

// Second by second within a day, day by day, with the library's calendar.
DateTime slow_next(const CronTimes& times, const DateTime& now) {
  using namespace std::chrono;
  sys_days day = year(now.year) / now.month / now.day;
  for (int second = now.hours * 3600 + now.minutes * 60 + now.seconds + 1;; day += days(1), second = 0) {
    const year_month_day date(day);
    const int m = static_cast<int>(static_cast<unsigned>(date.month()));
    const int d = static_cast<int>(static_cast<unsigned>(date.day()));
    const int w = static_cast<int>(weekday(day).iso_encoding()) - 1;
    bool mday = times.mday.has(d);
    for (int before = 1; !times.wday.is_any() && before <= 6; ++before)
      mday = mday || (d - before >= 1 && times.mday.has(d - before));
    if (!times.month.has(m) || !times.wday.has(w) || !mday) continue;
    for (; second < 86'400; ++second) {
      if (times.hrs.has(second / 3600) && times.mins.has(second / 60 % 60) && times.secs.has(second % 60))
        return {static_cast<int>(date.year()), m, d, w, second / 3600, second / 60 % 60, second % 60, 0};
    }
  }
}

TEST(CronTest, TheNextTimeIsTheFirstThatFits) {
  Random random;
  int tried = 0;
  while (tried < 3000) {
    CronTimes times;
    times.secs = random.number(0, 59);
    times.mins = random.set(0, 59);
    times.hrs = random.set(0, 23);
    times.mday = random.set(1, random.number(0, 1) == 0 ? 22 : 31);
    times.month = random.set(1, 12);
    times.wday = random.set(0, 6);
    if (refused(times)) continue;
    ++tried;
    const Cron cron(times);
    DateTime now = drivers::date_of(drivers::seconds_of(at(2023, 1, 1)) + random.number(0, 200'000'000));
    for (int i = 0; i < 3; ++i) {
      const DateTime next = cron.next(now);
      ASSERT_EQ(next, slow_next(times, now));
      ASSERT_EQ(cron(now), drivers::seconds_of(next) - drivers::seconds_of(now));
      now = next;
    }
  }
}

}  // namespace
