// What the virtual board is and what it takes to do things on it: a Raspberry Pi Pico, RP2040 at 125 MHz (8
// ns a cycle). The costs are round figures of the right size, so that a trace reads like the board's; they
// are part of what a trace depends on.
#pragma once

#include <cstdint>

namespace sim::profile {

inline constexpr const char* board_name = "pico";

// GPIO0 to GPIO29; a Pico brings out 0 to 22 and 26 to 28, its LED is 25.
inline constexpr int pin_count = 30;
inline constexpr const char* no_such_pin =
    "Pin: there is no such pin on this board; a Pico has 0 to 29 (25 is its LED)";

// CPU time, in nanoseconds.
//
// The loop takes a task from the ready queue, looks at the clock, resumes the coroutine, and parks it again
// when it waits: about 250 cycles out of flash.
inline constexpr std::uint64_t task_switch_ns = 2000;
// Pin: a call and an access to the SIO block.
inline constexpr std::uint64_t pin_access_ns = 100;
// time::ticks_us() and the like: two reads of the 64-bit timer, a division.
inline constexpr std::uint64_t clock_read_ns = 500;
// A byte to the console: formatting it and putting it into the USB buffer.
inline constexpr std::uint64_t console_byte_ns = 1000;

}  // namespace sim::profile
