// Bmp280Calibration: what makes °C and Pa of a BMP280's raw values: the trimming parameters of the one chip,
// and Bosch's integer arithmetic with them (data sheet BST-BMP280-DS001, 3.11.2 and 3.11.3). Used by
// drivers::Bmp280; by itself it needs no bus.
//
//   const std::int32_t fine = calibration.fine_temperature(519888);
//   calibration.temperature(fine)        // 2508: 25.08 °C
//   calibration.pressure(415148, fine)   // 25767233: 100653.25 Pa
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace drivers {

struct Bmp280Calibration {
  // Registers 0x88 to 0x9F: table 17.
  static constexpr std::size_t size = 24;
  static Bmp280Calibration from_registers(std::span<const std::uint8_t, size> bytes);

  std::uint16_t dig_T1;
  std::int16_t dig_T2;
  std::int16_t dig_T3;
  std::uint16_t dig_P1;
  std::int16_t dig_P2;
  std::int16_t dig_P3;
  std::int16_t dig_P4;
  std::int16_t dig_P5;
  std::int16_t dig_P6;
  std::int16_t dig_P7;
  std::int16_t dig_P8;
  std::int16_t dig_P9;

  // The data sheet's t_fine, in 1/5120 °C, of the raw temperature, 0 to 0xFFFFF.
  std::int32_t fine_temperature(std::int32_t adc_t) const;
  // In 0.01 °C.
  static std::int32_t temperature(std::int32_t t_fine) { return (t_fine * 5 + 128) >> 8; }
  // In 1/256 Pa, of the raw pressure, 0 to 0xFFFFF, and the t_fine measured with it: the 64-bit formula. 0 if
  // that makes no sense: the calibration or a raw value was not read right.
  std::uint32_t pressure(std::int32_t adc_p, std::int32_t t_fine) const;
};

}  // namespace drivers
