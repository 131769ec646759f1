// For tests: machine::RTC on the virtual board's clock, set by the test.
#pragma once

#include "machine/rtc.hpp"

namespace fake_rtc {

// The date and time it is now; from here on it moves with the clock.
void set(const machine::DateTime& now);

}  // namespace fake_rtc
