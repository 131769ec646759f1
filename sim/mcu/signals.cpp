#include "mcu/signals.hpp"

#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <initializer_list>

#include "mcu/board.hpp"
#include "mcu/line_cost.hpp"

namespace sim {
namespace {

// The CPU time this process may use without the board's time moving. Library code the program calls costs no
// board time, so this must be long enough for the longest such call.
constexpr long look_every_cpu_us = 50'000;
constexpr int looks_of_hang = 100;

// And of real time without using any CPU: the firmware waits for something that is not on the board.
constexpr long look_every_us = 250'000;
constexpr int looks_of_block = 12;
constexpr std::int64_t no_cpu_ns = 20'000'000;

// What the handlers need: a stack of their own, since the crash may be a stack overflow, and the last look at
// progress.
struct Watch {
  alignas(16) char stack[64 * 1024];
  std::uint64_t progress;
  std::uint64_t blocks;
  int looks_without_cpu_progress;
  std::uint64_t progress_seen;
  std::int64_t cpu_seen_ns;
  int looks_without;
  volatile bool interrupted;
};
constinit Watch watch{};

// Where the program was when a signal came, and how to send it elsewhere.
class Interrupted {
 public:
  explicit Interrupted(void* context) : registers_(static_cast<ucontext_t*>(context)->uc_mcontext) {}

#if defined(__x86_64__)
  std::uintptr_t address() const { return static_cast<std::uintptr_t>(registers_.gregs[REG_RIP]); }
  std::uintptr_t stack() const { return static_cast<std::uintptr_t>(registers_.gregs[REG_RSP]); }
  bool jumps_to_itself() const {
    const auto* const code = reinterpret_cast<const unsigned char*>(address());
    static constexpr unsigned char near_jump[] = {0xe9, 0xfb, 0xff, 0xff, 0xff};
    return (code[0] == 0xeb && code[1] == 0xfe) || std::memcmp(code, near_jump, sizeof near_jump) == 0;
  }
  // As if it had called `function`, which does not return.
  void send_to(void (*function)()) {
    // Below what the code may keep under its stack pointer, and aligned as at a call.
    const std::uintptr_t stack = (static_cast<std::uintptr_t>(registers_.gregs[REG_RSP]) - 128) / 16 * 16 - 8;
    registers_.gregs[REG_RSP] = static_cast<greg_t>(stack);
    registers_.gregs[REG_RIP] = reinterpret_cast<greg_t>(function);
  }
#elif defined(__aarch64__)
  std::uintptr_t address() const { return registers_.pc; }
  std::uintptr_t stack() const { return registers_.sp; }
  bool jumps_to_itself() const {
    std::uint32_t code = 0;
    std::memcpy(&code, reinterpret_cast<const void*>(address()), sizeof code);
    return code == 0x14000000;  // b .
  }
  void send_to(void (*function)()) {
    registers_.sp = registers_.sp / 16 * 16;
    registers_.pc = reinterpret_cast<std::uintptr_t>(function);
  }
#else
#error "Coroscope does not know how this processor jumps to itself"
#endif

 private:
  mcontext_t& registers_;
};

void crashed(int signal, siginfo_t* info, void* context) {
  std::signal(signal, SIG_DFL);
  // A constructor before main() runs on the process's own stack, of which only the pointer is known.
  constexpr std::uintptr_t near = 64 * 1024;
  const auto from_stack = reinterpret_cast<std::uintptr_t>(info->si_addr) - Interrupted(context).stack();
  const bool overflow =
      signal == SIGSEGV && (board.cpu().is_stack_guard(info->si_addr) || from_stack + near < 2 * near);
  board.stop_in_signal(
      trace::Stop::crashed, signal, Interrupted(context).address(),
      overflow ? "stack overflow: functions call each other without end, or a local variable is too "
                 "large"
               : nullptr);
  std::raise(signal);
}

void spin() { board.cpu().spin(); }

// for (;;) {} runs no instrumented code, so nothing counts its time. It is found here; the program goes on in
// spin(), where time passes and interrupts are served.
void look(int, siginfo_t*, void* context) {
  const std::uint64_t progress = board.progress();
  const std::uint64_t blocks = line_cost.blocks();
  const bool stands_still = progress == watch.progress;
  const bool same_block = blocks == watch.blocks;
  watch.progress = progress;
  watch.blocks = blocks;
  watch.looks_without_cpu_progress = stands_still ? watch.looks_without_cpu_progress + 1 : 0;
  if (!stands_still) return;
  Interrupted interrupted(context);
  if (same_block && interrupted.jumps_to_itself()) {
    line_cost.set_position_at(interrupted.address());
    interrupted.send_to(spin);
    return;
  }
  if (watch.looks_without_cpu_progress < looks_of_hang) return;
  board.stop_in_signal(trace::Stop::hung, 0, interrupted.address());
  ::_exit(1);
}

std::int64_t cpu_time_ns() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void interrupted(int, siginfo_t*, void*) {
  watch.interrupted = true;
  board.interrupt();
}

void quarter_second_passed(int, siginfo_t*, void* context) {
  const std::uint64_t progress = board.progress();
  const std::int64_t cpu_ns = cpu_time_ns();
  const bool stands_still = progress == watch.progress_seen && !board.is_writing();
  const bool blocked = stands_still && cpu_ns - watch.cpu_seen_ns < no_cpu_ns;
  watch.looks_without = blocked ? watch.looks_without + 1 : 0;
  watch.progress_seen = progress;
  watch.cpu_seen_ns = cpu_ns;
  if (watch.interrupted && stands_still) {
    // Asked to stop, and it has not come to where it would.
    board.stop_in_signal(trace::Stop::interrupted, 0, Interrupted(context).address());
    ::_exit(1);
  }
  if (watch.looks_without < looks_of_block) return;
  board.stop_in_signal(trace::Stop::hung, 0, Interrupted(context).address(),
                       "it waits for something that is not on the board, as ::sleep() and std::cin do; "
                       "time::sleep_ms() and asyncio::sleep_ms() wait on the board");
  ::_exit(1);
}

void handle(int signal, void (*handler)(int, siginfo_t*, void*), int flags) {
  struct sigaction action = {};
  action.sa_sigaction = handler;
  action.sa_flags = flags | SA_ONSTACK | SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void watch_for_crashes_and_hangs() {
  stack_t stack = {};
  stack.ss_sp = watch.stack;
  stack.ss_size = sizeof watch.stack;
  sigaltstack(&stack, nullptr);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP}) handle(signal, crashed, 0);

  handle(SIGPROF, look, SA_RESTART);
  const itimerval often{{0, look_every_cpu_us}, {0, look_every_cpu_us}};
  setitimer(ITIMER_PROF, &often, nullptr);

  handle(SIGALRM, quarter_second_passed, SA_RESTART);
  const itimerval look_often{{0, look_every_us}, {0, look_every_us}};
  setitimer(ITIMER_REAL, &look_often, nullptr);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) handle(signal, interrupted, SA_RESTART);
}

}  // namespace sim
