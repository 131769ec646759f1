#include "model/chrome_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "model/notice.hpp"
#include "model/why.hpp"

namespace model {
namespace {

using Json = nlohmann::ordered_json;
using trace::Kind;

constexpr int board_pid = 1;
constexpr std::uint32_t first_interrupt_tid = 1'000'000'000;  // below it are the tasks
constexpr std::uint32_t first_track_tid = 2'000'000'000;      // buses, parts

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
  slice(interrupt_text(state, served.number), "interrupt", first_interrupt_tid + served.number,
        served.begin_ns, state.now_ns());
}

// --- Buses, parts, power

std::uint32_t ChromeJsonWriter::track(const std::string& name) {
  const auto [known, is_new] =
      tracks_.try_emplace(name, first_track_tid + static_cast<std::uint32_t>(tracks_.size()));
  if (is_new) name_thread(known->second, name);
  return known->second;
}

void ChromeJsonWriter::slice(const std::string& name, const char* category, std::uint32_t tid,
                             std::uint64_t begin_ns, std::uint64_t end_ns) {
  Json slice = event_of("X", name, begin_ns, tid);
  slice["cat"] = category;
  slice["dur"] = microseconds(end_ns - begin_ns);
  event(dump(slice));
}

void ChromeJsonWriter::transfer(const Transfer& transfer) {
  using What = Transfer::Kind;
  const bool sent = transfer.kind == What::uart_sent;
  const bool uart = sent || transfer.kind == What::uart_received;
  const std::string bus = (uart ? "uart" : "i2c") + std::to_string(transfer.number);
  slice(transfer.text, "transfer", track(!uart ? bus : bus + (sent ? " tx" : " rx")), transfer.begin_ns,
        transfer.end_ns);
}

void ChromeJsonWriter::part(const ConsoleText& shown) {
  const std::size_t colon = std::min(shown.text.find(": "), shown.text.size());
  const std::string id = shown.text.substr(0, colon);
  end_part(id, shown.time_ns);
  parts_[id] = {shown.text.substr(std::min(colon + 2, shown.text.size())), shown.time_ns};
}

void ChromeJsonWriter::end_part(const std::string& id, std::uint64_t end_ns) {
  const auto before = parts_.find(id);
  if (before == parts_.end() || before->second.since_ns == end_ns) return;
  slice(before->second.text, "part", track(id), before->second.since_ns, end_ns);
}

void ChromeJsonWriter::lightsleep(bool begins, std::uint64_t now_ns) {
  if (asleep_since_ns_) slice("lightsleep", "lightsleep", track("lightsleep"), *asleep_since_ns_, now_ns);
  asleep_since_ns_ = begins ? std::optional(now_ns) : std::nullopt;
}

void ChromeJsonWriter::pwm(const trace::Record& record) {
  Json pulses = event_of("C", "GP" + std::to_string(record.object) + " pulses", record.time_ns, 0);
  pulses["args"] = {{"Hz", record.task}, {"high %", record.task == 0 ? 0.0 : 100.0 * record.extra / 65535}};
  event(dump(pulses));
}

void ChromeJsonWriter::current(const State& state) {
  if (!state.power()) return;
  const Power& power = *state.power();
  const std::uint32_t ua = state.interrupt() != 0     ? power.running_ua
                           : state.is_in_lightsleep() ? power.lightsleep_ua
                           : state.is_idle()          ? power.idle_ua
                                                      : power.running_ua;
  if (current_ua_ == ua) return;
  current_ua_ = ua;
  Json counter = event_of("C", "current", state.now_ns(), 0);
  counter["args"] = {{"mA", ua / 1000.0}};
  event(dump(counter));
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
  if (const ConsoleText* const shown = state.part()) part(*shown);
  if (record.kind == Kind::text) return;
  for (const Transfer& complete : transfers_.apply(record, state)) transfer(complete);
  current(state);
  if (record.kind == Kind::pwm) {
    pwm(record);
    return;
  }
  if (record.kind == Kind::lightsleep_begin || record.kind == Kind::lightsleep_end) {
    lightsleep(record.kind == Kind::lightsleep_begin, state.now_ns());
    return;
  }
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
    lightsleep(false, state.now_ns());
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
  lightsleep(false, state.now_ns());
  for (const Transfer& complete : transfers_.finish(state)) transfer(complete);
  for (const auto& [id, shown] : parts_) end_part(id, state.now_ns());
  file_ << "\n]}\n";
}

}  // namespace model
