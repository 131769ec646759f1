// The virtual board's I2C buses: the controller behind machine::I2C, the devices that hang on it, and what
// can go wrong on purpose. Each byte is traced when it begins on the wire and takes the time it takes there;
// a transfer blocks the firmware, interrupts aside.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "bus/i2c_device.hpp"
#include "bus/net.hpp"
#include "trace/record.hpp"

namespace sim {

struct I2cPins {
  unsigned scl;
  unsigned sda;
  friend bool operator==(const I2cPins&, const I2cPins&) = default;
};
// Those a bus of this number has: the ones given, or its usual ones for -1. Throws ValueError if they cannot
// be.
I2cPins i2c_pins(int number, int scl, int sda);

class I2cBus {
 public:
  // --- What is wired to it. A device must outlive the bus, or be detached.
  void attach(I2cDevice& device) { attached_.push_back({&device, nullptr, nullptr}); }
  // It is there whenever its legs are joined to the controller's pins.
  void attach(I2cDevice& device, const Terminal& sda, const Terminal& scl) {
    attached_.push_back({&device, &sda, &scl});
  }
  void detach(I2cDevice& device);

  // --- Faults, until a time.
  // Nobody acknowledges that address.
  void refuse(std::uint8_t address, std::uint64_t until_ns);
  // Something holds SDA low.
  void hold_sda_low(std::uint64_t until_ns) { sda_low_until_ns_ = until_ns; }
  // Every target holds the clock for at least so long after each acknowledge bit.
  void stretch(std::uint64_t duration_ns, std::uint64_t until_ns) {
    stretched_ns_ = duration_ns;
    stretched_until_ns_ = until_ns;
  }

  // --- The controller. `number` is the bus's, for the trace. Times are the board's; frequency in Hz, timeout
  // in us. The pins are the bus's from now on, with their pulls up (RP2040 datasheet 4.3.1.3).
  void setup(unsigned number, I2cPins pins, std::uint32_t frequency, std::uint32_t timeout_us);
  // A start, or a repeated one, and the address. Throws OSError EIO if nobody acknowledges, ETIMEDOUT if the
  // bus is stuck or stretched for too long; the bus is free again then.
  void start(std::uint8_t address, bool read);
  // True if acknowledged.
  bool write(std::uint8_t byte);
  // The controller acknowledges each byte but the last.
  std::uint8_t read(bool last);
  void stop();
  // The CPU has another frequency, from which the bus's is made.
  void clock_changed();

  // A bus that is a target's (machine::I2CTarget) has no controller.
  bool is_target() const { return is_target_; }
  void become_target(I2cPins pins);
  void release_target();

 private:
  struct Attached {
    I2cDevice* device;
    const Terminal* sda;  // nullptr: always there
    const Terminal* scl;
  };
  bool is_there(const Attached& attached) const;
  struct Refused {
    std::uint8_t address;
    std::uint64_t until_ns;
  };
  bool is_refused(std::uint8_t address) const;
  void symbol(trace::Kind kind, unsigned extra, unsigned half_bits);
  void wait_for_devices();
  void connect(I2cPins pins);
  void disconnect();
  bool is_line_low(unsigned pin) const;
  void wait_for_lines();
  [[noreturn]] void fail(trace::I2cError error, int code, const char* text, std::uint32_t waited_us = 0);
  void let_go();

  std::vector<Attached> attached_;
  std::vector<Refused> refused_;
  std::vector<I2cDevice*> addressed_;  // by the last start
  std::uint64_t sda_low_until_ns_ = 0;
  std::uint64_t stretched_ns_ = 0;
  std::uint64_t stretched_until_ns_ = 0;
  std::uint32_t frequency_ = 0;      // as set up; 0: not yet
  std::uint32_t cpu_frequency_ = 0;  // then
  std::uint64_t half_bit_ns_ = 1250;
  std::uint64_t timeout_ns_ = 0;
  unsigned number_ = 0;
  I2cPins pins_{};
  std::uint8_t address_ = 0;
  bool held_ = false;  // between a start and its stop
  bool is_target_ = false;
  bool is_connected_ = false;  // has pins_
};

// An RP2040 has two.
class I2cBuses {
 public:
  static constexpr unsigned count = 2;
  I2cBus& operator[](unsigned number) { return buses_[number]; }
  // Wherever its legs are wired to.
  void attach(I2cDevice& device, const Terminal& sda, const Terminal& scl) {
    for (I2cBus& bus : buses_) bus.attach(device, sda, scl);
  }
  void detach(I2cDevice& device) {
    for (I2cBus& bus : buses_) bus.detach(device);
  }
  void clock_changed() {
    for (I2cBus& bus : buses_) bus.clock_changed();
  }

 private:
  std::array<I2cBus, count> buses_;
};

}  // namespace sim
