// machine/clock.hpp for tests of drivers, on the virtual board's clock.
#pragma once

#include <functional>

namespace fake_clock {

// Called whenever a driver begins to wait with the CPU: what it has done to its pins by then stays so for a
// while. nullptr: no more.
void on_wait(std::function<void()> look);

}  // namespace fake_clock
