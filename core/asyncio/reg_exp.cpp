#include "asyncio/reg_exp.hpp"

#include "asyncio/exceptions.hpp"

namespace asyncio {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// What stands behind a backslash.
bool escape_matches(char escape, char c) {
  switch (escape) {
    case 'd':
      return is_digit(c);
    case 'D':
      return !is_digit(c);
    case 'w':
      return is_word(c);
    case 'W':
      return !is_word(c);
    case 's':
      return is_blank(c);
    case 'S':
      return !is_blank(c);
    default:
      return escape == c;
  }
}
bool is_class(char escape) { return std::string_view("dDwWsS").find(escape) != std::string_view::npos; }

// The text between [ and ].
bool set_matches(std::string_view set, char c) {
  const bool inverted = set.front() == '^';
  if (inverted) set.remove_prefix(1);
  bool found = false;
  while (!set.empty() && !found) {
    if (set.front() == '\\') {
      found = escape_matches(set[1], c);
      set.remove_prefix(2);
    } else if (set.size() > 2 && set[1] == '-') {
      found = c >= set[0] && c <= set[2];
      set.remove_prefix(3);
    } else {
      found = c == set[0];
      set.remove_prefix(1);
    }
  }
  return found != inverted;
}

// Where the set that begins with [ has its ], or npos.
std::size_t end_of_set(std::string_view pattern) {
  std::size_t i = 1;
  if (i < pattern.size() && pattern[i] == '^') ++i;
  if (i < pattern.size() && pattern[i] == ']') ++i;  // the first one stands for itself
  for (; i < pattern.size() && pattern[i] != ']'; ++i) {
    if (pattern[i] == '\\') ++i;
  }
  return i < pattern.size() ? i : std::string_view::npos;
}

// The first item of a pattern: one character's worth, and how often it may come.
struct Item {
  explicit Item(std::string_view pattern) {
    std::size_t length = 1;
    if (pattern.front() == '\\') length = 2;
    if (pattern.front() == '[') length = end_of_set(pattern) + 1;
    text = pattern.substr(0, length);
    rest = pattern.substr(length);
    if (rest.empty() || std::string_view("*+?").find(rest.front()) == std::string_view::npos) return;
    least = rest.front() == '+' ? 1 : 0;
    most = rest.front() == '?' ? 1 : SIZE_MAX;
    rest.remove_prefix(1);
    // *? +? ??: fewest first. It makes no difference to whether there is a match.
    if (!rest.empty() && rest.front() == '?') rest.remove_prefix(1);
  }
  bool matches(char c) const {
    switch (text.front()) {
      case '.':
        return true;
      case '\\':
        return escape_matches(text[1], c);
      case '[':
        return set_matches(text.substr(1, text.size() - 2), c);
      default:
        return text.front() == c;
    }
  }
  std::string_view text;
  std::string_view rest;  // of the pattern
  std::size_t least = 1;
  std::size_t most = 1;
};

// `text` from `at` on. Calls itself once for each * + ? of the pattern at most.
bool match_here(std::string_view pattern, std::string_view text, std::size_t at) {
  while (!pattern.empty()) {
    if (pattern.front() == '^' || pattern.front() == '$') {
      if (at != (pattern.front() == '^' ? 0 : text.size())) return false;
      pattern.remove_prefix(1);
      continue;
    }
    const Item item(pattern);
    std::size_t count = 0;
    while (count < item.most && at + count < text.size() && item.matches(text[at + count])) ++count;
    if (count < item.least) return false;
    for (; count > item.least; --count) {
      if (match_here(item.rest, text, at + count)) return true;
    }
    at += count;
    pattern = item.rest;
  }
  return true;
}

void check_set(std::string_view set) {
  for (std::size_t i = set.front() == '^' ? 1 : 0; i < set.size(); ++i) {
    if (set[i] == '\\') {
      ++i;
      if (i + 1 < set.size() && set[i + 1] == '-' && i + 2 < set.size()) {
        throw ValueError("RegExp: a range in [] cannot begin with an escaped character");
      }
    } else if (i + 2 < set.size() && set[i + 1] == '-') {
      if (set[i + 2] == '\\' || set[i + 2] < set[i]) throw ValueError("RegExp: bad range in []");
      i += 2;
    }
  }
}

}  // namespace

RegExp::RegExp(std::string pattern) : pattern_(std::move(pattern)) {
  std::string_view rest = pattern_;
  while (!rest.empty()) {
    switch (rest.front()) {
      case '^':
      case '$':
        rest.remove_prefix(1);
        if (!rest.empty() && std::string_view("*+?").find(rest.front()) != std::string_view::npos) {
          throw ValueError("RegExp: nothing to repeat before * + ?");
        }
        continue;
      case '*':
      case '+':
      case '?':
        throw ValueError("RegExp: nothing to repeat before * + ?");
      case '(':
      case ')':
      case '|':
      case '{':
      case '}':
        throw ValueError("RegExp: ( ) | { } are not supported; write \\( for the character");
      case '\\':
        if (rest.size() < 2) throw ValueError("RegExp: \\ at the end");
        if ((is_letter(rest[1]) || is_digit(rest[1])) && !is_class(rest[1])) {
          throw ValueError("RegExp: unknown letter behind \\");
        }
        break;
      case '[':
        if (end_of_set(rest) == std::string_view::npos) throw ValueError("RegExp: [ without ]");
        check_set(rest.substr(1, end_of_set(rest) - 1));
        break;
      default:
        break;
    }
    rest = Item(rest).rest;
  }
}

bool RegExp::matches(std::string_view text) const { return match_here(pattern_, text, 0); }

}  // namespace asyncio
