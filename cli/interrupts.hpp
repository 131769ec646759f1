// Ctrl-C, a terminal that is closed: the program is told, and ends in its own time, with nothing half-written
// left behind.
#pragma once

namespace cli {

// From here on SIGINT, SIGTERM, SIGHUP and SIGQUIT no longer end the program but make interrupted() true, and
// blocking reads return. A SIGHUP that is ignored (nohup) stays ignored.
void catch_interrupts();
bool interrupted();

// Exit status of a program that Ctrl-C ended, as shells have it.
inline constexpr int interrupted_status = 130;

}  // namespace cli
