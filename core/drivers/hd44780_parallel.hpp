// HD44780Parallel: a character display wired to six pins of the board, with RW tied to ground. For
// drivers::HD44780, hd44780.hpp.
//
//   drivers::HD44780Parallel pins({.rs = machine::Pin(12), .e = machine::Pin(11), .d4 = machine::Pin(5),
//                                  .d5 = machine::Pin(4), .d6 = machine::Pin(3), .d7 = machine::Pin(2)});
#pragma once

#include <cstdint>

#include "machine/pin.hpp"

namespace drivers {

class HD44780Parallel {
 public:
  struct Pins {
    machine::Pin rs;
    machine::Pin e;
    machine::Pin d4;
    machine::Pin d5;
    machine::Pin d6;
    machine::Pin d7;
  };
  // Makes them outputs, low.
  explicit HD44780Parallel(const Pins& pins);

  // For the driver. One takes about 4 us, a byte 8.
  void release() const { pins_.e.off(); }
  // The upper half of `byte`.
  void write_half(bool data, std::uint8_t byte) const;
  void write(bool data, std::uint8_t byte) const;

 private:
  void pulse(unsigned half) const;

  Pins pins_;
};

}  // namespace drivers
