#include "drivers/eswitch.hpp"

namespace drivers {

ESwitch::ESwitch(machine::Pin pin, int lopen, std::uint32_t debounce_ms, Site site)
    : close("close", site),
      open("open", site),
      pin_(pin),
      open_level_(lopen != 0),
      closed_(read()),
      site_(site) {
  check_debounce_ms(debounce_ms);
  task_.start(poll<&ESwitch::check>(this, &task_, debounce_ms, site), "ESwitch", site);
}

void ESwitch::check() {
  const bool closed = read();
  if (closed == closed_) return;
  closed_ = closed;
  (closed ? close : open).set(site_);
}

void ESwitch::deinit(Site site) {
  task_.stop();
  close.clear(site);
  open.clear(site);
}

}  // namespace drivers
