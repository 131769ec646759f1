// I2cDevice: what hangs on the virtual I2C bus, as the bus talks to it: a sensor, a display's port expander.
// It knows neither the board nor the wires: the bus gives it the bytes, and the time of each, which never
// goes back. A device works out what happened since the last call, so it needs no alarm of its own.
//
//   class Thermometer : public sim::I2cDevice { … };
//   if (device.has_address(0x48) && device.on_start(true, now)) { now += device.stretch_ns(now); … }
//
// One transfer, as the device sees it: on_start(); then on_write() for each byte, or on_read() for each; then
// either on_start() again (a repeated start, also with the other direction) or on_stop().
#pragma once

#include <cstdint>

namespace sim {

class I2cDevice {
 public:
  I2cDevice() = default;
  I2cDevice(const I2cDevice&) = delete;
  I2cDevice& operator=(const I2cDevice&) = delete;
  virtual ~I2cDevice() = default;

  // Is this 7-bit address (without the read bit) one of the device's? The bus asks all its devices, and talks
  // to those that say yes. It may change from one transfer to the next.
  virtual bool has_address(std::uint8_t address) const = 0;

  // The device was addressed: to be read, or to be written. True if it acknowledges.
  virtual bool on_start(bool read, std::uint64_t now_ns) = 0;
  // The controller wrote `byte`. True if the device acknowledges.
  virtual bool on_write(std::uint8_t byte, std::uint64_t now_ns) = 0;
  // The controller clocks a byte out of the device; 0xFF is what it reads if the device drives nothing.
  virtual std::uint8_t on_read(std::uint64_t now_ns) = 0;
  // The transfer is over for this device: a stop, a repeated start with another address, or the controller
  // gave up. Called once after each acknowledged on_start(), or several in a row.
  virtual void on_stop(std::uint64_t now_ns) = 0;

  // For how long, from now on, the device holds the clock low (stretches it). The bus asks after each
  // acknowledge bit, waits that long, and asks again, until it is 0: then the next byte comes.
  virtual std::uint64_t stretch_ns(std::uint64_t now_ns) {
    static_cast<void>(now_ns);
    return 0;
  }
};

}  // namespace sim
