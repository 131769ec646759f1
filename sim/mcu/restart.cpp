#include "mcu/restart.hpp"

#include <sys/time.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace sim {
namespace {

constexpr const char* variable = "COROSCOPE_RESTART";

std::vector<char*> arguments_in(std::string& command_line) {
  std::vector<char*> arguments;
  for (std::size_t at = 0; at < command_line.size(); at = command_line.find('\0', at) + 1) {
    arguments.push_back(command_line.data() + at);
  }
  arguments.push_back(nullptr);
  return arguments;
}

}  // namespace

Restart last_restart() {
  Restart restart;
  const char* const text = std::getenv(variable);
  int cause = 0;
  if (text == nullptr ||
      std::sscanf(text, "%" SCNu64 " %d %" SCNd64, &restart.time_ns, &cause, &restart.rtc_offset_us) != 3)
    return {};
  restart.cause = static_cast<machine::ResetCause>(cause);
  return restart;
}

void restart_program(const Restart& restart) {
  char text[80];
  std::snprintf(text, sizeof text, "%" PRIu64 " %d %" PRId64, restart.time_ns, restart.cause,
                restart.rtc_offset_us);
  ::setenv(variable, text, 1);
  // A timer outlives the program that set it, its handler does not.
  const itimerval never{};
  ::setitimer(ITIMER_PROF, &never, nullptr);
  ::setitimer(ITIMER_REAL, &never, nullptr);
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string command_line{std::istreambuf_iterator<char>(file), {}};
  if (command_line.empty()) return;
  ::execv("/proc/self/exe", arguments_in(command_line).data());
}

}  // namespace sim
