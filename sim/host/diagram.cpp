#include "host/diagram.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "host/json_lines.hpp"
#include "mcu/board.hpp"
#include "parts/part_list.hpp"
#include "parts/pico.hpp"
#include "text/nearest.hpp"

namespace sim {
namespace {

constexpr const char* own_prefix = "coroscope-";
constexpr const char* serial_monitor = "$serialMonitor";  // Wokwi's; it is there without being a part

// The names Wokwi has for it; the Pico W is taken for a Pico.
constexpr std::array<const char*, 3> board_types{"wokwi-pi-pico", "board-pi-pico", "board-pi-pico-w"};

bool is_board(const std::string& type) {
  return std::find(board_types.begin(), board_types.end(), type) != board_types.end();
}

// "led" of "wokwi-led". What all have in common says nothing of which was meant.
std::string own_name(const std::string& type) {
  const std::size_t dash = type.find('-');
  return dash == std::string::npos ? type : type.substr(dash + 1);
}

// What was probably meant by an unknown type, or all that there are.
std::string known_types(const std::string& wrong) {
  std::vector<std::string> types = part_types();
  types.insert(types.begin(), board_types.begin(), board_types.end());
  std::vector<std::string> names;
  names.reserve(types.size());
  for (const std::string& type : types) names.push_back(own_name(type));
  const std::string given = own_name(wrong);
  const std::string meant = text::nearest(given, names);
  std::string all;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const bool is_longer = meant.empty() && given.size() > 2 && names[i].find(given) != std::string::npos;
    if (names[i] == meant || is_longer) return "did you mean " + types[i] + "?";
    all += (all.empty() ? "there are " : ", ") + types[i];
  }
  return all;
}

// The letters and digits of a pin's name, all capital.
std::string squeezed(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) result += static_cast<char>(std::toupper(byte));
  }
  return result;
}

// "GP14" for "14", "gp14" and "GPIO14"; "GND.1" for "GND1"; "1.l" for "1L"; "3V3" for "3.3V". Or nothing.
std::string meant_pin(Part& part, std::string_view given) {
  std::vector<std::string> pins;
  for (const Part::Leg& leg : part.legs()) pins.emplace_back(leg.name);
  for (unsigned pin = 0; pin <= 28; ++pin) {
    std::string name = "GP" + std::to_string(pin);
    if (part.find_leg(name) != nullptr) pins.push_back(std::move(name));
  }
  const std::string wanted = squeezed(given);
  for (const std::string& pin : pins) {
    const std::string name = squeezed(pin);
    if (name == wanted || name == "GP" + wanted ||
        (wanted.starts_with("GPIO") && name == "GP" + wanted.substr(4)))
      return pin;
  }
  return wanted == "33V" && part.find_leg("3V3") != nullptr ? "3V3" : "";
}

bool is_decoration(const std::string& type) { return type == "wokwi-text"; }

std::unique_ptr<Part> make(const Json& json) {
  const std::string& type = json.member("type").string();
  const std::string& id = json.member("id").string();
  const Json* const attrs = json.find("attrs");
  if (attrs != nullptr) attrs->members();  // or it throws
  const Attributes attributes(attrs);
  std::unique_ptr<Part> part = make_part(type, id, attributes);
  if (part == nullptr) {
    throw FileError{json.member("type").line,
                    "there is no part of the type \"" + type + "\"; " + known_types(type)};
  }
  // What can be set later can be set at the start.
  for (const Setting& setting : part->settings()) {
    if (attributes.has(setting.name))
      part->set(setting, attributes.number(setting.name, 0, setting.lowest, setting.highest));
  }
  // A drawing from Wokwi has attributes that only its editor knows; our own parts have none but those above.
  if (type.starts_with(own_prefix)) attributes.check_all_used();
  part->come_to_rest();
  return part;
}

// "led1:A" of a connection.
Terminal& end_of_wire(const Diagram& diagram, const Json& json) {
  const std::string& text = json.string();
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos)
    throw FileError{json.line,
                    "an end of a wire is a part's id and its pin, \"led1:A\", not \"" + text + '"'};
  const std::string id = text.substr(0, colon);
  Part* const part = diagram.find(id);
  if (part == nullptr) {
    std::vector<std::string> ids{serial_monitor};
    for (const auto& known : diagram.parts()) ids.push_back(known->id());
    const std::string meant = text::nearest(id, ids);
    throw FileError{
        json.line, "there is no part \"" + id + '"' + (meant.empty() ? "" : "; did you mean " + meant + "?")};
  }
  Terminal* const leg = part->find_leg(text.substr(colon + 1));
  if (leg == nullptr) {
    const std::string pin = text.substr(colon + 1);
    const std::string meant = meant_pin(*part, pin);
    throw FileError{json.line,
                    id + " has no pin \"" + pin + "\"; " +
                        (meant.empty() ? "it has " + part->leg_names() : "did you mean " + meant + "?")};
  }
  return *leg;
}

}  // namespace

Part* Diagram::find(std::string_view id) const {
  const auto found = std::find_if(parts_.begin(), parts_.end(), [&](const auto& p) { return p->id() == id; });
  return found == parts_.end() ? nullptr : found->get();
}

std::optional<FileError> Diagram::read(std::string_view text) try {
  const Json file = read_json(text);
  file.refuse_mistyped({"parts", "connections"});  // Wokwi's editor may have more
  const Pico* pico = nullptr;
  for (const Json& json : file.member("parts").elements()) {
    json.refuse_mistyped({"type", "attrs"});
    const std::string& type = json.member("type").string();
    if (is_decoration(type)) continue;
    const Json& id = json.member("id");
    if (id.string().empty() || id.string_value.find(':') != std::string::npos)
      throw FileError{id.line, "a part's id is a word, without a colon"};
    if (find(id.string()) != nullptr)
      throw FileError{id.line, "there are two parts with the id \"" + id.string() + '"'};
    if (!is_board(type)) {
      parts_.push_back(make(json));
      continue;
    }
    if (pico != nullptr) throw FileError{id.line, "there is one board; this is a second"};
    auto board_part = std::make_unique<Pico>(id.string());
    pico = board_part.get();
    parts_.push_back(std::move(board_part));
  }
  if (pico == nullptr) {
    throw FileError{file.member("parts").line,
                    "the board is missing: {\"type\": \"wokwi-pi-pico\", \"id\": \"pico\"}"};
  }
  const Json* const connections = file.find("connections");
  if (connections == nullptr) return std::nullopt;
  for (const Json& connection : connections->elements()) {
    const std::vector<Json>& ends = connection.elements();
    if (ends.size() < 2)
      throw FileError{connection.line, "a connection is [\"part:pin\", \"part:pin\", \"colour\", []]"};
    for (const Json* const end : {&ends[0], &ends[1]}) {
      if (end->string().starts_with(serial_monitor) && find(serial_monitor) == nullptr)
        parts_.push_back(make_part(serial_monitor, serial_monitor, Attributes(nullptr)));
    }
    board.wiring().join(end_of_wire(*this, ends[0]), end_of_wire(*this, ends[1]));
    if (pico->ground().is_joined_to(pico->supply()))
      throw FileError{connection.line, "this connects the supply with ground"};
  }
  return std::nullopt;
} catch (const FileError& error) {
  return error;
}

}  // namespace sim
