// The virtual CPU. The firmware runs on a stack of its own; whatever it does takes time, and when that time
// comes to an alarm, the CPU leaves the firmware's stack, lets the alarm go off, serves the interrupts that
// follow from it, and returns, in the middle of the firmware's code. So all that is not the firmware runs
// between two moments of it.
//
//     firmware's stack:  code --spend()--.          .-- handlers of interrupts --> code
//                                        v          |
//     the process's own:             time moves, alarms go off, limits are checked
//
// A slice that takes longer than the limit is a hog; code that never gives control back is stopped as hung.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "mcu/alarms.hpp"
#include "mcu/clock.hpp"
#include "mcu/interrupts.hpp"

namespace sim {

struct Limits {
  std::uint64_t run_ns = Clock::never;    // the board stops when its time is up
  std::uint64_t hog_ns = 100'000'000;     // a longer slice is a hog
  std::uint64_t hang_ns = 3'000'000'000;  // a longer one is stopped
};

class Cpu {
 public:
  constexpr Cpu() = default;
  Cpu(const Cpu&) = delete;
  Cpu& operator=(const Cpu&) = delete;
  ~Cpu();

  void start(const Limits& limits);
  // Before anything else: the time goes on from there.
  void start_at(std::uint64_t time_ns) {
    clock_.jump_to(time_ns);
    called_ns_ = now_ns();
    set_checkpoint();
  }
  // Runs the firmware. It ends by Board::stop().
  [[noreturn]] void run(std::function<void()> firmware);

  std::uint64_t now_ns() const { return clock_.now_ns(); }
  std::uint64_t end_ns() const { return clock_.end_ns(); }
  Alarms& alarms() { return alarms_; }
  Interrupts& interrupts() { return interrupts_; }

  // --- The firmware spends time. All of these serve interrupts, which then take their time too.

  // On a line of its own code.
  void work(std::uint64_t duration_ns) {
    const std::uint64_t then = now_ns() + duration_ns;
    if (then < checkpoint_ns_ && then < alarms_.next_ns()) {
      clock_.advance(duration_ns);
    } else {
      pass_until(then, true);
    }
  }
  // On a call of the hardware's.
  void spend(std::uint64_t duration_ns) {
    called_ns_ = now_ns();
    work(duration_ns);
  }
  // On nothing, until a time.
  void wait_until(std::uint64_t time_ns);
  // The scheduler has chosen a task: a slice begins.
  void begin_slice(std::uint64_t switch_ns);
  // The CPU sleeps until that time or an interrupt was served, also one since it last did. Clock::never:
  // nothing but an interrupt ends it.
  void idle_until(std::uint64_t time_ns);
  // The program asks for sleep in the middle of a slice: until that time or an interrupt is pending, or
  // whatever is pending. Whoever calls these serves what is, with serve_interrupts().
  void sleep_until(std::uint64_t time_ns) { wait_for_interrupt(time_ns, true); }
  void sleep_through(std::uint64_t time_ns) { wait_for_interrupt(time_ns, false); }
  // Jumps on the spot for ever, as for (;;) {} does.
  [[noreturn]] void spin();
  // Those that are pending, unless they are masked or one is being served.
  void serve_interrupts();

  std::uint32_t mask_interrupts() { return masked_++; }
  void unmask_interrupts(std::uint32_t depth);
  // Those that are pending are served when time passes next.
  void unmask_interrupts_later(std::uint32_t depth);
  bool in_interrupt() const { return serving_ != nullptr; }

  // No time passes any more: the board has stopped.
  void stop() { stopped_ = true; }
  // Checks the limits, whether the board was interrupted, and for interrupts to serve, when time passes next.
  // Also from a signal handler.
  void look_at_limits() { checkpoint_ns_ = 0; }
  // Is this address where the firmware's stack overflows?
  bool is_stack_guard(const void* address) const;

 private:
  struct Stack;
  void pass_until(std::uint64_t then, bool interrupts_add);
  void leave_firmware();
  void tick();
  void check_limits();
  std::uint64_t busy_since_ns() const;
  static bool watchdog_ends(std::uint64_t hung_ns);
  void set_checkpoint();
  void wait_for_interrupt(std::uint64_t time_ns, bool interrupts_end_it);

  Clock clock_;
  Limits limits_;
  Alarms alarms_;
  Interrupts interrupts_;
  Interrupt* serving_ = nullptr;
  bool event_ = false;  // an interrupt was served since the loop last slept
  std::uint32_t masked_ = 0;
  volatile std::uint64_t checkpoint_ns_ = 0;  // when the limits must be looked at
  std::uint64_t slice_ns_ = 0;                // when the slice began
  std::uint64_t called_ns_ = 0;               // when the firmware last called the hardware or was interrupted
  bool in_slice_ = false;
  bool waits_ = false;  // in wait_until()
  bool hog_reported_ = false;
  bool stopped_ = false;
  bool in_firmware_ = false;  // on its stack
  Stack* stack_ = nullptr;    // owned; a complete type only in cpu.cpp
};

}  // namespace sim
