#include "mcu/watchdog.hpp"

#include "asyncio/exceptions.hpp"
#include "machine/wdt.hpp"
#include "mcu/board.hpp"
#include "mcu/line_cost.hpp"

namespace sim {

Watchdog::~Watchdog() { delete alarm_; }

void Watchdog::start(std::uint64_t timeout_ns) {
  timeout_ns_ = timeout_ns;
  if (alarm_ == nullptr) alarm_ = new Alarm([] { board.reset(machine::WDT_RESET, line_cost.site()); });
  feed();
}

void Watchdog::feed() {
  if (alarm_ == nullptr) return;
  fed_ns_ = board.now_ns();
  board.cpu().alarms().set(*alarm_, fed_ns_ + timeout_ns_);
  board.cpu().look_at_limits();  // a program that hangs and feeds it is stopped
}

}  // namespace sim

namespace machine {

WDT::WDT(std::uint32_t timeout) {
  // RP2040 datasheet 4.7.6: 24 bits that count down twice a microsecond.
  if (timeout == 0 || timeout > 8388) throw asyncio::ValueError("WDT: the timeout is 1 to 8388 ms");
  sim::board.cpu().spend(sim::board.profile().peripheral_access_ns);
  sim::board.watchdog().start(std::uint64_t{timeout} * 1'000'000);
}

void WDT::feed() const {
  sim::board.cpu().spend(sim::board.profile().peripheral_access_ns);
  sim::board.watchdog().feed();
}

}  // namespace machine
