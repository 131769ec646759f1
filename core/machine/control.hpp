// The functions of MicroPython's module machine: the chip as a whole. The board this is linked with defines
// them.
#pragma once

#include <array>
#include <cstdint>

#include "trace/site.hpp"

namespace machine {

enum ResetCause : unsigned char { PWRON_RESET = 1, WDT_RESET = 3, SOFT_RESET = 5 };

// Starts the program again, as if power had come on; what it had in memory is gone.
[[noreturn]] void reset(trace::Site site = {});
// Why it was started last. reset() is SOFT_RESET.
ResetCause reset_cause();

// A number no other board has.
std::array<std::uint8_t, 8> unique_id();

// The frequency of the CPU in Hz. Setting it throws asyncio::ValueError if the board cannot make it. What is
// clocked by the CPU changes with it: an I2C is slower or faster until it is made again, and a PWM's pulses;
// time, Timer and UART do not.
std::uint32_t freq();
void freq(std::uint32_t hz);

// Stops the CPU and most of the chip for exactly so long, whatever happens; 0 ms: until an interrupt. RAM and
// pins stay as they are, and a PWM's pin at the level it has. What would have interrupted does when it ends,
// once each: a Timer too.
void lightsleep(std::uint32_t ms = 0);
// Stops the CPU until an interrupt.
void idle();

// No interrupt is served until enable_irq() gets what disable_irq() returned.
std::uint32_t disable_irq();
void enable_irq(std::uint32_t state);

}  // namespace machine
