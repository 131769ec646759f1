// For tests: parts by the names of their legs and settings, as a diagram and a script have them.
#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "mcu/board.hpp"
#include "parts/part.hpp"
#include "parts/supply.hpp"

namespace wired_part {

inline sim::Terminal& leg(const sim::Part& part, std::string_view name) {
  for (const sim::Part::Leg& leg : part.legs()) {
    if (leg.name == name) return *leg.terminal;
  }
  throw std::out_of_range(part.id() + " has no leg " + std::string(name));
}

inline void wire(const sim::Part& part, std::string_view name, unsigned pin) {
  sim::board.wiring().join(leg(part, name), sim::board.pins().terminal(pin));
}
inline void wire(const sim::Part& part, std::string_view name, const sim::Part& other,
                 std::string_view other_name) {
  sim::board.wiring().join(leg(part, name), leg(other, other_name));
}

// As a script does: refuses what the part would not be asked for.
inline void set(sim::Part& part, std::string_view name, double value) {
  const sim::Setting* const setting = sim::find_setting(part.settings(), name);
  if (setting == nullptr || !setting->allows(value))
    throw std::out_of_range(part.id() + " has no setting " + std::string(name) + ", or not that value");
  part.set(*setting, value);
}

// Where there is something to wire a part to.
struct Supplies {
  sim::Supply vcc{"vcc1", {sim::Supply::Level::vcc}};
  sim::Supply gnd{"gnd1", {sim::Supply::Level::gnd}};
};

}  // namespace wired_part
