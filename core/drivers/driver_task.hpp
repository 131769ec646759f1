// DriverTask: the task of a driver, which ends with the driver. poll() is what runs in it where the driver
// looks at its input again and again; a debounced contact is one that is looked at more seldom than it
// bounces.
//
//   task_.start(poll<&Switch::check>(this, &task_, debounce_ms, site), "Switch", site);
#pragma once

#include <cstdint>
#include <utility>

#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"

namespace drivers {

using trace::Site;

class DriverTask {
 public:
  DriverTask() = default;
  DriverTask(const DriverTask&) = delete;
  DriverTask& operator=(const DriverTask&) = delete;
  ~DriverTask() { stop(); }

  // Also before run(). `name` is kept, not copied: a literal.
  void start(asyncio::Coro<>&& coro, const char* name, Site site) {
    task_ = asyncio::event_loop.create_task(std::move(coro), name, site);
  }
  // From start() to stop().
  bool running() const { return static_cast<bool>(task_); }
  // Cancels it. Called by the task itself, in a callback of the driver's, it only ends running(): the task
  // must look at that after each callback, and return.
  void stop() {
    const asyncio::Task<> task = std::exchange(task_, {});
    if (task && task.promise() != asyncio::event_loop.current()) task.cancel();
  }

 private:
  asyncio::Task<> task_;
};

// Throws asyncio::ValueError if it is 0 or longer than asyncio::max_sleep_ms.
void check_debounce_ms(std::uint32_t debounce_ms);

// Calls `check`, a member function of the driver, at once and then each `period_ms`, until the task stops.
template <auto check, class Driver>
asyncio::Coro<> poll(Driver* driver, const DriverTask* task, std::uint32_t period_ms, Site site) {
  for (;;) {
    (driver->*check)();
    if (!task->running()) co_return;
    co_await asyncio::sleep_ms(period_ms, site);
  }
}

}  // namespace drivers
