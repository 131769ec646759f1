#include "drivers/driver_task.hpp"

namespace drivers {

void check_debounce_ms(std::uint32_t debounce_ms) {
  if (debounce_ms == 0) {
    throw asyncio::ValueError("debounce_ms must be at least 1: the contact is looked at that often");
  }
  if (debounce_ms > asyncio::max_sleep_ms) {
    throw asyncio::ValueError("debounce_ms must be at most 536870911 (6.2 days)");
  }
}

}  // namespace drivers
