#include "drivers/touch_button.hpp"

#include "asyncio/exceptions.hpp"

namespace drivers {

TouchButton::TouchButton(Read read, const TouchOptions& options, Site site)
    : ButtonActions({.suppress = options.suppress,
                     .debounce_ms = options.debounce_ms,
                     .long_press_ms = options.long_press_ms,
                     .double_click_ms = options.double_click_ms},
                    site),
      read_(std::move(read)),
      threshold_(static_cast<std::uint32_t>(options.threshold)) {
  if (!read_) throw asyncio::ValueError("TouchButton needs a function that reads the pad");
  if (options.threshold < 1 || options.threshold > 99) {
    throw asyncio::ValueError("the threshold of a TouchButton must be 1 to 99 percent");
  }
  rawstate();
  start<&TouchButton::check>(this, "TouchButton");
}

bool TouchButton::rawstate() {
  const std::uint32_t reading = read_();
  if (reading > untouched_) untouched_ = reading;
  return std::uint64_t{reading} * 100 < std::uint64_t{untouched_} * threshold_;
}

}  // namespace drivers
