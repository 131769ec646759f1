// EButton: a debounced button as four Events. Hinch's.
//
//   drivers::EButton button(machine::Pin(14, machine::Pin::IN, machine::Pin::PULL_UP), {.suppress = true});
//   for (;;) {
//     button.press.clear();
//     co_await button.press.wait();
//     …
//   }
//
// A press is seen when a task of the button's own next looks at the pin, at most debounce_ms later. Events
// are set in this order:
//                     suppress = false                           suppress = true
//   short press       press, release                             press, release
//   long press        press, long_press, release                 long_press, release
//   double click      press, release, press, double_click,       double_click, release
//                     release
// A press is long when it has lasted long_press_ms; a click is a double one at once with the second press, if
// that comes before double_click_ms are over; the second press is never long. With `suppress`, the events of
// a short press are set when it can be nothing else: both at once, double_click_ms after the press or when
// the button is released, whichever is later (Hinch's leaves out `press` in the second case).
#pragma once

#include "asyncio/delay_ms.hpp"
#include "asyncio/event.hpp"
#include "drivers/button_options.hpp"
#include "drivers/driver_task.hpp"
#include "machine/pin.hpp"

namespace drivers {

class EButton {
 public:
  // The pin must be set up: an input, with the pull that the wiring needs. May be made before run(). Throws
  // asyncio::ValueError for times that make no sense, see check_times().
  explicit EButton(machine::Pin pin, const ButtonOptions& options = {}, Site site = {});
  EButton(const EButton&) = delete;
  EButton& operator=(const EButton&) = delete;
  // deinit(). A task that still waits for one of its events gets a RuntimeError.
  ~EButton() = default;

  // Is it pressed, debounced?
  bool operator()() const { return pressed_; }
  // Is it pressed now, bounce and all?
  bool rawstate() const { return (pin_.value() != 0) != sense_; }

  // Sets no more events, and clears them.
  void deinit(Site site = {});

  // The program clears them. (Hinch's are named press, release, long and double; the last two are words of
  // C++.)
  asyncio::Event press;
  asyncio::Event release;
  asyncio::Event long_press;
  asyncio::Event double_click;

 private:
  void check();
  void pressed_now();
  void released_now();
  void long_time_is_up();
  void double_time_is_up();
  void was_short();

  machine::Pin pin_;
  bool sense_;  // the level while it is not pressed
  bool suppress_;
  bool pressed_;
  bool double_possible_ = false;  // the time for a second press is not over
  bool undecided_ = false;        // it was pressed, and with `suppress` nothing was set yet
  [[no_unique_address]] Site site_;
  asyncio::Delay_ms long_delay_;
  asyncio::Delay_ms double_delay_;
  DriverTask task_;
};

}  // namespace drivers
