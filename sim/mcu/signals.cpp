#include "mcu/signals.hpp"

#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <ctime>
#include <initializer_list>

#include "mcu/board.hpp"

namespace sim {
namespace {

constexpr int seconds_of_hang = 3;

// And of real time without using any CPU: the firmware waits for something that is not on the board.
constexpr long look_every_us = 250'000;
constexpr int looks_of_block = 12;
constexpr std::int64_t no_cpu_ns = 20'000'000;

// What the handlers need: a stack of their own, since the crash may be a stack overflow, and the last look at
// progress.
struct Watch {
  alignas(16) char stack[64 * 1024];
  std::uint64_t progress;
  int seconds_without;
  std::uint64_t progress_seen;
  std::int64_t cpu_seen_ns;
  int looks_without;
  volatile bool interrupted;
};
constinit Watch watch{};

void crashed(int signal) {
  std::signal(signal, SIG_DFL);
  board.stop_in_signal(trace::Stop::crashed, signal);
  std::raise(signal);
}

void second_passed(int) {
  const std::uint64_t progress = board.progress();
  watch.seconds_without = progress == watch.progress ? watch.seconds_without + 1 : 0;
  watch.progress = progress;
  if (watch.seconds_without < seconds_of_hang) return;
  board.stop_in_signal(trace::Stop::hung, 0);
  ::_exit(1);
}

std::int64_t cpu_time_ns() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void interrupted(int) {
  watch.interrupted = true;
  board.interrupt();
}

void quarter_second_passed(int) {
  const std::uint64_t progress = board.progress();
  const std::int64_t cpu_ns = cpu_time_ns();
  const bool stands_still = progress == watch.progress_seen && !board.is_writing();
  const bool blocked = stands_still && cpu_ns - watch.cpu_seen_ns < no_cpu_ns;
  watch.looks_without = blocked ? watch.looks_without + 1 : 0;
  watch.progress_seen = progress;
  watch.cpu_seen_ns = cpu_ns;
  if (watch.interrupted && stands_still) {
    // Asked to stop, and it has not come to where it would.
    board.stop_in_signal(trace::Stop::interrupted, 0);
    ::_exit(1);
  }
  if (watch.looks_without < looks_of_block) return;
  board.stop_in_signal(trace::Stop::hung, 0,
                       "it waits for something that is not on the board, as ::sleep() and std::cin do; "
                       "time::sleep_ms() and asyncio::sleep_ms() wait on the board");
  ::_exit(1);
}

void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = flags | SA_ONSTACK;
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

  handle(SIGPROF, second_passed, SA_RESTART);
  const itimerval every_second{{1, 0}, {1, 0}};
  setitimer(ITIMER_PROF, &every_second, nullptr);

  handle(SIGALRM, quarter_second_passed, SA_RESTART);
  const itimerval look_often{{0, look_every_us}, {0, look_every_us}};
  setitimer(ITIMER_REAL, &look_often, nullptr);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) handle(signal, interrupted, SA_RESTART);
}

}  // namespace sim
