#include "cli/summary_table.hpp"

#include <algorithm>
#include <cstdio>

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

void print_locks(std::ostream& out, const Screen& screen, const model::State& state,
                 const model::Summary& summary) {
  for (const model::LockSummary& lock : summary.locks()) {
    std::string name = state.object_text(lock.object);
    std::erase(name, '`');
    std::string text = name + ": taken " + model::count_text(lock.taken, "time", "times") + ", held " +
                       percent(lock.held_ns, state.now_ns()) + " of the time, " +
                       model::duration_text(lock.longest_hold_ns) + " at most. ";
    text += lock.waits == 0
                ? "Nobody had to wait for it."
                : model::count_text(lock.waits, "time", "times") + " a task had to wait for it, " +
                      model::duration_text(lock.longest_wait_ns) + " at most.";
    for (const std::string& line : wrapped(shown(screen, text), screen.width - 2))
      out << "  " << line << '\n';
  }
  if (!summary.locks().empty()) out << '\n';
}

}  // namespace

void print_summary(std::ostream& out, const Screen& screen, const model::State& state,
                   const model::Summary& summary, std::size_t most) {
  const std::size_t rows = std::min(most, state.tasks().size());
  std::size_t name_width = 4;
  std::size_t count_width = 7;
  for (std::size_t i = 0; i < rows; ++i) {
    name_width = std::max(name_width, width_of(state.tasks()[i].name));
    count_width = std::max(count_width, model::count_text(summary.tasks()[i].slices).size());
  }
  name_width = std::min<std::size_t>(name_width, 16);
  constexpr std::size_t number = 10;
  const std::size_t used = 2 + name_width + 2 + count_width + 2 + 7 + 2 + number + 2 + number + 2;
  const std::size_t rest = std::max<std::size_t>(16, screen.width > used ? screen.width - used : 0);

  out << styled(screen, Style::bold, "What it comes to") << shown(screen, ": ")
      << model::count_text(state.decisions(), "decision", "decisions") << ", the CPU was busy "
      << percent(summary.busy_ns(), state.now_ns()) << " of the time\n\n";
  const auto row = [&](const std::string& name, std::size_t task, const std::string& slices,
                       const std::string& cpu, const std::string& slice, const std::string& latency,
                       const std::string& end, Style style) {
    print_row(out, screen,
              {{"", 0},
               {name, name_width, false, style, task},
               {slices, count_width, true, style},
               {cpu, 7, true, style},
               {slice, number, true, style},
               {latency, number, true, style},
               {end, rest, false, style}});
  };
  row("task", 0, "slices", "CPU", "longest slice", "worst latency", "at the end it", Style::dim);
  for (std::size_t i = 0; i < rows; ++i) {
    const model::Task& task = state.tasks()[i];
    const model::TaskSummary& figures = summary.tasks()[i];
    row(task.name, task.number, model::count_text(figures.slices),
        percent(figures.running_ns, state.now_ns()), model::duration_text(figures.longest_slice_ns),
        model::duration_text(figures.worst_latency_ns), phase_text(state, task), Style::plain);
  }
  if (rows < state.tasks().size()) {
    out << "  " << shown(screen, "… and " + model::count_text(state.tasks().size() - rows) + " more tasks")
        << '\n';
  }
  out << '\n';
  print_locks(out, screen, state, summary);
}

}  // namespace cli
