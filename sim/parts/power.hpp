// Does a part have its supply? Parts with a chip in them are dead without it.
//
//   if (has_power(vcc_, gnd_)) …
#pragma once

#include "bus/net.hpp"

namespace sim {

// From the supply, or from a pin that is driven so; not through a pull.
inline bool has_power(const Terminal& vcc, const Terminal& gnd) {
  constexpr std::uint32_t most_ohms = 1000;
  const Drive high = vcc.net();
  const Drive low = gnd.net();
  return high.ohms <= most_ohms && high.is_high() && low.ohms <= most_ohms && !low.is_high();
}

}  // namespace sim
