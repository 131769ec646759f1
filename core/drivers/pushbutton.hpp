// Pushbutton: a debounced button that calls functions, starts coroutines or sets Events at a press, a
// release, a long press and a double click. Hinch's. Where events are enough, EButton (ebutton.hpp) is
// simpler to use.
//
//   drivers::Pushbutton button(machine::Pin(14, machine::Pin::IN, machine::Pin::PULL_UP));
//   button.press_func([&led] { led.toggle(); });
//   button.long_func(power_down);   // Coro<> power_down()
//
// What comes when, and what can be asked for, is in button_actions.hpp. The button may be normally open or
// normally closed, to ground or to the supply: see ButtonOptions::sense.
#pragma once

#include "drivers/button_actions.hpp"
#include "machine/pin.hpp"

namespace drivers {

class Pushbutton : public ButtonActions {
 public:
  // The pin must be set up: an input, with the pull that the wiring needs. May be made before run(). Throws
  // asyncio::ValueError for times that make no sense, see check_times(). A function it calls must not destroy
  // it; a coroutine may.
  explicit Pushbutton(machine::Pin pin, const ButtonOptions& options = {}, Site site = {})
      : ButtonActions(options, site), pin_(pin), sense_(options.sense.value_or(pin.value()) != 0) {
    pressed_ = rawstate();
    start<&Pushbutton::check>(this, "Pushbutton");
  }

  // Is it pressed now, bounce and all?
  bool rawstate() const { return (pin_.value() != 0) != sense_; }

 private:
  void check() { update(rawstate()); }

  machine::Pin pin_;
  bool sense_;  // the level while it is not pressed
};

}  // namespace drivers
