// The command line's words, durations and numbers.
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "text/nearest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream input(std::string(reinterpret_cast<const char*>(data), size));
  std::vector<std::string> words;
  for (std::string word; std::getline(input, word);) {
    const auto duration = cli::parse_duration(word);
    if (!duration && duration.error().text.empty()) __builtin_trap();
    const auto number = cli::parse_number(word);
    if (!number && number.error().text.empty()) __builtin_trap();
    words.push_back(word);
  }
  const auto arguments = cli::Arguments::parse(words, {{"--headless"}, {"--for", true}, {"--seed", true}});
  if (!arguments && arguments.error().text.empty()) __builtin_trap();
  if (!words.empty()) text::nearest(words.front(), words);
  return 0;
}
