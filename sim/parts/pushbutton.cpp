#include "parts/pushbutton.hpp"

#include <utility>

#include "mcu/board.hpp"

namespace sim {

Pushbutton::Pushbutton(std::string id, const Options& options)
    : Part(std::move(id)), contact_(board.wiring(), left_1_, left_2_, options, this->id()) {
  add_leg("1.l", left_1_);
  add_leg("1.r", right_1_);
  add_leg("2.l", left_2_);
  add_leg("2.r", right_2_);
  board.wiring().join(left_1_, right_1_);
  board.wiring().join(left_2_, right_2_);
}

void Pushbutton::set(const Setting&, double value) { contact_.set(value >= 0.5); }

}  // namespace sim
