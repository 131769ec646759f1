#include "cli/summary_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "model/format.hpp"
#include "model/why.hpp"

namespace cli {
namespace {

std::string percent(std::uint64_t part, std::uint64_t whole) {
  char text[16];
  const double value = whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  std::snprintf(text, sizeof text, value != 0 && value < 0.1 ? "<0.1 %%" : "%.1f %%", value);
  return text;
}

std::string phase_text(const model::State& state, const model::Task& task) {
  const std::string place = state.place(state.own_wait_site(task));
  switch (task.phase) {
    case model::Phase::running:
      return "runs";
    case model::Phase::ready:
      return "is ready";
    case model::Phase::waiting:
      return model::wait_text(state, task) + (place.empty() ? "" : ", " + place);
    case model::Phase::done:
      break;
  }
  if (task.cut_off) return "was cut off by a reset";
  switch (task.outcome) {
    case trace::Outcome::returned:
      return "has ended";
    case trace::Outcome::cancelled:
      return "was cancelled";
    case trace::Outcome::failed:
      return "ended by an exception";
  }
  return {};
}

std::string lock_text(const model::State& state, const model::LockSummary& lock) {
  std::string name = state.object_text(lock.object);
  std::erase(name, '`');
  std::string text = name + ": taken " + model::count_text(lock.taken, "time", "times") + ", held " +
                     percent(lock.held_ns, state.now_ns()) + " of the time, " +
                     model::duration_text(lock.longest_hold_ns) + " at most. ";
  text += lock.waits == 0 ? "Nobody had to wait for it."
                          : model::count_text(lock.waits, "time", "times") + " a task had to wait for it, " +
                                model::duration_text(lock.longest_wait_ns) + " at most.";
  return text;
}

std::string hog_text(const model::State& state, const model::Task& task, const model::TaskSummary& figures) {
  const std::string place = state.place(figures.hog_site);
  return task.name + " hogged the CPU " + model::count_text(figures.hogs, "time", "times") + ", for " +
         model::duration_text(figures.longest_slice_ns) + (figures.hogs == 1 ? "" : " at most") +
         (place.empty() ? "" : ", at " + place) + '.';
}

std::string interrupt_text(const model::State& state, const model::InterruptSummary& figures) {
  const model::Object* const interrupt = state.object(figures.object);
  const std::string name = interrupt->name.empty() ? "" : ' ' + interrupt->name;
  return "Interrupt" + name + ": served " + model::count_text(figures.served, "time", "times") + ", " +
         model::duration_text(figures.longest_ns) + " at most.";
}

std::string energy_text(const model::Energy& energy) {
  char current[32];
  std::snprintf(current, sizeof current, "%.3g mA", energy.mean_ma());
  std::string text = "Energy: " + model::energy_text(energy.total_mj()) + ", " + current +
                     " on average at 3.3 V: tasks " + model::energy_text(energy.tasks_mj);
  const auto add = [&text](const char* who, double mj) {
    if (mj > 0) text += std::string(", ") + who + ' ' + model::energy_text(mj);
  };
  add("interrupts", energy.interrupts_mj);
  add("the event loop and other code", energy.other_mj);
  add("idling", energy.idle_mj);
  add("lightsleep", energy.lightsleep_mj);
  return text + '.';
}

std::string resets_text(const model::Summary& summary) {
  const std::uint64_t all = summary.resets();
  const std::uint64_t by_watchdog = summary.watchdog_resets();
  std::string text = "The board was reset " + model::count_text(all, "time", "times");
  if (by_watchdog == all) return text + " by the watchdog.";
  if (by_watchdog != 0) text += ", " + model::count_text(by_watchdog, "time", "times") + " by the watchdog";
  return text + '.';
}

// Below the table: what was fought for, who kept the CPU, what it all took.
void print_remarks(std::ostream& out, const Screen& screen, const model::State& state,
                   const model::Summary& summary, std::size_t most) {
  std::vector<std::string> remarks;
  for (const model::LockSummary& lock : summary.locks()) remarks.push_back(lock_text(state, lock));
  for (std::size_t i = 0; i < most; ++i) {
    if (summary.tasks()[i].hogs != 0)
      remarks.push_back(hog_text(state, state.tasks()[i], summary.tasks()[i]));
  }
  constexpr std::size_t most_interrupts = 16;
  for (std::size_t i = 0; i < std::min(most_interrupts, summary.interrupts().size()); ++i)
    remarks.push_back(interrupt_text(state, summary.interrupts()[i]));
  if (summary.energy()) remarks.push_back(energy_text(*summary.energy()));
  if (summary.resets() != 0) remarks.push_back(resets_text(summary));
  for (const std::string& remark : remarks) {
    for (const std::string& line : wrapped(shown(screen, remark), screen.width - 2))
      out << "  " << line << '\n';
  }
  if (!remarks.empty()) out << '\n';
}

// The columns of the tasks' table. On a narrow screen those of the least worth are left out.
class Columns {
 public:
  Columns(std::size_t screen_width, std::size_t name_width, std::size_t count_width, std::size_t energy_width)
      : widths_{name_width, count_width, 7, 10, 10, energy_width, narrowest_end} {
    constexpr std::array<std::size_t, 5> least_worth_first{longest_slice, end, energy, slices, cpu};
    for (const std::size_t column : least_worth_first) {
      if (width() <= screen_width) break;
      widths_[column] = 0;
    }
    if (widths_[end] != 0) widths_[end] += screen_width - std::min(screen_width, width());
  }

