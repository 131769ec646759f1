#include "parts/supply.hpp"

#include <utility>

namespace sim {

Supply::Supply(std::string id, const Options& options) : Part(std::move(id)) {
  add_leg(options.level == Level::vcc ? "VCC" : "GND", leg_);
  leg_.drive(Drive::to(options.level == Level::vcc));
}

}  // namespace sim
