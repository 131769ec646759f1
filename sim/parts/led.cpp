#include "parts/led.hpp"

#include <algorithm>
#include <cmath>

#include "mcu/board.hpp"

namespace sim {

Led::Led(std::string id) : Part(std::move(id)) {
  add_leg("A", anode_);
  add_leg("C", cathode_);
}

double Led::light() const {
  constexpr std::uint64_t too_many_ohms = 20'000;  // a pull of the chip's lights nothing
  const Drive from = anode_.net();
  const Drive to = cathode_.net();
  if (std::uint64_t{from.ohms} + to.ohms > too_many_ohms) return 0;
  return std::max(0.0, (from.level - to.level) / static_cast<double>(Drive::supply));
}

void Led::on_change(Terminal&) {
  const double before = light_;
  light_ = light();
  if (light_ == before) return;
  const std::uint64_t now = board.now_ns();
  if (!frame_end_.is_set()) {
    show_light(light_);
    board.cpu().alarms().set(frame_end_, now + frame_ns);
    light_ns_ = 0;
    changes_ = 0;
  } else {
    light_ns_ += before * static_cast<double>(now - since_ns_);
    ++changes_;
  }
  since_ns_ = now;
}

void Led::end_frame() {
  const std::uint64_t now = board.now_ns();
  light_ns_ += light_ * static_cast<double>(now - since_ns_);
  since_ns_ = now;
  if (changes_ == 0) return show_light(light_);
  show_light(light_ns_ / static_cast<double>(frame_ns));
  light_ns_ = 0;
  changes_ = 0;
  board.cpu().alarms().set(frame_end_, now + frame_ns);
}

void Led::show_light(double light) {
  const long percent = std::lround(light * 100);
  show(percent == 0 ? "off" : percent == 100 ? "on" : std::to_string(percent) + " %");
}

}  // namespace sim
