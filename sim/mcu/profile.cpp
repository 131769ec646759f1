#include "mcu/profile.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace sim {
namespace {

using Words = std::vector<std::string>;

struct Number {
  const char* name;
  const char* unit;
  double least;
  double most;
  void (*set)(Profile& profile, double value);
  std::uint64_t Profile::*cost = nullptr;  // what is in cycles
};

std::uint64_t ns_of(const Profile& profile, double cycles) {
  return static_cast<std::uint64_t>(std::llround(cycles * 1000.0 / profile.frequency_mhz));
}
std::uint32_t ua_of(double ma) { return static_cast<std::uint32_t>(std::lround(ma * 1000.0)); }

template <std::uint64_t Profile::*Member>
constexpr Number cost(const char* name) {
  return {name,
          "cycles",
          1,
          1e6,
          [](Profile& profile, double cycles) { profile.*Member = ns_of(profile, cycles); },
          Member};
}
template <std::uint32_t Profile::*Member>
constexpr Number current(const char* name) {
  return {name, "mA", 0, 1000, [](Profile& profile, double ma) { profile.*Member = ua_of(ma); }};
}

// The frequency comes before the costs, which are cycles of it.
constexpr std::array numbers{
    Number{"pins", "pins", 1, 64,
           [](Profile& profile, double value) { profile.pins = static_cast<std::uint32_t>(value); }},
    Number{"uart_fifo", "bytes", 1, 1024,
           [](Profile& profile, double value) { profile.uart_fifo = static_cast<std::uint32_t>(value); }},
    Number{"frequency", "MHz", 1, 1000,
           [](Profile& profile, double value) { profile.frequency_mhz = static_cast<std::uint32_t>(value); }},
    cost<&Profile::boot_ns>("boot"),
    cost<&Profile::line_ns>("line"),
    cost<&Profile::task_switch_ns>("task_switch"),
    cost<&Profile::pin_access_ns>("pin_access"),
    cost<&Profile::clock_read_ns>("clock_read"),
    cost<&Profile::console_byte_ns>("console_byte"),
    cost<&Profile::interrupt_entry_ns>("interrupt_entry"),
    cost<&Profile::interrupt_exit_ns>("interrupt_exit"),
    cost<&Profile::uart_byte_ns>("uart_byte"),
    cost<&Profile::i2c_setup_ns>("i2c_setup"),
    cost<&Profile::peripheral_access_ns>("peripheral_access"),
    Number{"adc_read", "us", 1, 1e6,
           [](Profile& profile, double us) {
             profile.adc_read_ns = static_cast<std::uint64_t>(std::llround(us * 1000));
           }},
    current<&Profile::base_ua>("base"),
    current<&Profile::run_ua>("run"),
    current<&Profile::idle_ua>("idle"),
    current<&Profile::lightsleep_ua>("lightsleep"),
};

Words words_of(std::string_view line) {
  Words words;
  std::string word;
  for (const char c : line.substr(0, line.find('#'))) {
    if (c != ' ' && c != '\t' && c != '\r') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

std::string known_names() {
  std::string text = "name";
  for (const Number& number : numbers) text += std::string(", ") + number.name;
  return text;
}

std::string short_number(double value) { return std::to_string(static_cast<long>(value)); }

}  // namespace

std::variant<Profile, FileError> parse_profile(std::string_view text) {
  struct Value {
    bool given = false;
    double value = 0;
  };
  std::array<Value, numbers.size()> values;
  Profile profile;
  int line_number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const Words words = words_of(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++line_number;
    if (words.empty()) continue;
    if (words[0] == "name") {
      if (words.size() != 2 || profile.name[0] != '\0' || words[1].size() >= sizeof profile.name)
        return FileError{line_number,
                         "the board's name is given once, as one word of at most 23 letters: name pico"};
      words[1].copy(profile.name, words[1].size());
      continue;
    }
    std::size_t which = 0;
    while (which < numbers.size() && words[0] != numbers[which].name) ++which;
    if (which == numbers.size())
      return FileError{line_number, "\"" + words[0] + "\" is not known; the names are " + known_names()};
    const Number& number = numbers[which];
    if (values[which].given) return FileError{line_number, words[0] + " is given twice"};
    char* after = nullptr;
    const double value = words.size() > 1 ? std::strtod(words[1].c_str(), &after) : 0;
    if (words.size() != 3 || *after != '\0' || words[2] != number.unit || !(value >= number.least) ||
        value > number.most)
      return FileError{line_number, words[0] + " takes a number from " + short_number(number.least) + " to " +
                                        short_number(number.most) + " and its unit, " + number.unit + ": " +
                                        words[0] + " 10 " + number.unit};
    values[which] = {true, value};
  }
  if (profile.name[0] == '\0') return FileError{0, "the board's name is missing: name pico"};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!values[i].given)
      return FileError{0, std::string(numbers[i].name) + " is missing: it is a number of " + numbers[i].unit};
    numbers[i].set(profile, values[i].value);
  }
  return profile;
}

Profile at_frequency(const Profile& profile, std::uint32_t hz) {
  const double rated_hz = profile.frequency_mhz * 1e6;
  Profile result = profile;
  for (const Number& number : numbers) {
    if (number.cost == nullptr) continue;
    const double ns = static_cast<double>(profile.*number.cost) * rated_hz / hz;
    result.*number.cost = static_cast<std::uint64_t>(std::llround(ns));
  }
  for (std::uint32_t Profile::*const current : {&Profile::run_ua, &Profile::idle_ua}) {
    const double base = std::min(profile.base_ua, profile.*current);
    const double rest = profile.*current - base;
    result.*current = static_cast<std::uint32_t>(std::lround(base + rest * hz / rated_hz));
  }
  return result;
}

}  // namespace sim
