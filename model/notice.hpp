// What a trace says of the board besides scheduling, in words: a task that hogs the CPU, errors on a bus, a
// reset, what was done from outside.
#pragma once

#include <string>

#include "model/state.hpp"

namespace model {

struct Notice {
  const char* category = "";  // "hog", "conflict", "uart", "i2c", "reset", "input"; empty: nothing to say
  std::string text;           // a clause: no capital, no full stop
  std::uint64_t time_ns = 0;
  std::uint32_t task = 0;  // of a hog
  // Whether something is wrong; if not, it only happened.
  bool warning = false;
  explicit operator bool() const { return *category != '\0'; }
};

// Of the record just applied. What was done from outside is said when its text is complete.
Notice notice(const State& state);

// "interrupt button", "an interrupt" for one without a name.
std::string interrupt_text(const State& state, std::uint32_t number);

}  // namespace model
