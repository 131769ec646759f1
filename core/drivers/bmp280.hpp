// Bmp280: the driver of the Bosch BMP280 pressure and temperature sensor on an I2C bus. While the sensor
// measures (4 to 77 ms), other tasks run.
//
//   machine::I2C i2c(0, {.scl = 5, .sda = 4});
//   drivers::Bmp280 sensor(i2c);
//   for (;;) {
//     const auto [temperature, pressure] = co_await sensor.read();
//     print("%.2f C, %.2f hPa\n", temperature, pressure / 100);
//     co_await asyncio::sleep(1s);
//   }
//
// The first reading sets the sensor up: it checks the id, resets the sensor and reads its calibration, which
// takes about 5 ms more. So does the reading after one that failed: a sensor that was unplugged works again
// once it is back.
//
// Registers, times and formulas: data sheet BST-BMP280-DS001.
#pragma once

#include <cstdint>
#include <span>

#include "asyncio/coro.hpp"
#include "asyncio/lock.hpp"
#include "drivers/bmp280_calibration.hpp"
#include "machine/i2c.hpp"

namespace drivers {

struct Bmp280Reading {
  float temperature;  // °C
  float pressure;     // Pa; NaN if it is not measured
};

class Bmp280 {
 public:
  // forced: a measurement for each reading, and sleep in between. normal: the sensor measures all the time,
  // with a pause of `standby` between two measurements, and a reading is the last one (3.6).
  enum class Mode : unsigned char { forced = 1, normal = 3 };
  // More samples: less noise and a finer resolution, but a longer time (3.3.1, 3.3.2).
  enum class Oversampling : unsigned char { skipped, x1, x2, x4, x8, x16 };
  // Smooths over several measurements, not over time: meant for normal mode (3.3.3).
  enum class Filter : unsigned char { off, x2, x4, x8, x16 };
  enum class Standby : unsigned char { ms_0_5, ms_62_5, ms_125, ms_250, ms_500, ms_1000, ms_2000, ms_4000 };

  // The rest as the data sheet's "standard resolution".
  struct Options {
    int address = 0x76;  // or 0x77, if SDO is wired to 3.3 V
    Mode mode = Mode::forced;
    Oversampling temperature = Oversampling::x1;
    Oversampling pressure = Oversampling::x4;
    Filter filter = Filter::off;
    Standby standby = Standby::ms_0_5;
  };

  // Keeps a reference to the bus. Does not talk to the sensor yet. Throws asyncio::ValueError for another
  // address, or if the temperature is skipped.
  explicit Bmp280(machine::I2C& i2c) : Bmp280(i2c, Options{}) {}
  Bmp280(machine::I2C& i2c, const Options& options);

  // `co_await sensor.read()`. Several tasks may read the same sensor: they take turns. A cancelled reading
  // leaves nothing behind but a sensor that is set up anew next time.
  //
  // Throws asyncio::OSError, what() says more:
  //   EIO (5)         it does not acknowledge; it lost its settings; its values make no sense
  //   ENODEV (19)     another chip is at the address
  //   ETIMEDOUT (110) the bus is stuck, or a measurement does not end
  asyncio::Coro<Bmp280Reading> read();

 private:
  asyncio::Coro<> configure();
  void read_registers(std::uint8_t first, std::span<std::uint8_t> values);
  void write_register(std::uint8_t number, std::uint8_t value);
  bool measures_pressure() const { return options_.pressure != Oversampling::skipped; }
  std::int64_t measurement_ms() const;

  machine::I2C& i2c_;
  Options options_;
  std::uint8_t ctrl_meas_;  // the register, mode included
  std::uint8_t config_;
  bool configured_ = false;
  Bmp280Calibration calibration_{};
  asyncio::Lock lock_{"BMP280"};
};

}  // namespace drivers
