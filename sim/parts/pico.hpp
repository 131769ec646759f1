// Pico: the board itself in a diagram, the part everything else is wired to. wokwi-pi-pico, board-pi-pico-w.
//
// Legs: GP0 to GP28 (TP4 is GP23, TP5 is GP25 with the LED), GND, GND.1 to GND.8, 3V3, VSYS, VBUS, ADC_VREF.
// The supply has one voltage here, 3.3 V. RUN and 3V3_EN are there and do nothing, as in Wokwi.
#pragma once

#include "parts/part.hpp"

namespace sim {

class Pico final : public Part {
 public:
  explicit Pico(std::string id);
  Terminal* find_leg(std::string_view name) override;
  std::string leg_names() const override {
    return "GP0 to GP22, GP25 to GP28, GND.1 to GND.8, 3V3, VSYS and VBUS";
  }

  const Terminal& ground() const { return ground_; }
  const Terminal& supply() const { return supply_; }

 private:
  Terminal ground_{*this};
  Terminal supply_{*this};
  Terminal run_{*this};
  Terminal supply_enable_{*this};
};

}  // namespace sim
