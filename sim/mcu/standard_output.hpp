// printf() and std::cout of a firmware: they go where print() goes.
#pragma once

namespace sim {

// From here on, what is written to stdout and std::cout is written to the board's console. Lines of stdout
// arrive when they are complete.
void send_standard_output_to_console();

}  // namespace sim
