// Measuring with a BMP280 by hand, for tests of its model: the control registers, raw values and what they
// mean, from the data sheet (BST-BMP280-DS001).
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "i2c_wire.hpp"
#include "parts/bmp280.hpp"

namespace bmp280_readings {

constexpr std::uint8_t ctrl_meas(unsigned osrs_t, unsigned osrs_p, unsigned mode) {
  return static_cast<std::uint8_t>(osrs_t << 5 | osrs_p << 2 | mode);
}
constexpr std::uint8_t config(unsigned t_sb, unsigned filter) {
  return static_cast<std::uint8_t>(t_sb << 5 | filter << 2);
}
inline constexpr unsigned forced = 1;
inline constexpr unsigned normal = 3;

struct Raw {
  unsigned pressure;
  unsigned temperature;
};
inline Raw read_raw(I2cWire& wire) {
  const auto bytes = wire.read_from(0xF7, 6);
  const auto word = [&](std::size_t at) -> unsigned {
    return unsigned{bytes.at(at)} << 12 | unsigned{bytes.at(at + 1)} << 4 | unsigned{bytes.at(at + 2)} >> 4;
  };
  return {word(0), word(3)};
}
// What the floating point formulas make of it (8.1), with the calibration of the example (3.12).
inline double fine_temperature(unsigned adc) {
  const double linear = (adc / 16384.0 - 27504 / 1024.0) * 26435;
  const double distance = adc / 131072.0 - 27504 / 8192.0;
  return linear - distance * distance * 1000;
}
inline double celsius(unsigned adc) { return fine_temperature(adc) / 5120; }
inline double pascal(Raw raw) {
  double var1 = fine_temperature(raw.temperature) / 2 - 64000;
  double var2 = var1 * var1 * -7 / 32768 + var1 * 140 * 2;
  var2 = var2 / 4 + 2855 * 65536.0;
  var1 = (3024 * var1 * var1 / 524288 - 10685 * var1) / 524288;
  var1 = (1 + var1 / 32768) * 36477;
  const double p = (1048576.0 - raw.pressure - var2 / 4096) * 6250 / var1;
  return p + (6000 * p * p / 2147483648.0 - p * 14600 / 32768 + 15500) / 16;
}

// A forced measurement of that.
inline Raw sample(sim::Bmp280& sensor, I2cWire& wire, double temperature, double pressure,
                  std::uint8_t control = ctrl_meas(1, 1, forced)) {
  EXPECT_TRUE(sensor.set("temperature", temperature, wire.now_ns));
  EXPECT_TRUE(sensor.set("pressure", pressure, wire.now_ns));
  wire.write({0xF4, control});
  wire.wait_us(100'000);
  return read_raw(wire);
}

}  // namespace bmp280_readings
