// I2C: the controller of a two-wire bus, as MicroPython's machine.I2C. Calls block until the transfer is over
// (100 us a byte at 100 kHz).
//
//   machine::I2C i2c(0, {.scl = 5, .sda = 4, .freq = 400'000});
//   std::uint8_t id[1];
//   i2c.readfrom_mem_into(0x76, 0xD0, id);
//
// Errors are asyncio::OSError with MicroPython's numbers: EIO (5) when nobody acknowledges, ETIMEDOUT (110)
// when the bus stays low or a target stretches the clock for longer than `timeout`. The board this is linked
// with defines what has no body here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace machine {

class I2C {
 public:
  // -1 for a pin: the board's usual one for this bus.
  struct Options {
    int scl = -1;
    int sda = -1;
    std::uint32_t freq = 400'000;    // Hz
    std::uint32_t timeout = 50'000;  // us
  };
  // Throws asyncio::ValueError if the board has no such bus or pin.
  explicit I2C(int id) : I2C(id, Options{}) {}
  I2C(int id, const Options& options);

  // The addresses, from 0x08 to 0x77, that acknowledge.
  std::vector<std::uint8_t> scan();

  // `stop` false keeps the bus for the next call (a repeated start).
  void readfrom_into(int address, std::span<std::uint8_t> buffer, bool stop = true);
  // Returns how many bytes were acknowledged; an address that is not is an OSError.
  std::size_t writeto(int address, std::span<const std::uint8_t> bytes, bool stop = true);

  // A register of a device: its number is written first, high byte first if addrsize is 16.
  void readfrom_mem_into(int address, std::uint32_t register_number, std::span<std::uint8_t> buffer,
                         int addrsize = 8);
  void writeto_mem(int address, std::uint32_t register_number, std::span<const std::uint8_t> bytes,
                   int addrsize = 8);

  int id() const { return id_; }

 private:
  int id_;
};

}  // namespace machine
