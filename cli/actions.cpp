#include "cli/actions.hpp"

#include <algorithm>

#include "model/format.hpp"

namespace cli {

bool Actions::add(const std::string& subject, const std::string& what, std::size_t most) {
  const auto same = [&](const Action& action) {
    return action.subject == subject && (!subject.empty() || action.first == what);
  };
  const auto from = subject.empty() && !actions_.empty() ? actions_.end() - 1 : actions_.begin();
  const auto known = std::find_if(from, actions_.end(), same);
  if (known != actions_.end()) {
    ++known->count;
    if (known->count == 2) known->second = what;
    known->last = what;
    return false;
  }
  if (actions_.size() >= most) {
    ++more_;
    return false;
  }
  actions_.push_back({subject, what, {}, {}, 1});
  return true;
}

bool Actions::extend(const std::string& begin, const std::string& more) {
  if (actions_.empty() || !actions_.back().first.starts_with(begin)) return false;
  actions_.back().first += more;
  return true;
}

// "GP16 high, low … high (7 changes)"
std::string Actions::text_of(const Action& action) {
  const std::string count = model::count_text(action.count);
  if (action.subject.empty())
    return action.count == 1 ? action.first : action.first + " (" + count + " times)";
  std::string text = action.subject + ' ' + action.first;
  if (action.count > 1) text += ", " + action.second;
  if (action.count > 2) text += (action.count == 3 ? ", " : " … ") + action.last;
  if (action.count > 3) text += " (" + count + " changes)";
  return text;
}

std::vector<std::string> Actions::texts() const {
  std::vector<std::string> texts;
  texts.reserve(actions_.size());
  for (const Action& action : actions_) texts.push_back(text_of(action));
  return texts;
}

std::string Actions::text() const {
  std::string all;
  for (const std::string& text : texts()) all += (all.empty() ? "" : ", ") + text;
  if (more_ != 0) all += " … and " + model::count_text(more_) + " more";
  return all;
}

}  // namespace cli
