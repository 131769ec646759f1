// MicroPython's module time: the clock, and sleeps that keep the CPU busy. While time::sleep_ms() waits no
// other task runs; in a coroutine use `co_await asyncio::sleep_ms()` instead, unless blocking is what is
// wanted.
//
// C has a function ::time() of the same name. Both can live in the global namespace only because this one is
// in an inline namespace, and because <ctime> comes first; an unqualified time(nullptr) is then ambiguous:
// say std::time(nullptr).
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

#include "machine/clock.hpp"

inline namespace micropython {
namespace time {

// Ticks count from 0 and wrap to 0 again at this value: compare them with ticks_diff(), add with ticks_add().
inline constexpr std::int32_t ticks_period = 1 << 30;

inline std::int32_t ticks_us() { return static_cast<std::int32_t>(machine::clock_us() % ticks_period); }
inline std::int32_t ticks_ms() {
  return static_cast<std::int32_t>(machine::clock_us() / 1000 % ticks_period);
}

// `ticks` moved by `delta`, which may be negative.
inline std::int32_t ticks_add(std::int32_t ticks, std::int32_t delta) {
  return static_cast<std::int32_t>((static_cast<std::uint32_t>(ticks) + static_cast<std::uint32_t>(delta)) %
                                   static_cast<std::uint32_t>(ticks_period));
}

// end - start, right also when ticks wrapped in between, if they are less than half a period apart. Negative
// when `end` is earlier.
inline std::int32_t ticks_diff(std::int32_t end, std::int32_t start) {
  constexpr std::uint32_t half = ticks_period / 2;
  const std::uint32_t distance = static_cast<std::uint32_t>(end) - static_cast<std::uint32_t>(start) + half;
  return static_cast<std::int32_t>(distance % static_cast<std::uint32_t>(ticks_period)) -
         static_cast<std::int32_t>(half);
}

// Blocks; 0 and less return at once.
inline void sleep_us(std::int64_t microseconds) {
  if (microseconds > 0)
    machine::busy_wait_until(machine::clock_us() + static_cast<std::uint64_t>(microseconds));
}
inline void sleep_ms(std::int64_t milliseconds) { sleep_us(milliseconds * 1000); }
// Any duration: time::sleep(20ms).
template <class Rep, class Period>
void sleep(std::chrono::duration<Rep, Period> duration) {
  sleep_us(std::chrono::ceil<std::chrono::duration<std::int64_t, std::micro>>(duration).count());
}

}  // namespace time
}  // namespace micropython
