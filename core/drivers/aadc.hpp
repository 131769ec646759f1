// AADC: an ADC that a task waits for: until the voltage has changed, or leaves a window, or comes into it.
// Hinch's.
//
//   drivers::AADC knob(machine::ADC(26));
//   for (;;) print("%u\n", co_await knob(2000));            // whenever it has changed by more than 2000
//   knob.sense(false);
//   std::uint16_t value = co_await knob(25'000, 39'000);    // until it is in range
//   knob.sense(true);
//   value = co_await knob();                                // until it leaves that range
//
// Who resumes where: while a task waits, the loop takes a measurement each step and, when idle, each
// millisecond. The first one that will do ends the wait: the task goes behind every task that is ready then,
// or with set_priority(true) ahead of them, and gets that measurement. It yields also if the first one will
// do. One task at a time may wait; a second one gets a RuntimeError.
#pragma once

#include <cstdint>

#include "asyncio/device_wait.hpp"
#include "asyncio/io_base.hpp"
#include "machine/adc.hpp"

namespace drivers {

using trace::Site;

class AADC : public asyncio::IOBase {
 public:
  // `name` is for the trace and is kept, not copied: a literal. Destroyed, it gives a task that waits a
  // RuntimeError.
  explicit AADC(machine::ADC adc, const char* name = nullptr, Site site = {})
      : adc_(adc), trace_(trace::ObjectKind::stream, name, site) {}

  class [[nodiscard("co_await it")]] ReadingAwaiter : public asyncio::DeviceAwaiter {
   public:
    ReadingAwaiter(AADC& aadc, Site site)
        : DeviceAwaiter(aadc, asyncio::POLLIN, aadc.trace_.id(), site), aadc_(aadc) {}
    std::uint16_t await_resume() const {
      DeviceAwaiter::await_resume();
      return aadc_.found_;
    }

   private:
    AADC& aadc_;
  };
  // `co_await aadc(lower, upper)`: until the reading is below `lower` or above `upper`. Readings are those of
  // read_u16(). Throws asyncio::ValueError unless 0 <= lower <= upper <= 65535.
  ReadingAwaiter operator()(int lower, int upper, Site site = {});
  // `co_await aadc(change)`: until the reading differs by more than `change` from the last one, which is what
  // the last wait or read_u16() gave; without one, from what it is now. Throws asyncio::ValueError unless
  // 0 <= change <= 65535.
  ReadingAwaiter operator()(int change, Site site = {});
  // `co_await aadc()`, `co_await aadc.wait()`: the same bounds as before, which change only by the two above.
  // At first they are 0 and 65535, which no reading leaves.
  ReadingAwaiter operator()(Site site = {}) { return {*this, site}; }
  ReadingAwaiter wait(Site site = {}) { return {*this, site}; }
  ReadingAwaiter operator co_await() { return {*this, {nullptr, 0}}; }

  // false: from now on tasks wait for a reading within the bounds, not outside; true: outside again.
  void sense(bool normal) { normal_ = normal; }

  // Takes a measurement; with `last`, gives the last one there was, if there was one.
  std::uint16_t read_u16(bool last = false);

  int ioctl(int request, int flags) override;

 private:
  machine::ADC adc_;
  int lower_ = 0;
  int upper_ = 65535;
  bool normal_ = true;
  bool was_read_ = false;
  std::uint16_t last_ = 0;   // if was_read_
  std::uint16_t found_ = 0;  // what ended the last wait
  [[no_unique_address]] trace::Object trace_;
};

}  // namespace drivers
