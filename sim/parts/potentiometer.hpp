// Potentiometer: a resistor of 10 kohm with a wiper. wokwi-potentiometer, wokwi-slide-potentiometer.
//
// Legs: GND and VCC (its ends), SIG (the wiper). `value`, 0 to 1023, is how far the wiper is from GND.
#pragma once

#include <array>

#include "parts/part.hpp"

namespace sim {

class Potentiometer final : public Part {
 public:
  struct Options {
    double value = 0;  // in the beginning; what is beyond the ends is at them
  };

  explicit Potentiometer(std::string id) : Potentiometer(std::move(id), Options{}) {}
  Potentiometer(std::string id, const Options& options);

  std::span<const Setting> settings() const override { return all_settings; }
  void set(const Setting& setting, double value) override;

 private:
  static constexpr std::array<Setting, 1> all_settings{{{"value", "", 0, 1023}}};

  Terminal gnd_;
  Terminal sig_;
  Terminal vcc_;
  Resistor lower_;
  Resistor upper_;
};

}  // namespace sim
