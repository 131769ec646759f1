#include "cli/interrupts.hpp"

#include <csignal>

namespace cli {
namespace {

volatile std::sig_atomic_t signal_came = 0;

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = [](int) { signal_came = 1; };
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return signal_came != 0; }

}  // namespace cli
