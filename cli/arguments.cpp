#include "cli/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "text/duration.hpp"
#include "text/nearest.hpp"

namespace cli {
namespace {

using model::Error;

Error unknown_option(const std::string& name, const std::vector<Option>& options) {
  std::vector<std::string> names;
  names.reserve(options.size());
  for (const Option& known : options) names.emplace_back(known.name);
  const std::string meant = text::nearest(name, names);
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
  constexpr std::uint64_t shortest_ns = 1000;
  constexpr std::uint64_t longest_ns = std::uint64_t{1000} * 3600 * 1'000'000'000;
  const std::optional<std::uint64_t> ns = text::parse_duration(text);
  if (!ns) return Error{'"' + text + "\" is not a duration; say how long with its unit: 5s, 500ms, 2m"};
  if (*ns < shortest_ns) return Error{'"' + text + "\" is too short; the shortest is 1us"};
  if (*ns > longest_ns) return Error{'"' + text + "\" is too long; the longest is 1000h"};
  return *ns;
}

}  // namespace cli
