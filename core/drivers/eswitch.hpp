// ESwitch: a debounced switch as two Events. Hinch's.
//
//   drivers::ESwitch lid(machine::Pin(14, machine::Pin::IN, machine::Pin::PULL_UP));
//   lid.close.clear();
//   co_await lid.close.wait();
//
// It is debounced as Switch is: a task of its own looks at the pin every debounce_ms.
#pragma once

#include <cstdint>

#include "asyncio/event.hpp"
#include "drivers/driver_task.hpp"
#include "machine/pin.hpp"

namespace drivers {

class ESwitch {
 public:
  static constexpr std::uint32_t default_debounce_ms = 50;

  // `lopen` is the level of the pin while the switch is open: 1 for a switch to ground with a pull-up, 0 for
  // one to the supply with a pull-down. The pin must be set up. May be made before run(). Throws
  // asyncio::ValueError if debounce_ms is 0.
  explicit ESwitch(machine::Pin pin, int lopen = 1, std::uint32_t debounce_ms = default_debounce_ms,
                   Site site = {});
  ESwitch(const ESwitch&) = delete;
  ESwitch& operator=(const ESwitch&) = delete;
  // deinit(). A task that still waits for one of its events gets a RuntimeError.
  ~ESwitch() = default;

  // Is it closed, debounced?
  bool operator()() const { return closed_; }

  // Sets no more events, and clears them.
  void deinit(Site site = {});

  // Set when it closes, and when it opens. The program clears them.
  asyncio::Event close;
  asyncio::Event open;

 private:
  bool read() const { return (pin_.value() != 0) != open_level_; }
  void check();

  machine::Pin pin_;
  bool open_level_;
  bool closed_;
  [[no_unique_address]] Site site_;
  DriverTask task_;
};

}  // namespace drivers
