// The trace as Chrome Trace Event JSON, which Perfetto (ui.perfetto.dev) and chrome://tracing open. A task is
// a thread; its slices, its waits and its time in the ready queue lie on that thread, wake-ups are arrows
// between them; locks, interrupts, what goes over a bus and what parts show have tracks of their own, pins
// and the board's current are counters, console output is marked where it was printed, and so is what went
// wrong: a hog, an error on a bus, a reset.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "model/cstrace.hpp"
#include "model/state.hpp"
#include "model/transfer.hpp"

namespace model {

class ChromeJsonWriter {
 public:
  ChromeJsonWriter(std::ostream& file, const TraceInfo& info);

  // After state.apply(record).
  void write(const trace::Record& record, const State& state);
  // After state.finish().
  void finish(const State& state);

 private:
  // What is known of a task's present slice and wait when they begin, and written when they end.
  struct Pending {
    std::string why;
    std::string wait;
    std::uint64_t flow = 0;  // the arrow that woke it; 0: none
  };
  void event(const std::string& json);
  void name_thread(std::uint32_t tid, const std::string& name);
  void mark(const State& state);
  void interrupt(const trace::Record& record, const State& state);
  void end_interrupt(const State& state);
  void transfer(const Transfer& transfer);
  void part(const ConsoleText& shown);
  void end_part(const std::string& id, std::uint64_t end_ns);
  void lightsleep(bool begins, std::uint64_t now_ns);
  void pwm(const trace::Record& record);
  void current(const State& state);
  std::uint32_t track(const std::string& name);
  void slice(const std::string& name, const char* category, std::uint32_t tid, std::uint64_t begin_ns,
             std::uint64_t end_ns);
  void wake(const State& state, const Task& task);
  void spans(const State& state);

  std::ostream& file_;
  bool first_ = true;
  std::uint64_t flows_ = 0;
  std::vector<Pending> pending_;  // task number n at n - 1
  // Interrupts that are being served, innermost last.
  struct Served {
    std::uint32_t number;
    std::uint64_t begin_ns;
  };
  std::vector<Served> served_;
  std::set<std::uint32_t> named_interrupts_;
  Transfers transfers_;
  std::map<std::string, std::uint32_t> tracks_;  // by name: what is neither task nor interrupt
  struct Shown {
    std::string text;
    std::uint64_t since_ns;
  };
  std::map<std::string, Shown> parts_;
  std::optional<std::uint64_t> asleep_since_ns_;
  std::optional<std::uint32_t> current_ua_;
};

}  // namespace model
