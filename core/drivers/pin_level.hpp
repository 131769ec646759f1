// PinLevel: waits until a pin has a level, or a time is up.
//
//   drivers::PinLevel<machine::Pin> ready(machine::Pin(15, machine::Pin::IN));
//   if (!co_await ready.wait(1, 500)) …   // not within 500 ms
//
// Who resumes where: the task goes behind whatever is ready when the loop looks at devices, once a step and
// after each edge of the pin. A level that has gone again until then was not seen. One task waits at a time.
#pragma once

#include <cstdint>

#include "asyncio/coro.hpp"
#include "asyncio/device_wait.hpp"
#include "asyncio/port.hpp"

namespace drivers {

// `Pin` is a machine::Pin; in tests, something like it.
template <class Pin>
class PinLevel : public asyncio::IOBase {
 public:
  static constexpr std::uint32_t forever = UINT32_MAX;

  // Takes the pin's interrupt: an edge ends the board's sleep, and needs to do nothing else.
  explicit PinLevel(Pin pin) : pin_(pin) {
    pin_.irq([](Pin) {}, Pin::IRQ_FALLING | Pin::IRQ_RISING);
  }
  ~PinLevel() override { pin_.irq(nullptr); }

  // True at once, without a yield, if the pin has it; false if it has not after `timeout` ms.
  asyncio::Coro<bool> wait(int level, std::uint32_t timeout = forever, asyncio::Site site = {}) {
    level_ = level;
    deadline_us_ =
        timeout == forever ? asyncio::port::forever : asyncio::port::now_us() + std::uint64_t{timeout} * 1000;
    while (pin_.value() != level_ && !is_late()) co_await asyncio::wait_readable(*this, site);
    co_return pin_.value() == level_;
  }

  int ioctl(int request, int flags) override {
    if (request != asyncio::MP_STREAM_POLL) return asyncio::MP_STREAM_ERROR;
    return pin_.value() == level_ || is_late() ? flags : 0;
  }
  // The end of the time comes without one.
  bool has_interrupt() const override { return deadline_us_ == asyncio::port::forever; }

 private:
  bool is_late() const {
    return deadline_us_ != asyncio::port::forever && asyncio::port::now_us() >= deadline_us_;
  }

  Pin pin_;
  int level_ = 0;
  std::uint64_t deadline_us_ = asyncio::port::forever;
};

}  // namespace drivers
