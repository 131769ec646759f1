#include "parts/rotary_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mcu/board.hpp"

namespace sim {
namespace {

constexpr std::uint32_t pull_up_ohms = 10'000;

std::uint32_t step_us(const RotaryEncoder::Options& options) { return std::max(options.step_ms, 1U) * 1000; }
Bounce of_contact(const RotaryEncoder::Options& options) {
  return {options.bounce, std::min(options.bounce_us, step_us(options) / 16 * 3)};
}

}  // namespace

RotaryEncoder::RotaryEncoder(std::string id, const Options& options)
    : Part(std::move(id)),
      quarter_ns_(std::uint64_t{step_us(options)} * 1000 / 4),
      clk_pull_up_(board.wiring(), clk_, vcc_, pull_up_ohms),
      dt_pull_up_(board.wiring(), dt_, vcc_, pull_up_ohms),
      sw_pull_up_(board.wiring(), sw_, vcc_, pull_up_ohms),
      clk_contact_(board.wiring(), clk_, gnd_, of_contact(options), this->id() + ".CLK"),
      dt_contact_(board.wiring(), dt_, gnd_, of_contact(options), this->id() + ".DT"),
      sw_contact_(board.wiring(), sw_, gnd_, {options.bounce, options.bounce_us}, this->id() + ".SW") {
  add_leg("CLK", clk_);
  add_leg("DT", dt_);
  add_leg("SW", sw_);
  add_leg("VCC", vcc_);
  add_leg("GND", gnd_);
}

void RotaryEncoder::set(const Setting& setting, double value) {
  if (setting.name == "pressed") return sw_contact_.set(value >= 0.5);
  target_ = std::llround(value);
  if (!next_edge_.is_set()) turn();
}

void RotaryEncoder::come_to_rest() {
  board.cpu().alarms().unset(next_edge_);
  position_ = target_;
  quarter_ = 0;
  clk_contact_.set(false);
  dt_contact_.set(false);
  for (BouncingContact* const contact : {&clk_contact_, &dt_contact_, &sw_contact_}) contact->come_to_rest();
}

// From one click to the next there is no turning back.
void RotaryEncoder::turn() {
  if (quarter_ == 0) {
    if (position_ == target_) return;
    clockwise_ = position_ < target_;
  }
  BouncingContact& first = clockwise_ ? clk_contact_ : dt_contact_;
  BouncingContact& second = clockwise_ ? dt_contact_ : clk_contact_;
  (quarter_ % 2 == 0 ? first : second).set(quarter_ < 2);
  quarter_ = (quarter_ + 1) % 4;
  if (quarter_ == 0) position_ += clockwise_ ? 1 : -1;
  // After the last edge too: the contacts must be still before they move again.
  board.cpu().alarms().set(next_edge_, board.now_ns() + quarter_ns_);
}

}  // namespace sim
