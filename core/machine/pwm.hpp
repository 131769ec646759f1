// PWM: a pin that is high for a part of each period, as MicroPython's machine.PWM. Runs by itself, without
// the CPU. The board this is linked with defines what has no body here.
//
//   machine::PWM buzzer(15, 440, 32768);
#pragma once

#include <cstdint>

#include "machine/pin.hpp"

namespace machine {

class PWM {
 public:
  // `freq` in Hz; `duty_u16` of 65535 is always high. Throws asyncio::ValueError for a pin that is not there
  // and a frequency the board cannot make.
  PWM(Pin pin, std::uint32_t freq, std::uint16_t duty_u16);
  PWM(int pin, std::uint32_t freq, std::uint16_t duty_u16) : PWM(Pin(pin), freq, duty_u16) {}

  std::uint32_t freq() const;
  void freq(std::uint32_t hz) const;
  std::uint16_t duty_u16() const;
  void duty_u16(std::uint16_t duty) const;
  // How long the pin is high in each period, in ns.
  std::uint32_t duty_ns() const;
  void duty_ns(std::uint32_t ns) const;
  // The pin is low from here on.
  void deinit() const;

 private:
  unsigned char pin_;
};

}  // namespace machine
