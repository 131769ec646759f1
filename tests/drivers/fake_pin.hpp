// Pins for tests of drivers: machine::Pin on levels that a test sets, now or at a time of the virtual board,
// with bounce if it likes, and with the interrupts that follow. Implements machine/pin.hpp.
#pragma once

#include <cstdint>
#include <vector>

#include "machine/pin.hpp"

namespace fake_pin {

inline constexpr int pin_count = 32;

// All pins as after a reset: inputs without pull or wire, at 0, without interrupts, nothing recorded.
void reset();

// What is wired to the pin makes it this level: an input then reads it, and interrupts if that is an edge.
void set(int id, int level);
// The same at a time.
void set_at_us(std::uint64_t time_us, int id, int level);
// A contact goes to `level` and bounces: the first change comes at time_us, the last one bounce_us later.
void contact_at_us(std::uint64_t time_us, int id, int level, std::uint64_t bounce_us = 0);
inline constexpr int changes_of_a_bounce = 9;

// Until false, interrupts are held back, each pin's remembered once, as behind a handler that runs long.
void hold_interrupts(bool held);

bool has_irq(int id);
// How the pin was set up.
machine::Pin::Mode mode(int id);
machine::Pin::Pull pull(int id);
// What the program drove it to, in order: each call of value(level), on(), toggle() …
const std::vector<int>& driven(int id);

}  // namespace fake_pin
