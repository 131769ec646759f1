// What can be said about a button when it is made. Times are in ms.
//
//   drivers::Pushbutton button(pin, {.suppress = true, .long_press_ms = 2000});
#pragma once

#include <cstdint>
#include <optional>

namespace drivers {

struct ButtonOptions {
  // Only one of: short press, double click, long press. Pushbutton and EButton each say how.
  bool suppress = false;
  // The level of the pin while the button is not pressed. Without it the level there is when the button
  // object is made: the button must not be pressed then.
  std::optional<int> sense = std::nullopt;
  std::uint32_t debounce_ms = 50;       // how often the contact is looked at: longer than it bounces
  std::uint32_t long_press_ms = 1000;   // a press is long when it has lasted so long
  std::uint32_t double_click_ms = 400;  // from the first press to the second
};

// Throws asyncio::ValueError if one of the times is 0 or longer than asyncio::max_sleep_ms, or
// double_click_ms is not less than long_press_ms.
void check_times(const ButtonOptions& options);

}  // namespace drivers
