#include "drivers/bmp280_calibration.hpp"

namespace drivers {

Bmp280Calibration Bmp280Calibration::from_registers(std::span<const std::uint8_t, size> bytes) {
  // Little-endian words in the order of the members.
  const auto word = [bytes](std::size_t index) {
    return static_cast<std::uint16_t>(bytes[2 * index] | bytes[2 * index + 1] << 8);
  };
  const auto signed_word = [word](std::size_t index) { return static_cast<std::int16_t>(word(index)); };
  return {
      .dig_T1 = word(0),
      .dig_T2 = signed_word(1),
      .dig_T3 = signed_word(2),
      .dig_P1 = word(3),
      .dig_P2 = signed_word(4),
      .dig_P3 = signed_word(5),
      .dig_P4 = signed_word(6),
      .dig_P5 = signed_word(7),
      .dig_P6 = signed_word(8),
      .dig_P7 = signed_word(9),
      .dig_P8 = signed_word(10),
      .dig_P9 = signed_word(11),
  };
}

// In 64 bits what the data sheet does in 32: the same value, and a calibration that was read wrong overflows
// nothing.
std::int32_t Bmp280Calibration::fine_temperature(std::int32_t adc_t) const {
  const std::int64_t from_t1 = (adc_t >> 4) - std::int64_t{dig_T1};
  const std::int64_t linear = (((adc_t >> 3) - std::int64_t{dig_T1} * 2) * dig_T2) >> 11;
  const std::int64_t square = (((from_t1 * from_t1) >> 12) * dig_T3) >> 14;
  return static_cast<std::int32_t>(linear + square);
}

std::uint32_t Bmp280Calibration::pressure(std::int32_t adc_p, std::int32_t t_fine) const {
  // What no sensor's values exceed; below these limits the arithmetic stays within 64 bits.
  constexpr std::int64_t largest_scale = std::int64_t{1} << 48;       // 2^47 stands for 1
  constexpr std::int64_t largest_difference = std::int64_t{3} << 50;  // 2^51 is the whole range
  constexpr std::uint64_t largest_pressure = std::uint64_t{1} << 36;  // 10 bar

  const std::int64_t t = std::int64_t{t_fine} - 128000;
  const std::int64_t offset =
      t * t * dig_P6 + t * dig_P5 * (std::int64_t{1} << 17) + dig_P4 * (std::int64_t{1} << 35);
  const std::int64_t scale =
      (std::int64_t{1} << 47) + (t * t * dig_P3 >> 8) + t * dig_P2 * (std::int64_t{1} << 12);
  const std::int64_t difference = (std::int64_t{1048576 - adc_p} << 31) - offset;
  if (scale <= 0 || scale >= largest_scale || difference < 0 || difference >= largest_difference) return 0;
  const std::uint64_t divisor = static_cast<std::uint64_t>(scale) * dig_P1 >> 33;
  if (divisor == 0) return 0;

  const std::uint64_t linear = static_cast<std::uint64_t>(difference) * 3125 / divisor;
  if (linear >= largest_pressure) return 0;
  const auto p = static_cast<std::int64_t>(linear);
  const std::int64_t square = dig_P9 * (p >> 13) * (p >> 13) >> 25;
  const std::int64_t correction = dig_P8 * p >> 19;
  const std::int64_t result = ((p + square + correction) >> 8) + dig_P7 * std::int64_t{16};
  return result > 0 ? static_cast<std::uint32_t>(result) : 0;
}

}  // namespace drivers
