// A reset of the board. The firmware's memory must be as at power-on, so the process runs its program anew in
// its own place; what the board keeps through a reset goes along in its environment.
#pragma once

#include <cstdint>

#include "machine/control.hpp"

namespace sim {

// What survives a reset.
struct Restart {
  std::uint64_t time_ns = 0;  // when that was; the board's time goes on
  machine::ResetCause cause = machine::PWRON_RESET;
  std::int64_t rtc_offset_us = 0;  // what RTC.datetime() set
};

// What the process before this one left, or the state at power-on. May be called before any constructor has
// run.
Restart last_restart();

// Runs the program anew. Only returns if the host refuses.
void restart_program(const Restart& restart);

}  // namespace sim
