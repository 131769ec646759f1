#include "cli/text_view.hpp"

#include <algorithm>

#include "cli/summary_table.hpp"
#include "model/format.hpp"
#include "model/why.hpp"

namespace cli {
namespace {

using trace::Kind;

constexpr std::size_t rows_shown = 30;
constexpr std::size_t console_lines_a_row = 10;
constexpr std::size_t notices_a_row = 10;
constexpr std::uint64_t notice_rows_shown = 30;
constexpr std::size_t actions_a_row = 12;
constexpr std::size_t most_actions = 1000;  // of a row, even if all are to be shown
constexpr std::uint64_t late_lines = 10;
constexpr std::size_t most_lanes = 16;
constexpr std::size_t no_limit = 1'000'000;
constexpr std::size_t narrowest_rest = 20;  // of the decisions' last column

// Also that of after a reset.
bool is_main(const std::string& task) { return task == "main" || task.starts_with("main#"); }

// What becomes of a slice that does not end.
const char* end_of_slice(const model::State& state) {
  if (!state.stopped()) return "still runs at the end";
  switch (state.stopped()->why) {
    case trace::Stop::crashed:
      return "crashes";
    case trace::Stop::hung:
      return "hangs";
    default:
      return "still runs at the end";
  }
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace

TextView::TextView(std::ostream& out, const Screen& screen, const TextOptions& options,
                   const model::TraceInfo& info)
    : out_(out),
      screen_(screen),
      options_(options),
      run_for_ns_(info.run_for_ns),
      main_file_(info.main_file) {
  print_headed(out_, screen_, info.lesson,
               " on a virtual " + info.board + ", " + model::duration_text(info.run_for_ns) +
                   " of its time, seed " + std::to_string(info.seed));
  out_ << '\n';
}

// --- Rows: gathered from the records of a slice

void TextView::begin_row(const model::State& state) {
  end_row();
  end_pause();
  row_ = Row();
  row_.time_ns = state.now_ns();
  row_.name = "main()";
  in_row_ = true;
}

void TextView::act(std::string subject, std::string what) {
  if (acting_ != 0 && acting_ != row_.interrupt) {
    std::string& begin = subject.empty() ? what : subject;
    begin = acting_text_ + ' ' + begin;
  }
  row_.actions.add(subject, what, options_.all ? most_actions : actions_a_row);
}

void TextView::note_action(const trace::Record& record, const model::State& state) {
  acting_ = state.interrupt();
  if (acting_ != 0) acting_text_ = model::interrupt_text(state, acting_);
  switch (record.kind) {
    case Kind::task_created:
      if (row_.task == 0 && !running_ && is_main(state.task_text(record.task))) break;  // run() does that
      if (!row_.actions.extend("creates ", ", " + state.task_text(record.task)))
        act("creates " + state.task_text(record.task));
      break;
    case Kind::event_set:
      act("sets " + model::short_name(state, record.object));
      break;
    case Kind::event_clear:
      act("clears " + model::short_name(state, record.object));
      break;
    case Kind::lock_acquire:
      act("takes " + model::short_name(state, record.object));
      break;
    case Kind::lock_release:
      act("releases " + model::short_name(state, record.object));
      break;
    case Kind::queue_put:
      act("puts into " + model::short_name(state, record.object));
      break;
    case Kind::queue_get:
      act("takes from " + model::short_name(state, record.object));
      break;
    case Kind::value:
      if (const model::Object* const object = state.object(record.object)) {
        const bool more = object->count > object->count_before;
        if (object->kind == trace::ObjectKind::barrier) {
          if (more) act("arrives at " + model::short_name(state, record.object));
        } else {
          act((more ? "releases " : "acquires ") + model::short_name(state, record.object));
        }
      }
      break;
    case Kind::cancel:
      act("cancels " + state.task_text(record.task));
      break;
    case Kind::pin:
      act("GP" + std::to_string(record.object), record.extra != 0 ? "high" : "low");
      break;
    case Kind::pwm:
      act("GP" + std::to_string(record.object) + " pulses", model::pulses_text(record));
      break;
    case Kind::lightsleep_begin:
      act("lightsleep");
      break;
    case Kind::task_done:
      switch (static_cast<trace::Outcome>(record.reason)) {
        case trace::Outcome::returned:
          row_.wait = "ends";
          break;
        case trace::Outcome::cancelled:
          row_.wait = "ends, cancelled";
          break;
        case trace::Outcome::failed:
          row_.wait = "ends by an exception";
          break;
      }
      break;
    default:
      break;
  }
}

// Beneath the row it happened in; or, when nobody runs, above the next one.
void TextView::note(const trace::Record& record, const model::State& state) {
  Notices& notices = in_row_ ? row_.notices : pause_;
  for (const model::Transfer& transfer : transfers_.apply(record, state)) notices.add(transfer);
  if (const model::ConsoleText* const part = state.part()) {
    if (in_row_) {
      const auto [id, what] = part_and_what(part->text);
      row_.actions.add(id, what, options_.all ? most_actions : actions_a_row);
    } else {
      notices.add_part(*part);
    }
  }
  // An error on an I2C bus is told of with its transaction.
  const model::Notice notice = model::notice(state);
  if (!notice || record.kind == Kind::i2c_error) return;
  if (record.kind == Kind::uart_error) {
    notices.add_uart_error(record, notice);
  } else {
    notices.add(notice);
  }
}

void TextView::end_pause() {
  if (pause_.empty()) return;
  Row pause;
  pause.only_notices = true;
  pause.notices = std::exchange(pause_, {});
  const Row row = std::exchange(row_, std::move(pause));
  in_row_ = true;
  end_row();
  row_ = row;
}

// Its slice is over: now it is known how long it was.
void TextView::note_end_of_hog(const model::State& state) {
  row_.notices.append("hog", "; in the end it was " + model::duration_text(state.now_ns() - row_.time_ns));
}

// An interrupt in the middle of a slice is told of in its row.
void TextView::interrupt(const trace::Record& record, const model::State& state) {
  if (record.kind == Kind::isr_exit) {
    if (in_row_ && row_.interrupt != 0) end_row();
    return;
  }
  if (in_row_) return;
  begin_row(state);
  row_.interrupt = record.object;
  const model::Object* const object = state.object(record.object);
  row_.name = object == nullptr || object->name.empty() ? "interrupt" : shown(screen_, object->name);
}

// Where the slice ended; the program's main file needs no name.
void TextView::note_line(std::uint32_t site, const model::State& state) {
  const std::string_view file = state.file(site);
  if (file.empty()) return;
  if (file == main_file_) {
    row_.line = std::to_string(model::State::line(site));
  } else {
    row_.wait += " (" + state.place(site) + ')';
  }
}

void TextView::write(const trace::Record& record, const model::State& state) {
  summary_.apply(record, state);
  chart_.add(record, state);
  if (record.kind == Kind::reset) {
    running_ = has_run_ = false;
    if (in_row_ && row_.task != 0 && row_.wait.empty()) {
      row_.wait = "is cut off by a reset";
      note_end_of_hog(state);
      note_line(record.site, state);
    }
    end_row();
  }
  note(record, state);
  if (const model::ConsoleText* const console = state.console()) {
    if (!in_row_) begin_row(state);
    row_.console += console->text;
  }
  switch (record.kind) {
    case Kind::run_begin:
      end_row();
      running_ = has_run_ = true;
      return;
    case Kind::run_end:
      running_ = false;
      end_row();
      return;
    case Kind::idle_begin:
      if (state.running() == 0) end_row();  // else the task asked for it, by machine::idle()
      return;
    case Kind::isr_enter:
    case Kind::isr_exit:
      interrupt(record, state);
      return;
    case Kind::slice_begin: {
      begin_row(state);
      const model::Decision& decision = state.last_decision();
      const model::Task* const task = state.task(decision.task);
      if (task == nullptr) return;
      row_.task = task->number;
      row_.name = shown(screen_, task->name);
      row_.reason = model::reason_text(state, *task);
      const bool worst = decision.latency_ns() > worst_latency_ns_;
      if (worst || options_.why) row_.why = model::why_text(state);
      if (worst) {
        worst_latency_ns_ = decision.latency_ns();
        worst_latency_why_ = row_.why;
      }
      return;
    }
    case Kind::slice_end:
      note_end_of_hog(state);
      if (const model::Task* const task = state.task(record.task); task != nullptr && row_.wait.empty()) {
        row_.wait = model::wait_text(state, *task);
        if (task->wait.reason == trace::Reason::finished) {
          row_.wait = "its exception is reported";
          return;
        }
        note_line(state.own_wait_site(*task), state);
      }
      return;
    case Kind::task_done:
      note_end_of_hog(state);
      break;
    case Kind::task_created:  // what main() does outside of run() matters as well
    case Kind::pin:
    case Kind::pwm:
      if (!in_row_ && !running_) begin_row(state);
      break;
    default:
      break;
  }
  if (in_row_) note_action(record, state);
}

void TextView::end_row() {
  if (!in_row_) return;
  in_row_ = false;
  if (row_.task == 0) {
    if (row_.actions.empty() && row_.console.empty() && row_.notices.empty()) return;
    row_.reason = row_.interrupt != 0 ? "an interrupt" : has_run_ ? "after run()" : "before run()";
  }
  ++(row_.only_notices ? notice_rows_ : rows_);
  const bool late =
      row_.only_notices ? rows_ >= rows_shown || notice_rows_ > notice_rows_shown : rows_ > rows_shown;
  if (!options_.all && late) {
    if (!row_.only_notices) ++hidden_;
    print_late_lines(row_);
  } else if (released_) {
    print(row_);
  } else {
    held_.push_back(std::move(row_));
    if (rows_ == rows_shown) release_rows();
  }
}

// --- Printing

void TextView::release_rows() {
  released_ = true;
  columns_.time = std::max<std::size_t>(4, model::time_text(run_for_ns_).size() - 3);
  columns_.task = 4;
  columns_.reason = 12;
  columns_.line = 4;
  for (const Row& row : held_) {
    if (row.only_notices) continue;
    columns_.task = std::max(columns_.task, width_of(row.name));
    columns_.reason = std::max(columns_.reason, width_of(row.reason));
  }
  columns_.task = std::min<std::size_t>(columns_.task, 16);
  columns_.reason = std::min(columns_.reason, screen_.width / 3);
  const std::size_t used = columns_.time + columns_.task + columns_.reason + columns_.line + 8;
  columns_.folded = screen_.width < used + narrowest_rest;
  if (columns_.folded) {
    const std::size_t left = screen_.width - std::min(screen_.width, columns_.time + 4);
    columns_.task = std::min(columns_.task, std::max<std::size_t>(8, left / 3));
    columns_.rest = std::max<std::size_t>(left - std::min(left, columns_.task), 8);
  } else {
    columns_.rest = std::min<std::size_t>(screen_.width - used, 60);
  }
  print_columns(Style::dim, "ms", {"task", 0}, "why it runs", "what it does, and then", "line");
  for (const Row& row : held_) print(row);
  held_.clear();
}

void TextView::print_columns(Style style, const std::string& time,
                             const std::pair<std::string, std::size_t>& task, const std::string& reason,
                             const std::string& then, const std::string& line) {
  std::vector<Cell> cells{{time, columns_.time, true, style},
                          {task.first, columns_.task, false, style, task.second}};
  if (columns_.folded) {
    const std::string in_line = line.empty()          ? ""
                                : style == Style::dim ? " (" + line + ')'
                                                      : " (line " + line + ')';
    cells.push_back({reason + (then.empty() ? "" : ": " + then) + in_line, columns_.rest, false, style});
  } else {
    cells.push_back({reason, columns_.reason, false, style});
    cells.push_back({then, columns_.rest, false, style});
    cells.push_back({line, columns_.line, true, style});
  }
  print_row(out_, screen_, cells);
}

void TextView::print(const Row& row) {
  if (row.only_notices) return print_notices(row.notices);
  std::string then = row.actions.text();
  if (!row.wait.empty()) then += (then.empty() ? "" : "; ") + row.wait;
  std::string time = model::time_text(row.time_ns);
  time.erase(time.size() - 3);
  print_columns(Style::plain, time, {row.name, row.task}, row.reason, then, row.line);
  if (options_.why && !row.why.empty()) print_line(Style::dim, row.why);
  print_console(row.console);
  print_notices(row.notices);
}

void TextView::print_notices(const Notices& notices) {
  std::size_t printed = 0;
  const std::vector<model::Notice> list = notices.list();
  for (const model::Notice& notice : list) {
    if (!options_.all && printed == notices_a_row) break;
    print_notice(notice);
    ++printed;
  }
  const std::uint64_t more = list.size() - printed + notices.left_out();
  hidden_notices_ += more;
  if (more != 0) print_line(Style::dim, "… and " + model::count_text(more) + " more");
}

// "   12.000  ! uart0 overrun: …"
void TextView::print_notice(const model::Notice& notice) {
  std::string time = model::time_text(notice.time_ns);
  time.erase(time.size() - 3);
  const std::size_t margin = columns_.time + 4;
  std::string begin = padded_left(time, columns_.time) + (notice.warning ? "  ! " : "  > ");
  for (const std::string& line : wrapped(shown(screen_, harmless(notice.text)), screen_.width - margin)) {
    out_ << begin << styled(screen_, notice.warning ? Style::warning : Style::plain, line) << '\n';
    begin = std::string(margin, ' ');
  }
}

// Below a row, as far in as its second column.
void TextView::print_line(Style style, const std::string& text) {
  const std::size_t margin = columns_.time + 2;
  for (const std::string& line : wrapped(shown(screen_, text), screen_.width - margin)) {
    out_ << std::string(margin, ' ') << styled(screen_, style, line) << '\n';
  }
}

void TextView::print_console(const std::string& text) {
  const std::vector<std::string> lines = lines_of(text);
  std::size_t printed = 0;
  for (const std::string& line : lines) {
    if (!options_.all && printed == console_lines_a_row) break;
    out_ << std::string(columns_.time + 2, ' ') << styled(screen_, Style::dim, screen_.utf8 ? "│ " : "| ")
         << styled(screen_, Style::console, harmless(line)) << '\n';
    ++printed;
  }
  if (printed == lines.size()) return;
  hidden_console_ += lines.size() - printed;
  print_line(Style::dim,
             "… " + model::count_text(lines.size() - printed, "more line", "more lines") + " printed");
}

// What is printed by a row that is not shown itself, and what goes wrong in it.
void TextView::print_late_lines(const Row& row) {
  const auto print_one = [this](std::uint64_t& hidden, const auto& print) {
    if (late_lines_ == late_lines) {
      ++hidden;
      return;
    }
    if (late_lines_++ == 0) print_line(Style::dim, "… from here on only what is printed:");
    print();
  };
  for (const std::string& line : lines_of(row.console)) {
    print_one(hidden_console_, [&] {
      std::string time = model::time_text(row.time_ns);
      time.erase(time.size() - 3);
      out_ << padded_left(time, columns_.time) << "  "
           << styled(screen_, Style::dim, screen_.utf8 ? "│ " : "| ")
           << styled(screen_, Style::console, harmless(line)) << '\n';
    });
  }
  for (const model::Notice& notice : row.notices.list()) {
    if (!notice.warning && std::string_view(notice.category) != "input") {
      ++hidden_notices_;
      continue;
    }
    print_one(hidden_notices_, [&] { print_notice(notice); });
  }
}

void TextView::print_hidden() {
  std::string text;
  const auto add = [&text](const std::string& what) { text += (text.empty() ? "… " : " and ") + what; };
  if (hidden_ != 0) add(model::count_text(hidden_, "more decision", "more decisions"));
  if (hidden_ != 0 && hidden_console_ != 0)
    add(model::count_text(hidden_console_, "more line", "more lines") + " printed");
  if (hidden_notices_ != 0) add(model::count_text(hidden_notices_, "more notice", "more notices"));
  if (text.empty()) return;
  print_line(Style::dim, text + ". --all shows everything, --why explains it, " +
                             std::string(options_.to_keep) + " keeps it for Perfetto.");
}

void TextView::print_worst_latency(const model::State& state) {
  for (const std::uint32_t number : state.unfinished()) {
    const model::Task& task = *state.task(number);
    if (task.phase != model::Phase::ready || state.now_ns() - task.since_ns <= worst_latency_ns_) continue;
    worst_latency_ns_ = state.now_ns() - task.since_ns;
    worst_latency_why_ = model::still_ready_text(state, task);
  }
  if (worst_latency_ns_ == 0) return;
  out_ << styled(screen_, Style::bold, "The worst latency, explained") << "\n\n";
  for (const std::string& line : wrapped(shown(screen_, worst_latency_why_), screen_.width - 2)) {
    out_ << "  " << line << '\n';
  }
  out_ << '\n';
}

void TextView::finish(const model::State& state) {
  summary_.finish(state);
  chart_.add_spans(state);
  for (const model::Transfer& transfer : transfers_.finish(state))
    (in_row_ ? row_.notices : pause_).add(transfer);
  if (in_row_ && row_.task != 0 && row_.wait.empty()) {
    row_.wait = end_of_slice(state);
    note_end_of_hog(state);
    if (state.stopped()) note_line(state.stopped()->site, state);
  }
  end_row();
  end_pause();
  if (!released_) release_rows();
  print_hidden();
  out_ << '\n';
  chart_.print(out_, screen_, state, options_.all ? no_limit : most_lanes);
  out_ << '\n';
  print_summary(out_, screen_, state, summary_, options_.all ? no_limit : most_lanes);
  print_worst_latency(state);
  print_end(state);
  out_.flush();
}

void TextView::print_end(const model::State& state) {
  const trace::Stop why = state.stopped() ? state.stopped()->why : trace::Stop::time_up;
  const bool fine = why == trace::Stop::time_up || why == trace::Stop::returned ||
                    why == trace::Stop::exited || why == trace::Stop::interrupted;
  if (!fine && why != trace::Stop::stuck && !options_.failure) return;
  for (const std::string& line : wrapped(shown(screen_, model::end_text(state)), screen_.width)) {
    out_ << styled(screen_, fine ? Style::plain : Style::warning, line) << '\n';
  }
  if (why != trace::Stop::stuck) return;
  for (const std::string& text : model::waiting_texts(state)) out_ << "  " << shown(screen_, text) << '\n';
}

}  // namespace cli
