#include "parts/slide_switch.hpp"

#include <utility>

#include "mcu/board.hpp"

namespace sim {
namespace {

Bounce bounce_of(const SlideSwitch::Options& options) { return {options.bounce, options.bounce_us}; }

}  // namespace

SlideSwitch::SlideSwitch(std::string id, const Options& options)
    : Part(std::move(id)),
      way_ns_((std::uint64_t{options.bounce ? options.bounce_us : 0} + options.travel_us) * 1000),
      position_(options.position != 0 ? 1 : 0),
      to_one_(board.wiring(), one_, middle_, bounce_of(options), this->id() + ".1"),
      to_three_(board.wiring(), three_, middle_, bounce_of(options), this->id() + ".3") {
  add_leg("1", one_);
  add_leg("2", middle_);
  add_leg("3", three_);
  contact_to(position_).close_quietly();
}

void SlideSwitch::set(const Setting&, double value) {
  const unsigned position = value >= 0.5 ? 1 : 0;
  if (position == position_) return;
  contact_to(position_).set(false);
  position_ = position;
  // Nothing it was joined to may still be touched when it arrives.
  board.cpu().alarms().set(arrival_, board.now_ns() + way_ns_);
}

void SlideSwitch::come_to_rest() {
  board.cpu().alarms().unset(arrival_);
  contact_to(position_).set(true);
  for (BouncingContact* const contact : {&to_one_, &to_three_}) contact->come_to_rest();
}

}  // namespace sim
