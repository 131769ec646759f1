#include "parts/pico.hpp"

#include <charconv>

#include "mcu/board.hpp"

namespace sim {

Pico::Pico(std::string id) : Part(std::move(id)) {
  ground_.drive(Drive::low());
  supply_.drive(Drive::high());
  add_leg("GND", ground_);
  for (const char* const name : {"GND.1", "GND.2", "GND.3", "GND.4", "GND.5", "GND.6", "GND.7", "GND.8"})
    add_leg(name, ground_);
  for (const char* const name : {"3V3", "VSYS", "VBUS", "ADC_VREF"}) add_leg(name, supply_);
  add_leg("RUN", run_);
  add_leg("3V3_EN", supply_enable_);
}

Terminal* Pico::find_leg(std::string_view name) {
  if (name == "TP4") return &board.pins().terminal(23);
  if (name == "TP5") return &board.pins().terminal(25);
  if (name.starts_with("GP")) {
    unsigned pin = 0;
    const char* const last = name.data() + name.size();
    const auto [end, error] = std::from_chars(name.data() + 2, last, pin);
    if (error != std::errc() || end != last || pin > 28) return nullptr;
    return &board.pins().terminal(pin);
  }
  return Part::find_leg(name);
}

}  // namespace sim
