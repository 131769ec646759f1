// The state of a traced board at one moment, made by applying the records of its trace one after the other:
// who runs, who is ready in which order, who waits for what at which line, who owns which lock. It is a
// value: a copy is a bookmark from which to go on later.
//
// A board that is reset numbers its tasks, objects and texts from 1 again. Here numbers go on: the tasks of
// before stay, ended, and record() is the record just applied with the numbers that hold here.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/source.hpp"
#include "trace/record.hpp"

namespace model {

enum class Phase : std::uint8_t { ready, running, waiting, done };

// What a task waits for, or waited for last.
struct Wait {
  trace::Reason reason = trace::Reason::created;
  std::uint32_t object = 0;  // of the trace; Reason::task: the number of the task it awaits
  std::uint32_t site = 0;
  std::uint64_t since_ns = 0;
  std::uint64_t due_ns = 0;  // of a sleep and a timeout
  bool polled = false;       // the loop has to look whether it is over
  std::uint64_t record = 0;  // the number in the trace of the one that says so
};

// What made a task ready.
struct Wake {
  trace::Reason reason = trace::Reason::created;
  std::uint32_t object =
      0;  // as in the trace; Reason::task and Reason::gather: the number of the task that ended
  std::uint32_t site = 0;
  std::uint32_t by_task = 0;       // who ran when it happened; 0: no task
  std::uint32_t by_interrupt = 0;  // the interrupt that was being served, or 0
  std::uint64_t time_ns = 0;       // a sleeper is ready from its deadline, whenever the loop looked
};

struct Task {
  std::uint32_t number = 0;
  std::string name;  // never empty, and no other task has the same
  std::uint32_t created_by = 0;
  std::uint32_t site = 0;
  Phase phase = Phase::ready;
  std::uint64_t since_ns = 0;  // when the phase began
  Wait wait;
  Wake wake;
  trace::Outcome outcome = trace::Outcome::returned;  // once done
  bool cut_off = false;                               // done because the board was reset
  std::uint32_t slices = 0;
  std::uint32_t created_in_call = 0;   // tasks it created since it last awaited or left a coroutine
  std::vector<std::uint32_t> calls{};  // where it awaits coroutines of its own, outermost first
};

// Something was set, or put into a queue, for whom the loop will find waiting.
struct Signal {
  std::uint64_t record = 0;  // its number in the trace, from 1; 0: there was none
  std::uint64_t time_ns = 0;
  std::uint32_t site = 0;
  std::uint32_t by_task = 0;
  std::uint32_t by_interrupt = 0;
};

struct Object {
  std::uint32_t number = 0;
  trace::ObjectKind kind = trace::ObjectKind::other;
  std::string name;  // empty if it has none
  std::uint32_t site = 0;
  bool set = false;         // an event, a flag
  Signal signal{};          // the first since it was set, or had items
  std::uint32_t count = 0;  // items in a queue, a semaphore's count, a barrier's arrivals
  std::uint32_t count_before = 0;
  std::uint32_t owner = 0;  // the task that holds the lock
  std::uint32_t acquire_site = 0;
  std::uint64_t held_since_ns = 0;
  bool guarded = false;  // the last release was a guard's, which knows only where it was made
};

// The scheduler chose a task.
struct Decision {
  std::uint64_t number = 0;  // from 1
  std::uint64_t time_ns = 0;
  std::uint32_t task = 0;
  Wake wake;
  std::uint64_t latency_ns() const { return time_ns > wake.time_ns ? time_ns - wake.time_ns : 0; }
};

// The last slice that has ended.
struct Slice {
  std::uint32_t task = 0;  // 0: none has
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;
};

enum class SpanKind : std::uint8_t {
  running,
  ready,     // ready, and another one runs
  sleeping,  // waits for a time
  waiting,   // waits for something else
  holding    // holds the lock `object`
};

// A task was in one state from begin to end.
struct Span {
  SpanKind kind = SpanKind::running;
  trace::Reason reason = trace::Reason::created;  // why it became ready, or what it waits for
  std::uint32_t task = 0;
  std::uint32_t object = 0;
  std::uint32_t site = 0;
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;
};

// What was printed, done from outside, or shown by a part.
struct ConsoleText {
  std::uint64_t time_ns = 0;
  std::uint32_t task = 0;
  std::string text;
};

struct Stopped {
  trace::Stop why = trace::Stop::time_up;
  unsigned extra = 0;      // exit status or signal
  std::uint32_t site = 0;  // where the program was
  std::string message;
};

// What the board draws, in uA.
struct Power {
  std::uint32_t running_ua = 0;
  std::uint32_t idle_ua = 0;
  std::uint32_t lightsleep_ua = 0;
};

// A pin that is high for `high` of 65535 parts of each period.
struct Pulses {
  std::uint32_t hz = 0;
  std::uint32_t high = 0;
  std::uint64_t since_ns = 0;
};

class State {
  using Kind = trace::Kind;

 public:
  // `sources` may be nullptr; otherwise it must outlive every copy.
  explicit State(const Sources* sources = nullptr) : sources_(sources) {}

  void apply(const trace::Record& applied);
  // The trace is over: ends every span at now_ns(). To be called once.
  void finish();

  // --- What the last apply() or finish() brought about.
  // Spans that ended. Those of no length are left out.
  const std::vector<Span>& ended() const { return ended_; }
  // The record applied last, with its tasks, objects and sites numbered as they are here.
  const trace::Record& record() const { return record_; }
  // Console output that is complete now, or nullptr.
  const ConsoleText* console() const { return complete_ == Kind::console ? &message_ : nullptr; }
  // What was done to the board from outside, said completely now, or nullptr. It is a line of an input file
  // without its "at".
  const ConsoleText* input() const { return complete_ == Kind::input ? &message_ : nullptr; }
  // What a part of the diagram shows now, "led1: on", or nullptr.
  const ConsoleText* part() const { return complete_ == Kind::part ? &message_ : nullptr; }

