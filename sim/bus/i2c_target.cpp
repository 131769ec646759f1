// machine/i2c_target.hpp on this board: a device like any other on the buses, at the target's pins, so that
// the controller may be another bus of the same board. With memory it answers by itself. Without, it holds
// the clock after each byte until the handler of its interrupt has taken or given one; what no handler is
// there for is thrown away, or read as 0.
#include "machine/i2c_target.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "asyncio/exceptions.hpp"
#include "mcu/board.hpp"
#include "mcu/interrupt_handler.hpp"

namespace machine {
namespace {

using sim::board;

constexpr unsigned i2c0_irq = 23;  // RP2040 datasheet 2.3.2
constexpr int all_triggers = I2CTarget::IRQ_ADDR_MATCH_READ | I2CTarget::IRQ_ADDR_MATCH_WRITE |
                             I2CTarget::IRQ_READ_REQ | I2CTarget::IRQ_WRITE_REQ | I2CTarget::IRQ_END_READ |
                             I2CTarget::IRQ_END_WRITE;

}  // namespace

struct I2CTarget::State final : sim::I2cDevice {
  State(I2CTarget& target, std::uint8_t own_address, const Options& options)
      : mem(options.mem),
        address_bytes(static_cast<unsigned>(options.mem_addrsize) / 8),
        address(own_address),
        interrupt(board.cpu().interrupts(), i2c0_irq + static_cast<unsigned>(target.id()), 0,
                  [this, &target] { serve(target); }) {}

  // --- As the bus sees it

  bool has_address(std::uint8_t asked) const override { return asked == address; }

  bool on_start(bool read, std::uint64_t) override {
    end_transfer();  // one before a repeated start
    transfer_ = read ? Transfer::read : Transfer::write;
    notice(read ? IRQ_ADDR_MATCH_READ : IRQ_ADDR_MATCH_WRITE);
    address_left_ = read ? 0 : address_bytes;
    if (!read) chosen_ = 0;
    if (address_bytes == 0) at_ = start = 0;
    if (read) request_byte();
    return true;
  }

  bool on_write(std::uint8_t byte, std::uint64_t) override {
    if (mem.empty()) {
      received = (trigger & IRQ_WRITE_REQ) != 0 ? std::optional(byte) : std::nullopt;
      wrote_ = true;
    } else if (address_left_ != 0) {
      chosen_ = chosen_ << 8 | byte;
      if (--address_left_ == 0) at_ = start = static_cast<std::uint32_t>(chosen_ % mem.size());
      return true;
    } else {
      mem[at_] = byte;
      at_ = static_cast<std::uint32_t>((at_ + 1) % mem.size());
      wrote_ = true;
    }
    notice(IRQ_WRITE_REQ);
    return true;
  }

  std::uint8_t on_read(std::uint64_t) override {
    std::uint8_t byte = 0;
    if (!mem.empty()) {
      byte = mem[at_];
      at_ = static_cast<std::uint32_t>((at_ + 1) % mem.size());
    } else if (to_send) {
      byte = *std::exchange(to_send, std::nullopt);
    }
    request_byte();
    return byte;
  }

  void on_stop(std::uint64_t) override {
    end_transfer();
    raise();
  }

  // Asked when the byte is over, which is when its interrupt comes.
  std::uint64_t stretch_ns(std::uint64_t) override {
    constexpr std::uint64_t until_asked_again_ns = 1000;
    raise();
    const bool waits = mem.empty() && (received || (wants_byte && !to_send));
    return waits ? until_asked_again_ns : 0;
  }

  // --- As the program sees it

  void serve(I2CTarget& target) {
    while (!events_.empty()) {
      flags = events_.front();
      events_.erase(events_.begin());
      if (!handler(target)) return;
    }
    flags = 0;
  }

  std::span<std::uint8_t> mem;
  sim::InterruptHandler<I2CTarget&> handler;
  int trigger = 0;
  int flags = 0;            // of the event the handler is called for
  std::uint32_t start = 0;  // in mem: where the controller said
  std::optional<std::uint8_t> received;
  std::optional<std::uint8_t> to_send;
  bool wants_byte = false;  // the controller waits for to_send
  bool is_attached = true;

