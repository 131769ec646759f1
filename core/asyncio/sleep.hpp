// sleep() and sleep_ms(): let other tasks run for a time. A sleep of 0 or less gives every ready task a turn.
//
// The deadline is fixed when sleep_ms() is called. The task becomes ready in the millisecond its deadline is,
// ahead of whatever becomes ready later, and runs when the tasks before it have had their turn: never early
// by more than the fraction of a millisecond in which it was called. A sleep that was kept and is awaited
// only after its deadline goes to the back of the ready queue.
#pragma once

#include <chrono>
#include <cstdint>

#include "asyncio/loop.hpp"

namespace asyncio {

// The longest sleep, 6.2 days: ticks_ms() must be able to tell before from after.
inline constexpr std::int64_t max_sleep_ms = (std::int64_t{1} << 29) - 1;

class [[nodiscard("a sleep does nothing until awaited: co_await it")]] SleepAwaiter {
 public:
  SleepAwaiter(std::int64_t milliseconds, Site site) : due_(yields), site_(site) {
    if (milliseconds > 0) due_ = deadline(milliseconds);
  }
  // Member by member: as a block it would have to wait until both have been written.
  SleepAwaiter(const SleepAwaiter& other) noexcept : due_(other.due_), site_(other.site_) {}
  SleepAwaiter& operator=(const SleepAwaiter&) = delete;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const {
    if (due_ == yields) {
      event_loop.yield(site_);
    } else {
      event_loop.sleep_until(due_, site_);
    }
  }
  // The sleep of a wait that ends then at the latest.
  void suspend_for_timeout() const {
    if (due_ == yields) {
      event_loop.yield(site_);
    } else {
      event_loop.sleep_until(due_, site_, trace::Reason::timeout);
    }
  }
  void await_resume() const { event_loop.check_wake(); }

 private:
  // No deadline: one that falls on this value, once in 49 days, is a millisecond later.
  static constexpr std::uint32_t yields = 0;
  static std::uint32_t deadline(std::int64_t milliseconds);

  std::uint32_t due_;  // ms, as Loop::ticks() counts them
  [[no_unique_address]] Site site_;
};

// `co_await sleep_ms(20)`. Throws OverflowError above max_sleep_ms.
inline SleepAwaiter sleep_ms(std::int64_t milliseconds, Site site = {}) { return {milliseconds, site}; }

// `co_await sleep(1s)`: any duration, rounded up to a whole millisecond (MicroPython rounds down, which makes
// sleep(0.0005) a yield).
template <class Rep, class Period>
SleepAwaiter sleep(std::chrono::duration<Rep, Period> duration, Site site = {}) {
  return {std::chrono::ceil<std::chrono::duration<std::int64_t, std::milli>>(duration).count(), site};
}

}  // namespace asyncio
