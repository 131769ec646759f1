// What is set on the BMP280 model is what a driver reads from it, by the data sheet's floating point formulas
// and by the integer arithmetic of our driver.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "bmp280_readings.hpp"
#include "drivers/bmp280_calibration.hpp"
#include "i2c_wire.hpp"
#include "parts/bmp280.hpp"

namespace {

using bmp280_readings::celsius;
using bmp280_readings::ctrl_meas;
using bmp280_readings::forced;
using bmp280_readings::pascal;
using bmp280_readings::Raw;
using bmp280_readings::read_raw;
using bmp280_readings::sample;

// What the driver computes of raw values, with the example's calibration.
constexpr drivers::Bmp280Calibration dig{27504, 26435, -1000, 36477, -10685, 3024,
                                         2855,  140,   -7,    15500, -14600, 6000};
double driver_celsius(unsigned adc) {
  return drivers::Bmp280Calibration::temperature(dig.fine_temperature(static_cast<std::int32_t>(adc))) /
         100.0;
}
double driver_pascal(Raw raw) {
  const std::int32_t t_fine = dig.fine_temperature(static_cast<std::int32_t>(raw.temperature));
  return dig.pressure(static_cast<std::int32_t>(raw.pressure), t_fine) / 256.0;
}

TEST(Bmp280Settings, TheExampleOfTheDataSheetGivesItsRawValues) {
  // Section 3.12: 25.08 °C and 100653.27 Pa were measured as 519888 and 415148. The temperature is given to
  // 0.01 °C, which is 32 raw steps, and moves the pressure along.
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  ASSERT_TRUE(sensor.set("temperature", 128422.5 / 5120));  // t_fine of the example, which is truncated
  ASSERT_TRUE(sensor.set("pressure", 100653.27));
  wire.write({0xF4, ctrl_meas(5, 5, forced)});
  wire.wait_us(100'000);
  const Raw raw = read_raw(wire);
  EXPECT_NEAR(raw.temperature, 519888, 4);
  EXPECT_NEAR(raw.pressure, 415148, 4);
}

TEST(Bmp280Settings, ADriverReadsWhatWasSet) {
  struct Resolution {
    unsigned osrs;
    double pascal;
  };
  // Table 4: what the last bit stands for at room temperature; half of it may be missing, somewhat more in
  // the heat. The integer formulas also drop the last three bits of the temperature, which is worth 0.4 Pa.
  for (const Resolution& row : {Resolution{1, 2.62}, {2, 1.31}, {3, 0.66}, {4, 0.33}, {5, 0.16}}) {
    sim::Bmp280 sensor;
    I2cWire wire(sensor);
    for (double temperature = -40; temperature <= 85; temperature += 2.5) {
      for (double pressure = 30'000; pressure <= 110'000; pressure += 8'000) {
        const Raw raw = sample(sensor, wire, temperature, pressure, ctrl_meas(row.osrs, row.osrs, forced));
        EXPECT_NEAR(driver_celsius(raw.temperature), temperature, 0.0051) << row.osrs;
        EXPECT_NEAR(driver_pascal(raw), pressure, row.pascal * 0.65 + 0.45)
            << row.osrs << ", " << temperature << " °C";
        EXPECT_NEAR(pascal(raw), pressure, row.pascal * 0.65) << row.osrs << ", " << temperature << " °C";
      }
    }
  }
}

TEST(Bmp280Settings, SettingsAreRefusedByNameAndRange) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  const Raw before = sample(sensor, wire, 25, 101'000);
  for (const char* name : {"humidity", "Temperature", "", "temp"}) EXPECT_FALSE(sensor.set(name, 25)) << name;
  for (const double value : {-40.1, 85.1, std::nan(""), std::numeric_limits<double>::infinity()})
    EXPECT_FALSE(sensor.set("temperature", value)) << value;
  for (const double value : {29'999.0, 110'001.0, std::nan("")}) EXPECT_FALSE(sensor.set("pressure", value));
  wire.write({0xF4, ctrl_meas(1, 1, forced)});
  wire.wait_us(10'000);
  EXPECT_EQ(read_raw(wire).temperature, before.temperature);
  EXPECT_EQ(read_raw(wire).pressure, before.pressure);

  for (const sim::Setting& setting : sim::Bmp280::settings) {
    EXPECT_TRUE(sensor.set(setting.name, setting.lowest));
    EXPECT_TRUE(sensor.set(setting.name, setting.highest));
    EXPECT_FALSE(setting.unit.empty());
  }
}

TEST(Bmp280Settings, AMeasurementThatEndedBeforeASettingKeepsItsValue) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  ASSERT_TRUE(sensor.set("temperature", 10));
  wire.write({0xF4, ctrl_meas(1, 1, forced)});
  wire.wait_us(6'000);  // over, though nobody looked
  ASSERT_TRUE(sensor.set("temperature", 30, wire.now_ns));
  EXPECT_NEAR(celsius(read_raw(wire).temperature), 10, 0.01);
}

TEST(Bmp280Settings, ASettingWithoutATimeHoldsFromTheLastCallOn) {
  sim::Bmp280 sensor;
  I2cWire wire(sensor);
  wire.write({0xF4, ctrl_meas(1, 1, forced)});
  ASSERT_TRUE(sensor.set("temperature", 30));  // while it measures
  wire.wait_us(6'000);
  EXPECT_NEAR(celsius(read_raw(wire).temperature), 30, 0.01);
}

}  // namespace
