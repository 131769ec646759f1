#include "bus/i2c.hpp"

#include <algorithm>

#include "asyncio/exceptions.hpp"
#include "drivers/error_numbers.hpp"
#include "machine/i2c.hpp"
#include "mcu/board.hpp"
#include "trace/hooks.hpp"

namespace sim {

using trace::I2cError;
using trace::Kind;

void I2cBus::detach(I2cDevice& device) {
  std::erase_if(attached_, [&](const Attached& attached) { return attached.device == &device; });
  std::erase(addressed_, &device);
}

void I2cBus::refuse(std::uint8_t address, std::uint64_t until_ns) {
  std::erase_if(refused_, [&](const Refused& refused) { return refused.address == address; });
  refused_.push_back({address, until_ns});
}

bool I2cBus::is_there(const Attached& attached) const {
  return attached.sda == nullptr || (attached.sda->is_joined_to(board.pins().terminal(sda_)) &&
                                     attached.scl->is_joined_to(board.pins().terminal(scl_)));
}

bool I2cBus::is_refused(std::uint8_t address) const {
  return std::any_of(refused_.begin(), refused_.end(), [&](const Refused& refused) {
    return refused.address == address && board.now_ns() < refused.until_ns;
  });
}

void I2cBus::setup(unsigned number, unsigned scl, unsigned sda, std::uint32_t frequency,
                   std::uint32_t timeout_us) {
  number_ = number;
  scl_ = scl;
  sda_ = sda;
  half_bit_ns_ = 500'000'000 / frequency;
  timeout_ns_ = std::uint64_t{timeout_us} * 1000;
  trace::emit(Kind::i2c_setup, frequency, number, scl | sda << 8);
}

// From here on, for so long; core/trace/record.hpp has the lengths.
void I2cBus::symbol(Kind kind, unsigned extra, unsigned half_bits) {
  trace::emit(kind, 0, number_, 0U, 0, static_cast<std::uint16_t>(extra));
  board.cpu().wait_until(board.now_ns() + half_bits * half_bit_ns_);
}

void I2cBus::let_go() {
  symbol(Kind::i2c_stop, 0, 3);
  held_ = false;
  for (I2cDevice* const device : addressed_) device->on_stop(board.now_ns());
  addressed_.clear();
}

void I2cBus::fail(I2cError error, int code, const char* text, std::uint32_t waited_us) {
  trace::emit(Kind::i2c_error, waited_us, number_, 0U, static_cast<std::uint8_t>(error), address_);
  if (held_) let_go();
  throw asyncio::OSError(code, text);
}

void I2cBus::wait_for_sda() {
  if (board.now_ns() >= sda_low_until_ns_) return;
  const std::uint64_t began_ns = board.now_ns();
  board.cpu().wait_until(std::min(sda_low_until_ns_, began_ns + timeout_ns_));
  if (board.now_ns() >= sda_low_until_ns_) return;
  fail(I2cError::stuck, drivers::timed_out, "I2C: SDA stays low, the bus is stuck",
       static_cast<std::uint32_t>((board.now_ns() - began_ns) / 1000));
}

// After an acknowledgement: a target that needs time holds the clock.
void I2cBus::stretch() {
  std::uint64_t longest_ns = 0;
  for (I2cDevice* const device : addressed_)
    longest_ns = std::max(longest_ns, device->stretch_ns(board.now_ns()));
  if (longest_ns == 0) return;
  board.cpu().wait_until(board.now_ns() + std::min(longest_ns, timeout_ns_));
  if (longest_ns > timeout_ns_)
    fail(I2cError::stretched, drivers::timed_out,
         "I2C: the target holds the clock for longer than the timeout");
}

void I2cBus::start(std::uint8_t address, bool read) {
  address_ = address;
  wait_for_sda();
  std::vector<I2cDevice*> before;
  before.swap(addressed_);
  const std::uint64_t now = board.now_ns();
  bool acknowledged = false;
  if (!is_refused(address)) {
    for (const Attached& attached : attached_) {
      I2cDevice& device = *attached.device;
      if (!is_there(attached) || !device.has_address(address) || !device.on_start(read, now)) continue;
      acknowledged = true;
      addressed_.push_back(&device);
    }
  }
  // Who was addressed before and is not now has its transfer behind it.
  for (I2cDevice* const device : before) {
    if (std::find(addressed_.begin(), addressed_.end(), device) == addressed_.end()) device->on_stop(now);
  }
  const bool repeated = held_;
  held_ = true;
  const unsigned byte = static_cast<unsigned>(address) << 1 | (read ? 1U : 0U);
  symbol(Kind::i2c_start, byte | (acknowledged ? 0U : trace::i2c_nack), repeated ? 21 : 19);
  if (!acknowledged) fail(I2cError::nobody, drivers::io_error, "I2C: nobody acknowledges that address");
  stretch();
}

bool I2cBus::write(std::uint8_t byte) {
  bool acknowledged = false;
  for (I2cDevice* const device : addressed_) {
    if (device->on_write(byte, board.now_ns())) acknowledged = true;
  }
  symbol(Kind::i2c_write, byte | (acknowledged ? 0U : trace::i2c_nack), 18);
  if (acknowledged) {
    stretch();
  } else {
    trace::emit(Kind::i2c_error, 0, number_, 0U, static_cast<std::uint8_t>(I2cError::data), address_);
  }
  return acknowledged;
}

std::uint8_t I2cBus::read(bool last) {
  std::uint8_t byte = 0xff;
  for (I2cDevice* const device : addressed_) byte &= device->on_read(board.now_ns());  // low wins
  symbol(Kind::i2c_read, byte | (last ? trace::i2c_nack : 0U), 18);
  if (!last) stretch();
  return byte;
}

void I2cBus::stop() {
  if (held_) let_go();
}

}  // namespace sim

