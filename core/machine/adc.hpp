// ADC: a voltage as a number, as MicroPython's machine.ADC. The board this is linked with defines what has no
// body here.
//
//   machine::ADC knob(26);
//   std::uint16_t level = knob.read_u16();   // 0 V: 0, the supply: 65535
#pragma once

#include <cstdint>

namespace machine {

class ADC {
 public:
  // The chip's temperature sensor.
  static constexpr int CORE_TEMP = 4;

  // A pin that can measure, or CORE_TEMP, or the number of a channel below it. Throws asyncio::ValueError for
  // any other.
  explicit ADC(int pin);
  // Takes a measurement: the 12 bits of the hardware, scaled to 16.
  std::uint16_t read_u16() const;

 private:
  unsigned char channel_;
};

}  // namespace machine
