// The global operator new of the test program, which counts how often it was called.
#pragma once

#include <cstddef>

namespace conformance {

// Allocations by operator new since the program started.
std::size_t heap_allocations();

}  // namespace conformance
