// What a board or the simulator implements to receive a trace. Only needed where tracing is compiled in.
#pragma once

#include <cstddef>
#include <cstdint>

#include "trace/record.hpp"

namespace trace::port {

// Board time in nanoseconds, on the same axis as asyncio::port::now_us().
std::uint64_t now_ns();

// Takes the records collected so far; called when the recorder's buffer is full and on flush().
void drain(const Record* records, std::size_t count);

// The scheduler has chosen a task and is about to run it. The simulator charges the switch here, and
// pauses here when stepping; a board does nothing.
void decision();

}  // namespace trace::port
