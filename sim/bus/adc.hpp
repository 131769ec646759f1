// The analog-to-digital converter of the virtual board: what it measures on a pin's net, noise included, and
// its temperature sensor. machine::ADC stands on it.
#pragma once

#include <cstdint>
#include <optional>

#include "mcu/random.hpp"

namespace sim {

class Adc {
 public:
  static constexpr unsigned first_pin = 26;  // RP2040 datasheet 4.9.1: GPIO 26 to 29 are channels 0 to 3
  static constexpr unsigned pin_channels = 4;
  static constexpr unsigned temperature_channel = 4;

  constexpr Adc() = default;

  // One measurement, 0 to 4095.
  std::uint16_t measure(unsigned channel);
  // The chip's, in °C, from now on. 27 at first.
  void set_temperature(double celsius) { celsius_ = celsius; }

 private:
  // What is at the channel, as part of the supply: 0 to 1.
  double voltage(unsigned channel) const;
  double floating(unsigned channel) const;

  std::optional<Random> noise_;  // from the first measurement on
  double celsius_ = 27;
};

}  // namespace sim
