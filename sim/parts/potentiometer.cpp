#include "parts/potentiometer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mcu/board.hpp"

namespace sim {
namespace {

constexpr std::uint32_t ohms = 10'000;

std::uint32_t lower_ohms(double value) {
  return static_cast<std::uint32_t>(std::lround(std::clamp(value, 0.0, 1023.0) / 1023 * ohms));
}

}  // namespace

Potentiometer::Potentiometer(std::string id, const Options& options)
    : Part(std::move(id)),
      lower_(board.wiring(), gnd_, sig_, lower_ohms(options.value)),
      upper_(board.wiring(), vcc_, sig_, ohms - lower_ohms(options.value)) {
  add_leg("GND", gnd_);
  add_leg("SIG", sig_);
  add_leg("VCC", vcc_);
}

void Potentiometer::set(const Setting&, double value) {
  const std::uint32_t lower = lower_ohms(value);
  lower_.set_ohms(lower);
  upper_.set_ohms(ohms - lower);
}

}  // namespace sim
