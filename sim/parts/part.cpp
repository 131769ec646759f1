#include "parts/part.hpp"

#include <utility>

#include "trace/hooks.hpp"

namespace sim {

Terminal* Part::find_leg(std::string_view name) {
  for (const Leg& leg : legs_) {
    if (leg.name == name) return leg.terminal;
  }
  return nullptr;
}

std::string Part::leg_names() const {
  std::string names;
  for (const Leg& leg : legs_) {
    if (!names.empty()) names += &leg == &legs_.back() ? " and " : ", ";
    names += leg.name;
  }
  return names;
}

std::string Part::check(std::string_view) const { return "it takes no text"; }

void Part::show(std::string text) {
  if (text == shown_) return;
  shown_ = std::move(text);
  show_each(shown_);
}

void Part::show_each(std::string_view text) const {
  const std::string line = id_ + ": " + std::string(text);
  trace::emit(trace::Kind::part, 0, 0);
  trace::recorder.append_text(0, line.data(), line.size());
}

}  // namespace sim
