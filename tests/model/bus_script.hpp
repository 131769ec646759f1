// What goes over a UART and an I2C bus, as records written by hand: each call appends the records hardware
// would have made, and time goes on as it would have on the wire.
#pragma once

#include <string>
#include <vector>

#include "trace_script.hpp"

namespace trace_script {

struct Format {
  int bits = 8;
  int parity = 0;  // 1 even, 2 odd
  int stop = 1;
  std::uint64_t length() const { return static_cast<std::uint64_t>(1 + bits + (parity != 0 ? 1 : 0) + stop); }
};

class UartScript {
 public:
  UartScript(Script& script, std::uint32_t number, std::uint32_t baud, Format format = {})
      : script_(script), number_(number), baud_(baud), format_(format) {
    script.add(Kind::uart_setup, baud, number, 4 | 5 << 8, 0,
               trace::uart_format(format.bits, format.parity, format.stop));
  }
  // Until the last bit has left.
  UartScript& send(unsigned byte) { return add(Kind::uart_tx, byte); }
  UartScript& receive(unsigned byte) { return add(Kind::uart_rx, byte); }
  // The error of the byte just received.
  UartScript& error(trace::UartError error, unsigned byte) {
    script_.add(Kind::uart_error, 0, number_, 0, static_cast<std::uint8_t>(error),
                static_cast<std::uint16_t>(byte));
    return *this;
  }
  UartScript& pause_us(std::uint64_t us) {
    script_.at_ns(script_.now_ns() + us * 1000);
    return *this;
  }

 private:
  UartScript& add(Kind kind, unsigned byte) {
    script_.add(kind, 0, number_, 0, 0, static_cast<std::uint16_t>(byte));
    const std::uint64_t bits = (byte & trace::uart_break) != 0 ? 14 : format_.length();
    script_.at_ns(script_.now_ns() + (bits * 1'000'000'000 + baud_ - 1) / baud_);
    return *this;
  }
  Script& script_;
  std::uint32_t number_;
  std::uint32_t baud_;
  Format format_;
};

class I2cScript {
 public:
  I2cScript(Script& script, std::uint32_t number, std::uint32_t frequency)
      : script_(script), number_(number), frequency_(frequency) {
    script.add(Kind::i2c_setup, frequency, number, 5 | 4 << 8);
  }
  I2cScript& start(unsigned address, bool read, bool nack = false) {
    const std::uint64_t halves = held_ ? 21 : 19;
    held_ = true;
    return add(Kind::i2c_start, address << 1 | (read ? 1U : 0U), nack, halves);
  }
  I2cScript& write(unsigned byte, bool nack = false) { return add(Kind::i2c_write, byte, nack, 18); }
  I2cScript& read(unsigned byte, bool nack = false) { return add(Kind::i2c_read, byte, nack, 18); }
  I2cScript& stop() {
    held_ = false;
    return add(Kind::i2c_stop, 0, false, 3);
  }
  I2cScript& error(trace::I2cError error, unsigned address, std::uint32_t waited_us = 0) {
    script_.add(Kind::i2c_error, waited_us, number_, 0, static_cast<std::uint8_t>(error),
                static_cast<std::uint16_t>(address));
    return *this;
  }
  // The target stretches the clock, or nobody wants anything.
  I2cScript& pause_us(std::uint64_t us) {
    script_.at_ns(script_.now_ns() + us * 1000);
    return *this;
  }

 private:
  I2cScript& add(Kind kind, unsigned byte, bool nack, std::uint64_t half_bits) {
    script_.add(kind, 0, number_, 0, 0, static_cast<std::uint16_t>(byte | (nack ? trace::i2c_nack : 0U)));
    script_.at_ns(script_.now_ns() + half_bits * 500'000'000 / frequency_);
    return *this;
  }
  Script& script_;
  std::uint32_t number_;
  std::uint32_t frequency_;
  bool held_ = false;
};

}  // namespace trace_script
