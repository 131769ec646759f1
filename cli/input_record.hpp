// What is done to a board while it runs, kept as an input file, so that it can be done again: `run --record
// FILE` writes what `run --input FILE` reads. A JSON array with an object a line, in the order of time.
//
//   [
//   {"at":"2s","press":"btn1","for":"80ms"},
//   {"at":"5250ms","set":"bmp1.temperature","to":31.5}
//   ]
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "model/state.hpp"

namespace cli {

class InputRecord {
 public:
  // `out` must outlive it.
  explicit InputRecord(std::ostream& out) : out_(out) {}
  // After state.apply(record). What no input record says is left out: old traces have free text.
  void write(const trace::Record& record, const model::State& state);
  // After state.finish(). Completes the array; nothing may be written afterwards.
  void finish(const model::State& state);

 private:
  std::ostream& out_;
  bool first_ = true;
};

// The shortest text of a time that says it exactly: "2s", "2500ms", "2000001ns".
std::string exact_time_text(std::uint64_t time_ns);

}  // namespace cli
