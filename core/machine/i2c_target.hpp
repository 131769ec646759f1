// I2CTarget: a device on a two-wire bus that another board controls, as MicroPython's machine.I2CTarget. The
// board this is linked with defines what has no body here.
//
// With memory it is like a sensor with registers: the controller's machine::I2C::readfrom_mem_into() and
// writeto_mem() read and write it, by interrupt, without the program:
//
//   std::array<std::uint8_t, 8> registers{};
//   machine::I2CTarget target(1, 0x43, {.scl = 3, .sda = 2, .mem = registers});
//
// Without, the handler of irq() answers each byte with readinto() and write(). Until it has, the controller's
// clock is held, so it must be quick; the controller gives up after its timeout. What no handler is there for
// is thrown away, or read as 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "asyncio/inplace_function.hpp"
#include "trace/site.hpp"

namespace machine {

class I2CTarget {
 public:
  enum Trigger : unsigned char {
    IRQ_ADDR_MATCH_READ = 1,   // the controller begins to read
    IRQ_ADDR_MATCH_WRITE = 2,  // … to write
    IRQ_READ_REQ = 4,          // it wants a byte: write() it now
    IRQ_WRITE_REQ = 8,         // it has sent one: readinto() it now
    IRQ_END_READ = 16,         // it has ended reading (a stop, or a start)
    IRQ_END_WRITE = 32         // … writing; not when it only wrote which memory address it wants
  };
  // -1 for a pin: the board's usual one for this bus.
  struct Options {
    int scl = -1;
    int sda = -1;
    std::span<std::uint8_t> mem = {};  // must outlive the target; an address beyond its end starts again at 0
    int mem_addrsize = 8;              // bits: 0 (always from the beginning), 8, 16, 24 or 32
  };
  // An interrupt: short, without waiting, creating coroutines or throwing.
  using Handler = asyncio::InplaceFunction<void(I2CTarget&)>;

  // Answers to `address`, 0x08 to 0x77. Throws asyncio::ValueError if the board has no such bus, pin or
  // setting. The bus cannot be used by a machine::I2C at the same time.
  I2CTarget(int id, int address) : I2CTarget(id, address, Options()) {}
  I2CTarget(int id, int address, const Options& options);
  I2CTarget(const I2CTarget&) = delete;
  I2CTarget& operator=(const I2CTarget&) = delete;
  ~I2CTarget();  // as deinit()
  // Answers no more.
  void deinit();

  // Takes what the controller has written, at most buffer.size() bytes: how many.
  std::size_t readinto(std::span<std::uint8_t> buffer);
  // Gives what the controller reads next: how many bytes had room, often one.
  std::size_t write(std::span<const std::uint8_t> bytes);

  void irq(Handler handler, int trigger = IRQ_END_READ | IRQ_END_WRITE, trace::Site site = {});
  // In the handler: why it was called, a set of Trigger (MicroPython's irq().flags()).
  int flags() const;
  // The memory address the controller chose last; meaningful with memory.
  std::uint32_t memaddr() const;

  int id() const { return id_; }

  struct State;  // the board's

 private:
  int id_;
  std::unique_ptr<State> state_;
};

}  // namespace machine
