#include "parts/part_list.hpp"

#include <array>

#include "parts/breadboard.hpp"
#include "parts/led.hpp"

namespace sim {
namespace {

struct Type {
  const char* name;
  std::unique_ptr<Part> (*make)(const std::string& id, const Attributes& attributes);
};

template <class Made>
std::unique_ptr<Part> plain(const std::string& id, const Attributes&) {
  return std::make_unique<Made>(id);
}

constexpr std::array types{
    Type{"wokwi-led", plain<Led>},
    Type{"wokwi-breadboard", plain<Breadboard>},
    Type{"wokwi-breadboard-half", plain<Breadboard>},
    Type{"wokwi-breadboard-mini", plain<Breadboard>},
};

}  // namespace

std::unique_ptr<Part> make_part(const std::string& type, const std::string& id,
                                const Attributes& attributes) {
  for (const Type& known : types) {
    if (type == known.name) return known.make(id, attributes);
  }
  return nullptr;
}

std::vector<std::string> part_types() {
  std::vector<std::string> names;
  for (const Type& type : types) {
    if (type.name[0] != '$') names.emplace_back(type.name);
  }
  return names;
}

}  // namespace sim
