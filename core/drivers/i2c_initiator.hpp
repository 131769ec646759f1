// I2cInitiator: the end of an I2cChannel (i2c_channel.hpp) that is a target on the bus and asks for
// exchanges.
//
//   drivers::I2cInitiator channel(1, machine::Pin(10), machine::Pin(11), {.scl = 3, .sda = 2});
//   asyncio::StreamWriter writer(channel);
//   writer.write("hello\n");
//   co_await writer.drain();
//
// It asks when it has something to send, and every t_poll ms, so that the other end can send: that long, on
// average half of it, what comes from there may take.
//
// Before the other end has answered first it waits as long as it takes. Later, one that does not answer for
// `timeout` ms has crashed: a pin given as `reset` starts it again; without, readers and writers get an
// OSError ETIMEDOUT (110).
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "asyncio/delay_ms.hpp"
#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "drivers/error_numbers.hpp"
#include "drivers/i2c_channel.hpp"
#include "drivers/pin_level.hpp"
#include "machine/i2c_target.hpp"
#include "machine/pin.hpp"

namespace drivers {

// `Target` and `Pin` are machine's; in tests, something like them.
template <class Target, class Pin>
class BasicI2cInitiator : public I2cChannel {
 public:
  // The pin is driven to `level` for `ms` to start the other board again.
  struct Reset {
    Pin pin;
    int level = 0;
    std::uint32_t ms = 200;
  };
  struct Options {
    int scl = -1;  // the board's usual one
    int sda = -1;
    int address = default_address;
    std::uint32_t t_poll = 100;    // ms
    std::uint32_t timeout = 1000;  // ms
    std::optional<Reset> reset = std::nullopt;
  };

  // `id` is the bus. `syn` becomes an output, `ack` an input. May be made before run(). `name` is for the
  // trace and is kept, not copied: a literal. Throws ValueError as machine::I2CTarget.
  BasicI2cInitiator(int id, Pin syn, Pin ack, const Options& options = {}, const char* name = nullptr,
                    asyncio::Site site = {})
      : I2cChannel(name, site),
        options_(options),
        syn_(syn),
        ack_(input(ack)),
        target_(id, options.address, {.scl = options.scl, .sda = options.sda, .mem = memory_}),
        next_(options.t_poll, name, site) {
    syn_.init(Pin::OUT, Pin::PULL_NONE, 0);
    task_ = asyncio::event_loop.create_task(run(this, site), name != nullptr ? name : "I2cInitiator", site);
  }
  // A task that still waits for the channel gets a RuntimeError.
  ~BasicI2cInitiator() override {
    if (!task_.done()) task_.cancel();
    syn_.value(0);
  }

  // How often the other end was started again.
  std::uint32_t nboots() const { return nboots_; }
  // Starts it again, when the exchange that is under way has ended. Throws ValueError if there is no reset
  // pin.
  void reboot() {
    if (!options_.reset)
      throw asyncio::ValueError("I2cInitiator.reboot(): make it with .reset = {pin, level, ms}");
    reboot_ = true;
    next_.set();
  }

 private:
  static Pin input(Pin pin) {
    pin.init(Pin::IN, Pin::PULL_DOWN);
    return pin;
  }

  // Cancelled by the destructor: when it resumes then, the initiator is gone.
  static asyncio::Coro<> run(BasicI2cInitiator* self, asyncio::Site site) {
    for (;;) {
      const bool answered = co_await self->exchange(site);
      if (!answered || self->reboot_) {
        self->reboot_ = false;
        if (!self->options_.reset) {
          self->fail(std::make_exception_ptr(
              asyncio::OSError(timed_out, "I2cInitiator: the other end does not answer")));
          co_return;
        }
        co_await self->start_other_end(site);
        continue;
      }
      if (self->wants_exchange() || self->reboot_) continue;
      self->next_.stop(site);
      self->next_.trigger();
      co_await self->next_.wait(site);
    }
  }

  // False if the other end did not answer in time.
  asyncio::Coro<bool> exchange(asyncio::Site site) {
    const bool is_free = co_await wait_for_ack(0, site);  // of an exchange before this board was reset
    if (!is_free) co_return false;
    const std::span<std::uint8_t, memory_size> memory(memory_);
    const auto answer = memory.template last<frame_size>();
    answer[0] = answer[1] = 0;
    make_frame(memory.template first<frame_size>());
    syn_.value(1);
    const bool answered = co_await wait_for_ack(1, site);
    syn_.value(0);
    if (!answered || !is_frame(answer)) co_return false;
    exchanged(answer, site);
    co_return co_await wait_for_ack(0, site);
  }

  // At the start for as long as it takes.
  asyncio::Coro<bool> wait_for_ack(int level, asyncio::Site site) {
    for (;;) {
      const bool reached = co_await ack_.wait(level, options_.timeout, site);
      if (reached || reboot_ || ready_.is_set()) co_return reached;
    }
  }

  asyncio::Coro<> start_other_end(asyncio::Site site) {
    ++nboots_;
    lost();
    Reset& reset = *options_.reset;
    reset.pin.init(Pin::OUT, Pin::PULL_NONE, reset.level);
    co_await asyncio::sleep_ms(reset.ms, site);
    reset.pin.value(1 - reset.level);
  }

  void wake() override { next_.set(); }

  Options options_;
  Pin syn_;
  PinLevel<Pin> ack_;
  std::array<std::uint8_t, memory_size> memory_ = {};
  Target target_;
  asyncio::Delay_ms next_;  // the next regular exchange
  bool reboot_ = false;
  std::uint32_t nboots_ = 0;
  asyncio::Task<> task_;
};

using I2cInitiator = BasicI2cInitiator<machine::I2CTarget, machine::Pin>;

}  // namespace drivers
