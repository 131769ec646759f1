#include "parts/htu21d_part.hpp"

#include <utility>

#include "mcu/board.hpp"
#include "parts/power.hpp"

namespace sim {

Htu21dPart::Htu21dPart(std::string id, const Options& options)
    : Part(std::move(id)), sensor_(options.timing) {
  add_leg("VCC", vcc_);
  add_leg("GND", gnd_);
  add_leg("SCL", scl_);
  add_leg("SDA", sda_);
  sensor_.set("temperature", options.temperature, board.now_ns());
  sensor_.set("humidity", options.humidity, board.now_ns());
}

Htu21dPart::~Htu21dPart() { board.i2c().detach(sensor_); }

void Htu21dPart::set(const Setting& setting, double value) {
  sensor_.set(setting.name, value, board.now_ns());
}

void Htu21dPart::on_change(Terminal&) {
  const bool powered = has_power(vcc_, gnd_);
  if (powered == powered_) return;
  powered_ = powered;
  if (!powered) return board.i2c().detach(sensor_);
  if (std::exchange(was_powered_, true)) sensor_.power_on(board.now_ns());
  board.i2c().attach(sensor_, sda_, scl_);
}

}  // namespace sim
