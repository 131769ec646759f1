#include "parts/bmp280_part.hpp"

#include <utility>

#include "mcu/board.hpp"
#include "parts/power.hpp"

namespace sim {
namespace {

Bmp280::Options of_sensor(const Bmp280Part::Options& options) {
  Bmp280::Options sensor;
  sensor.timing = options.timing;
  return sensor;
}

}  // namespace

Bmp280Part::Bmp280Part(std::string id, const Options& options)
    : Part(std::move(id)), sensor_(of_sensor(options)) {
  add_leg("VCC", vcc_);
  add_leg("GND", gnd_);
  add_leg("SCL", scl_);
  add_leg("SDA", sda_);
  add_leg("CSB", csb_);
  add_leg("SDO", sdo_);
  sensor_.set("temperature", options.temperature, board.now_ns());
  sensor_.set("pressure", options.pressure, board.now_ns());
}

Bmp280Part::~Bmp280Part() { board.i2c().detach(sensor_); }

void Bmp280Part::set(const Setting& setting, double value) {
  sensor_.set(setting.name, value, board.now_ns());
}

void Bmp280Part::on_change(Terminal&) {
  const bool powered = has_power(vcc_, gnd_);
  if (powered && !powered_ && std::exchange(was_powered_, true)) sensor_.power_on(board.now_ns());
  const bool csb_low = !csb_.net().is_open() && !csb_.is_high();
  const bool speaks_i2c = powered && !csb_low && (speaks_i2c_ || !powered_);
  powered_ = powered;
  sensor_.set_sdo(sdo_.is_high());
  if (speaks_i2c == speaks_i2c_) return;
  speaks_i2c_ = speaks_i2c;
  if (speaks_i2c) {
    board.i2c().attach(sensor_, sda_, scl_);
  } else {
    board.i2c().detach(sensor_);
  }
}

}  // namespace sim
