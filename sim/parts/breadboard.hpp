// Breadboard: holes that are joined in rows of five, and two rails along each side. wokwi-breadboard, -half
// and -mini.
//
// Legs as Wokwi names them: "12t.a" is hole a of column 12 in the top half, "12b.f" one in the bottom half;
// "tp.3" is a hole of the top's positive rail, then there are tn, bp and bn.
#pragma once

#include <map>

#include "parts/part.hpp"

namespace sim {

class Breadboard final : public Part {
 public:
  explicit Breadboard(std::string id) : Part(std::move(id)) {}
  Terminal* find_leg(std::string_view name) override;
  std::string leg_names() const override {
    return "holes like 12t.a, 12b.f and rails tp.1, tn.1, bp.1, bn.1";
  }

 private:
  std::map<std::string, Terminal, std::less<>> rows_;  // those that are used
};

}  // namespace sim
