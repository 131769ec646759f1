// Runs a firmware from power-on to its end. The board ends its process, so each run is a process of its own,
// which leaves its records in a file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mcu/board.hpp"
#include "trace/record.hpp"

namespace recording {

struct Recording {
  std::vector<trace::Record> records;
  std::string console;
  std::vector<std::string> inputs;  // as the trace has them
  std::vector<std::string> shown;   // by parts: "led1: on"
  int status = 0;                   // as waitpid() gives it

  const trace::Record& last_stop() const;
  trace::Stop why() const { return static_cast<trace::Stop>(last_stop().reason); }
  std::vector<trace::Record> of(trace::Kind kind) const;
};

// boards/pico/profile.
const sim::Profile& pico();

// `code`: a function that was compiled with what is to be charged for, or nullptr.
Recording run(const sim::Limits& limits, const std::function<int()>& firmware, const void* code = nullptr,
              std::uint64_t seed = 0);
inline Recording run(std::uint64_t run_ns, const std::function<int()>& firmware, std::uint64_t seed = 0) {
  sim::Limits limits;
  limits.run_ns = run_ns;
  return run(limits, firmware, nullptr, seed);
}

}  // namespace recording
