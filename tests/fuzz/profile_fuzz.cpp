// boards/NAME/profile.
#include <cstdint>
#include <string_view>

#include "mcu/profile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto result = sim::parse_profile({reinterpret_cast<const char*>(data), size});
  if (const auto* const profile = std::get_if<sim::Profile>(&result)) {
    if (profile->name[0] == '\0' || profile->line_ns == 0 || profile->frequency_mhz == 0) __builtin_trap();
  } else if (std::get<sim::FileError>(result).text.empty()) {
    __builtin_trap();
  }
  return 0;
}
