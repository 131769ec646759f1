// The pins of the virtual board: what each is connected to in the chip, what it drives, and its interrupts.
// Every change of the level of a pin the firmware has set up goes into the trace.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "bus/net.hpp"
#include "machine/pin.hpp"
#include "mcu/interrupt_handler.hpp"
#include "mcu/interrupts.hpp"

namespace sim {

class Gpio : public NetListener {
 public:
  static constexpr std::size_t most_pins = 64;
  static constexpr std::uint32_t pull_ohms = 60'000;  // RP2040 datasheet 5.5.3: 50 to 80 kohm
  static bool exists(int pin);

  constexpr Gpio() = default;
  // Once, before anything else.
  void start();

  // Who drives a pin: machine::Pin, or a peripheral.
  enum class Function : unsigned char { gpio, uart, i2c, pwm, adc };

  // All pins given to these must exist.
  void irq(unsigned pin, machine::Pin::Handler handler, int trigger, trace::Site site);
  // As machine::Pin wants it.
  void configure(unsigned pin, machine::Pin::Mode mode, machine::Pin::Pull pull);
  // What the pin drives, now or once it is an output.
  void drive(unsigned pin, bool high);
  bool driven(unsigned pin) const { return states_[pin].driven; }
  // Low for a pin that is the ADC's: its digital input is off (RP2040 datasheet 4.9.1).
  bool level(unsigned pin) const {
    return states_[pin].function != Function::adc && terminals_[pin].is_high();
  }

  // Gives the pin to a peripheral, which drives it through terminal(); its own record tells what goes over
  // it.
  void connect(unsigned pin, Function function, Drive drive = Drive::nothing());
  // The pin is an input again, if that peripheral still has it.
  void disconnect(unsigned pin, Function function);
  Function function(unsigned pin) const { return states_[pin].function; }
  Terminal& terminal(unsigned pin) { return terminals_[pin]; }

  void on_change(Terminal& terminal) override;

 private:
  // What the firmware wants to hear of a pin's edges.
  struct Irq {
    explicit Irq(unsigned pin);
    Interrupt interrupt;
    InterruptHandler<machine::Pin> handler;
    int trigger = 0;
  };
  struct State {
    Function function = Function::gpio;
    machine::Pin::Mode mode = machine::Pin::IN;
    machine::Pin::Pull pull = machine::Pin::PULL_NONE;
    bool driven = false;
    bool traced = false;  // its level is in the trace
    bool last = false;    // the level it had
    std::unique_ptr<Irq> irq{};
  };
  static Drive drive_of(const State& state);
  void look_at(unsigned pin);

  std::array<State, most_pins> states_;
  std::array<Terminal, most_pins> terminals_;
};

}  // namespace sim
