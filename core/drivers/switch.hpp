// Switch: a debounced switch between a pin and ground that calls a function, starts a coroutine or sets an
// Event when it closes or opens. Hinch's. Where events are enough, ESwitch (eswitch.hpp) is smaller.
//
//   drivers::Switch door(machine::Pin(14, machine::Pin::IN, machine::Pin::PULL_UP));
//   door.close_func(pulse, std::tuple(&led, 1000));   // Coro<> pulse(machine::Pin*, int ms)
//   door.open_func(drivers::bound_event);
//   co_await door.open.wait(); door.open.clear();
//
// A task of its own looks at the pin every debounce_ms. What it finds changed counts at once, and whatever
// the contact does until the next look does not: bounce that is over by then is never seen, and a change that
// does not last until a look may be missed.
#pragma once

#include <cstdint>
#include <tuple>
#include <utility>

#include "asyncio/event.hpp"
#include "drivers/callback_slot.hpp"
#include "drivers/driver_task.hpp"
#include "machine/pin.hpp"

namespace drivers {

class Switch {
 public:
  static constexpr std::uint32_t default_debounce_ms = 50;

  // The pin must be set up: an input, with a pull-up. May be made before run(). Throws asyncio::ValueError if
  // debounce_ms is 0.
  explicit Switch(machine::Pin pin, std::uint32_t debounce_ms = default_debounce_ms, Site site = {});
  Switch(const Switch&) = delete;
  Switch& operator=(const Switch&) = delete;
  // deinit(). A function it calls must not destroy it; a coroutine may. A task that still waits for one of
  // its events gets a RuntimeError.
  ~Switch() = default;

  // What to do when it closes: call a function, or start a coroutine as a task; none: nothing.
  void close_func(asyncio::Callback function = {}) { close_func_.set(std::move(function)); }
  // … with arguments, which are kept: close_func(print_line, std::tuple("closed")).
  template <class F, class... Args>
  void close_func(F function, std::tuple<Args...> args) {
    close_func(asyncio::Callback(std::move(function), std::move(args)));
  }
  // … or set `close`.
  void close_func(BoundEvent, Site site = {}) {
    close_func([this, site] { close.set(site); });
  }
  // What to do when it opens.
  void open_func(asyncio::Callback function = {}) { open_func_.set(std::move(function)); }
  template <class F, class... Args>
  void open_func(F function, std::tuple<Args...> args) {
    open_func(asyncio::Callback(std::move(function), std::move(args)));
  }
  void open_func(BoundEvent, Site site = {}) {
    open_func([this, site] { open.set(site); });
  }

  // The debounced level of the pin: 0 closed, 1 open.
  int operator()() const { return level_; }

  // No more callbacks and events; coroutines that were started run on.
  void deinit() { task_.stop(); }

  // Set if bound_event was asked for. The program clears them.
  asyncio::Event close;
  asyncio::Event open;

 private:
  void check();

  machine::Pin pin_;
  int level_;
  CallbackSlot close_func_;
  CallbackSlot open_func_;
  DriverTask task_;
};

}  // namespace drivers
