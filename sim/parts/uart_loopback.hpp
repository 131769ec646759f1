// UartLoopback: what comes in goes out again, at once: two wires and a buffer between them, whatever the baud
// rate.
//
// Legs: RX (in), TX (out). While nothing drives RX, TX drives nothing.
#pragma once

#include <string>

#include "parts/part.hpp"

namespace sim {

class UartLoopback final : public Part {
 public:
  explicit UartLoopback(std::string id);

  void on_change(Terminal& terminal) override;

 private:
  Terminal rx_{*this};
  Terminal tx_;
};

}  // namespace sim
