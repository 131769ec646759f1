#include "fake_clock.hpp"

#include <utility>

#include "asyncio/virtual_board.hpp"
#include "machine/clock.hpp"

namespace {
std::function<void()> look_at_pins;
}  // namespace

namespace fake_clock {
void on_wait(std::function<void()> look) { look_at_pins = std::move(look); }
}  // namespace fake_clock

namespace machine {

std::uint64_t clock_us() { return virtual_board::now_us(); }

void busy_wait_until(std::uint64_t time_us) {
  if (look_at_pins) look_at_pins();
  if (time_us > clock_us()) virtual_board::spend_us(time_us - clock_us());
}

}  // namespace machine
