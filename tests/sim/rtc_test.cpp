// The RTC: date and time go on from what was set, also through a reset.
#include <gtest/gtest.h>

#include <cstdlib>

#include "asyncio.hpp"
#include "machine.hpp"
#include "recording.hpp"
#include "time.hpp"

namespace {

using machine::DateTime;
using machine::RTC;
using recording::Recording;
using recording::run;

constexpr std::uint64_t ms = 1'000'000;

TEST(Rtc, StartsAtTheBeginningOf2021AndGoesOnFromWhatWasSet) {
  const Recording r = run(5000 * ms, [] {
    const RTC rtc;
    DateTime now = rtc.datetime();
    EXPECT_EQ(now.year, 2021);
    EXPECT_EQ(now.weekday, 4);
    rtc.datetime({.year = 2024, .month = 2, .day = 28, .hours = 23, .minutes = 59, .seconds = 59});
    time::sleep_ms(1500);
    now = rtc.datetime();
    EXPECT_EQ(now.month, 2);
    EXPECT_EQ(now.day, 29);
    EXPECT_EQ(now.weekday, 3);
    EXPECT_EQ(now.seconds, 0);
    EXPECT_EQ(now.subseconds / 1000, 500);
    return 0;
  });
  EXPECT_EQ(r.why(), trace::Stop::returned);
}

TEST(Rtc, GoesOnThroughAReset) {
  ::setenv("COROSCOPE_RESTART", "2000000000 5 86400000000", 1);
  const Recording r = run(5000 * ms, [] {
    const DateTime now = RTC().datetime();
    return now.day * 10 + now.seconds;
  });
  ::unsetenv("COROSCOPE_RESTART");
  EXPECT_EQ(r.last_stop().extra, 22);
}

TEST(Rtc, RefusesADateThereIsNot) {
  const Recording r = run(100 * ms, [] {
    const RTC rtc;
    const DateTime wrong[]{
        {.month = 0},           {.month = 13},   {.month = 258},  {.day = 0},
        {.day = 257},           {.year = 4096},  {.year = -1},    {.year = 70'000},
        {.hours = 24},          {.minutes = 60}, {.seconds = 60}, {.subseconds = 1'000'000},
        {.month = 2, .day = 29}};
    int refused = 0;
    for (const DateTime& date : wrong) {
      try {
        rtc.datetime(date);
      } catch (const asyncio::ValueError&) {
        ++refused;
      }
    }
    return refused;
  });
  EXPECT_EQ(r.last_stop().extra, 13);
}

}  // namespace
