// diagram.json, onto a board that has no power yet.
#include <cstdint>
#include <string_view>

#include "host/diagram.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sim::Diagram diagram;
  const auto error = diagram.read({reinterpret_cast<const char*>(data), size});
  if (error && (error->text.empty() || error->line < 1)) __builtin_trap();
  return 0;
}
