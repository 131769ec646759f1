#include "drivers/schedule.hpp"

#include <algorithm>

#include "asyncio/sleep.hpp"
#include "drivers/calendar.hpp"
#include "machine/rtc.hpp"

namespace drivers {

using asyncio::Coro;
using asyncio::Site;

namespace {

constexpr std::int64_t longest_sleep = 60'000;  // ms; someone may set the RTC meanwhile
// Later than that, it was not the board that was busy: the RTC was set.
constexpr std::int64_t most_late = 60'000;  // ms

// From `from` to `to`, rounded up.
std::int64_t ms_between(const machine::DateTime& from, const machine::DateTime& to) {
  return (seconds_of(to) - seconds_of(from)) * 1000 + (to.subseconds + 999) / 1000 - from.subseconds / 1000;
}

}  // namespace

Coro<> wait_until_next(Cron cron, Site site) {
  const machine::RTC rtc;
  machine::DateTime now = rtc.datetime();
  machine::DateTime next = cron.next(now);
  for (;;) {
    const std::int64_t before_ms = ms_between(now, next);
    co_await asyncio::sleep_ms(std::min(before_ms, longest_sleep), site);
    const machine::DateTime then = rtc.datetime();
    const std::int64_t left_ms = ms_between(then, next);
    if (left_ms <= 0 && left_ms >= -most_late) co_return;
    now = then;
    next = cron.next(now);  // another one, if the RTC was set
  }
}

Coro<asyncio::Returned> schedule(asyncio::Callback function, Cron cron, int times, Site site) {
  for (int left = times;;) {
    co_await wait_until_next(cron, site);
    asyncio::Returned returned = function();
    if (times > 0 && --left == 0) co_return returned;
  }
}

Coro<> schedule(asyncio::Event& event, Cron cron, int times, Site site) {
  for (int left = times;;) {
    co_await wait_until_next(cron, site);
    event.set(site);
    if (times > 0 && --left == 0) co_return;
  }
}

Schedule::Schedule(asyncio::Callback function, const CronTimes& when, int times, Site site)
    : task_(asyncio::event_loop.create_task(schedule(std::move(function), when, times, site), "Schedule",
                                            site)) {}

Schedule::~Schedule() {
  if (!task_.done()) task_.cancel();
}

}  // namespace drivers
