#include "drivers/hd44780_parallel.hpp"

#include "machine/clock.hpp"

namespace drivers {
namespace {

// HD44780U data sheet, "Write operation", at 2.7 to 4.5 V: E is high for at least 450 ns, and 1000 ns pass
// from one rise to the next. The clock counts whole microseconds: this is 1 to 2 of them.
void wait_for_chip() { machine::busy_wait_until(machine::clock_us() + 2); }

}  // namespace

HD44780Parallel::HD44780Parallel(const Pins& pins) : pins_(pins) {
  for (machine::Pin* const pin : {&pins_.e, &pins_.rs, &pins_.d4, &pins_.d5, &pins_.d6, &pins_.d7})
    pin->init(machine::Pin::OUT, machine::Pin::PULL_NONE, 0);
}

void HD44780Parallel::write_half(bool data, std::uint8_t byte) const {
  pins_.rs(data ? 1 : 0);
  pulse(unsigned{byte} >> 4);
}

void HD44780Parallel::write(bool data, std::uint8_t byte) const {
  write_half(data, byte);
  pulse(byte & 0x0FU);
}

void HD44780Parallel::pulse(unsigned half) const {
  pins_.d4(half & 1U ? 1 : 0);
  pins_.d5(half & 2U ? 1 : 0);
  pins_.d6(half & 4U ? 1 : 0);
  pins_.d7(half & 8U ? 1 : 0);
  pins_.e.on();
  wait_for_chip();
  pins_.e.off();
  wait_for_chip();
}

}  // namespace drivers