  void print(std::ostream& out, const Screen& screen, Style style, std::size_t task,
             const std::array<std::string, 7>& texts) const {
    std::vector<Cell> cells{{"", 0}};
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (widths_[i] == 0) continue;
      cells.push_back({texts[i], widths_[i], i != name && i != end, style, i == name ? task : 0});
    }
    print_row(out, screen, cells);
  }

 private:
  enum Column : std::size_t { name, slices, cpu, longest_slice, worst_latency, energy, end };
  static constexpr std::size_t narrowest_end = 16;

  std::size_t width() const {
    std::size_t sum = 0;
    for (const std::size_t width : widths_) sum += width == 0 ? 0 : width + 2;
    return sum;
  }

  std::array<std::size_t, 7> widths_;  // 0: left out
};

void print_headline(std::ostream& out, const Screen& screen, const model::State& state,
                    const model::Summary& summary) {
  std::string text = ": ";
  if (!state.stopped()) {
    text += "the end of the trace is missing; up to " + model::time_text(state.now_ns()) + ' ';
    if (state.decisions() == 0) text += "no decision is known";
  }
  if (state.stopped() || state.decisions() != 0) {
    text += model::count_text(state.decisions(), "decision", "decisions") + ", the CPU was busy " +
            percent(summary.busy_ns(), state.now_ns()) + " of the time";
  }
  print_headed(out, screen, "What it comes to", text);
  out << '\n';
}

}  // namespace

void print_summary(std::ostream& out, const Screen& screen, const model::State& state,
                   const model::Summary& summary, std::size_t most) {
  print_headline(out, screen, state, summary);
  if (state.tasks().empty()) return print_remarks(out, screen, state, summary, 0);
  const std::size_t rows = std::min(most, state.tasks().size());
  std::vector<std::string> names;
  std::size_t name_width = 4;
  std::size_t count_width = 7;
  for (std::size_t i = 0; i < rows; ++i) {
    names.push_back(shown(screen, state.tasks()[i].name));
    name_width = std::max(name_width, width_of(names.back()));
    count_width = std::max(count_width, model::count_text(summary.tasks()[i].slices).size());
  }
  const Columns columns(screen.width, std::min<std::size_t>(name_width, 16), count_width,
                        summary.energy() ? 8 : 0);
  columns.print(out, screen, Style::dim, 0,
                {"task", "slices", "CPU", "longest slice", "worst latency", "energy", "at the end it"});
  for (std::size_t i = 0; i < rows; ++i) {
    const model::Task& task = state.tasks()[i];
    const model::TaskSummary& figures = summary.tasks()[i];
    columns.print(
        out, screen, Style::plain, task.number,
        {names[i], model::count_text(figures.slices),
         percent(figures.running_ns - figures.asleep_ns, state.now_ns()),
         model::duration_text(figures.longest_slice_ns), model::duration_text(figures.worst_latency_ns),
         model::energy_text(figures.energy_mj), phase_text(state, task)});
  }
  if (rows < state.tasks().size()) {
    out << "  " << shown(screen, "… and " + model::count_text(state.tasks().size() - rows) + " more tasks")
        << '\n';
  }
  out << '\n';
  print_remarks(out, screen, state, summary, rows);
}

}  // namespace cli
