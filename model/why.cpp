#include "model/why.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "model/format.hpp"
#include "model/notice.hpp"

namespace model {
namespace {

using trace::Reason;

std::string reason_text(const State& state, const Task& task, const Wake& wake);

// Who did it: a task, an interrupt, or nobody in particular (empty).
std::string actor(const State& state, const Wake& wake) {
  if (wake.by_interrupt != 0) {
    const std::string interrupt = interrupt_text(state, wake.by_interrupt);
    return interrupt.starts_with("an ") ? interrupt : "the " + interrupt;
  }
  return wake.by_task != 0 ? state.task_text(wake.by_task) : std::string();
}

// "anna set Event e", "Event e was set".
std::string act(const std::string& actor, const char* active, const char* passive,
                const std::string& object) {
  if (actor.empty()) return object + ' ' + passive;
  return actor + ' ' + active + ' ' + object;
}

// The task a lock was handed to and that has not run since.
const Task* next_owner(const State& state, std::uint32_t lock) {
  const auto is_next = [&](std::uint32_t number) {
    const Task* const task = state.task(number);
    return task != nullptr && task->wake.reason == Reason::lock && task->wake.object == lock;
  };
  if (is_next(state.running())) return state.task(state.running());
  const auto found = std::find_if(state.ready().begin(), state.ready().end(), is_next);
  return found != state.ready().end() ? state.task(*found) : nullptr;
}

std::string lock_owner_text(const State& state, std::uint32_t number) {
  const Object* const lock = state.object(number);
  if (lock != nullptr && lock->owner != 0) return state.task_text(lock->owner) + " has it";
  if (const Task* const next = next_owner(state, number)) return next->name + " gets it next";
  return {};
}

std::string in_brackets(const std::string& text) { return text.empty() ? text : " (" + text + ')'; }

std::string whole_ms(std::uint64_t time_ns) {
  return time_ns % 1'000'000 == 0 ? std::to_string(time_ns / 1'000'000) + " ms" : time_text(time_ns);
}

// "its stream `reader`", or "its device" if that is all one knows.
std::string device(const State& state, std::uint32_t number, const std::string& object) {
  return state.object(number) != nullptr ? "its " + object : "its device";
}

// The main clause of the explanation, without place and time of the waking.
std::string because(const State& state, const Task& task, const Wake& wake) {
  const std::string object = state.object_text(wake.object);
  const std::string by = actor(state, wake).empty() ? "" : " by " + actor(state, wake);
  switch (wake.reason) {
    case Reason::created:
      if (wake.by_task != 0) return "it was created" + by;
      return task.number == state.main() ? "run() started it" : "it was created before run()";
    case Reason::yield:
      return "it had given way to the others with a sleep of 0, and its turn came again";
    case Reason::sleep:
      return "its sleep was over";
    case Reason::event:
      return "its " + object + " was set" + by;
    case Reason::lock:
      return "its " + object + " was released" + by + " and handed to it";
    case Reason::semaphore:
      return "its " + object + " was released" + by;
    case Reason::condition:
      return "its " + object + " was notified" + by;
    case Reason::queue_get:
      return "an item was put into its " + object + by;
    case Reason::queue_put:
      return "an item was taken from its " + object + by + ", which made room";
    case Reason::queue_join:
      return "every item of its " + object + " was done";
    case Reason::barrier:
      return "its " + object + " was completed" + by;
    case Reason::flag:
      return "its " + object + " was set" + by;
    case Reason::io_read:
      return device(state, wake.object, object) + " had something to read";
    case Reason::io_write:
      return device(state, wake.object, object) + " had room to write";
    case Reason::task:
      if (task.wait.reason == Reason::timeout) return "what it waited for was done before the time was up";
      return state.task_text(wake.object) + ", which it awaits, had ended";
    case Reason::gather:
      return state.task_text(wake.object) + ", which it gathers, had ended";
    case Reason::cancelled:
      return "it was cancelled" + by;
    case Reason::timeout:
      return "its time was up";
    case Reason::destroyed:
      return "what it waited for, " + object + ", was destroyed";
    case Reason::unretrieved:
      return "it had failed and nobody asked for its exception, which is reported now";
    case Reason::finished:
      break;
  }
  return "it was ready";
}

// " at 12.001 ms (main.cpp:31)": when and where it was woken.
std::string when_and_where(const State& state, const Wake& wake) {
  std::string text;
  if (wake.reason != Reason::yield) text = " at " + time_text(wake.time_ns);
  std::string where = state.own(wake.site) ? state.place(wake.site) : std::string();
  if (wake.reason == Reason::sleep) {
    where = {};
  } else if (wake.reason == Reason::lock && state.object(wake.object) != nullptr &&
             state.object(wake.object)->guarded) {
    where = "the guard made at " + where;
  }
  return text + in_brackets(where);
}

// ", while main ran": if one slice is what a task had to wait for, and that was long.
std::string in_the_way(const State& state, const Decision& decision) {
  constexpr std::uint64_t long_ns = 1'000'000;
  const Slice& slice = state.last_slice();
  const std::uint64_t begin_ns = std::max(slice.begin_ns, decision.wake.time_ns);
  if (slice.task == 0 || decision.latency_ns() < long_ns || slice.end_ns <= begin_ns) return {};
  const std::uint64_t overlap_ns = slice.end_ns - begin_ns;
  return overlap_ns / 9 >= decision.latency_ns() / 10 ? ", while " + state.task_text(slice.task) + " ran"
                                                      : std::string();
}

template <class Each>
std::string list(std::size_t count, Each each) {
  constexpr std::size_t most = 6;
  std::string text;
  for (std::size_t i = 0; i < count && i < most; ++i) text += (i == 0 ? "" : ", ") + each(i);
  if (count > most) text += " and " + std::to_string(count - most) + " more";
  return text;
}

std::string lower_reason(const State& state, const Task& task, const Wake& wake) {
  if (wake.reason == Reason::created) return "new";
  if (wake.reason == Reason::yield) return "gave way";
  return reason_text(state, task, wake);
}

// What a waiting task does: a verb, what it is about, and a remark for the end.
struct Phrase {
  const char* verb;
  std::string what;
  std::string remark = {};
};

// "the end of slow": what a task in wait_for() waits for; empty if that is not known. A task made for the
// purpose awaits it; before it has run, what was created with it is what it will await.
std::string awaited_text(const State& state, const Task& task) {
  for (auto number = state.unfinished().rbegin(); number != state.unfinished().rend(); ++number) {
    const Task& runner = *state.task(*number);
    if (runner.created_by != task.number || !runner.name.starts_with("wait_for")) continue;
    if (runner.wait.reason == Reason::task) return "the end of " + state.task_text(runner.wait.object);
    const Task* const awaited = state.task(runner.number - 1);
    if (awaited == nullptr || awaited->created_by != task.number || awaited->site != runner.site) break;
    return "the end of " + awaited->name;
  }
  return {};
}

Phrase wait_phrase(const State& state, const Task& task, const std::string& object) {
  constexpr const char* waits = "waits for";
  const Wait& wait = task.wait;
  const bool known = state.object(wait.object) != nullptr;
  switch (wait.reason) {
    case Reason::yield:
      return {"gives way", "to the others"};
    case Reason::sleep:
      return {"sleeps", "until " + whole_ms(wait.due_ns)};
    case Reason::lock:
      return {waits, object, lock_owner_text(state, wait.object)};
    case Reason::queue_get:
      return {waits, "an item in " + object};
    case Reason::queue_put:
      return {waits, "room in " + object};
    case Reason::queue_join:
      return {waits, "all of " + object + " to be done"};
    case Reason::timeout: {
      const std::string until = "until " + whole_ms(wait.due_ns) + " at most";
      const std::string awaited = awaited_text(state, task);
      return awaited.empty() ? Phrase{"waits", until} : Phrase{waits, awaited + ", " + until};
    }
    case Reason::io_read:
      return {waits, "something to read" + (known ? " from " + object : std::string())};
    case Reason::io_write:
      return {waits, "room to write" + (known ? " to " + object : std::string())};
    case Reason::task:
      return {waits, "the end of " + state.task_text(wait.object)};
    case Reason::gather:
      return {waits, "what it gathers"};
    default:
      return {waits, object};
  }
}

// "anna (Lock `display`, cleo has it, main.cpp:18)"
std::string name_and_wait(const State& state, const Task& task) {
  const Phrase phrase = wait_phrase(state, task, state.object_text(task.wait.object));
  std::string text = task.name + " (" + phrase.what;
  if (!phrase.remark.empty()) text += ", " + phrase.remark;
  const std::string where = state.place(state.own_wait_site(task));
  return text + (where.empty() ? ")" : ", " + where + ')');
}

const char* signal_text(unsigned number) {
  switch (static_cast<int>(number)) {
    case SIGSEGV:
      return "it used memory that is not its own (SIGSEGV)";
    case SIGBUS:
      return "it used memory that is not there (SIGBUS)";
    case SIGFPE:
      return "it calculated something impossible, such as a division by zero (SIGFPE)";
    case SIGILL:
      return "it ran into something that is no instruction (SIGILL)";
    case SIGABRT:
      return "it gave up by itself (SIGABRT: abort(), assert() or an exception nobody could catch)";
    case SIGTRAP:
      return "it ran into a trap (SIGTRAP)";
    default:
      return "it was ended by a signal";
  }
}

// " at main.cpp:17 in task red, which went on from main.cpp:14 at 12.004 ms"
std::string culprit(const State& state) {
  const std::string place = state.place(state.stopped()->site);
  std::string text = place.empty() ? std::string() : " at " + place;
  if (state.interrupt() != 0) return text + " in " + interrupt_text(state, state.interrupt());
  const Task* const task = state.task(state.running());
  if (task == nullptr) return text + " outside of every task";
  text += " in task " + task->name;
  const std::string from =
      task->slices > 1 ? state.place(state.own_wait_site(*task)) : state.place(task->site);
  if (!from.empty()) text += (task->slices > 1 ? ", which went on from " : ", which was created at ") + from;
  return text + " at " + time_text(task->since_ns);
}

// " Task red was at main.cpp:17, in a slice that began at 12.004 ms.": if it was in the middle of a long one.
std::string unfinished_slice(const State& state) {
  constexpr std::uint64_t a_long_slice_ns = 1'000'000;
  const std::string place = state.place(state.stopped()->site);
  if (place.empty()) return {};
  const Task* const task = state.task(state.running());
  if (task == nullptr) return state.tasks().empty() ? " main() was at " + place + '.' : std::string();
  if (state.now_ns() - task->since_ns < a_long_slice_ns) return {};
  return " Task " + task->name + " was at " + place + ", in a slice that began at " +
         time_text(task->since_ns) + '.';
}

std::string reason_text(const State& state, const Task& task, const Wake& wake) {
  const std::string object = short_name(state, wake.object);
  const std::string by =
      wake.by_interrupt != 0 ? interrupt_text(state, wake.by_interrupt) : actor(state, wake);
  switch (wake.reason) {
    case Reason::created:
      if (!by.empty()) return by + " created it";
      return task.number == state.main() ? "run() started it" : "made before run()";
    case Reason::yield:
      return "it is its turn again";
    case Reason::sleep:
      return "its sleep is over";
    case Reason::event:
      return act(by, "set", "was set", object);
    case Reason::lock:
    case Reason::semaphore:
      return act(by, "released", "was released", object);
    case Reason::condition:
      return act(by, "notified", "was notified", object);
    case Reason::queue_get:
      return act(by, "put into", "has an item", object);
    case Reason::queue_put:
      return act(by, "took from", "has room", object);
    case Reason::queue_join:
      return object + " is all done";
    case Reason::barrier:
      return act(by, "completed", "is complete", object);
    case Reason::flag:
      return act(by, "set", "was set", object);
    case Reason::io_read:
      return (state.object(wake.object) != nullptr ? object : "its device") + " has data";
    case Reason::io_write:
      return (state.object(wake.object) != nullptr ? object : "its device") + " has room";
    case Reason::task:
    case Reason::gather:
      return state.task_text(wake.object) + " ended";
    case Reason::cancelled:
      return by.empty() ? "it is cancelled" : by + " cancelled it";
    case Reason::timeout:
      return "its time is up";
    case Reason::destroyed:
      return object + " was destroyed";
    case Reason::unretrieved:
      return "nobody took its exception";
    case Reason::finished:
      break;
  }
  return "it is ready";
}

}  // namespace

std::string short_name(const State& state, std::uint32_t number) {
  const Object* const object = state.object(number);
  return object != nullptr && !object->name.empty() ? object->name : state.object_text(number);
}

std::string reason_text(const State& state, const Task& task) { return reason_text(state, task, task.wake); }

std::string wait_text(const State& state, const Task& task) {
  const Phrase phrase = wait_phrase(state, task, short_name(state, task.wait.object));
  return std::string(phrase.verb) + ' ' + phrase.what + in_brackets(phrase.remark);
}

std::string why_text(const State& state) {
  const Decision& decision = state.last_decision();
  const Task* const task = state.task(decision.task);
  if (task == nullptr) return {};
  std::string text = task->name + " ran at " + time_text(decision.time_ns) + ": ";
  text += because(state, *task, decision.wake) + when_and_where(state, decision.wake) + '.';
  text += decision.latency_ns() == 0
              ? " It did not have to wait."
              : " It waited " + duration_text(decision.latency_ns()) + in_the_way(state, decision) + '.';

  struct Ready {
    const Task* task;
    Wake wake;
  };
  std::vector<Ready> behind;
  for (const std::uint32_t number : state.ready()) {
    if (const Task* const other = state.task(number)) behind.push_back({other, other->wake});
  }
  std::vector<const Task*> waiting;
  for (const std::uint32_t number : state.unfinished()) {
    const Task& other = *state.task(number);
    if (other.phase != Phase::waiting) continue;
    if (const std::optional<Wake> due = state.due(other)) {
      behind.push_back({&other, *due});
    } else {
      waiting.push_back(&other);
    }
  }
  if (behind.empty()) {
    text += " Nobody else was ready.";
  } else {
    text += " Ready behind it: " +
            list(behind.size(),
                 [&](std::size_t i) {
                   return behind[i].task->name + " (since " + time_text(behind[i].wake.time_ns) + ", " +
                          lower_reason(state, *behind[i].task, behind[i].wake) + ')';
                 }) +
            '.';
  }
  if (!waiting.empty()) {
    text += " Waiting: ";
    text += list(waiting.size(), [&](std::size_t i) { return name_and_wait(state, *waiting[i]); }) + '.';
  }
  return text;
}

std::string still_ready_text(const State& state, const Task& task) {
  std::string text = task.name + " is ready at the end and has not run: " + because(state, task, task.wake) +
                     when_and_where(state, task.wake) + ". It has waited " +
                     duration_text(state.now_ns() - task.since_ns);
  const Task* const running = state.task(state.running());
  if (running == nullptr || running == &task) return text + '.';
  const std::string place = state.stopped() ? state.place(state.stopped()->site) : std::string();
  return text + ", and " + running->name + " still runs" + in_brackets(place) + '.';
}

std::vector<std::string> waiting_texts(const State& state) {
  std::vector<std::string> texts;
  for (const std::uint32_t number : state.unfinished()) {
    const Task& task = *state.task(number);
    if (task.phase != Phase::waiting) continue;
    const Phrase phrase = wait_phrase(state, task, state.object_text(task.wait.object));
    const std::string where = state.place(state.own_wait_site(task));
    texts.push_back(task.name + ' ' + phrase.verb + ' ' + phrase.what + in_brackets(phrase.remark) +
                    (where.empty() ? "" : ", " + where));
  }
  return texts;
}

std::string end_text(const State& state) {
  const std::string at = " at " + time_text(state.now_ns());
  if (!state.stopped()) return "The trace ends" + at + '.';
  const Stopped& stopped = *state.stopped();
  switch (stopped.why) {
    case trace::Stop::time_up:
      return "The " + duration_text(state.now_ns()) + " are over." + unfinished_slice(state);
    case trace::Stop::returned:
      return "main() returned" + (stopped.extra != 0 ? ' ' + std::to_string(stopped.extra) : std::string()) +
             at + ": the program is over.";
    case trace::Stop::exited:
      return "The program called exit(" + std::to_string(stopped.extra) + ')' + at + '.';
    case trace::Stop::exception:
      return "An exception left main()" + at + ": " + stopped.message;
    case trace::Stop::stuck:
      return "From " + time_text(state.idle_since_ns()) +
             " on every task waited, and nothing could ever wake one: "
             "the program is stuck.";
    case trace::Stop::crashed:
      return "The program crashed" + culprit(state) + ": " +
             (stopped.message.empty() ? signal_text(stopped.extra) : stopped.message);
    case trace::Stop::hung:
      return "The program hangs" + culprit(state) + ": " +
             (stopped.message.empty() ? "it runs on and on without giving control back" : stopped.message);
    case trace::Stop::interrupted:
      return "The run was interrupted" + at + '.' + unfinished_slice(state);
  }
  return {};
}

}  // namespace model