  // --- The board now.
  std::uint64_t now_ns() const { return now_ns_; }
  const std::vector<Task>& tasks() const { return tasks_; }        // number n at n - 1
  const std::vector<Object>& objects() const { return objects_; }  // likewise
  const Task* task(std::uint32_t number) const;
  const Object* object(std::uint32_t number) const;
  const std::vector<std::uint32_t>& unfinished() const { return unfinished_; }  // tasks, in order of creation
  const std::deque<std::uint32_t>& ready() const { return ready_; }
  std::uint32_t running() const { return running_; }  // 0: none
  std::uint32_t main() const { return main_; }        // the task run() was called with; 0: not yet
  // The interrupt that is being served, 0: none.
  std::uint32_t interrupt() const { return interrupts_.empty() ? 0 : interrupts_.back(); }
  std::uint64_t decisions() const { return decision_.number; }
  const Decision& last_decision() const { return decision_; }
  const Slice& last_slice() const { return last_slice_; }
  const std::optional<Stopped>& stopped() const { return stopped_; }
  // When the loop last found nothing to do.
  std::uint64_t idle_since_ns() const { return idle_since_ns_; }
  // The loop waits for an interrupt, or the board sleeps; an interrupt may be served all the same.
  bool is_idle() const { return idle_; }
  bool is_in_lightsleep() const { return in_lightsleep_; }
  // Nothing if the trace does not say.
  const std::optional<Power>& power() const { return power_; }
  // The pins that have pulses.
  const std::map<std::uint32_t, Pulses>& pulses() const { return pulses_; }
  // What each part that has shown something shows: "led1" shows "on".
  const std::map<std::string, std::string>& parts() const { return parts_; }

  // What has happened that a waiting task waits for, although the loop has not looked yet: its time has come,
  // the flag is set. Nothing if nothing has.
  std::optional<Wake> due(const Task& task) const;

  // --- Places and names.
  std::string_view text(std::uint32_t id) const;
  std::string_view file(std::uint32_t site) const { return text(site >> 16); }
  static unsigned line(std::uint32_t site) { return site & 0xffffU; }
  // Whether the place is in the learner's own files, not in those of core.
  bool own(std::uint32_t site) const;
  // The innermost place of the learner's own where the task waits: the wait itself, or the co_await that led
  // there, or where the task was created.
  std::uint32_t own_wait_site(const Task& task) const { return own_site(task.wait.site, task); }
  // "main.cpp:31"; empty for an unknown place.
  std::string place(std::uint32_t site) const;
  // "Lock `bus`", or "Lock #2 (main.cpp:12)" for one without a name.
  std::string object_text(std::uint32_t number) const;
  // The task's name; "main()" for the code outside of every task.
  std::string task_text(std::uint32_t number) const;

 private:
  void renumber(trace::Record& record) const;
  void text_piece(const trace::Record& record);
  void message_is_complete();
  void name_text(const trace::TextRecord& piece, std::string_view characters);
  void restart();
  void pwm(const trace::Record& record);
  void create_task(const trace::Record& record);
  void create_object(const trace::Record& record);
  void become_ready(Task& task, const trace::Record& record);
  void begin_slice(Task& task);
  void end_slice(Task& task, const trace::Record& record);
  void signal(Object& object, const trace::Record& record);
  void end_task(Task& task, const trace::Record& record);
  void lock_event(const trace::Record& record);
  void enter(Task& task, Phase phase, std::uint64_t since_ns);
  void end_span(const Task& task, std::uint64_t end_ns);
  void end_hold(Object& lock);
  std::uint32_t own_site(std::uint32_t site, const Task& task) const;
  std::string name_for(const Task& task, std::string_view given, const Task* creator);
  Task* find_task(std::uint32_t number);
  Object* find_object(std::uint32_t number);

  const Sources* sources_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t records_ = 0;
  trace::Record record_{};
  // What the numbers of the board's tasks and objects are short of those here, and the number here of each of
  // its texts: of any use once it was reset.
  bool was_reset_ = false;
  std::uint32_t tasks_before_ = 0;
  std::uint32_t objects_before_ = 0;
  std::vector<std::uint32_t> text_numbers_;
  std::unordered_map<std::string, std::uint32_t> known_texts_;
  std::vector<std::string> texts_;
  std::vector<Task> tasks_;
  std::vector<Object> objects_;
  std::unordered_map<std::string, std::uint32_t> names_;  // how many tasks wanted that name
  std::vector<std::uint32_t> unfinished_;
  std::deque<std::uint32_t> ready_;
  std::vector<std::uint32_t> interrupts_;  // being served, innermost last
  std::uint32_t running_ = 0;
  std::uint32_t main_ = 0;
  Decision decision_;
  Slice last_slice_;
  std::uint64_t idle_since_ns_ = 0;
  bool idle_ = false;
  bool in_lightsleep_ = false;
  std::optional<Power> power_;
  std::map<std::uint32_t, Pulses> pulses_;
  std::map<std::string, std::string> parts_;
  std::vector<Span> ended_;
  ConsoleText message_;           // that of the console, input or part record before
  Kind message_of_ = Kind::text;  // which of them; text: none
  Kind complete_ = Kind::text;    // which of them is complete now
  std::optional<Stopped> stopped_;
};

// "Lock", "ThreadSafeFlag".
const char* kind_text(trace::ObjectKind kind);

}  // namespace model
