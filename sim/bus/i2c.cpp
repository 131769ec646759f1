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
  return attached.sda == nullptr || (attached.sda->is_joined_to(board.pins().terminal(pins_.sda)) &&
                                     attached.scl->is_joined_to(board.pins().terminal(pins_.scl)));
}

bool I2cBus::is_refused(std::uint8_t address) const {
  return std::any_of(refused_.begin(), refused_.end(), [&](const Refused& refused) {
    return refused.address == address && board.now_ns() < refused.until_ns;
  });
}

void I2cBus::connect(I2cPins pins) {
  // The same pins again stay what they are.
  if (pins != pins_) disconnect();
  pins_ = pins;
  is_connected_ = true;
  for (const unsigned pin : {pins.scl, pins.sda})
    board.pins().connect(pin, Gpio::Function::i2c, Drive::through(Gpio::pull_ohms, true));
}

void I2cBus::disconnect() {
  if (!is_connected_) return;
  is_connected_ = false;
  for (const unsigned pin : {pins_.scl, pins_.sda}) board.pins().disconnect(pin, Gpio::Function::i2c);
}

void I2cBus::setup(unsigned number, I2cPins pins, std::uint32_t frequency, std::uint32_t timeout_us) {
  connect(pins);
  number_ = number;
  frequency_ = frequency;
  cpu_frequency_ = board.frequency_hz();
  half_bit_ns_ = 500'000'000 / frequency;
  timeout_ns_ = std::uint64_t{timeout_us} * 1000;
  trace::emit(Kind::i2c_setup, frequency, number, pins.scl | pins.sda << 8);
}

void I2cBus::become_target(I2cPins pins) {
  connect(pins);
  frequency_ = 0;
  is_target_ = true;
}

void I2cBus::release_target() {
  disconnect();
  is_target_ = false;
}

void I2cBus::clock_changed() {
  if (frequency_ == 0) return;
  const std::uint64_t now = std::uint64_t{frequency_} * board.frequency_hz() / cpu_frequency_;
  half_bit_ns_ = 500'000'000 / now;
  trace::emit(Kind::i2c_setup, static_cast<std::uint32_t>(now), number_, pins_.scl | pins_.sda << 8);
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
  board.cpu().serve_interrupts();  // of a target on this board
}

void I2cBus::fail(I2cError error, int code, const char* text, std::uint32_t waited_us) {
  trace::emit(Kind::i2c_error, waited_us, number_, 0U, static_cast<std::uint8_t>(error), address_);
  if (held_) let_go();
  throw asyncio::OSError(code, text);
}

// A pin that is not the bus's any more reads as low inside the chip.
bool I2cBus::is_line_low(unsigned pin) const {
  return board.pins().function(pin) != Gpio::Function::i2c || !board.pins().level(pin);
}

// Until both are high. What holds one low lets go by an alarm or in an interrupt of the firmware's.
void I2cBus::wait_for_lines() {
  const std::uint64_t began_ns = board.now_ns();
  const std::uint64_t end_ns = began_ns + timeout_ns_;
  for (;;) {
    const std::uint64_t now = board.now_ns();
    const bool is_held = now < sda_low_until_ns_;
    const bool sda_low = is_held || is_line_low(pins_.sda);
    if (!sda_low && !is_line_low(pins_.scl)) return;
    if (now >= end_ns) {
      if (!sda_low)
        fail(I2cError::stretched, drivers::timed_out, "I2C: SCL stays low, somebody holds the clock");
      fail(I2cError::stuck, drivers::timed_out, "I2C: SDA stays low, the bus is stuck",
           static_cast<std::uint32_t>((now - began_ns) / 1000));
    }
    const std::uint64_t next = std::max(now + 1, board.cpu().alarms().next_ns());
    board.cpu().wait_until(std::min({end_ns, next, is_held ? sda_low_until_ns_ : end_ns}));
  }
}

