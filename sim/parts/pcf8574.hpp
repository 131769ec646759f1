// Pcf8574: the NXP PCF8574, eight more pins on two wires: what the controller writes is what its port P7 to
// P0 has from then on, and what it reads are the levels there. It sits on the back of most character
// displays.
//
//   Pcf8574 expander(0x27, {.on_write = [&](std::uint8_t port, std::uint64_t now_ns) { … },
//                           .pulled_low = [&] { return std::uint8_t{0}; }});
//
// A pin that is high is so weakly (data sheet, 7.1 quasi-bidirectional I/Os): whoever pulls it low is read.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "bus/i2c_device.hpp"

namespace sim {

class Pcf8574 final : public I2cDevice {
 public:
  struct Port {
    // All eight pins have this from `now_ns` on. After power-on they are high; that is not told.
    std::function<void(std::uint8_t levels, std::uint64_t now_ns)> on_write;
    // The pins somebody else holds low now.
    std::function<std::uint8_t()> pulled_low;
  };
  Pcf8574(std::uint8_t address, Port port) : address_(address), port_(std::move(port)) {}

  std::uint8_t written() const { return written_; }

  bool has_address(std::uint8_t address) const override { return address == address_; }
  bool on_start(bool, std::uint64_t) override { return true; }
  bool on_write(std::uint8_t byte, std::uint64_t now_ns) override {
    written_ = byte;
    port_.on_write(byte, now_ns);
    return true;
  }
  std::uint8_t on_read(std::uint64_t) override {
    return static_cast<std::uint8_t>(written_ & ~unsigned{port_.pulled_low()});
  }
  void on_stop(std::uint64_t) override {}

 private:
  std::uint8_t address_;
  std::uint8_t written_ = 0xFF;
  Port port_;
};

}  // namespace sim
