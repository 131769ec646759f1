// machine::I2C for tests of drivers: a bus on which a test's own devices hang. Transfers take the time they
// take at 400 kHz, and are kept as text.
//
//   fake_i2c::reset();
//   fake_i2c::attach(0x76, device);
//   … the driver runs …
//   EXPECT_EQ(fake_i2c::transfers().back(), "76 read 58");
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fake_i2c {

// What a test puts on the bus.
class Device {
 public:
  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  // Does it acknowledge its address, or the byte written?
  virtual bool start(bool read) = 0;
  virtual bool write(std::uint8_t byte) = 0;
  virtual std::uint8_t read() = 0;
  // Not between a transfer without stop and the next one.
  virtual void stop() {}
};

// An empty bus that works. Each test starts with it.
void reset();
// Until reset() or detach(); in place of what was at that address. The device must live as long.
void attach(int address, Device& device);
void detach(int address);
// A stuck bus: each transfer is an OSError, ETIMEDOUT.
void set_stuck(bool stuck);

// All since reset(), such as "76 write F4 25" and "76 read 58"; "76 write nack" if the address was not
// acknowledged, "40 write F3 nack" if the byte was not.
const std::vector<std::string>& transfers();
void forget_transfers();

}  // namespace fake_i2c
