// ButtonActions: what Pushbutton and TouchButton have in common: tells a press, a release, a long press and a
// double click apart, and for each calls a function, starts a coroutine or sets an Event.
//
//   button.press_func(toggle, std::tuple(&led));
//   button.long_func([&] { print("long\n"); });
//   button.double_func(drivers::bound_event);
//   co_await button.double_click.wait(); button.double_click.clear();
//
// A press is seen when a task of the button's own next looks at it, at most debounce_ms later. The actions
// come in this order:
//   short press       press, release
//   long press        press, long (long_press_ms after the press), release
//   double click      press, release, press, double, release: double at once with the second press, if that
//                     comes before double_click_ms are over; the second press is never long
//
// With `suppress`, release comes for nothing but a short press: not after a long press or a double click, if
// there is something to do for those. If there is something to do for a double click, it waits until
// double_click_ms after the press, when there can be none any more. Press comes at once all the same.
#pragma once

#include <optional>
#include <tuple>
#include <utility>

#include "asyncio/delay_ms.hpp"
#include "asyncio/event.hpp"
#include "drivers/button_options.hpp"
#include "drivers/callback_slot.hpp"
#include "drivers/driver_task.hpp"

namespace drivers {

class ButtonActions {
 public:
  ButtonActions(const ButtonActions&) = delete;
  ButtonActions& operator=(const ButtonActions&) = delete;

  // What to do at a press: call a function, or start a coroutine as a task; none: nothing. All of these may
  // be called at any time, also by a callback. Those for long presses and double clicks each add a task.
  void press_func(asyncio::Callback function = {}) { press_func_.set(std::move(function)); }
  // … with arguments, which are kept: press_func(toggle, std::tuple(&led)).
  template <class F, class... Args>
  void press_func(F function, std::tuple<Args...> args) {
    press_func(asyncio::Callback(std::move(function), std::move(args)));
  }
  // … or set `press`.
  void press_func(BoundEvent, Site site = {}) {
    press_func([this, site] { press.set(site); });
  }

  void release_func(asyncio::Callback function = {}) { release_func_.set(std::move(function)); }
  template <class F, class... Args>
  void release_func(F function, std::tuple<Args...> args) {
    release_func(asyncio::Callback(std::move(function), std::move(args)));
  }
  void release_func(BoundEvent, Site site = {}) {
    release_func([this, site] { release.set(site); });
  }

  void long_func(asyncio::Callback function = {});
  template <class F, class... Args>
  void long_func(F function, std::tuple<Args...> args) {
    long_func(asyncio::Callback(std::move(function), std::move(args)));
  }
  void long_func(BoundEvent, Site site = {}) {
    long_func([this, site] { long_press.set(site); });
  }

  void double_func(asyncio::Callback function = {});
  template <class F, class... Args>
  void double_func(F function, std::tuple<Args...> args) {
    double_func(asyncio::Callback(std::move(function), std::move(args)));
  }
  void double_func(BoundEvent, Site site = {}) {
    double_func([this, site] { double_click.set(site); });
  }

  // Is it pressed, debounced?
  bool operator()() const { return pressed_; }

  // Nothing comes any more; coroutines that were started run on.
  void deinit();

  // Each set if bound_event was asked for. The program clears them. (Hinch's are named press, release, long
  // and double; the last two are words of C++.)
  asyncio::Event press;
  asyncio::Event release;
  asyncio::Event long_press;
  asyncio::Event double_click;

 protected:
  // Throws asyncio::ValueError for times that make no sense, see check_times().
  ButtonActions(const ButtonOptions& options, Site site);
  // deinit(). A task that still waits for one of its events gets a RuntimeError.
  ~ButtonActions() = default;

  // The derived class calls it once, when it is complete: `check` is a member function of it that reads the
  // button and calls update().
  template <auto check, class Button>
  void start(Button* button, const char* name) {
    task_.start(poll<check>(button, &task_, options_.debounce_ms, site_), name, site_);
  }
  void update(bool pressed);

  ButtonOptions options_;
  bool pressed_ = false;
  [[no_unique_address]] Site site_;

 private:
  void pressed_now();
  void released_now();
  void long_time_is_up();
  void double_time_is_up();

  bool long_done_ = false;        // this press was a long one
  bool double_done_ = false;      // this press was the second of a double click
  bool double_possible_ = false;  // the time for a second press is not over
  CallbackSlot press_func_;
  CallbackSlot release_func_;
  CallbackSlot long_func_;
  CallbackSlot double_func_;
  std::optional<asyncio::Delay_ms> long_delay_;  // once there was a long_func
  std::optional<asyncio::Delay_ms> double_delay_;
  DriverTask task_;
};

}  // namespace drivers
