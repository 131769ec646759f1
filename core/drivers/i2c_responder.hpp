// I2cResponder: the end of an I2cChannel (i2c_channel.hpp) that controls the bus and answers the other end,
// which is an I2cInitiator.
//
//   machine::I2C i2c(0, {.scl = 5, .sda = 4, .freq = 400'000});
//   drivers::I2cResponder channel(i2c, machine::Pin(10), machine::Pin(11));
//   asyncio::StreamReader reader(channel);
//   std::string line = co_await reader.readline();
//
// An exchange blocks this board, as transfers do: 64 bytes each way take 3.3 ms at 400 kHz. It happens in a
// task, which the edge of syn wakes (Hinch's does it in the interrupt). What goes wrong on the bus is tried
// again after 10 ms, as long as the other end waits, and counted.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "drivers/i2c_channel.hpp"
#include "drivers/pin_level.hpp"
#include "machine/i2c.hpp"
#include "machine/pin.hpp"

namespace drivers {

// `I2C` and `Pin` are machine's; in tests, something like them.
template <class I2C, class Pin>
class BasicI2cResponder : public I2cChannel {
 public:
  // `i2c` must outlive the responder and is its alone; `address` is the initiator's. `syn` becomes an input,
  // `ack` an output. May be made before run(). `name` is for the trace and is kept, not copied: a literal.
  BasicI2cResponder(I2C& i2c, Pin syn, Pin ack, int address = default_address, const char* name = nullptr,
                    asyncio::Site site = {})
      : I2cChannel(name, site), i2c_(i2c), syn_(input(syn)), ack_(ack), address_(address) {
    ack_.init(Pin::OUT, Pin::PULL_NONE, 0);
    task_ = asyncio::event_loop.create_task(run(this, site), name != nullptr ? name : "I2cResponder", site);
  }
  // A task that still waits for the channel gets a RuntimeError.
  ~BasicI2cResponder() override {
    if (!task_.done()) task_.cancel();
    ack_.value(0);
  }

  // Exchanges that failed on the bus.
  std::uint32_t errors() const { return errors_; }

 private:
  static Pin input(Pin pin) {
    pin.init(Pin::IN, Pin::PULL_DOWN);
    return pin;
  }

  // Cancelled by the destructor: when it resumes then, the responder is gone.
  static asyncio::Coro<> run(BasicI2cResponder* self, asyncio::Site site) {
    for (;;) {
      co_await self->syn_.wait(1, PinLevel<Pin>::forever, site);
      if (!self->exchange(site)) {
        ++self->errors_;
        co_await asyncio::sleep_ms(10, site);
        continue;
      }
      self->ack_.value(1);
      co_await self->syn_.wait(0, PinLevel<Pin>::forever, site);
      self->ack_.value(0);
    }
  }

  // Nothing is taken before both frames have arrived, so that a failed exchange can be tried again.
  bool exchange(asyncio::Site site) {
    std::array<std::uint8_t, frame_size> theirs;
    std::array<std::uint8_t, frame_size> ours;
    const std::span<std::uint8_t, frame_size> frame(theirs);
    try {
      i2c_.readfrom_mem_into(address_, 0, frame.template first<2>());
      if (!is_frame(theirs)) return false;
      if (theirs[0] != 0) i2c_.readfrom_mem_into(address_, 2, frame.subspan(2, theirs[0]));
      take_room(theirs);
      const std::size_t size = make_frame(ours, theirs[0]);
      i2c_.writeto_mem(address_, frame_size, std::span<const std::uint8_t>(ours).first(size));
    } catch (const asyncio::OSError&) {
      return false;
    }
    exchanged(theirs, site);
    return true;
  }

  I2C& i2c_;
  PinLevel<Pin> syn_;
  Pin ack_;
  int address_;
  std::uint32_t errors_ = 0;
  asyncio::Task<> task_;
};

using I2cResponder = BasicI2cResponder<machine::I2C, machine::Pin>;

}  // namespace drivers
