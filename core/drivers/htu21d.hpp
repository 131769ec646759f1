// Htu21d: the driver of the MEAS (TE) HTU21D humidity and temperature sensor on an I2C bus, address 0x40.
// Measuring both takes about 70 ms; the bus is free meanwhile (no hold master mode) and other tasks run.
//
//   machine::I2C i2c(0, {.scl = 5, .sda = 4});
//   drivers::Htu21d sensor(i2c);
//   const auto [temperature, humidity] = co_await sensor.read();
//
// The first reading resets the sensor, which takes 16 ms more. So does the reading after one that failed: a
// sensor that was unplugged works again once it is back.
//
// The sensor warms itself when it measures more than twice a second. Commands, times and formulas: data sheet
// HPC199.
#pragma once

#include <cstdint>
#include <span>

#include "asyncio/coro.hpp"
#include "asyncio/lock.hpp"
#include "machine/i2c.hpp"

namespace drivers {

struct Htu21dReading {
  float temperature;  // °C
  float humidity;     // %RH, 0 to 100
};

class Htu21d {
 public:
  // Bits of humidity and of temperature, as in the user register. Less is faster.
  enum class Resolution : std::uint8_t { rh12_t14 = 0x00, rh8_t12 = 0x01, rh10_t13 = 0x80, rh11_t11 = 0x81 };

  // Keeps a reference to the bus. Does not talk to the sensor yet.
  explicit Htu21d(machine::I2C& i2c, Resolution resolution = Resolution::rh12_t14)
      : i2c_(i2c), resolution_(resolution) {}

  // `co_await sensor.read()`: first the temperature, then the humidity. Several tasks may read the same
  // sensor: they take turns. After a cancelled reading the next one lets the measurement end and resets the
  // sensor.
  //
  // Throws asyncio::OSError, what() says more:
  //   EIO (5)         it does not acknowledge; a checksum is wrong; it sent the other quantity
  //   ETIMEDOUT (110) the bus is stuck, or a measurement does not end
  asyncio::Coro<Htu21dReading> read();

  // The checksum of a reply (CRC-8, x^8 + x^5 + x^4 + 1, started at 0).
  static std::uint8_t checksum(std::span<const std::uint8_t> bytes);

 private:
  asyncio::Coro<> configure();
  asyncio::Coro<std::uint16_t> measure(std::uint8_t command, int longest_ms);
  void write(std::span<const std::uint8_t> bytes, bool stop = true);
  bool try_read(std::span<std::uint8_t> bytes);

  machine::I2C& i2c_;
  Resolution resolution_;
  bool configured_ = false;
  bool busy_ = false;  // it measures or starts anew, and may not listen
  asyncio::Lock lock_{"HTU21D"};
};

}  // namespace drivers
