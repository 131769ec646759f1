// CallbackSlot: where a driver keeps the function or coroutine it calls at an event. The callback may be
// replaced at any time, also by itself while it runs; one that throws is reported and does not stop the
// driver. BoundEvent: what a program passes instead of a callback to get an Event.
#pragma once

#include <utility>

#include "asyncio/launch.hpp"

namespace drivers {

// button.press_func(bound_event): sets button.press instead of calling anything (Hinch's press_func(None)).
struct BoundEvent {
  explicit BoundEvent() = default;
};
inline constexpr BoundEvent bound_event{};

// Passes the exception being handled to the loop's exception handler: "Exception in callback".
void report_callback_exception();

// Runs what a program gave a driver to run.
template <class F>
void call_back(F&& function) {
  try {
    std::forward<F>(function)();
  } catch (...) {
    report_callback_exception();
  }
}

class CallbackSlot {
 public:
  // Empty: none.
  void set(asyncio::Callback function) {
    exists_ = static_cast<bool>(function);
    function_ = std::move(function);
    replaced_ = true;
  }
  explicit operator bool() const { return exists_; }

  // Calls the function, or starts the coroutine as a task behind everything ready.
  void call() {
    if (!exists_) return;
    replaced_ = false;
    asyncio::Callback function = std::move(function_);
    call_back(function);
    if (!replaced_) function_ = std::move(function);
  }

 private:
  asyncio::Callback function_;  // elsewhere while it runs
  bool exists_ = false;
  bool replaced_ = false;  // while it runs
};

}  // namespace drivers
