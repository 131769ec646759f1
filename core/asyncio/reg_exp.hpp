// RegExp: whether a text begins with what a regular expression describes, as Python's re.match() sees it. A small one:
// for the topics of a Broker.
//
//   asyncio::RegExp("sensors/.*/temp$").matches("sensors/attic/temp")
//
//   .  any character        [a-z_]  one of these    \d \w \s    a digit, a letter or digit or _, a blank
//   ^  here is the beginning   [^a-z_]  none of these   \D \W \S   none of those
//   $  here is the end         * + ?   none or more, one or more, none or one of what comes before; most first
//   \. \* …  that character
// Groups, | and {} are refused. Matching takes no memory, and time in the text's length to the power of the number
// of * and +.
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