// --- machine/i2c.hpp on this board

namespace machine {
namespace {

using sim::board;

sim::I2cBus& bus(int id) { return board.i2c()[static_cast<unsigned>(id)]; }

// RP2040 datasheet 1.4.3: of each four pins the first two are I2C0's SDA and SCL, the others I2C1's.
bool can_be(int pin, int id, int line) { return pin >= 0 && pin < 30 && pin % 4 == 2 * id + line; }

std::uint8_t checked(int address) {
  if (address < 0x08 || address > 0x77) throw asyncio::ValueError("I2C: an address is 0x08 to 0x77");
  return static_cast<std::uint8_t>(address);
}

// What the CPU does before each transfer.
sim::I2cBus* begin_transfer(int id) {
  board.cpu().spend(board.profile().i2c_setup_ns);
  return &bus(id);
}

}  // namespace

I2C::I2C(int id, const Options& options) : id_(id) {
  if (id < 0 || id >= static_cast<int>(sim::I2cBuses::count))
    throw asyncio::ValueError("I2C: a Pico has I2C 0 and 1");
  const int scl = options.scl >= 0 ? options.scl : id == 0 ? 5 : 7;
  const int sda = options.sda >= 0 ? options.sda : id == 0 ? 4 : 6;
  if (!can_be(sda, id, 0) || !can_be(scl, id, 1))
    throw asyncio::ValueError(
        id == 0 ? "I2C: I2C 0 can be at SDA 0, 4, 8, 12, 16, 20, 24, 28 and SCL 1, 5, 9, 13, 17, 21, 25, 29"
                : "I2C: I2C 1 can be at SDA 2, 6, 10, 14, 18, 22, 26 and SCL 3, 7, 11, 15, 19, 23, 27");
  if (options.freq < 1'000 || options.freq > 1'000'000)
    throw asyncio::ValueError("I2C: the frequency is 1 kHz to 1 MHz");
  board.cpu().spend(board.profile().i2c_setup_ns);
  bus(id).setup(static_cast<unsigned>(id), static_cast<unsigned>(scl), static_cast<unsigned>(sda),
                options.freq, options.timeout);
}

std::vector<std::uint8_t> I2C::scan() {
  std::vector<std::uint8_t> found;
  for (int address = 0x08; address <= 0x77; ++address) {
    sim::I2cBus* const transfer = begin_transfer(id_);
    try {
      transfer->start(checked(address), false);
      transfer->stop();
      found.push_back(static_cast<std::uint8_t>(address));
    } catch (const asyncio::OSError& error) {
      if (error.code() != drivers::io_error) throw;
    }
  }
  return found;
}

void I2C::readfrom_into(int address, std::span<std::uint8_t> buffer, bool stop) {
  sim::I2cBus* const transfer = begin_transfer(id_);
  transfer->start(checked(address), true);
  for (std::size_t i = 0; i < buffer.size(); ++i) buffer[i] = transfer->read(i + 1 == buffer.size());
  if (stop) transfer->stop();
}

std::size_t I2C::writeto(int address, std::span<const std::uint8_t> bytes, bool stop) {
  sim::I2cBus* const transfer = begin_transfer(id_);
  transfer->start(checked(address), false);
  std::size_t acknowledged = 0;
  while (acknowledged < bytes.size() && transfer->write(bytes[acknowledged])) ++acknowledged;
  if (stop || acknowledged < bytes.size()) transfer->stop();
  return acknowledged;
}

void I2C::readfrom_mem_into(int address, std::uint32_t register_number, std::span<std::uint8_t> buffer,
                            int addrsize) {
  const std::uint8_t number[2] = {static_cast<std::uint8_t>(register_number >> 8),
                                  static_cast<std::uint8_t>(register_number)};
  const std::size_t size = addrsize == 16 ? 2 : 1;
  if (addrsize != 8 && addrsize != 16) throw asyncio::ValueError("I2C: the addrsize is 8 or 16");
  if (writeto(address, std::span(number).last(size), false) != size)
    throw asyncio::OSError(drivers::io_error, "I2C: the device does not acknowledge the register's number");
  readfrom_into(address, buffer);
}

void I2C::writeto_mem(int address, std::uint32_t register_number, std::span<const std::uint8_t> bytes,
                      int addrsize) {
  if (addrsize != 8 && addrsize != 16) throw asyncio::ValueError("I2C: the addrsize is 8 or 16");
  sim::I2cBus* const transfer = begin_transfer(id_);
  transfer->start(checked(address), false);
  bool acknowledged = addrsize == 8 || transfer->write(static_cast<std::uint8_t>(register_number >> 8));
  acknowledged = acknowledged && transfer->write(static_cast<std::uint8_t>(register_number));
  for (const std::uint8_t byte : bytes) acknowledged = acknowledged && transfer->write(byte);
  transfer->stop();
  if (!acknowledged) throw asyncio::OSError(drivers::io_error, "I2C: the device does not acknowledge a byte");
}

}  // namespace machine
