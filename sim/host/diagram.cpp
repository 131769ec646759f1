#include "host/diagram.hpp"

#include <algorithm>
#include <string>

#include "host/json_lines.hpp"
#include "mcu/board.hpp"
#include "parts/part_list.hpp"
#include "parts/pico.hpp"
#include "text/nearest.hpp"

namespace sim {
namespace {

constexpr const char* serial_monitor = "$serialMonitor";  // Wokwi's; it is there without being a part

bool is_board(const std::string& type) { return type == "wokwi-pi-pico" || type == "board-pi-pico-w"; }
bool is_decoration(const std::string& type) { return type == "wokwi-text"; }

std::unique_ptr<Part> make(const Json& json) {
  const std::string& type = json.member("type").string();
  const std::string& id = json.member("id").string();
  const Attributes attributes(json.find("attrs"));
  std::unique_ptr<Part> part = make_part(type, id, attributes);
  if (part == nullptr) {
    const std::string meant = text::nearest(type, part_types());
    std::string known;
    for (const std::string& one : part_types()) known += (known.empty() ? "; there are " : ", ") + one;
    throw FileError{json.member("type").line, "there is no part of the type \"" + type + '"' +
                                                  (meant.empty() ? known : "; did you mean " + meant + "?")};
  }
  // What can be set later can be set at the start.
  for (const Setting& setting : part->settings()) {
    if (attributes.has(setting.name))
      part->set(setting, attributes.number(setting.name, 0, setting.lowest, setting.highest));
  }
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
    std::vector<std::string> ids;
    for (const auto& known : diagram.parts()) ids.push_back(known->id());
    const std::string meant = text::nearest(id, ids);
    throw FileError{
        json.line, "there is no part \"" + id + '"' + (meant.empty() ? "" : "; did you mean " + meant + "?")};
  }
  Terminal* const leg = part->find_leg(text.substr(colon + 1));
  if (leg == nullptr) {
    throw FileError{json.line,
                    id + " has no pin \"" + text.substr(colon + 1) + "\"; it has " + part->leg_names()};
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
  const Pico* pico = nullptr;
  for (const Json& json : file.member("parts").elements()) {
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
