// Junction: a place where wires meet, as Wokwi's editor puts one where a wire is led to another.
// wokwi-junction.
//
// Leg: J.
#pragma once

#include <utility>

#include "parts/part.hpp"

namespace sim {

class Junction final : public Part {
 public:
  explicit Junction(std::string id) : Part(std::move(id)) { add_leg("J", leg_); }

 private:
  Terminal leg_;
};

}  // namespace sim
