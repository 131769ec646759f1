#include "cli/arguments.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace cli {
namespace {

using model::Error;

// How many letters must be put in, left out, replaced or swapped with their neighbour to make one of the
// other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) rows[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({replaced, rows[i - 1][j] + 1, rows[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows.back().back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t far = distance(word, candidate);
    if (far < best_distance) {
      best_distance = far;
      best = candidate;
    }
  }
  return best;
}

namespace {
Error unknown_option(const std::string& name, const std::vector<Option>& options) {
  std::vector<std::string> names;
  names.reserve(options.size());
  for (const Option& known : options) names.emplace_back(known.name);
  const std::string meant = nearest(name, names);
  const std::string text = "unknown option " + name;
  return {meant.empty() ? text + "; `coroscope --help` names them all"
                        : text + "; did you mean " + meant + "?"};
}
}  // namespace

model::Result<Arguments> Arguments::parse(const std::vector<std::string>& given,
                                          const std::vector<Option>& options) {
  Arguments arguments;
  bool only_words = false;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string& word = given[i];
    if (only_words || word.size() < 2 || word[0] != '-') {
      arguments.words_.push_back(word);
      continue;
    }
    if (word == "--") {
      only_words = true;
      continue;
    }
    const std::string name = word.substr(0, word.find('='));
    const auto option =
        std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == name; });
    if (option == options.end()) return unknown_option(name, options);
    const bool has_value = name.size() != word.size();
    if (!option->takes_value && has_value) return Error{name + " takes no value"};
    std::string value = has_value ? word.substr(name.size() + 1) : std::string();
    if (option->takes_value && !has_value) {
      if (i + 1 == given.size()) return Error{name + " wants a value behind it"};
      value = given[++i];
    }
    arguments.options_.push_back({name, value});
  }
  return arguments;
}

const std::string* Arguments::value(std::string_view option) const {
  const auto found =
      std::find_if(options_.rbegin(), options_.rend(), [&](const Given& g) { return g.name == option; });
  return found != options_.rend() ? &found->value : nullptr;
}

model::Result<std::uint64_t> parse_number(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Error{'"' + text + "\" is not a number from 0 to 18446744073709551615"};
  }
  return number;
}

model::Result<std::uint64_t> parse_duration(const std::string& text) {
  struct Unit {
    std::string_view name;
    double ns;
  };
  constexpr std::array<Unit, 7> units{
      {{"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"min", 60e9}, {"h", 3600e9}}};
  const Error wrong{'"' + text + "\" is not a duration; say how long with its unit: 5s, 500ms, 2m"};
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) == 0) return wrong;
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return wrong;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto known = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == unit; });
  if (known == units.end()) return wrong;
  const double ns = number * known->ns;
  if (ns < 1e3) return Error{'"' + text + "\" is too short; the shortest is 1us"};
  if (ns > 1000 * 3600e9) return Error{'"' + text + "\" is too long; the longest is 1000h"};
  return static_cast<std::uint64_t>(std::llround(ns));
}

}  // namespace cli
