#include "model/source.hpp"

#include <array>
#include <cctype>

namespace model {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

std::string_view word_at(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_word(text[size])) ++size;
  if (size != 0 && std::isdigit(static_cast<unsigned char>(text.front())) != 0) return {};
  return text.substr(0, size);
}

// Where `word` stands in `text` as a whole word, from `from` on.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0) {
  for (std::size_t at = text.find(word, from); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !is_word(text[at + word.size()]);
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

// `text` begins with an opening bracket: what follows its closing one. Empty if it is not closed.
std::string_view after_bracket(std::string_view text, char open, char close) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == open) ++depth;
    if (text[i] == close && --depth == 0) return text.substr(i + 1);
  }
  return {};
}

std::string_view without_comment(std::string_view line) { return line.substr(0, line.find("//")); }

std::string_view class_of(trace::ObjectKind kind) {
  using Kind = trace::ObjectKind;
  switch (kind) {
    case Kind::event:
      return "Event";
    case Kind::lock:
      return "Lock";
    case Kind::semaphore:
      return "Semaphore";
    case Kind::condition:
      return "Condition";
    case Kind::queue:
      return "Queue";
    case Kind::barrier:
      return "Barrier";
    case Kind::flag:
      return "ThreadSafeFlag";
    case Kind::delay:
      return "Delay_ms";
    case Kind::message:
      return "Message";
    case Kind::stream:
    case Kind::isr:
    case Kind::pin:
    case Kind::other:
      break;
  }
  return {};
}

// What an argument calls: "asyncio::blink" of ` asyncio::blink(led, 1s)` gives blink. Empty if it is no plain
// call.
std::string_view called_name(std::string_view argument) {
  argument = trimmed(argument);
  std::string_view name;
  for (;;) {
    name = word_at(argument);
    if (name.empty()) return {};
    argument.remove_prefix(name.size());
    if (argument.starts_with("::") || argument.starts_with("->")) {
      argument.remove_prefix(2);
    } else if (argument.starts_with(".")) {
      argument.remove_prefix(1);
    } else {
      break;
    }
  }
  if (argument.starts_with("<")) argument = after_bracket(argument, '<', '>');
  if (!argument.starts_with("(")) return {};
  if (name != "move") return name;
  // What std::move() moves has a name too.
  const std::string_view moved = trimmed(argument.substr(1));
  return word_at(moved);
}

// What commas separate, up to one of `ends` that is in no brackets. Empty if there is none.
std::vector<std::string_view> split(std::string_view text, std::string_view ends) {
  std::vector<std::string_view> found;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool at_end = depth == 0 && ends.find(c) != std::string_view::npos;
    if (at_end || (depth == 0 && c == ',')) {
      found.push_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
      if (at_end) return found;
    }
    if (c == '(' || c == '{' || c == '[') ++depth;
    if (c == ')' || c == '}' || c == ']') --depth;
    // Template arguments, not a comparison: they follow a name at once, and a bracket or a name follows them.
    if (c == '<' && i != 0 && is_word(text[i - 1])) {
      const std::string_view behind = after_bracket(text.substr(i), '<', '>');
      if (behind.starts_with("(") || behind.starts_with("{") || behind.starts_with("::"))
        i = text.size() - behind.size() - 1;
    }
  }
  return {};
}

}  // namespace

void Sources::add(std::string name, std::string text) {
  std::vector<std::size_t> starts{0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts.push_back(i + 1);
  }
  line_starts_[name] = std::move(starts);
  texts_[std::move(name)] = std::move(text);
}

std::string_view Sources::line(std::string_view file, unsigned number) const {
  const auto starts = line_starts_.find(file);
  if (starts == line_starts_.end() || number == 0 || number > starts->second.size()) return {};
  const std::string_view text = texts_.find(file)->second;
  const std::size_t begin = starts->second[number - 1];
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

std::string Sources::object_name(std::string_view file, unsigned number, trace::ObjectKind kind,
                                 unsigned position) const {
  const std::string_view type = class_of(kind);
  const std::string_view text = without_comment(line(file, number));
  if (type.empty()) return {};
  std::size_t at = find_word(text, type);
  std::size_t length = type.size();
  // A class may have kin of its kind: BoundedSemaphore, RingbufQueue, ThreadSafeEvent.
  if (at == std::string_view::npos) {
    at = text.find(type);
    if (at == std::string_view::npos) return {};
    while (at + length < text.size() && is_word(text[at + length])) ++length;
  }
  std::string_view rest = trimmed(text.substr(at + length));
  if (rest.starts_with("<")) rest = trimmed(after_bracket(rest, '<', '>'));

  std::vector<std::string_view> names;
  for (const std::string_view part : split(rest, ";)")) {
    const std::string_view name = word_at(part);
    const std::string_view behind = trimmed(part.substr(name.size()));
    constexpr std::string_view may_follow = "({=[";
    if (name.empty() || (!behind.empty() && may_follow.find(behind.front()) == std::string_view::npos))
      return {};
    names.push_back(name);
  }
  if (names.empty()) return {};
  std::string name(names[position % names.size()]);
  if (const std::size_t round = position / names.size(); round != 0) name += '#' + std::to_string(round + 1);
  return name;
}

std::string Sources::task_name(std::string_view file, unsigned number, unsigned position) const {
  constexpr std::array<std::string_view, 5> makers{"create_task", "gather", "wait_for", "wait_for_ms", "run"};
  const std::string_view text = without_comment(line(file, number));
  for (const std::string_view maker : makers) {
    const std::size_t at = find_word(text, maker);
    if (at == std::string_view::npos) continue;
    const std::size_t behind = at + maker.size();
    if (behind >= text.size() || text[behind] != '(') continue;
    // A call may go on in the next lines: look at the text from here, not only at the line.
    const std::string_view all = texts_.find(file)->second;
    const auto offset = static_cast<std::size_t>(text.data() - all.data());
    std::vector<std::string_view> given = split(all.substr(offset + behind + 1, 2000), ")");
    if (!given.empty() && given.front().find("return_exceptions") != std::string_view::npos)
      given.erase(given.begin());
    if (given.size() == 1) position = 0;  // a vector of coroutines
    return position < given.size() ? std::string(called_name(given[position])) : std::string();
  }
  return {};
}

}  // namespace model
