#include "host/json_lines.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>

#include "text/nearest.hpp"

namespace sim {
namespace {

using Library = nlohmann::json;

constexpr std::size_t deepest = 100;

// Counts the lines as the library reads.
struct Progress {
  int line = 1;
  bool at_line_end = false;
};

class Reader {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Reader(const char* at, Progress* progress) : at_(at), progress_(progress) {}
  reference operator*() const { return *at_; }
  Reader& operator++() {
    if (progress_->at_line_end) ++progress_->line;
    progress_->at_line_end = *at_ == '\n';
    ++at_;
    return *this;
  }
  Reader operator++(int) {
    const Reader before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Reader& a, const Reader& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  Progress* progress_;
};

// What the library finds, made into a Json. It calls these with the last character of a value read; after a
// number, with the one behind it, which may be the end of the line: hence at_line_end.
class Builder : public Library::json_sax_t {
 public:
  Builder(Json& root, const Progress& progress) : root_(root), progress_(progress) {}

  bool null() override { return add(Json::Type::null) != nullptr; }
  bool boolean(bool value) override {
    add(Json::Type::boolean)->boolean = value;
    return true;
  }
  bool number_integer(number_integer_t value) override { return number(static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<double>(value)); }
  bool number_float(number_float_t value, const string_t&) override { return number(value); }
  bool string(string_t& value) override {
    add(Json::Type::string)->string_value = value;
    return true;
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return start(Json::Type::object); }
  bool start_array(std::size_t) override { return start(Json::Type::array); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }
  bool key(string_t& name) override {
    if (open_.back()->find(name) != nullptr)
      throw FileError{progress_.line, '"' + name + "\" is given twice"};
    name_ = name;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 3, column 5: syntax error while …"
    std::string text = error.what();
    const std::size_t begin = text.find(": ");
    if (begin != std::string::npos) text.erase(0, begin + 2);
    throw FileError{progress_.line, "this is not JSON: " + text};
  }

 private:
  Json* add(Json::Type type) {
    Json* added = &root_;
    if (!open_.empty() && open_.back()->type == Json::Type::array) {
      added = &open_.back()->element_values.emplace_back();
    } else if (!open_.empty()) {
      added = &open_.back()->member_values.emplace_back(Json::Member{name_, {}}).value;
    }
    added->type = type;
    added->line = progress_.line;
    return added;
  }
  bool number(double value) {
    add(Json::Type::number)->number_value = value;
    return true;
  }
  bool start(Json::Type type) {
    if (open_.size() == deepest) throw FileError{progress_.line, "this is nested too deeply"};
    open_.push_back(add(type));
    return true;
  }
  bool end() {
    open_.pop_back();
    return true;
  }

  Json& root_;
  const Progress& progress_;
  std::vector<Json*> open_;  // the arrays and objects around what comes next; their elements do not move then
  std::string name_;
};

std::string type_name(Json::Type type) {
  switch (type) {
    case Json::Type::null:
      return "null";
    case Json::Type::boolean:
      return "true or false";
    case Json::Type::number:
      return "a number";
    case Json::Type::string:
      return "a string";
    case Json::Type::array:
      return "an array";
    case Json::Type::object:
      return "an object";
  }
  return "";
}

const Json& checked(const Json& json, Json::Type type) {
  if (json.type != type)
    throw FileError{json.line, "here must be " + type_name(type) + ", not " + type_name(json.type)};
  return json;
}

Library to_library(const Json& json) {
  switch (json.type) {
    case Json::Type::null:
      return nullptr;
    case Json::Type::boolean:
      return json.boolean;
    case Json::Type::number:
      return json.number_value;
    case Json::Type::string:
      return json.string_value;
    default:
      return {};
  }
}

}  // namespace

const Json* Json::find(std::string_view name) const {
  for (const Member& member : member_values) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

const Json& Json::member(std::string_view name) const {
  const Json* const found = find(name);
  if (found == nullptr) throw FileError{line, '"' + std::string(name) + "\" is missing here"};
  return *found;
}

const std::string& Json::string() const { return checked(*this, Type::string).string_value; }
double Json::number() const { return checked(*this, Type::number).number_value; }
const std::vector<Json>& Json::elements() const { return checked(*this, Type::array).element_values; }
const std::vector<Json::Member>& Json::members() const { return checked(*this, Type::object).member_values; }

void Json::allow(std::initializer_list<std::string_view> names) const {
  std::vector<std::string> known;
  for (const std::string_view name : names) known.emplace_back(name);
  for (const auto& [name, value] : members()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string meant = text::nearest(name, known);
    std::string all;
    for (const std::string& one : known) all += (all.empty() ? "" : ", ") + one;
    throw FileError{value.line, '"' + name + "\" is not known here; " +
                                    (meant.empty() ? "known are " + all : "did you mean \"" + meant + "\"?")};
  }
}

void Json::refuse_mistyped(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : members()) {
    for (const std::string_view meant : names) {
      const bool may_be = name.size() + 1 >= meant.size() && name.size() <= meant.size() + 1;
      if (!may_be || text::edit_distance(name, meant) != 1 || find(meant) != nullptr) continue;
      throw FileError{value.line,
                      '"' + name + "\" is not known here; did you mean \"" + std::string(meant) + "\"?"};
    }
  }
}

std::string Json::text() const {
  std::string result;
  switch (type) {
    case Type::array:
      for (const Json& element : element_values) result += (result.empty() ? "" : ",") + element.text();
      return "[" + result + "]";
    case Type::object:
      for (const auto& [name, value] : member_values)
        result += (result.empty() ? "" : ",") + Library(name).dump() + ":" + value.text();
      return "{" + result + "}";
    case Type::number:
      // "80", not "80.0".
      if (std::abs(number_value) < 1e15 && number_value == std::trunc(number_value))
        return std::to_string(static_cast<long long>(number_value));
      return Library(number_value).dump();
    default:
      return to_library(*this).dump(-1, ' ', false, Library::error_handler_t::replace);
  }
}

Json read_json(std::string_view text) {
  Json root;
  Progress progress;
  Builder builder(root, progress);
  Library::sax_parse(Reader(text.data(), &progress), Reader(text.data() + text.size(), &progress), &builder);
  return root;
}

}  // namespace sim
