// TouchButton: a Pushbutton that is a touch pad: an electrode whose reading falls when a finger is near.
// Hinch's ESP32Touch. How the pad is read is the board's affair, so a function that reads it is passed.
//
//   drivers::TouchButton pad([] { return read_touch_pad(); }, {.threshold = 70});
//   pad.press_func([] { print("touched\n"); });
//
// What comes when, and what can be asked for, is in button_actions.hpp. The reading of the untouched pad is
// the highest there ever was. Touched when it is made, the pad counts as not touched: touching it begins to
// count when it has been let go, which calls nothing.
#pragma once

#include <cstdint>
#include <utility>

#include "asyncio/inplace_function.hpp"
#include "drivers/button_actions.hpp"

namespace drivers {

struct TouchOptions {
  // Touched: the reading is below so many percent of the untouched pad's. A large pad touched directly allows
  // a low one, a small one under a film needs a high one.
  int threshold = 80;
  // As in ButtonOptions:
  bool suppress = false;
  std::uint32_t debounce_ms = 50;
  std::uint32_t long_press_ms = 1000;
  std::uint32_t double_click_ms = 400;
};

class TouchButton : public ButtonActions {
 public:
  // Takes a reading; called each debounce_ms, it must be quick.
  using Read = asyncio::InplaceFunction<std::uint32_t()>;

  // May be made before run(). Throws asyncio::ValueError if `read` is empty, the threshold is not 1 to 99 %,
  // or for times that make no sense, see check_times(). A function it calls must not destroy it; a coroutine
  // may.
  explicit TouchButton(Read read, const TouchOptions& options = {}, Site site = {});

  // Is it touched now? Takes a reading.
  bool rawstate();
  // The highest reading so far, which stands for the untouched pad.
  std::uint32_t untouched() const { return untouched_; }

 private:
  void check() { update(rawstate()); }

  Read read_;
  std::uint32_t threshold_;  // percent
  std::uint32_t untouched_ = 0;
};

}  // namespace drivers
