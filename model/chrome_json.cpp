#include "model/chrome_json.hpp"

#include <nlohmann/json.hpp>

#include "model/notice.hpp"
#include "model/why.hpp"

namespace model {
namespace {

using Json = nlohmann::ordered_json;
using trace::Kind;

constexpr int board_pid = 1;
constexpr std::uint32_t first_interrupt_tid = 1'000'000'000;  // below it are the tasks

double microseconds(std::uint64_t time_ns) { return static_cast<double>(time_ns) / 1000.0; }

Json event_of(const char* phase, const std::string& name, std::uint64_t time_ns, std::uint32_t task) {
  return {{"ph", phase}, {"name", name}, {"ts", microseconds(time_ns)}, {"pid", board_pid}, {"tid", task}};
}

// Console output may be any bytes; JSON is UTF-8.
std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string without_line_ends(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

ChromeJsonWriter::ChromeJsonWriter(std::ostream& file, const TraceInfo& info) : file_(file) {
  const Json about{{"lesson", info.lesson}, {"board", info.board}, {"seed", info.seed}};
  file_ << R"({"displayTimeUnit":"ns","otherData":)" << dump(about) << ",\"traceEvents\":[\n";
  Json process = event_of("M", "process_name", 0, 0);
  process["args"] = {{"name", info.lesson + " on " + info.board}};
  event(dump(process));
  name_thread(0, "main()");
}

void ChromeJsonWriter::event(const std::string& json) {
  if (!first_) file_ << ",\n";
  first_ = false;
  file_ << json;
}

void ChromeJsonWriter::name_thread(std::uint32_t tid, const std::string& name) {
  Json thread = event_of("M", "thread_name", 0, tid);
  thread["args"] = {{"name", name}};
  event(dump(thread));
  Json order = event_of("M", "thread_sort_index", 0, tid);
  order["args"] = {{"sort_index", tid}};
  event(dump(order));
}

// An arrow from the slice that woke the task; it ends where the woken slice begins.
void ChromeJsonWriter::wake(const State& state, const Task& task) {
  Pending& pending = pending_[task.number - 1];
  pending.flow = 0;
  const std::uint32_t waker = task.wake.by_task;
  if (waker == 0 || waker == task.number || task.wake.reason == trace::Reason::sleep) return;
  // The arrow has to begin within the slice, which may end at this very moment.
  const std::uint64_t woken_ns = task.wake.time_ns;
  const bool at_begin = state.running() == waker && state.task(waker)->since_ns == woken_ns;
  const std::uint64_t begin_ns = at_begin || woken_ns == 0 ? woken_ns : woken_ns - 1;
  pending.flow = ++flows_;
  Json arrow = event_of("s", "wakes", begin_ns, waker);
  arrow["cat"] = "wake";
  arrow["id"] = pending.flow;
  event(dump(arrow));
}

// What went wrong, or was done from outside.
void ChromeJsonWriter::mark(const State& state) {
  const Notice what = notice(state);
  if (!what) return;
  Json instant = event_of("i", without_line_ends(what.text), what.time_ns, what.task);
  instant["cat"] = what.category;
  instant["s"] = what.task == 0 ? "p" : "t";
  event(dump(instant));
}

void ChromeJsonWriter::interrupt(const trace::Record& record, const State& state) {
  if (record.kind == Kind::isr_exit) {
    end_interrupt(state);
    return;
  }
  if (named_interrupts_.insert(record.object).second)
    name_thread(first_interrupt_tid + record.object, interrupt_text(state, record.object));
  served_.push_back({record.object, state.now_ns()});
}

void ChromeJsonWriter::end_interrupt(const State& state) {
  if (served_.empty()) return;
  const Served served = served_.back();
  served_.pop_back();
  Json slice = event_of("X", interrupt_text(state, served.number), served.begin_ns,
                        first_interrupt_tid + served.number);
  slice["cat"] = "interrupt";
  slice["dur"] = microseconds(state.now_ns() - served.begin_ns);
  event(dump(slice));
}

void ChromeJsonWriter::write(const trace::Record& record, const State& state) {
  spans(state);
  mark(state);
  if (const ConsoleText* const console = state.console()) {
    Json instant = event_of("i", without_line_ends(console->text), console->time_ns, console->task);
    instant["cat"] = "console";
    instant["s"] = console->task == 0 ? "p" : "t";
    event(dump(instant));
  }
  if (record.kind == Kind::text) return;
  if (record.kind == Kind::pin) {
    Json level = event_of("C", "GP" + std::to_string(record.object), record.time_ns, 0);
    level["args"] = {{"level", record.extra}};
    event(dump(level));
    return;
  }
  if (record.kind == Kind::isr_enter || record.kind == Kind::isr_exit) {
    interrupt(record, state);
    return;
  }
  if (record.kind == Kind::reset) {
    while (!served_.empty()) end_interrupt(state);
    return;
  }
  const Task* const task = state.task(record.task);
  if (task == nullptr) return;
  if (pending_.size() < state.tasks().size()) pending_.resize(state.tasks().size());
  Pending& pending = pending_[task->number - 1];
  switch (record.kind) {
    case Kind::task_created:
      name_thread(task->number, task->name);
      break;
    case Kind::task_ready:
      wake(state, *task);
      break;
    case Kind::slice_begin:
      pending.why = why_text(state);
      if (pending.flow != 0) {
        Json arrow = event_of("f", "wakes", record.time_ns, task->number);
        arrow["cat"] = "wake";
        arrow["id"] = pending.flow;
        arrow["bp"] = "e";
        event(dump(arrow));
        pending.flow = 0;
      }
      break;
    case Kind::slice_end:
      pending.wait = wait_text(state, *task);
      break;
    default:
      break;
  }
}

void ChromeJsonWriter::spans(const State& state) {
  if (pending_.size() < state.tasks().size()) pending_.resize(state.tasks().size());
  for (const Span& span : state.ended()) {
    const Pending& pending = pending_[span.task - 1];
    const std::string& task = state.task(span.task)->name;
    if (span.kind == SpanKind::holding ||
        (span.kind == SpanKind::waiting && span.reason == trace::Reason::lock)) {
      // Holds of a lock share a track; waits for it overlap, so each waiter has its own.
      const bool holds = span.kind == SpanKind::holding;
      const std::string lock = "lock " + std::to_string(span.object);
      Json begin = event_of("b", task + (holds ? " holds " : " waits for ") + state.object_text(span.object),
                            span.begin_ns, span.task);
      begin["cat"] = "lock";
      begin["id"] = holds ? lock : lock + ", task " + std::to_string(span.task);
      Json end = begin;
      end["ph"] = "e";
      end["ts"] = microseconds(span.end_ns);
      begin["args"] = {{"line", state.place(span.site)}};
      event(dump(begin));
      event(dump(end));
      if (holds) continue;
    }
    const bool runs = span.kind == SpanKind::running;
    const bool ready = span.kind == SpanKind::ready;
    Json slice = event_of("X", runs ? "running" : ready ? "ready" : pending.wait, span.begin_ns, span.task);
    slice["cat"] = runs ? "running" : ready ? "ready" : "waiting";
    slice["dur"] = microseconds(span.end_ns - span.begin_ns);
    if (runs) slice["args"] = {{"why", pending.why}};
    if (ready) slice["args"] = {{"reason", reason_text(state, *state.task(span.task))}};
    if (!runs && !ready) slice["args"] = {{"line", state.place(span.site)}};
    event(dump(slice));
  }
}

void ChromeJsonWriter::finish(const State& state) {
  spans(state);
  while (!served_.empty()) end_interrupt(state);
  file_ << "\n]}\n";
}

}  // namespace model
