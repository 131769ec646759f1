// All parts there are, by the type diagram.json gives them: Wokwi's name, or one of ours
// ("coroscope-bmp280"). A new part is one more line in part_list.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "parts/attributes.hpp"
#include "parts/part.hpp"

namespace sim {

// nullptr if there is no such type. Throws a FileError for an attribute that cannot be meant.
std::unique_ptr<Part> make_part(const std::string& type, const std::string& id, const Attributes& attributes);

std::vector<std::string> part_types();

}  // namespace sim
