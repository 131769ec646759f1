// The board the tests of core/asyncio run on: a clock that moves only when told or when every task waits, a
// console that is kept, interrupts at given times. Implements asyncio/port.hpp (and trace/port.hpp).
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "trace/record.hpp"

namespace virtual_board {

// Thrown out of run() when every task waits and no interrupt is to come: nothing could ever happen again.
struct NothingCanHappen : std::runtime_error {
  NothingCanHappen() : std::runtime_error("every task waits and no interrupt is scheduled") {}
};

// As after power-on: time 0, empty console, no interrupts, a new event loop without exception handler, frame
// memory from the host.
void reset();

// What was printed since reset().
const std::string& output();

std::uint64_t now_us();
// The running code takes that long: interrupts that fall due meanwhile are served on the way.
void spend_us(std::uint64_t microseconds);
// Calls `interrupt` when the time comes: while the loop idles, or in spend_us().
void interrupt_at_us(std::uint64_t time, std::function<void()> interrupt);
// Deadlines the loop asked the board to sleep until, in order.
const std::vector<std::uint64_t>& idle_deadlines();
// Most recent depth of enter_critical() calls not matched by exit_critical().
int critical_depth();

// What the hooks recorded since reset(); empty when tracing is compiled out.
const std::vector<trace::Record>& trace_records();

// Stops keeping deadlines and records, until reset(): for tests that count allocations.
void forget_history();

// Frames are limited to `size` bytes from now on, until reset().
void limit_frame_memory(std::size_t size);

// Base of the tests: each starts on a reset board and must leave no frame behind.
class Test : public ::testing::Test {
 protected:
  void SetUp() override { reset(); }
  void TearDown() override;
};

}  // namespace virtual_board
