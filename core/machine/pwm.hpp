// PWM: a pin that is high for a part of each period, as MicroPython's machine.PWM. Runs by itself, without
// the CPU. The board this is linked with defines what has no body here.
//
//   machine::PWM buzzer(15, 440, 32768);
//
// A board makes pulses by slices of two channels. The two pins of a slice have one frequency: what sets it
// for one sets it for the other, whose duty stays what it was. Two pins of one channel show the same pulses.
// On an RP2040 pins 2n and 2n+1 are a slice, and pins n and n+16 one channel. What is set takes effect when
// the period that is under way ends; what is read is what the board makes of it, to the nearest.
#pragma once

#include <cstdint>

#include "machine/pin.hpp"

namespace machine {

class PWM {
 public:
  // `freq` in Hz, on an RP2040 at 125 MHz from 8 to 62'500'000; `duty_u16` of 65535 is always high. Throws
  // asyncio::ValueError for a pin that is not there and a frequency the board cannot make. The pin is the
  // PWM's until deinit(), or until something else is made of it.
  PWM(Pin pin, std::uint32_t freq, std::uint16_t duty_u16);
  PWM(int pin, std::uint32_t freq, std::uint16_t duty_u16) : PWM(Pin(pin), freq, duty_u16) {}

  std::uint32_t freq() const;
  void freq(std::uint32_t hz) const;
  std::uint16_t duty_u16() const;
  void duty_u16(std::uint16_t duty) const;
  // How long the pin is high in each period, in ns. Throws asyncio::ValueError if that is longer than the
  // period.
  std::uint32_t duty_ns() const;
  void duty_ns(std::uint32_t ns) const;
  // The pin is low from here on. freq() and duty are 0 then, and setting them throws asyncio::RuntimeError.
  void deinit() const;

 private:
  unsigned char pin_;
};

}  // namespace machine
