// HD44780Backpack: a character display with a PCF8574 on its back, on an I2C bus. For drivers::HD44780,
// hd44780.hpp.
//
//   machine::I2C i2c(0, {.scl = 5, .sda = 4, .freq = 100'000});
//   drivers::HD44780Backpack backpack(i2c, {.address = 0x3F});
//
// The usual wiring: RS, RW, E and the backlight on P0 to P3, D4 to D7 on P4 to P7. A PCF8574 is made for 100
// kHz.
#pragma once

#include <cstdint>
#include <span>

#include "asyncio/lock.hpp"
#include "machine/i2c.hpp"

namespace drivers {

struct HD44780BackpackOptions {
  int address = 0x27;             // 0x20 to 0x27; a PCF8574A has 0x38 to 0x3F
  asyncio::Lock* lock = nullptr;  // of a bus that other tasks keep for more than one transfer
};

class HD44780Backpack {
 public:
  using Options = HD44780BackpackOptions;
  // Keeps references to the bus and the lock. Throws asyncio::ValueError for another address.
  explicit HD44780Backpack(machine::I2C& i2c, const Options& options = {});

  // For the driver. One is a transfer of 2 to 6 bytes, 0.2 to 0.55 ms at 100 kHz. They throw what
  // machine::I2C does, and asyncio::OSError EIO if a byte is not acknowledged.
  void release(bool backlight);
  // The upper half of `byte`.
  void write_half(bool data, std::uint8_t byte);
  void write(bool data, std::uint8_t byte);
  asyncio::Lock* lock() const { return lock_; }

 private:
  void write_pulses(bool data, std::span<const std::uint8_t> halves);
  void transfer(std::span<const std::uint8_t> ports);

  machine::I2C* i2c_;
  asyncio::Lock* lock_;
  int address_;
  std::uint8_t port_ = 0;  // RS and the backlight, as they are
};

}  // namespace drivers
