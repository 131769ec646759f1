// What a run comes to: per task how often and how long it ran, how long it was kept waiting and what energy
// it took, per lock how much it was fought for; and how often the board was reset.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/state.hpp"

namespace model {

struct TaskSummary {
  std::uint64_t slices = 0;
  std::uint64_t running_ns = 0;
  std::uint64_t asleep_ns = 0;  // of that, in machine::lightsleep() and idle()
  std::uint64_t longest_slice_ns = 0;
  std::uint64_t worst_latency_ns = 0;  // the longest it was ready and did not run
  std::uint64_t hogs = 0;              // slices over the limit
  std::uint32_t hog_site = 0;          // where it was at the limit in the longest of them
  double energy_mj = 0;                // while it ran, interrupts not included
};

struct InterruptSummary {
  std::uint32_t object = 0;
  std::uint64_t served = 0;
  std::uint64_t longest_ns = 0;
};

// What the board drew at 3.3 V since the trace said how much current it takes, in mJ. While it runs its
// current is the same whatever it does: this says who used it, not what for.
struct Energy {
  double tasks_mj = 0;
  double interrupts_mj = 0;
  double other_mj = 0;  // the loop itself, and code outside of every task
  double idle_mj = 0;
  double lightsleep_mj = 0;
  std::uint64_t measured_ns = 0;
  double total_mj() const { return tasks_mj + interrupts_mj + other_mj + idle_mj + lightsleep_mj; }
  double mean_ma() const;
};
inline constexpr double supply_volts = 3.3;

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
  // Those that were ever served, in the order in which they were first.
  const std::vector<InterruptSummary>& interrupts() const { return interrupts_; }
  // The time in which the board neither idled nor slept.
  std::uint64_t busy_ns() const { return busy_ns_; }
  // Nothing if the trace does not say what the board draws.
  const std::optional<Energy>& energy() const { return energy_; }
  std::uint64_t resets() const { return resets_; }
  std::uint64_t watchdog_resets() const { return watchdog_resets_; }

 private:
  LockSummary& lock(std::uint32_t object);
  void add_spans(const State& state);
  void add_interrupt(const trace::Record& record, const State& state);
  void add_energy(const State& state);

  // Who has the CPU.
  enum class User : std::uint8_t { task, interrupt, other, idle, lightsleep };

  std::vector<TaskSummary> tasks_;
  std::vector<LockSummary> locks_;
  std::vector<InterruptSummary> interrupts_;
  std::size_t served_ = 0;  // the one being served, in interrupts_; they do not nest
  std::uint64_t served_since_ns_ = 0;
  std::uint64_t busy_ns_ = 0;
  std::uint64_t busy_since_ns_ = 0;
  bool rests_ = false;
  std::optional<Energy> energy_;
  std::optional<Power> power_;  // until now
  User user_ = User::other;     // since used_since_ns_
  std::uint32_t user_task_ = 0;
  std::uint64_t used_since_ns_ = 0;
  std::uint64_t resets_ = 0;
  std::uint64_t watchdog_resets_ = 0;
  struct Hog {
    std::uint32_t task = 0;
    std::uint32_t site = 0;
  };
  Hog hog_;  // in the slice that runs
};

}  // namespace model
