#include "drivers/button_options.hpp"

#include "drivers/driver_task.hpp"

namespace drivers {

void check_times(const ButtonOptions& options) {
  check_debounce_ms(options.debounce_ms);
  if (options.double_click_ms == 0) throw asyncio::ValueError("double_click_ms must be at least 1");
  if (options.double_click_ms >= options.long_press_ms) {
    throw asyncio::ValueError("double_click_ms must be less than long_press_ms");
  }
  if (options.long_press_ms > asyncio::max_sleep_ms) {
    throw asyncio::ValueError("long_press_ms must be at most 536870911 (6.2 days)");
  }
}

}  // namespace drivers
