// Regular expressions: any pattern is refused or matches, any text.
#include <algorithm>
#include <cstdint>
#include <string>

#include "asyncio/exceptions.hpp"
#include "asyncio/reg_exp.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\n'), input.size());
  // Time goes with the power of the number of repetitions.
  if (std::count_if(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(end),
                    [](char c) { return c == '*' || c == '+'; }) > 3) {
    return -1;
  }
  try {
    const asyncio::RegExp pattern(input.substr(0, end));
    pattern.matches(input.substr(std::min(end + 1, input.size())));
  } catch (const asyncio::ValueError&) {
    return 0;
  }
  return 0;
}
