// RegExp: whether a text begins with what a regular expression describes, as Python's re.match() sees it. A
// small one: for the topics of a Broker.
//
//   asyncio::RegExp("sensors/.*/temp$").matches("sensors/attic/temp")
//
//   .          any character              [a-z_]     one of these
//   ^          the text begins here       [^a-z_]    none of these
//   $          the text ends here         \d \w \s   a digit; a letter, a digit or _; a blank
//   * + ?      none or more, one or       \D \W \S   none of those
//              more, none or one of       \. \* …    that character
//              what comes before
//
// Groups, | and {} are refused. Matching takes no memory, and time in the text's length to the power of the
// number of * and +.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace asyncio {

class RegExp {
 public:
  // Throws ValueError if it is malformed.
  explicit RegExp(std::string pattern);

  // Does `text` match from its beginning? It need not to its end: that is what $ is for.
  bool matches(std::string_view text) const;

  const std::string& pattern() const { return pattern_; }
  friend bool operator==(const RegExp& a, const RegExp& b) { return a.pattern_ == b.pattern_; }

 private:
  std::string pattern_;
};

}  // namespace asyncio
