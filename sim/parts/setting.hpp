// Setting: what can be set on a part from outside, by name: the temperature around a sensor. A part lists its
// settings, so that whoever gets a wrong name or value can say what would be right.
//
//   if (!sensor.set("temperature", 31.5, now_ns)) …   // not in Bmp280::settings, or out of range
#pragma once

#include <span>
#include <string_view>

namespace sim {

struct Setting {
  std::string_view name;
  std::string_view unit;
  double lowest;
  double highest;

  // False also for NaN.
  constexpr bool allows(double value) const { return value >= lowest && value <= highest; }
};

// The setting of that name, or nullptr.
constexpr const Setting* find_setting(std::span<const Setting> settings, std::string_view name) {
  for (const Setting& setting : settings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

}  // namespace sim
