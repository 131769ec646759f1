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

// What was done from outside, a line of an input file, in words: {"press":"btn1","for":"80ms"} is "press btn1
// for 80ms".
std::string input_text(const std::string& line);

// Of a pwm record: "1 kHz, 25 %", "end".
std::string pulses_text(const trace::Record& record);

// "0x76".
std::string i2c_address_text(unsigned address);

// "interrupt button", "an interrupt" for one without a name.
std::string interrupt_text(const State& state, std::uint32_t number);

}  // namespace model
