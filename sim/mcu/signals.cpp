#include "mcu/signals.hpp"

#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <initializer_list>

#include "mcu/board.hpp"

namespace sim {
namespace {

constexpr int seconds_of_hang = 3;

// What the handlers need: a stack of their own, since the crash may be a stack overflow, and the last look at
// progress.
struct Watch {
  alignas(16) char stack[64 * 1024];
  std::uint64_t progress;
  int seconds_without;
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
}

}  // namespace sim
