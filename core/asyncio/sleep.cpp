#include "asyncio/sleep.hpp"

namespace asyncio {

std::uint32_t SleepAwaiter::deadline(std::int64_t milliseconds) {
  if (milliseconds > max_sleep_ms) throw OverflowError("sleep: longer than 536870911 ms (6.2 days)");
  const std::uint32_t due = event_loop.ticks() + static_cast<std::uint32_t>(milliseconds);
  return due == yields ? due + 1 : due;
}

}  // namespace asyncio
