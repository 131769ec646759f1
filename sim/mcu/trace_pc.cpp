// What instrumented code calls: in a file of its own, because a fuzzer's runtime has such a function too.
#include "mcu/line_cost.hpp"

// gcc and clang call it at the beginning of each basic block. It must not throw.
// NOLINTNEXTLINE(readability-identifier-naming,bugprone-reserved-identifier)
extern "C" void __sanitizer_cov_trace_pc() {
  sim::line_cost.block(reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)));
}
