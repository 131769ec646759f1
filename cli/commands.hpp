// The commands of the command line. Each gets the arguments behind its name and returns the exit status: 0,
// or 2 after one line on stderr that says what is wrong.
#pragma once

#include <string>
#include <vector>

namespace cli {

using Words = std::vector<std::string>;

int list_command(const Words& words);
int run_command(const Words& words);
int trace_command(const Words& words);
int doctor_command(const Words& words);

// Prints "coroscope: text" to stderr and returns 2.
int fail(const std::string& text);

}  // namespace cli
