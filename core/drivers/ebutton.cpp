#include "drivers/ebutton.hpp"

namespace drivers {

namespace {
const ButtonOptions& checked(const ButtonOptions& options) {
  check_times(options);
  return options;
}
}  // namespace

EButton::EButton(machine::Pin pin, const ButtonOptions& options, Site site)
    : press("press", site),
      release("release", site),
      long_press("long press", site),
      double_click("double click", site),
      pin_(pin),
      sense_(options.sense.value_or(pin.value()) != 0),
      suppress_(options.suppress),
      pressed_(rawstate()),
      site_(site),
      long_delay_([this] { long_time_is_up(); }, checked(options).long_press_ms, "long press", site),
      double_delay_([this] { double_time_is_up(); }, options.double_click_ms, "double click", site) {
  task_.start(poll<&EButton::check>(this, &task_, options.debounce_ms, site), "EButton", site);
}

void EButton::deinit(Site site) {
  task_.stop();
  long_delay_.deinit();
  double_delay_.deinit();
  for (asyncio::Event* const event : {&press, &release, &long_press, &double_click}) event->clear(site);
}

void EButton::check() {
  const bool pressed = rawstate();
  if (pressed == pressed_) return;
  pressed_ = pressed;
  if (pressed) {
    pressed_now();
  } else {
    released_now();
  }
}

void EButton::pressed_now() {
  if (!suppress_) press.set(site_);
  if (double_possible_) {
    double_delay_.stop();
    double_possible_ = false;
    undecided_ = false;
    double_click.set(site_);
  } else {
    double_possible_ = true;
    undecided_ = true;
    double_delay_.trigger();
    long_delay_.trigger();
  }
}

void EButton::released_now() {
  long_delay_.stop();
  if (suppress_ && undecided_) {
    if (!double_possible_) was_short();
  } else {
    release.set(site_);
  }
}

void EButton::long_time_is_up() {
  undecided_ = false;
  long_press.set(site_);
}

void EButton::double_time_is_up() {
  double_possible_ = false;
  if (suppress_ && !pressed_) was_short();
}

void EButton::was_short() {
  undecided_ = false;
  press.set(site_);
  release.set(site_);
}

}  // namespace drivers
