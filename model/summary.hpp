// What a run comes to: per task how often and how long it ran and how long it was kept waiting, per lock how
// much it was fought for.
#pragma once

#include <cstdint>
#include <vector>

#include "model/state.hpp"

namespace model {

struct TaskSummary {
  std::uint64_t slices = 0;
  std::uint64_t running_ns = 0;
  std::uint64_t longest_slice_ns = 0;
  std::uint64_t worst_latency_ns = 0;  // the longest it was ready and did not run
};

struct LockSummary {
  std::uint32_t object = 0;
  std::uint64_t taken = 0;
  std::uint64_t held_ns = 0;
  std::uint64_t longest_hold_ns = 0;
  std::uint64_t waits = 0;  // how often somebody had to wait for it
  std::uint64_t longest_wait_ns = 0;
};

class Summary {
 public:
  // After state.apply(record).
  void apply(const trace::Record& record, const State& state);
  // After state.finish().
  void finish(const State& state);

  // Task number n at n - 1.
  const std::vector<TaskSummary>& tasks() const { return tasks_; }
  // Those that were ever taken, in the order of their creation.
  const std::vector<LockSummary>& locks() const { return locks_; }
  // The time in which the loop did not idle.
  std::uint64_t busy_ns() const { return busy_ns_; }

 private:
  LockSummary& lock(std::uint32_t object);
  void add_spans(const State& state);

  std::vector<TaskSummary> tasks_;
  std::vector<LockSummary> locks_;
  std::uint64_t busy_ns_ = 0;
  std::uint64_t busy_since_ns_ = 0;
  bool idle_ = false;
};

}  // namespace model
