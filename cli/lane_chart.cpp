#include "cli/lane_chart.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "model/format.hpp"

namespace cli {
namespace {

using model::Span;
using model::SpanKind;

constexpr std::size_t enough_slices = 20'000;
constexpr std::size_t widest_name = 16;

struct Glyphs {
  std::array<const char*, 4> states;  // in the order of SpanKind
  const char* brief;                  // runs, but not for long
  const char* low;
  const char* high;
  const char* both;
  const char* axis;
  const char* tick;
};
constexpr Glyphs unicode{{"█", "▒", "·", "╌"}, "┃", "▁", "▔", "▒", "─", "┬"};
constexpr Glyphs ascii{{"#", "=", ".", "-"}, "|", "_", "'", "%", "-", "+"};
const Glyphs& glyphs(bool utf8) { return utf8 ? unicode : ascii; }

// 1, 2 or 5 times a power of ten.
std::uint64_t round_down(std::uint64_t value) {
  std::uint64_t power = 1;
  while (power <= value / 10) power *= 10;
  return value / power >= 5 ? 5 * power : value / power >= 2 ? 2 * power : power;
}

class Scale {
 public:
  Scale(std::uint64_t end_ns, std::size_t columns)
      : end_ns_(std::max<std::uint64_t>(end_ns, 1)), columns_(columns) {}
  std::size_t column(std::uint64_t time_ns) const {
    return static_cast<std::size_t>(static_cast<double>(time_ns) * static_cast<double>(columns_) /
                                    static_cast<double>(end_ns_));
  }
  double begin_of(std::size_t column) const {
    return static_cast<double>(column) * static_cast<double>(end_ns_) / static_cast<double>(columns_);
  }
  // So short that its column tells too much of it.
  bool is_brief(const Span& span) const {
    return static_cast<double>(span.end_ns - span.begin_ns) * 2 < begin_of(1);
  }
  // How much of that column the time from begin to end covers, in nanoseconds.
  double overlap(std::size_t column, std::uint64_t begin_ns, std::uint64_t end_ns) const {
    return std::min(static_cast<double>(end_ns), begin_of(column + 1)) -
           std::max(static_cast<double>(begin_ns), begin_of(column));
  }

