// Bosch's integer arithmetic, against the example of the data sheet (BST-BMP280-DS001, 3.12), a reading of a
// real chip, and the floating point formulas of its section 8.1.
#include "drivers/bmp280_calibration.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace {

using drivers::Bmp280Calibration;

constexpr Bmp280Calibration example{27504, 26435, -1000, 36477, -10685, 3024,
                                    2855,  140,   -7,    15500, -14600, 6000};

// Section 8.1.
double floating_point_pressure(const Bmp280Calibration& dig, double adc_p, double t_fine) {
  double var1 = t_fine / 2.0 - 64000.0;
  double var2 = var1 * var1 * dig.dig_P6 / 32768.0 + var1 * dig.dig_P5 * 2.0;
  var2 = var2 / 4.0 + dig.dig_P4 * 65536.0;
  var1 = (dig.dig_P3 * var1 * var1 / 524288.0 + dig.dig_P2 * var1) / 524288.0;
  var1 = (1.0 + var1 / 32768.0) * dig.dig_P1;
  const double p = (1048576.0 - adc_p - var2 / 4096.0) * 6250.0 / var1;
  return p + (dig.dig_P9 * p * p / 2147483648.0 + p * dig.dig_P8 / 32768.0 + dig.dig_P7) / 16.0;
}

TEST(Bmp280Calibration, TheExampleOfTheDataSheet) {
  const std::int32_t fine = example.fine_temperature(519888);
  EXPECT_EQ(fine, 128422);
  EXPECT_EQ(Bmp280Calibration::temperature(fine), 2508);  // 25.08 °C
  // The data sheet's drawing, made with floating point, has 100653.27 Pa; its own 64-bit formula gives this.
  EXPECT_EQ(example.pressure(415148, fine), 25767233U);
  EXPECT_EQ(example.pressure(415148, fine) / 256, 100653U);
}

TEST(Bmp280Calibration, ARealChip) {
  // Read from one, with 24.44 °C as another program has it.
  constexpr std::array<std::uint8_t, 24> registers{0x6C, 0x6E, 0x77, 0x66, 0x32, 0x00, 0xA8, 0x92,
                                                   0x27, 0xD5, 0xD0, 0x0B, 0x6F, 0x18, 0xCA, 0xFF,
                                                   0xF9, 0xFF, 0xAC, 0x26, 0x0A, 0xD8, 0xBD, 0x10};
  const Bmp280Calibration chip = Bmp280Calibration::from_registers(registers);
  EXPECT_EQ(chip.dig_T1, 0x6E6C);
  EXPECT_EQ(chip.dig_P1, 0x92A8);
  EXPECT_EQ(chip.dig_P2, 0xD527 - 0x10000);
  EXPECT_EQ(chip.dig_P9, 0x10BD);
  const std::int32_t fine = chip.fine_temperature(0x817FB);
  EXPECT_EQ(Bmp280Calibration::temperature(fine), 2444);
  EXPECT_NEAR(chip.pressure(0x55338, fine) / 256.0, floating_point_pressure(chip, 0x55338, fine), 0.1);
}

TEST(Bmp280Calibration, BelowZeroItRoundsAsTheDataSheet) {
  // 350000 is some -28 °C: the shifts are of negative numbers.
  const std::int32_t fine = example.fine_temperature(350000);
  const double linear = (350000 / 16384.0 - 27504 / 1024.0) * 26435;
  const double distance = 350000 / 131072.0 - 27504 / 8192.0;
  EXPECT_NEAR(fine, linear - distance * distance * 1000, 16);
  EXPECT_LT(Bmp280Calibration::temperature(fine), -2500);
  EXPECT_NEAR(Bmp280Calibration::temperature(fine), fine / 51.2, 1);
}

TEST(Bmp280Calibration, AgreesWithTheFloatingPointFormulaOverTheWholeRange) {
  int compared = 0;
  for (std::int32_t adc_t = 300'000; adc_t < 720'000; adc_t += 10'000) {
    const std::int32_t fine = example.fine_temperature(adc_t);
    for (std::int32_t adc_p = 150'000; adc_p < 850'000; adc_p += 10'000) {
      EXPECT_NEAR(example.pressure(adc_p, fine) / 256.0, floating_point_pressure(example, adc_p, fine), 0.1)
          << adc_t << " " << adc_p;
      ++compared;
    }
  }
  EXPECT_GT(compared, 2'000);
}

TEST(Bmp280Calibration, NonsenseGivesNoPressureAndNoOverflow) {
  EXPECT_EQ(Bmp280Calibration{}.pressure(415148, 128422), 0U);
  std::array<std::uint8_t, 24> all_ones;
  all_ones.fill(0xFF);
  const Bmp280Calibration ones = Bmp280Calibration::from_registers(all_ones);
  EXPECT_EQ(ones.dig_P1, 0xFFFF);
  EXPECT_EQ(ones.dig_P9, -1);
  // The sanitizers watch these.
  std::mt19937 random(280);
  int refused = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::array<std::uint8_t, 24> bytes;
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const Bmp280Calibration any = Bmp280Calibration::from_registers(bytes);
    const std::int32_t fine = any.fine_temperature(static_cast<std::int32_t>(random() & 0xFFFFF));
    static_cast<void>(Bmp280Calibration::temperature(fine));
    if (any.pressure(static_cast<std::int32_t>(random() & 0xFFFFF), fine) == 0) ++refused;
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
