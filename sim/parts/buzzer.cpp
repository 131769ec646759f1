#include "parts/buzzer.hpp"

#include <cmath>
#include <utility>

#include "mcu/board.hpp"

namespace sim {

Buzzer::Buzzer(std::string id) : Part(std::move(id)) {
  add_leg("1", one_);
  add_leg("2", two_);
}

void Buzzer::on_change(Terminal&) {
  const Drive one = one_.net();
  const Drive two = two_.net();
  const int apart = int{two.level} - int{one.level};
  constexpr int enough = Drive::supply / 4;
  int sign = 0;
  if (!one.is_open() && !two.is_open()) sign = apart > enough ? 1 : apart < -enough ? -1 : 0;
  if (sign < sign_) falls_ = true;
  // However many steps it rises in, it is once.
  if (sign > sign_ && std::exchange(falls_, false)) begin_period(board.now_ns());
  sign_ = sign;
}

void Buzzer::begin_period(std::uint64_t now) {
  const std::uint64_t period_ns = now - last_ns_;
  if (!next_look_.is_set() || period_ns > longest_period_ns) {
    first_ns_ = last_ns_ = now;
    periods_ = 0;
    if (!next_look_.is_set()) board.cpu().alarms().set(next_look_, now + look_ns);
    return;
  }
  const std::uint64_t mean_ns = periods_ == 0 ? period_ns : (last_ns_ - first_ns_) / periods_;
  const std::uint64_t difference_ns = period_ns > mean_ns ? period_ns - mean_ns : mean_ns - period_ns;
  if (difference_ns > mean_ns / 32) {  // half a semitone: another tone
    first_ns_ = last_ns_;
    periods_ = 0;
  }
  last_ns_ = now;
  ++periods_;
}

void Buzzer::look() {
  const std::uint64_t now = board.now_ns();
  if (now - last_ns_ > longest_period_ns) {
    if (std::exchange(sounds_, false)) show("silent");
    return;
  }
  if (periods_ >= 3) {
    const double seconds = static_cast<double>(last_ns_ - first_ns_) * 1e-9;
    const double frequency = static_cast<double>(periods_) / seconds;
    show(std::to_string(std::llround(frequency)) + " Hz");
    sounds_ = true;
  }
  board.cpu().alarms().set(next_look_, now + look_ns);
}

}  // namespace sim
