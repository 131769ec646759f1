#include "drivers/button_actions.hpp"

namespace drivers {

ButtonActions::ButtonActions(const ButtonOptions& options, Site site)
    : press("press", site),
      release("release", site),
      long_press("long press", site),
      double_click("double click", site),
      options_(options),
      site_(site) {
  check_times(options);
}

void ButtonActions::long_func(asyncio::Callback function) {
  long_func_.set(std::move(function));
  if (long_func_ && !long_delay_) {
    long_delay_.emplace([this] { long_time_is_up(); }, options_.long_press_ms, "long press", site_);
  }
}

void ButtonActions::double_func(asyncio::Callback function) {
  double_func_.set(std::move(function));
  if (double_func_ && !double_delay_) {
    double_delay_.emplace([this] { double_time_is_up(); }, options_.double_click_ms, "double click", site_);
  }
}

void ButtonActions::deinit() {
  task_.stop();
  if (long_delay_) long_delay_->deinit();
  if (double_delay_) double_delay_->deinit();
}

void ButtonActions::update(bool pressed) {
  if (pressed == pressed_) return;
  pressed_ = pressed;
  if (pressed) {
    pressed_now();
  } else {
    released_now();
  }
}

// Each of these ends with the callback's deinit(), after which a delay must not be triggered.

void ButtonActions::pressed_now() {
  long_done_ = false;
  press_func_.call();
  if (!task_.running()) return;
  const bool second = double_func_ && double_possible_;
  if (long_func_ && !second) long_delay_->trigger();
  if (second) {
    double_delay_->stop();
    double_possible_ = false;
    double_done_ = true;
    double_func_.call();
  } else if (double_func_) {
    double_delay_->trigger();
    double_possible_ = true;
  }
}

void ButtonActions::released_now() {
  if (long_delay_) long_delay_->stop();
  const bool is_short = !double_possible_ && !double_done_ && !long_done_;
  double_done_ = false;
  if (!options_.suppress || is_short) release_func_.call();
}

void ButtonActions::long_time_is_up() {
  if (!long_func_) return;
  long_done_ = true;
  long_func_.call();
}

void ButtonActions::double_time_is_up() {
  double_possible_ = false;
  if (options_.suppress && !pressed_) release_func_.call();  // it was put off
}

}  // namespace drivers
