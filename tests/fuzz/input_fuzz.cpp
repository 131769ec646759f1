// A file of inputs, for a board with a part of each kind of input.
#include <cstdint>
#include <string_view>

#include "host/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static sim::Diagram diagram;
  static const bool read = !diagram.read(R"({"parts": [
    {"type": "wokwi-pi-pico", "id": "pico"}, {"type": "wokwi-pushbutton", "id": "btn1"},
    {"type": "coroscope-bmp280", "id": "bmp1"}, {"type": "wokwi-ir-remote", "id": "remote1"}]})");
  if (!read) __builtin_trap();
  sim::Inputs inputs;
  const auto error = inputs.read({reinterpret_cast<const char*>(data), size}, diagram);
  if (error && (error->text.empty() || error->line < 1)) __builtin_trap();
  return 0;
}
