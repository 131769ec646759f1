// The trace in words: why a task was chosen, what a task waits for. Written here once, so that the terminal,
// the window and exported traces say the same.
#pragma once

#include <string>

#include "model/state.hpp"

namespace model {

// In the texts of a few words an object that has a name goes by it alone; the whole explanation says what it
// is.

// Why a task became ready, in a few words: "its sleep is over", "anna released bus".
std::string reason_text(const State& state, const Task& task);

// What a task that waits is doing, in a few words: "sleeps until 500 ms", "waits for bus (anna has it)".
std::string wait_text(const State& state, const Task& task);

// An object in such a text: "bus", or "Lock #2 (main.cpp:12)" for one without a name.
std::string short_name(const State& state, std::uint32_t number);

// The whole explanation of state.last_decision(), given the state right after it: the reason, by whom and
// from which line, the latency, who else was ready and since when, what everyone else waits for and where.
std::string why_text(const State& state);

// The same of a task that is ready and will not run any more, after state.finish().
std::string still_ready_text(const State& state, const Task& task);

// How the run ended: "The 5 s are over.", "main() returned at 45.1 ms." More than one sentence when something
// is wrong.
std::string end_text(const State& state);

// The tasks that wait, one a line: name, what for, where. For a run that is stuck.
std::vector<std::string> waiting_texts(const State& state);

}  // namespace model
