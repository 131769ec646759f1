// What the virtual board is and what it takes to do things on it, as boards/NAME/profile says.
//
//   std::variant<Profile, FileError> read = parse_profile(text);
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "host/file_error.hpp"

namespace sim {

struct Profile {
  char name[24] = {};  // constant initialisation of the board allows no std::string here
  std::uint32_t pins = 0;
  std::uint32_t uart_fifo = 0;  // bytes, in each direction
  std::uint32_t frequency_mhz = 0;

  // CPU time in nanoseconds, at that frequency; the file has cycles.
  std::uint64_t boot_ns = 0;
  std::uint64_t line_ns = 0;
  std::uint64_t task_switch_ns = 0;
  std::uint64_t pin_access_ns = 0;
  std::uint64_t clock_read_ns = 0;
  std::uint64_t console_byte_ns = 0;
  std::uint64_t interrupt_entry_ns = 0;
  std::uint64_t interrupt_exit_ns = 0;
  std::uint64_t uart_byte_ns = 0;
  std::uint64_t i2c_setup_ns = 0;
  std::uint64_t peripheral_access_ns = 0;

  // Time whatever the frequency, in nanoseconds; the file has us.
  std::uint64_t adc_read_ns = 0;

  // Current at 3.3 V in microamperes; the file has mA. `base` is the part of run and idle that does not
  // follow the frequency.
  std::uint32_t base_ua = 0;
  std::uint32_t run_ua = 0;
  std::uint32_t idle_ua = 0;
  std::uint32_t lightsleep_ua = 0;
};

// Every name must be there, once, with its unit; none may be unknown.
std::variant<Profile, FileError> parse_profile(std::string_view text);

// The same board with its CPU at `hz`: what takes cycles takes another time, and run and idle draw `base` and
// the rest in proportion to the frequency.
Profile at_frequency(const Profile& profile, std::uint32_t hz);

}  // namespace sim
