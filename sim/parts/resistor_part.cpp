#include "parts/resistor_part.hpp"

#include <utility>

#include "mcu/board.hpp"

namespace sim {

ResistorPart::ResistorPart(std::string id, const Options& options)
    : Part(std::move(id)), resistor_(board.wiring(), one_, two_, options.ohms) {
  add_leg("1", one_);
  add_leg("2", two_);
}

}  // namespace sim
