// Diagram: what is wired to the board, as diagram.json says in Wokwi's format
// (https://docs.wokwi.com/diagram-format): parts with attributes, and connections between their legs. Where
// things are drawn is read by others.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "host/file_error.hpp"
#include "parts/part.hpp"

namespace sim {

class Diagram {
 public:
  constexpr Diagram() = default;
  // The parts are made and wired to the board. Once, before the firmware starts.
  std::optional<FileError> read(std::string_view text);

  Part* find(std::string_view id) const;
  const std::vector<std::unique_ptr<Part>>& parts() const { return parts_; }

 private:
  std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace sim
