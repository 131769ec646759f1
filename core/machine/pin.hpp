// Pin: one pin of the board, read and driven as MicroPython's machine.Pin. A Pin is only the pin's number:
// copies are cheap and mean the same pin. The board this is linked with defines the functions without a body
// here.
//
//   machine::Pin led(25, machine::Pin::OUT);
//   led.on();
//   machine::Pin button(14, machine::Pin::IN, machine::Pin::PULL_UP);
//   if (button.value() == 0) led.toggle();
//   button.irq([](machine::Pin) { pressed.set(); }, machine::Pin::IRQ_FALLING);   // a ThreadSafeFlag
#pragma once

#include "asyncio/inplace_function.hpp"
#include "trace/site.hpp"

namespace machine {

class Pin {
 public:
  enum Mode : unsigned char { IN, OUT, OPEN_DRAIN };
  enum Pull : unsigned char { PULL_NONE, PULL_UP, PULL_DOWN };
  // Which edges interrupt; IRQ_FALLING | IRQ_RISING for both.
  enum Trigger : unsigned char { IRQ_FALLING = 4, IRQ_RISING = 8 };
  using Handler = asyncio::InplaceFunction<void(Pin)>;

  // Throws asyncio::ValueError if the board has no such pin. The first form leaves the pin's mode as it is,
  // which after a reset is IN without a pull. `value` is the level an output starts with; without it, the one
  // it has.
  explicit Pin(int id);
  Pin(int id, Mode mode, Pull pull = PULL_NONE) : Pin(id) { init(mode, pull); }
  Pin(int id, Mode mode, int value) : Pin(id) { init(mode, PULL_NONE, value); }
  Pin(int id, Mode mode, Pull pull, int value) : Pin(id) { init(mode, pull, value); }

  void init(Mode mode, Pull pull = PULL_NONE) { configure(mode, pull, keep_level); }
  void init(Mode mode, Pull pull, int value) { configure(mode, pull, value != 0 ? 1 : 0); }

  // The level on the pin: 0 or 1.
  int value() const;
  // Drives the pin low (0) or high (anything else). On an input, what it will drive once it is an output.
  // OPEN_DRAIN: 1 lets go of the pin.
  void value(int level) const;

  int operator()() const { return value(); }
  void operator()(int level) const { value(level); }
  void on() const { value(1); }
  void off() const { value(0); }
  void high() const { value(1); }
  void low() const { value(0); }
  void toggle() const;

  // Calls `handler` at each edge of `trigger`, in place of the one there was; nullptr: at none. It is called
  // as an interrupt (MicroPython's hard=True), between any two instructions: it must be short, may not wait,
  // create a coroutine or throw, and wakes a task by ThreadSafeFlag::set() or what is named ThreadSafe. An
  // edge while interrupts are masked or another handler runs is remembered, once.
  void irq(Handler handler, int trigger = IRQ_FALLING | IRQ_RISING, trace::Site site = {});

  int id() const { return id_; }

 private:
  static constexpr int keep_level = -1;
  void configure(Mode mode, Pull pull, int level);

  unsigned char id_;
};

}  // namespace machine
