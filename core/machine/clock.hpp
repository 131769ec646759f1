// The board's clock as a program reads it; time.hpp stands on it. Each board defines both functions.
#pragma once

#include <cstdint>

namespace machine {

// asyncio::port::now_us(), called by the program rather than by the event loop: reading it takes CPU time, so
// that a program that waits by looking at the clock sees it move.
std::uint64_t clock_us();

// Keeps the CPU busy until clock_us() >= time_us. Interrupts are served, other tasks are not.
void busy_wait_until(std::uint64_t time_us);

}  // namespace machine