 private:
  std::uint64_t end_ns_;
  std::size_t columns_;
};

struct Ticks {
  std::string labels;
  std::vector<std::size_t> columns;
};

Ticks make_ticks(std::uint64_t end_ns, std::size_t columns) {
  Ticks ticks;
  const Scale scale(end_ns, columns);
  std::uint64_t step = 1000;
  for (int i = 0; scale.column(step) < 12 && step < end_ns; ++i) step = i % 3 == 1 ? step / 2 * 5 : step * 2;
  for (std::uint64_t time = 0; time < end_ns; time += step) {
    const std::size_t column = scale.column(time);
    const std::string label = time == 0 ? "0" : model::duration_text(time);
    if (column + width_of(label) > columns) break;
    ticks.columns.push_back(column);
    ticks.labels = padded(ticks.labels, column) + label;
  }
  return ticks;
}

}  // namespace

// The first letter of the owner's name, if no other owner has it, or else what is left: worker is W, worker#2
// is 2.
LaneChart::Signs LaneChart::owner_signs(const model::State& state) const {
  Signs signs;
  for (const Span& span : spans_) {
    if (span.kind == SpanKind::holding) signs[span.task] = ' ';
  }
  std::string left = "23456789abcdefghijklmnopqrstuvwxyz";
  std::string taken;
  for (auto& [task, sign] : signs) {
    const std::string name = state.task_text(task);
    sign = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    if (std::isalnum(static_cast<unsigned char>(sign)) == 0)
      sign = '?';  // half a character, or none to be seen
    const std::size_t number = name.rfind('#');
    if (taken.find(sign) != std::string::npos && number + 2 == name.size()) sign = name.back();
    if (taken.find(sign) != std::string::npos) {
      const std::size_t free = left.find_first_not_of(taken);
      sign = free == std::string::npos ? '*' : left[free];
    }
    taken += sign;
  }
  return signs;
}

void LaneChart::add_spans(const model::State& state) {
  for (const Span& span : state.ended()) {
    if (span.begin_ns >= kept_until_ns_) continue;
    spans_.push_back(span);
    if (spans_.size() == enough_slices && kept_until_ns_ == UINT64_MAX) kept_until_ns_ = span.end_ns;
  }
}

void LaneChart::add(const trace::Record& record, const model::State& state) {
  if (record.kind == trace::Kind::pin && record.time_ns < kept_until_ns_) {
    changes_.push_back({record.time_ns, record.object, record.extra != 0});
    if (changes_.size() == enough_slices && kept_until_ns_ == UINT64_MAX) kept_until_ns_ = record.time_ns;
  }
  if (record.kind == trace::Kind::isr_enter && record.time_ns < kept_until_ns_) {
    served_.push_back({record.object, record.time_ns, UINT64_MAX});
    if (served_.size() == enough_slices && kept_until_ns_ == UINT64_MAX) kept_until_ns_ = record.time_ns;
  }
  // They do not nest; a reset ends them as well.
  const bool ends = record.kind == trace::Kind::isr_exit || record.kind == trace::Kind::reset;
  if (ends && !served_.empty()) served_.back().end_ns = std::min(served_.back().end_ns, record.time_ns);
  add_spans(state);
}

// The whole run if its slices can be told apart, or else as much of its beginning as that is true of: the
// brief slices of no task may take up more than a third of the columns.
std::uint64_t LaneChart::choose_end(std::uint64_t run_end_ns, std::size_t columns) const {
  std::uint64_t end_ns = std::min(run_end_ns, kept_until_ns_);
  if (end_ns < run_end_ns) end_ns = round_down(end_ns);
  for (; end_ns > 1000; end_ns = round_down(end_ns - 1)) {
    const Scale scale(end_ns, columns);
    std::map<std::uint32_t, std::pair<std::size_t, std::size_t>> brief;  // of a task: last column, how many
    std::size_t most = 0;
    for (const Span& span : spans_) {
      if (span.kind != SpanKind::running || span.begin_ns >= end_ns || !scale.is_brief(span)) continue;
      const std::size_t column = scale.column(span.begin_ns) + 1;
      auto& [last, count] = brief[span.task];
      if (last != column) most = std::max(most, ++count);
      last = column;
    }
    if (most * 3 <= columns) break;
  }
  return end_ns;
}

LaneChart::Lane LaneChart::task_lane(const model::Task& task, std::uint64_t end_ns, std::size_t columns,
                                     bool utf8) const {
  const Scale scale(end_ns, columns);
  std::vector<std::array<double, 4>> covered(columns);
  std::vector<bool> brief(columns);
  for (const Span& span : spans_) {
    if (span.task != task.number || span.kind == SpanKind::holding || span.begin_ns >= end_ns) continue;
    const std::size_t first = scale.column(span.begin_ns);
    for (std::size_t c = first; c < columns && scale.begin_of(c) < static_cast<double>(span.end_ns); ++c) {
      covered[c][static_cast<std::size_t>(span.kind)] += scale.overlap(c, span.begin_ns, span.end_ns);
    }
    if (span.kind == SpanKind::running && scale.is_brief(span))
      brief[first] = true;  // however short, it is seen
  }
  Lane lane{task.name, task.number, {}};
  for (std::size_t c = 0; c < columns; ++c) {
    const auto most = std::max_element(covered[c].begin(), covered[c].end());
    const auto kind = static_cast<std::size_t>(most - covered[c].begin());
    const bool long_run = kind == static_cast<std::size_t>(SpanKind::running) && *most > 0;
    lane.cells.emplace_back(brief[c] && !long_run ? glyphs(utf8).brief
                            : *most > 0           ? glyphs(utf8).states[kind]
                                                  : " ");
  }
  return lane;
}

LaneChart::Lane LaneChart::lock_lane(const model::Object& lock, const Signs& signs, std::uint64_t end_ns,
                                     std::size_t columns) const {
  const Scale scale(end_ns, columns);
  std::vector<std::map<std::uint32_t, double>> covered(columns);
  for (const Span& span : spans_) {
    if (span.kind != SpanKind::holding || span.object != lock.number || span.begin_ns >= end_ns) continue;
    for (std::size_t c = scale.column(span.begin_ns);
         c < columns && scale.begin_of(c) < static_cast<double>(span.end_ns); ++c) {
      covered[c][span.task] += scale.overlap(c, span.begin_ns, span.end_ns);
    }
  }
  Lane lane{lock.name.empty() ? "lock" : lock.name, 0, {}};
  for (const auto& owners : covered) {
    std::uint32_t owner = 0;
    double longest = scale.begin_of(1) / 4;
    for (const auto& [task, time] : owners) {
      if (time > longest) {
        longest = time;
        owner = task;
      }
    }
    lane.cells.emplace_back(1, owner == 0 ? ' ' : signs.at(owner));
  }
  return lane;
}

LaneChart::Lane LaneChart::interrupt_lane(const model::Object& interrupt, std::uint64_t end_ns,
                                          std::size_t columns, bool utf8) const {
  const Scale scale(end_ns, columns);
  std::vector<double> covered(columns);
  std::vector<bool> brief(columns);
  for (const Served& served : served_) {
    if (served.interrupt != interrupt.number || served.begin_ns >= end_ns) continue;
    const std::uint64_t until_ns = std::min(served.end_ns, end_ns);
    const std::size_t first = std::min(scale.column(served.begin_ns), columns - 1);
    brief[first] = true;  // however short, it is seen
    for (std::size_t c = first; c < columns && scale.begin_of(c) < static_cast<double>(until_ns); ++c)
      covered[c] += scale.overlap(c, served.begin_ns, until_ns);
  }
  Lane lane{interrupt.name.empty() ? "interrupt" : interrupt.name, 0, {}};
  for (std::size_t c = 0; c < columns; ++c) {
    lane.cells.emplace_back(covered[c] * 2 >= scale.begin_of(1) ? glyphs(utf8).states[0]
                            : brief[c]                          ? glyphs(utf8).brief
                                                                : " ");
  }
  return lane;
}

LaneChart::Lane LaneChart::pin_lane(std::uint32_t pin, std::uint64_t end_ns, std::size_t columns,
                                    bool utf8) const {
  const Scale scale(end_ns, columns);
  const Glyphs& glyph = glyphs(utf8);
  Lane lane{"GP" + std::to_string(pin), 0, std::vector<std::string>(columns, " ")};
  std::vector<int> changed(columns);
  std::vector<const char*> after(columns, nullptr);  // the level a column ends with, where it changes
  bool first = true;
  for (const PinChange& change : changes_) {
    if (change.pin != pin || change.time_ns >= end_ns) continue;
    const std::size_t column = std::min(scale.column(change.time_ns), columns - 1);
    after[column] = change.high ? glyph.high : glyph.low;
    if (!first) ++changed[column];  // the first only says what the level is from here on
    first = false;
  }
  const char* level = " ";
  for (std::size_t c = 0; c < columns; ++c) {
    if (after[c] != nullptr) level = after[c];
    lane.cells[c] = changed[c] > 1 ? glyph.both : level;
  }
  return lane;
}

void LaneChart::print(std::ostream& out, const Screen& screen, const model::State& state,
                      std::size_t most_lanes) const {
  std::size_t name_width = 4;
  std::vector<std::uint32_t> pins;
  for (const PinChange& change : changes_) {
    if (std::find(pins.begin(), pins.end(), change.pin) == pins.end()) pins.push_back(change.pin);
  }
  std::sort(pins.begin(), pins.end());
  for (const model::Task& task : state.tasks()) {
    if (task.number <= most_lanes) name_width = std::max(name_width, width_of(shown(screen, task.name)));
  }
  for (const model::Object& object : state.objects()) {
    if (object.kind == trace::ObjectKind::lock || object.kind == trace::ObjectKind::isr)
      name_width = std::max(name_width, width_of(object.name));
  }
  name_width = std::min(name_width, widest_name);
  const std::size_t columns = std::min<std::size_t>(screen.width - name_width - 3, 200);
  const std::uint64_t end_ns = choose_end(state.now_ns(), columns);
  if (end_ns == 0 || (state.tasks().empty() && pins.empty() && served_.empty())) return;

  print_headed(out, screen, "Who did what when",
               end_ns == state.now_ns() ? ", all " + model::duration_text(end_ns) + " of it"
                                        : ", the first " + model::duration_text(end_ns) + " of " +
                                              model::duration_text(state.now_ns()));
  out << '\n';

  const auto print_lane = [&](const Lane& lane) {
    std::string name = shown(screen, lane.name);
    while (width_of(name) > name_width) name.pop_back();
    std::string cells;
    for (const std::string& cell : lane.cells) cells += cell;
    while (cells.ends_with(' ')) cells.pop_back();
    name = padded_left(name, name_width);
    out << "  " << (lane.colour != 0 ? task_coloured(screen, lane.colour, name) : name) << ' '
        << (lane.colour != 0 ? task_coloured(screen, lane.colour, cells) : cells) << '\n';
  };
  for (const model::Task& task : state.tasks()) {
    if (task.number > most_lanes) break;
    print_lane(task_lane(task, end_ns, columns, screen.utf8));
  }
  if (state.tasks().size() > most_lanes) {
    out << "  "
        << shown(screen, "… and " + model::count_text(state.tasks().size() - most_lanes) + " more tasks")
        << '\n';
  }
  const Signs signs = owner_signs(state);
  for (const model::Object& object : state.objects()) {
    const auto holds = [&](const Span& span) {
      return span.kind == SpanKind::holding && span.object == object.number;
    };
    if (object.kind != trace::ObjectKind::lock || std::none_of(spans_.begin(), spans_.end(), holds)) continue;
    print_lane(lock_lane(object, signs, end_ns, columns));
  }
  for (const model::Object& object : state.objects()) {
    const auto is_of_it = [&](const Served& served) { return served.interrupt == object.number; };
    if (object.kind != trace::ObjectKind::isr || std::none_of(served_.begin(), served_.end(), is_of_it))
      continue;
    print_lane(interrupt_lane(object, end_ns, columns, screen.utf8));
  }
  for (const std::uint32_t pin : pins) print_lane(pin_lane(pin, end_ns, columns, screen.utf8));

  const Ticks ticks = make_ticks(end_ns, columns);
  const Glyphs& glyph = glyphs(screen.utf8);
  std::string axis;
  for (std::size_t c = 0; c < columns; ++c) {
    axis += std::find(ticks.columns.begin(), ticks.columns.end(), c) != ticks.columns.end() ? glyph.tick
                                                                                            : glyph.axis;
  }
  const std::string margin(name_width + 3, ' ');
  out << styled(screen, Style::dim, margin + axis) << '\n' << shown(screen, margin + ticks.labels) << '\n';
  if (state.tasks().empty()) return;
  std::string legend;
  const auto explain = [&](const char* symbol, const char* meaning) {
    legend += std::string(legend.empty() ? "" : "  ") + symbol + ' ' + meaning;
  };
  explain(glyph.states[0], "runs");
  explain(glyph.brief, "runs briefly");
  explain(glyph.states[1], "is ready");
  explain(glyph.states[2], "sleeps");
  explain(glyph.states[3], "waits");
  const bool plain =
      std::all_of(signs.begin(), signs.end(), [](const auto& owner) { return std::isupper(owner.second); });
  if (plain && !signs.empty()) explain("A", "has the lock");
  if (!plain) {
    std::string owners;
    for (const auto& [task, sign] : signs) {
      owners +=
          (owners.empty() ? "" : "  ") + std::string(1, sign) + ' ' + shown(screen, state.task_text(task));
    }
    owners = "has the lock: " + owners;
    for (const std::string& line : wrapped(owners, screen.width - margin.size())) {
      out << styled(screen, Style::dim, margin + line) << '\n';
    }
  }
  for (const std::string& line : wrapped(legend, screen.width - margin.size())) {
    out << styled(screen, Style::dim, margin + line) << '\n';
  }
}

}  // namespace cli
