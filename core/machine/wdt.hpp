// WDT: the watchdog, as MicroPython's machine.WDT. Once started it cannot be stopped: if it is not fed in
// time it resets the board. The board this is linked with defines what has no body here.
#pragma once

#include <cstdint>

namespace machine {

class WDT {
 public:
  // `timeout` in ms, 1 to 8388 (what the RP2040 can count). Throws asyncio::ValueError for any other.
  explicit WDT(std::uint32_t timeout = 5000);
  void feed() const;
};

}  // namespace machine