// After an acknowledgement: a target that needs time holds the clock, perhaps until its interrupt was served.
void I2cBus::wait_for_devices() {
  const std::uint64_t began_ns = board.now_ns();
  std::uint64_t scripted_ns = began_ns < stretched_until_ns_ ? stretched_ns_ : 0;
  for (;;) {
    std::uint64_t longest_ns = scripted_ns;
    scripted_ns = 0;
    for (I2cDevice* const device : addressed_)
      longest_ns = std::max(longest_ns, device->stretch_ns(board.now_ns()));
    board.cpu().serve_interrupts();
    if (longest_ns == 0) return;
    const std::uint64_t end_ns = began_ns + timeout_ns_;
    board.cpu().wait_until(std::min(board.now_ns() + longest_ns, end_ns));
    if (board.now_ns() >= end_ns)
      fail(I2cError::stretched, drivers::timed_out,
           "I2C: the target holds the clock for longer than the timeout");
  }
}

void I2cBus::start(std::uint8_t address, bool read) {
  address_ = address;
  wait_for_lines();
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
  wait_for_devices();
}

bool I2cBus::write(std::uint8_t byte) {
  bool acknowledged = false;
  for (I2cDevice* const device : addressed_) {
    if (device->on_write(byte, board.now_ns())) acknowledged = true;
  }
  symbol(Kind::i2c_write, byte | (acknowledged ? 0U : trace::i2c_nack), 18);
  if (acknowledged) {
    wait_for_devices();
  } else {
    trace::emit(Kind::i2c_error, 0, number_, 0U, static_cast<std::uint8_t>(I2cError::data), address_);
  }
  return acknowledged;
}

std::uint8_t I2cBus::read(bool last) {
  std::uint8_t byte = 0xff;
  for (I2cDevice* const device : addressed_) byte &= device->on_read(board.now_ns());  // low wins
  symbol(Kind::i2c_read, byte | (last ? trace::i2c_nack : 0U), 18);
  if (!last) wait_for_devices();
  return byte;
}

void I2cBus::stop() {
  if (held_) let_go();
}

// RP2040 datasheet 1.4.3: of each four pins the first two are I2C0's SDA and SCL, the others I2C1's.
I2cPins i2c_pins(int number, int scl, int sda) {
  if (number < 0 || number >= static_cast<int>(I2cBuses::count))
    throw asyncio::ValueError("I2C: a Pico has I2C 0 and 1");
  if (scl < 0) scl = number == 0 ? 5 : 7;
  if (sda < 0) sda = number == 0 ? 4 : 6;
  if (!Gpio::exists(sda) || !Gpio::exists(scl) || sda % 4 != 2 * number || scl % 4 != 2 * number + 1)
    throw asyncio::ValueError(
        number == 0
            ? "I2C: I2C 0 can be at SDA 0, 4, 8, 12, 16, 20, 24, 28 and SCL 1, 5, 9, 13, 17, 21, 25, 29"
            : "I2C: I2C 1 can be at SDA 2, 6, 10, 14, 18, 22, 26 and SCL 3, 7, 11, 15, 19, 23, 27");
  return {static_cast<unsigned>(scl), static_cast<unsigned>(sda)};
}

}  // namespace sim

// --- machine/i2c.hpp on this board

namespace machine {
namespace {

using sim::board;

sim::I2cBus& bus(int id) { return board.i2c()[static_cast<unsigned>(id)]; }

std::uint8_t checked(int address) {
  if (address < 0x08 || address > 0x77) throw asyncio::ValueError("I2C: an address is 0x08 to 0x77");
  return static_cast<std::uint8_t>(address);
}

// What the CPU does before each transfer.
sim::I2cBus* begin_transfer(int id) {
  if (bus(id).is_target())
    throw asyncio::RuntimeError(
        "I2C: this bus is an I2CTarget now; only after its deinit() an I2C controls it");
  board.cpu().spend(board.profile().i2c_setup_ns);
  return &bus(id);
}

}  // namespace

I2C::I2C(int id, const Options& options) : id_(id) {
  const sim::I2cPins pins = sim::i2c_pins(id, options.scl, options.sda);
  if (bus(id).is_target())
    throw asyncio::ValueError("I2C: this bus is an I2CTarget's; use the other one, or deinit() the target");
  if (options.freq < 1'000 || options.freq > 1'000'000)
    throw asyncio::ValueError("I2C: the frequency is 1 kHz to 1 MHz");
  board.cpu().spend(board.profile().i2c_setup_ns);
  bus(id).setup(static_cast<unsigned>(id), pins, options.freq, options.timeout);
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
