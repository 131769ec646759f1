// The pins of the virtual board: how each is set up, what it drives, and the level that results. Every change
// of a level goes into the trace.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "machine/pin.hpp"
#include "mcu/interrupts.hpp"

namespace sim {

class Gpio {
 public:
  static constexpr std::size_t most_pins = 64;
  static bool exists(int pin);

  // All pins given to these must exist.
  void irq(unsigned pin, machine::Pin::Handler handler, int trigger, trace::Site site);
  void configure(unsigned pin, machine::Pin::Mode mode, machine::Pin::Pull pull);
  // What the pin drives, now or once it is an output.
  void drive(unsigned pin, bool high);
  bool driven(unsigned pin) const { return pins_[pin].driven; }
  bool level(unsigned pin) const { return level_of(pins_[pin]); }

 private:
  // What the firmware wants to hear of a pin's edges.
  struct Irq {
    explicit Irq(unsigned pin);
    Interrupt interrupt;
    machine::Pin::Handler handler;
    int trigger = 0;
  };
  struct State {
    machine::Pin::Mode mode = machine::Pin::IN;
    machine::Pin::Pull pull = machine::Pin::PULL_NONE;
    bool driven = false;
    bool traced = false;  // its level is in the trace: `last` then says which
    bool last = false;
    std::unique_ptr<Irq> irq{};
  };
  // An input nobody drives is what its pull makes it; without one it reads low.
  static bool level_of(const State& pin);
  void trace_change(unsigned pin);

  std::array<State, most_pins> pins_;
};

}  // namespace sim
