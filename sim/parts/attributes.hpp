// The "attrs" of a part in diagram.json: {"value": "1000", "bounce": "0"}. Wokwi writes all of them as
// strings; numbers and true or false are taken as well. Those nobody asks for (colours, labels) are known by
// check_all_used() only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/json_lines.hpp"

namespace sim {

class Attributes {
 public:
  // nullptr: none.
  explicit Attributes(const Json* attrs) : attrs_(attrs) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }
  // All throw a FileError if what is there cannot be meant.
  std::string text(std::string_view name, std::string_view otherwise) const;
  // One of `allowed`.
  std::string one_of(std::string_view name, std::initializer_list<std::string_view> allowed) const;
  bool flag(std::string_view name, bool otherwise) const;
  double number(std::string_view name, double otherwise, double lowest, double highest) const;
  // "0x76" or a plain number, 0x08 to 0x77.
  std::uint8_t i2c_address(std::string_view name, std::uint8_t otherwise) const;
  // Throws a FileError for one that nobody has asked for so far: it is not one of this part.
  void check_all_used() const;

 private:
  const Json* find(std::string_view name) const;
  const Json* attrs_;
  mutable std::vector<std::string> asked_;
};

}  // namespace sim
