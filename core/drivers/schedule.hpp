// schedule(): does something at dates and times (cron.hpp) by the board's machine::RTC. Hinch's sched.
//
//   create_task(drivers::schedule(feed_fish, {.hrs = 8}));                         // every day at 8 am
//   create_task(drivers::schedule(feed_fish, {.hrs = 20, .wday = {5, 6}}, 4));     // the next 4 times only
//
// Three ways: it calls a function or starts a coroutine as a task; sets an Event; or gives a value to a
// Sequence, which a task iterates over. A coroutine, it runs until it is cancelled, or for so many times.
// `Schedule` is one as an object, which ends with it.
//
// Who resumes where: its task is ready at the time (to a ms, as the RTC tells it), ahead of what becomes
// ready later, and does its work in that slice. If the board was busy it is late; times that have passed
// meanwhile are left out. At least once a minute it looks at the RTC: set forward over the time by more than
// a minute, that time is left out; set back, it comes again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "asyncio/event.hpp"
#include "asyncio/launch.hpp"
#include "asyncio/ringbuf_queue.hpp"
#include "asyncio/task.hpp"
#include "drivers/cron.hpp"

namespace drivers {

inline constexpr int forever = -1;  // times

// Waits for the next such time.
asyncio::Coro<> wait_until_next(Cron cron, asyncio::Site site = {});

// `function`: anything that can be called, or a coroutine function, without arguments; with some:
// asyncio::Callback(report, std::tuple("noon")). Ends after `times` calls (0 and less: never) with what the
// last one returned: for a coroutine its Task; or by what a function throws. Throws ValueError as Cron, when
// it is called.
asyncio::Coro<asyncio::Returned> schedule(asyncio::Callback function, Cron cron, int times = forever,
                                          asyncio::Site site = {});
inline asyncio::Coro<asyncio::Returned> schedule(asyncio::Callback function, const CronTimes& when,
                                                 int times = forever, asyncio::Site site = {}) {
  return schedule(std::move(function), Cron(when), times, site);
}

// Sets an Event, which must outlive this; whoever waits for it clears it.
asyncio::Coro<> schedule(asyncio::Event& event, Cron cron, int times = forever, asyncio::Site site = {});
inline asyncio::Coro<> schedule(asyncio::Event& event, const CronTimes& when, int times = forever,
                                asyncio::Site site = {}) {
  return schedule(event, Cron(when), times, site);
}

// What several schedules give, one after another, in the order of their times.
//
//   drivers::Sequence<const char*> meals;
//   create_task(drivers::schedule(meals, "breakfast", {.hrs = 8}));
//   create_task(drivers::schedule(meals, "lunch", {.hrs = 12}));
//   for (;;) print("%s\n", co_await meals.next());
//
// Up to Size values wait for the task; then the oldest is dropped.
template <class T, std::size_t Size = 8>
class Sequence {
 public:
  explicit Sequence(const char* name = nullptr, asyncio::Site site = {})
      : values_(std::span<T>(slots_), name, site) {}

  auto next(asyncio::Site site = {}) { return values_.next(site); }
  void put(T value, asyncio::Site site = {}) { values_.put_overwriting(std::move(value), site); }

 private:
  std::array<T, Size + 1> slots_ = {};
  asyncio::RingbufQueue<T> values_;
};

// The sequence must outlive this.
template <class T, std::size_t Size>
asyncio::Coro<> schedule(Sequence<T, Size>& sequence, T value, Cron cron, int times = forever,
                         asyncio::Site site = {}) {
  for (int left = times;;) {
    co_await wait_until_next(cron, site);
    sequence.put(value, site);
    if (times > 0 && --left == 0) co_return;
  }
}
template <class T, std::size_t Size>
asyncio::Coro<> schedule(Sequence<T, Size>& sequence, std::type_identity_t<T> value, const CronTimes& when,
                         int times = forever, asyncio::Site site = {}) {
  return schedule(sequence, T(std::move(value)), Cron(when), times, site);
}

// A schedule in a task of its own, that ends with the object.
//
//   drivers::Schedule feeding(feed_fish, {.hrs = 8});
class Schedule {
 public:
  // May be made before run(). The rest as schedule().
  Schedule(asyncio::Callback function, const CronTimes& when, int times = forever, asyncio::Site site = {});
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;
  ~Schedule();

  // To await the last of its times, or to cancel it.
  const asyncio::Task<asyncio::Returned>& task() const { return task_; }

 private:
  asyncio::Task<asyncio::Returned> task_;
};

}  // namespace drivers
