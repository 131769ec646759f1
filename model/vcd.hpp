// The trace as a Value Change Dump, for GTKWave, PulseView and sigrok: what a logic analyser on the board
// would have seen. Pins with their pulses, the lines of each UART and I2C bus bit by bit, and a wire for each
// task and each interrupt that is high while it runs.
//
//   model::VcdWriter writer(file, info);
//   for each record: state.apply(record); writer.write(record, state);
//   state.finish(); writer.finish(state);
//
// Which wires there are stands at the beginning of such a file, and is known at the end of the trace: nothing
// is written before finish(). Until then each change of a level takes 8 bytes.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "model/cstrace.hpp"
#include "model/state.hpp"
#include "model/wire.hpp"

namespace model {

class VcdWriter {
 public:
  VcdWriter(std::ostream& file, const TraceInfo& info);

  // After state.apply(record).
  void write(const trace::Record& record, const State& state);
  // After state.finish(). Writes everything.
  void finish(const State& state);

 private:
  struct Uart {
    Wire* tx = nullptr;
    Wire* rx = nullptr;
    UartLine sent;
    UartLine received;
  };
  struct I2c {
    Wire* scl = nullptr;
    Wire* sda = nullptr;
    I2cBus bus;
  };
  using Wires = std::deque<Wire>;  // a deque, because others point to what is in it

  Wire* task_wire(const State& state, std::uint32_t number);
  Wire* interrupt_wire(const State& state, std::uint32_t number);
  void who_runs(const State& state, std::uint64_t now_ns);
  Wire& pin_wire(std::uint32_t pin);
  void pin(const trace::Record& record, std::uint64_t now_ns);
  void pwm(const trace::Record& record, std::uint64_t now_ns);
  void uart(const trace::Record& record, std::uint64_t now_ns);
  void i2c(const trace::Record& record, std::uint64_t now_ns);
  void reset(std::uint64_t now_ns);
  std::string unused_name(const std::string& name);
  std::vector<const Wire*> write_header();
  void write_changes(const std::vector<const Wire*>& wires, std::uint64_t end_ns);

  std::ostream& file_;
  std::string about_;
  Wires pins_;
  Wires buses_;
  Wires tasks_;
  Wires interrupts_;
  std::map<std::uint32_t, Wire*> wire_of_pin_;
  std::map<std::uint32_t, PwmPin> pwms_;  // by pin
  std::map<std::uint32_t, Uart> uarts_;
  std::map<std::uint32_t, I2c> i2cs_;
  std::map<std::uint32_t, Wire*> wire_of_task_;
  std::map<std::uint32_t, Wire*> wire_of_interrupt_;
  std::set<std::string> names_;
  std::set<std::uint32_t> left_out_;  // tasks for which there was no wire
  std::uint32_t running_ = 0;
  std::uint32_t served_ = 0;  // the interrupt
  bool fast_ = false;         // there is a bus, or are pulses, too fast for steps of 1 us
};

}  // namespace model
