#include "parts/attributes.hpp"

#include <algorithm>
#include <cstdlib>

#include "text/nearest.hpp"

namespace sim {
namespace {

// "1" of both "1" and 1.
std::string plain(const Json& json) {
  return json.type == Json::Type::string ? json.string_value : json.text();
}

// Nothing if it is no number.
bool read_number(const std::string& text, double& number) {
  char* end = nullptr;
  number = std::strtod(text.c_str(), &end);
  return end != text.c_str() && *end == '\0';
}

std::string short_number(double number) {
  Json json;
  json.type = Json::Type::number;
  json.number_value = number;
  return json.text();
}

[[noreturn]] void refuse(const Json& json, std::string_view name, const std::string& wanted) {
  throw FileError{json.line, '"' + std::string(name) + "\" is " + wanted + ", not \"" + plain(json) + '"'};
}

}  // namespace

const Json* Attributes::find(std::string_view name) const {
  if (attrs_ == nullptr) return nullptr;
  if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) asked_.emplace_back(name);
  return attrs_->find(name);
}

std::string Attributes::text(std::string_view name, std::string_view otherwise) const {
  const Json* const json = find(name);
  return json == nullptr ? std::string(otherwise) : plain(*json);
}

std::string Attributes::one_of(std::string_view name, std::initializer_list<std::string_view> allowed) const {
  const Json* const json = find(name);
  if (json == nullptr) return std::string(*allowed.begin());
  std::string given = plain(*json);
  std::string all;
  for (const std::string_view one : allowed) {
    if (given == one) return given;
    if (!one.empty()) all += (all.empty() ? "\"" : " or \"") + std::string(one) + '"';
  }
  refuse(*json, name, all);
}

bool Attributes::flag(std::string_view name, bool otherwise) const {
  const Json* const json = find(name);
  if (json == nullptr) return otherwise;
  const std::string given = plain(*json);
  if (given == "1" || given == "true") return true;
  if (given == "0" || given == "false" || given.empty()) return false;
  refuse(*json, name, "\"1\" or \"0\"");
}

double Attributes::number(std::string_view name, double otherwise, double lowest, double highest) const {
  const Json* const json = find(name);
  if (json == nullptr) return otherwise;
  double number = 0;
  if (!read_number(plain(*json), number) || !(number >= lowest) || !(number <= highest))
    refuse(*json, name, "a number from " + short_number(lowest) + " to " + short_number(highest));
  return number;
}

std::uint8_t Attributes::i2c_address(std::string_view name, std::uint8_t otherwise) const {
  const Json* const json = find(name);
  if (json == nullptr) return otherwise;
  const std::string given = plain(*json);
  char* end = nullptr;
  const long address = std::strtol(given.c_str(), &end, 0);
  if (end == given.c_str() || *end != '\0' || address < 0x08 || address > 0x77)
    refuse(*json, name, "an I2C address from 0x08 to 0x77");
  return static_cast<std::uint8_t>(address);
}

void Attributes::check_all_used() const {
  if (attrs_ == nullptr) return;
  for (const auto& [name, value] : attrs_->members()) {
    if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
    const std::string meant = text::nearest(name, asked_);
    std::string all;
    for (const std::string& one : asked_) all += (all.empty() ? "" : ", ") + one;
    std::string text = "this part has no attribute \"" + name + "\"; ";
    if (!meant.empty()) {
      text += "did you mean \"" + meant + "\"?";
    } else {
      text += "it has " + (all.empty() ? "none" : all);
    }
    throw FileError{value.line, text};
  }
}

}  // namespace sim