  // Registers what happened for the handler, once each, in order.
  void notice(Trigger event) {
    if ((trigger & event) != 0 && std::find(events_.begin(), events_.end(), event) == events_.end())
      events_.push_back(event);
  }
  void forget_events() {
    events_.clear();
    interrupt.clear();
  }

  unsigned address_bytes;
  std::uint8_t address;
  sim::Interrupt interrupt;

 private:
  enum class Transfer : unsigned char { none, read, write };

  // The next byte the controller may clock out of it.
  void request_byte() {
    wants_byte = (trigger & IRQ_READ_REQ) != 0;
    notice(IRQ_READ_REQ);
  }

  void end_transfer() {
    if (transfer_ == Transfer::read) {
      // The request after the last byte was for one the controller did not want.
      std::erase(events_, IRQ_READ_REQ);
      notice(IRQ_END_READ);
    }
    if (transfer_ == Transfer::write && wrote_) notice(IRQ_END_WRITE);
    transfer_ = Transfer::none;
    wrote_ = false;
    wants_byte = false;
    received.reset();
    to_send.reset();
  }

  void raise() {
    if (!events_.empty()) interrupt.raise();
  }

  std::vector<int> events_;
  Transfer transfer_ = Transfer::none;
  bool wrote_ = false;         // more than a memory address
  unsigned address_left_ = 0;  // bytes of it that are still to come
  std::uint64_t chosen_ = 0;   // the bytes of the memory address so far
  std::uint32_t at_ = 0;       // in mem: the next byte
};

I2CTarget::I2CTarget(int id, int address, const Options& options) : id_(id) {
  const sim::I2cPins pins = sim::i2c_pins(id, options.scl, options.sda);
  if (address < 0x08 || address > 0x77) throw asyncio::ValueError("I2CTarget: the address is 0x08 to 0x77");
  if (options.mem_addrsize < 0 || options.mem_addrsize > 32 || options.mem_addrsize % 8 != 0)
    throw asyncio::ValueError("I2CTarget: the mem_addrsize is 0, 8, 16, 24 or 32 bits");
  sim::I2cBus& bus = board.i2c()[static_cast<unsigned>(id)];
  if (bus.is_target())
    throw asyncio::ValueError("I2CTarget: this bus is another I2CTarget's already; deinit() that first");
  board.cpu().spend(board.profile().i2c_setup_ns);
  state_ = std::make_unique<State>(*this, static_cast<std::uint8_t>(address), options);
  bus.become_target(pins);
  board.i2c().attach(*state_, board.pins().terminal(pins.sda), board.pins().terminal(pins.scl));
}

I2CTarget::~I2CTarget() { deinit(); }

void I2CTarget::deinit() {
  sim::I2cBus& bus = board.i2c()[static_cast<unsigned>(id_)];
  if (!state_->is_attached) return;
  board.cpu().spend(board.profile().peripheral_access_ns);
  state_->is_attached = false;
  state_->forget_events();
  board.i2c().detach(*state_);
  bus.release_target();
}

std::size_t I2CTarget::readinto(std::span<std::uint8_t> buffer) {
  board.cpu().spend(board.profile().peripheral_access_ns);
  if (buffer.empty() || !state_->received) return 0;
  buffer[0] = *std::exchange(state_->received, std::nullopt);
  return 1;
}

std::size_t I2CTarget::write(std::span<const std::uint8_t> bytes) {
  board.cpu().spend(board.profile().peripheral_access_ns);
  if (bytes.empty() || !state_->wants_byte || state_->to_send) return 0;
  state_->to_send = bytes[0];
  return 1;
}

void I2CTarget::irq(Handler handler, int trigger, trace::Site site) {
  if ((trigger & ~all_triggers) != 0 || trigger == 0)
    throw asyncio::ValueError("I2CTarget.irq: the trigger is one of I2CTarget::IRQ_… or several, with |");
  board.cpu().spend(board.profile().peripheral_access_ns);
  state_->forget_events();
  state_->trigger = handler ? trigger : 0;
  state_->handler = std::move(handler);
  if (state_->trigger != 0) state_->interrupt.announce(id_ == 0 ? "I2CTarget 0" : "I2CTarget 1", site);
}

int I2CTarget::flags() const { return state_->flags; }
std::uint32_t I2CTarget::memaddr() const { return state_->start; }

}  // namespace machine
