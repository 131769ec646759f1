// An ADC for tests of drivers: machine::ADC gives what a test says. Implements machine/adc.hpp.
#pragma once

#include <cstdint>

namespace fake_adc {

// Every channel at 0, nothing counted.
void reset();
// What read_u16() gives from now on, or from a time of the virtual board on.
void set(int channel, std::uint16_t reading);
void set_at_us(std::uint64_t time_us, int channel, std::uint16_t reading);
// How often the channel was read.
int reads(int channel);

}  // namespace fake_adc
