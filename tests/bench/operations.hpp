// What is measured: the operations, how many tasks take part and how often, and the pseudo-random sleeps.
// Shared by every competitor, so that all do the same work.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "meter.hpp"

namespace bench {

// yield         `tasks` tasks give way in turn. One operation: one task gives way and another runs.
// ping_pong     Two tasks, two events. Each repeats: wait for its own event, clear it, set the other's.
//               One operation: one hand-off.
// lock_handoff  `tasks` tasks repeat: acquire, give way while holding, release. The lock is handed to the
//               longest waiter, so every acquire waits. One operation: one hand-off.
// spawn         A task creates `tasks` tasks that do nothing, gives way once while they run and finish, and
//               starts again. One operation: one task created and finished.
// wake          `tasks` tasks sleep for Sleeps' times again and again. Time is virtual: when nothing is ready
//               it jumps to the next deadline. Measured from when all are asleep. One operation: one wake.
enum class Operation { yield, ping_pong, lock_handoff, spawn, wake };

// A row of the table. The numbers of operations are multiples of `tasks`, except for wake, which counts the
// wakes of all.
struct Row {
  Operation operation;
  std::size_t tasks;
  bool tasks_in_name;
  std::uint64_t operations;  // in one timed repetition
  std::uint64_t counted;     // when instructions are counted, which takes about 50 times as long
};

inline constexpr std::array<Row, 11> rows{{
    {Operation::yield, 2, true, 2'000'000, 100'000},
    {Operation::yield, 10, true, 2'000'000, 100'000},
    {Operation::yield, 100, true, 2'000'000, 100'000},
    {Operation::yield, 1'000, true, 2'000'000, 100'000},
    {Operation::ping_pong, 2, false, 2'000'000, 100'000},
    {Operation::lock_handoff, 10, false, 1'000'000, 100'000},
    {Operation::spawn, 100, false, 1'000'000, 100'000},
    {Operation::wake, 1'000, true, 1'000'000, 100'000},
    {Operation::wake, 10'000, true, 1'000'000, 100'000},
    {Operation::wake, 100'000, true, 1'000'000, 200'000},
    {Operation::wake, 1'000'000, true, 1'000'000, 1'000'000},
}};

constexpr std::string_view name(Operation operation) {
  switch (operation) {
    case Operation::yield:
      return "yield";
    case Operation::ping_pong:
      return "ping_pong";
    case Operation::lock_handoff:
      return "lock_handoff";
    case Operation::spawn:
      return "spawn";
    case Operation::wake:
      return "wake";
  }
  return "";
}

// "yield/10", "ping_pong": the first part of a benchmark's name.
inline std::string name(const Row& row) {
  std::string text(name(row.operation));
  return row.tasks_in_name ? text + "/" + std::to_string(row.tasks) : text;
}

// The times one sleeper sleeps: 1 to `sleepers` milliseconds, so that two wake in a millisecond on average
// however many there are. A linear congruential generator (Knuth's MMIX) seeded with the sleeper's index.
class Sleeps {
 public:
  Sleeps(std::size_t index, std::size_t sleepers)
      : state_((index + 1) * 0x9E3779B97F4A7C15u), range_(static_cast<std::uint32_t>(sleepers)) {}

  std::uint32_t next_ms() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>(((state_ >> 32) * range_) >> 32) + 1;
  }

 private:
  std::uint64_t state_;
  std::uint32_t range_;
};

// Counts the wakes of all sleepers and ends the measurement at the last one.
class Wakes {
 public:
  Wakes(Meter& meter, std::uint64_t wakes) : meter_(meter), left_(wakes) {}

  // After each wake: whether to sleep again.
  bool another() {
    if (left_ == 0) return false;
    if (--left_ > 0) return true;
    meter_.end();
    return false;
  }

 private:
  Meter& meter_;
  std::uint64_t left_;
};

}  // namespace bench
