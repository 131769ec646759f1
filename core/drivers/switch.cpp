#include "drivers/switch.hpp"

namespace drivers {

Switch::Switch(machine::Pin pin, std::uint32_t debounce_ms, Site site)
    : close("close", site), open("open", site), pin_(pin), level_(pin.value()) {
  check_debounce_ms(debounce_ms);
  task_.start(poll<&Switch::check>(this, &task_, debounce_ms, site), "Switch", site);
}

void Switch::check() {
  const int level = pin_.value();
  if (level == level_) return;
  level_ = level;
  (level == 0 ? close_func_ : open_func_).call();
}

}  // namespace drivers
