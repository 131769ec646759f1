// Delay_ms: a time-out that can be put off: a retriggerable monostable, or a watchdog. Hinch's.
//
//   asyncio::Delay_ms delay(light_off, 2000);   // calls light_off() 2 s after the last trigger
//   delay.trigger();
//
// trigger() starts the time, or starts it anew, also with a shorter one; an interrupt may call it. When the
// time is up, the delay stops running, its event is set, and the callback is called or, if it is a coroutine,
// started as a task. Until then stop() calls it off. Event-like: tasks wait() for the end of the time, also
// in WaitAny.
//
// Who resumes where: a task of the delay's own sees the trigger when the loop looks at devices; another one
// exists while the time runs, and ends it in the millisecond (as ticks_ms() counts) that lies `duration`
// after the trigger.
#pragma once

#include <atomic>
#include <cstdint>
#include <tuple>
#include <utility>

#include "asyncio/event.hpp"
#include "asyncio/launch.hpp"
#include "asyncio/thread_safe_flag.hpp"

namespace asyncio {

class Delay_ms {
 public:
  static constexpr std::uint32_t default_duration = 1000;  // ms

  // Without callback: for wait(). May be made before run(). Throws OverflowError if `duration` (ms) is longer
  // than max_sleep_ms. `name` is for the trace and is kept, not copied: a literal. The callback must not
  // destroy the delay.
  explicit Delay_ms(std::uint32_t duration = default_duration, const char* name = nullptr, Site site = {})
      : Delay_ms(Callback(), duration, name, site) {}
  explicit Delay_ms(Callback function, std::uint32_t duration = default_duration, const char* name = nullptr,
                    Site site = {});
  // A callback with arguments: Delay_ms(print_line, std::tuple("time is up"), 2000).
  template <class F, class... Args>
  Delay_ms(F function, std::tuple<Args...> args, std::uint32_t duration = default_duration,
           const char* name = nullptr, Site site = {})
      : Delay_ms(Callback(std::move(function), std::move(args)), duration, name, site) {}
  Delay_ms(const Delay_ms&) = delete;
  Delay_ms& operator=(const Delay_ms&) = delete;
  // deinit(). A task that still waits gets a RuntimeError.
  ~Delay_ms() { deinit(); }

  // The time is up `duration` ms from now; 0 stands for the constructor's. From an interrupt or a task.
  // Throws RuntimeError after deinit(), and OverflowError as the constructor.
  void trigger(std::uint32_t duration = 0);
  // Calls it off and clears the event.
  void stop(Site site = {});

  // Does the time run?
  bool running() const { return running_.load(std::memory_order_relaxed); }
  bool operator()() const { return running(); }

  // What the callback returned when the time was last up: the value of a function, the Task of a coroutine.
  // Nothing after the next trigger().
  Returned rvalue() const { return returned_valid_.load(std::memory_order_relaxed) ? returned_ : Returned(); }

  // Another callback, or none, from now on.
  void callback(Callback function = {});
  template <class F, class... Args>
  void callback(F function, std::tuple<Args...> args) {
    callback(Callback(std::move(function), std::move(args)));
  }

  // Ends its tasks; it cannot be triggered again.
  void deinit();

  // The event: set when the time is up, and by set(), until clear() or stop().
  Event::WaitAwaiter wait(Site site = {}) { return timeout_.wait(site); }
  void set(Site site = {}) { timeout_.set(site); }
  void clear(Site site = {}) { timeout_.clear(site); }
  bool is_set() const { return timeout_.is_set(); }

 private:
  // What trigger() leaves to the tasks.
  struct Trigger {
    std::uint64_t at_us = 0;
    std::uint32_t duration = 0;  // ms
    std::uint32_t count = 0;     // triggers so far
    std::uint32_t due() const {
      return static_cast<std::uint32_t>(at_us / 1000) + duration;
    }  // ms, as Loop::ticks()
  };

  static Coro<> watch(Delay_ms* self, Site site);
  static Coro<> run_time(Delay_ms* self, Site site);
  Trigger last_trigger() const;
  bool time_is_up(std::uint32_t trigger_count);
  void start_time(Site site);
  void call_back(Site site);

  Callback callback_;
  bool callback_replaced_ = false;  // while it runs
  Returned returned_;
  std::atomic<bool> returned_valid_ = false;
  std::atomic<bool> running_ = false;
  Trigger trigger_;  // written by trigger(), in a critical section
  std::uint32_t duration_;
  ThreadSafeFlag triggered_;
  Event timeout_;
  Task<> watch_task_;        // empty after deinit()
  Task<> time_task_;         // empty while the time does not run
  std::uint32_t wakes_ = 0;  // when time_task_ wakes up, ms
  [[no_unique_address]] trace::Object trace_;
};

}  // namespace asyncio
