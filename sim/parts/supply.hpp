// Supply: where a wire gets the supply or ground without a pin of the board. wokwi-vcc, wokwi-gnd.
//
// Leg: VCC or GND.
#pragma once

#include "parts/part.hpp"

namespace sim {

class Supply final : public Part {
 public:
  enum class Level : unsigned char { vcc, gnd };
  struct Options {
    Level level = Level::gnd;
  };

  Supply(std::string id, const Options& options);

 private:
  Terminal leg_;
};

}  // namespace sim
