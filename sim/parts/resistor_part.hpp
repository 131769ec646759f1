// ResistorPart: a resistor. wokwi-resistor.
//
// Legs: 1, 2.
#pragma once

#include "parts/part.hpp"

namespace sim {

class ResistorPart final : public Part {
 public:
  struct Options {
    std::uint32_t ohms = 1000;  // less than 1 is 1
  };

  explicit ResistorPart(std::string id) : ResistorPart(std::move(id), Options{}) {}
  ResistorPart(std::string id, const Options& options);

 private:
  Terminal one_;
  Terminal two_;
  Resistor resistor_;
};

}  // namespace sim
