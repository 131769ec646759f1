#include "fake_i2c.hpp"

#include <array>
#include <cstdio>

#include "asyncio/exceptions.hpp"
#include "asyncio/virtual_board.hpp"
#include "machine/i2c.hpp"

namespace {

constexpr int eio = 5;
constexpr int etimedout = 110;
constexpr std::uint64_t byte_us = 23;  // nine bits at 400 kHz

struct Bus {
  std::array<fake_i2c::Device*, 128> devices{};
  std::vector<std::string> transfers;
  bool stuck = false;
};
Bus bus;

std::string hex(unsigned byte) {
  char text[8];
  std::snprintf(text, sizeof text, "%02X", byte);
  return text;
}

// Addresses the device and notes it. nullptr if nobody acknowledges.
fake_i2c::Device* start(int address, bool read) {
  virtual_board::spend_us(byte_us);
  bus.transfers.push_back(hex(static_cast<unsigned>(address)) + (read ? " read" : " write"));
  if (bus.stuck) {
    bus.transfers.back() += " stuck";
    throw asyncio::OSError(etimedout, "I2C: the bus is stuck");
  }
  fake_i2c::Device* const device = bus.devices.at(static_cast<std::size_t>(address));
  if (device != nullptr && device->start(read)) return device;
  bus.transfers.back() += " nack";
  if (device != nullptr) device->stop();
  return nullptr;
}
fake_i2c::Device& must_start(int address, bool read) {
  if (fake_i2c::Device* const device = start(address, read)) return *device;
  throw asyncio::OSError(eio, "I2C: nobody acknowledges");
}

// True if the device acknowledged.
bool write_byte(fake_i2c::Device& device, std::uint8_t byte) {
  virtual_board::spend_us(byte_us);
  bus.transfers.back() += " " + hex(byte);
  if (device.write(byte)) return true;
  bus.transfers.back() += " nack";
  return false;
}

}  // namespace

namespace fake_i2c {

void reset() { bus = Bus(); }
void attach(int address, Device& device) { bus.devices.at(static_cast<std::size_t>(address)) = &device; }
void detach(int address) { bus.devices.at(static_cast<std::size_t>(address)) = nullptr; }
void set_stuck(bool stuck) { bus.stuck = stuck; }
const std::vector<std::string>& transfers() { return bus.transfers; }
void forget_transfers() { bus.transfers.clear(); }

}  // namespace fake_i2c

namespace machine {

I2C::I2C(int id, const Options&) : id_(id) {}

std::vector<std::uint8_t> I2C::scan() {
  std::vector<std::uint8_t> found;
  for (int address = 0x08; address <= 0x77; ++address) {
    fake_i2c::Device* const device = start(address, false);
    if (device == nullptr) continue;
    device->stop();
    found.push_back(static_cast<std::uint8_t>(address));
  }
  return found;
}

void I2C::readfrom_into(int address, std::span<std::uint8_t> buffer, bool stop) {
  fake_i2c::Device& device = must_start(address, true);
  for (std::uint8_t& byte : buffer) {
    byte = device.read();
    virtual_board::spend_us(byte_us);
    bus.transfers.back() += " " + hex(byte);
  }
  if (stop) device.stop();
}

std::size_t I2C::writeto(int address, std::span<const std::uint8_t> bytes, bool stop) {
  fake_i2c::Device& device = must_start(address, false);
  std::size_t acknowledged = 0;
  while (acknowledged < bytes.size() && write_byte(device, bytes[acknowledged])) ++acknowledged;
  if (stop) device.stop();
  return acknowledged;
}

void I2C::readfrom_mem_into(int address, std::uint32_t register_number, std::span<std::uint8_t> buffer,
                            int addrsize) {
  fake_i2c::Device& device = must_start(address, false);
  for (int shift = addrsize - 8; shift >= 0; shift -= 8) {
    if (write_byte(device, static_cast<std::uint8_t>(register_number >> shift))) continue;
    device.stop();
    throw asyncio::OSError(eio, "I2C: the register's number was not acknowledged");
  }
  readfrom_into(address, buffer);
}

void I2C::writeto_mem(int address, std::uint32_t register_number, std::span<const std::uint8_t> bytes,
                      int addrsize) {
  fake_i2c::Device& device = must_start(address, false);
  bool acknowledged = true;
  for (int shift = addrsize - 8; shift >= 0 && acknowledged; shift -= 8)
    acknowledged = write_byte(device, static_cast<std::uint8_t>(register_number >> shift));
  for (std::size_t i = 0; i < bytes.size() && acknowledged; ++i) acknowledged = write_byte(device, bytes[i]);
  device.stop();
  if (!acknowledged) throw asyncio::OSError(eio, "I2C: a byte was not acknowledged");
}

}  // namespace machine
