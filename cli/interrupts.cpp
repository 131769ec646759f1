#include "cli/interrupts.hpp"

#include <csignal>
#include <initializer_list>

namespace cli {
namespace {

volatile std::sig_atomic_t signal_came = 0;

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = [](int) { signal_came = 1; };
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGQUIT}) sigaction(signal, &action, nullptr);
  struct sigaction before = {};
  sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);  // as nohup wants it
}

bool interrupted() { return signal_came != 0; }

}  // namespace cli
