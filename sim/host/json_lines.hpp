// JSON whose every value knows its line, so that what is wrong with one can be said where it is. Reading is
// nlohmann-json's; what this adds is the line, and questions that throw a FileError with it.
//
//   const Json file = read_json(text);
//   for (const Json& part : file.member("parts").elements()) part.member("id").string();
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "host/file_error.hpp"

namespace sim {

class Json {
 public:
  enum class Type : unsigned char { null, boolean, number, string, array, object };
  struct Member;

  Type type = Type::null;
  int line = 0;
  bool boolean = false;
  double number_value = 0;
  std::string string_value;
  std::vector<Json> element_values;
  std::vector<Member> member_values;  // in the order of the file

  // The member of that name, or nullptr. Of anything but an object: nullptr.
  const Json* find(std::string_view name) const;

  // The same or a FileError that says what should be there.
  const Json& member(std::string_view name) const;
  const std::string& string() const;
  double number() const;
  const std::vector<Json>& elements() const;
  const std::vector<Member>& members() const;
  // All members have one of these names; a FileError names the nearest.
  void allow(std::initializer_list<std::string_view> names) const;
  // Members may have any names, but none that is one letter off one of these: that would be a mistake.
  void refuse_mistyped(std::initializer_list<std::string_view> names) const;

  // One line, as short as can be.
  std::string text() const;
};

struct Json::Member {
  std::string name;
  Json value;
};

// Throws a FileError for what is not JSON, and for a name that is given twice.
Json read_json(std::string_view text);

}  // namespace sim
