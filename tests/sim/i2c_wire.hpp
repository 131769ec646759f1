// A controller by hand, for tests of devices on the virtual I2C bus: whole transfers at 100 kHz (90 us a
// byte) with the clock stretching a device asks for. No board and no driver is involved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "bus/i2c_device.hpp"

class I2cWire {
 public:
  explicit I2cWire(sim::I2cDevice& device) : device_(device) {}

  static constexpr std::uint64_t byte_ns = 90'000;

  std::uint64_t now_ns = 0;
  std::uint64_t stretched_ns = 0;  // in the last transfer

  void wait_us(std::uint64_t microseconds) { now_ns += microseconds * 1000; }

  // Start, the bytes, stop unless `keep`. How many bytes were acknowledged; -1 if not even the address was.
  int write(std::initializer_list<std::uint8_t> bytes, bool keep = false) {
    stretched_ns = 0;
    if (!start(false)) return -1;
    int acknowledged = 0;
    for (const std::uint8_t byte : bytes) {
      now_ns += byte_ns;
      if (!device_.on_write(byte, now_ns)) break;
      ++acknowledged;
      stretch();
    }
    if (!keep) device_.on_stop(now_ns);
    return acknowledged;
  }
  // Start, `count` bytes, stop. Empty if the address was not acknowledged.
  std::vector<std::uint8_t> read(std::size_t count) {
    stretched_ns = 0;
    std::vector<std::uint8_t> bytes;
    if (!start(true)) return bytes;
    while (bytes.size() < count) {
      bytes.push_back(device_.on_read(now_ns));
      now_ns += byte_ns;
      stretch();
    }
    device_.on_stop(now_ns);
    return bytes;
  }
  // A repeated start between the two.
  std::vector<std::uint8_t> read_from(std::uint8_t register_number, std::size_t count) {
    if (write({register_number}, true) != 1) return {};
    return read(count);
  }
  std::uint8_t read_register(std::uint8_t register_number) { return read_from(register_number, 1).at(0); }

  // For transfers step by step.
  bool start(bool read) {
    now_ns += byte_ns;
    if (!device_.on_start(read, now_ns)) return false;
    stretch();
    return true;
  }

 private:
  void stretch() {
    const std::uint64_t held = device_.stretch_ns(now_ns);
    stretched_ns += held;
    now_ns += held;
  }

  sim::I2cDevice& device_;
};
