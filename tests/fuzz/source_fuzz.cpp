// Names found in a source file: whatever it says, at whatever line.
#include <cstdint>
#include <string>

#include "model/source.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned position = data[0] % 4;
  const auto kind = static_cast<trace::ObjectKind>(data[1] % 16);
  model::Sources sources;
  sources.add("main.cpp", std::string(reinterpret_cast<const char*>(data + 2), size - 2));
  for (unsigned line = 0; line < 6; ++line) {
    sources.object_name("main.cpp", line, kind, position);
    sources.task_name("main.cpp", line, position);
    sources.line("main.cpp", line);
  }
  return 0;
}
