#include "model/state.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace model {

using trace::Kind;
using trace::Reason;

const char* kind_text(trace::ObjectKind kind) {
  // In the order of trace::ObjectKind.
  constexpr std::array names{"Event",          "Lock",   "Semaphore", "Condition", "Queue",     "Barrier",
                             "ThreadSafeFlag", "stream", "Delay_ms",  "Message",   "interrupt", "Pin"};
  const auto number = static_cast<std::size_t>(kind);
  return number < names.size() ? names[number] : "object";
}

// --- Looking things up

const Task* State::task(std::uint32_t number) const {
  return number != 0 && number <= tasks_.size() ? &tasks_[number - 1] : nullptr;
}
const Object* State::object(std::uint32_t number) const {
  return number != 0 && number <= objects_.size() ? &objects_[number - 1] : nullptr;
}
Task* State::find_task(std::uint32_t number) {
  return number != 0 && number <= tasks_.size() ? &tasks_[number - 1] : nullptr;
}
Object* State::find_object(std::uint32_t number) {
  return number != 0 && number <= objects_.size() ? &objects_[number - 1] : nullptr;
}

std::string_view State::text(std::uint32_t id) const {
  return id != 0 && id <= texts_.size() ? std::string_view(texts_[id - 1]) : std::string_view();
}

bool State::own(std::uint32_t site) const {
  const std::string_view name = file(site);
  return !name.empty() && !name.starts_with("core/");
}

// `site`, or if it is not the learner's, the innermost co_await of the learner's that led the task there.
std::uint32_t State::own_site(std::uint32_t site, const Task& task) const {
  if (own(site)) return site;
  const auto call =
      std::find_if(task.calls.rbegin(), task.calls.rend(), [this](std::uint32_t s) { return own(s); });
  if (call != task.calls.rend()) return *call;
  return own(task.site) ? task.site : site;  // a task that core runs for the learner, such as wait_for()'s
}

std::string State::place(std::uint32_t site) const {
  const std::string_view name = file(site);
  if (name.empty()) return {};
  return std::string(name) + ':' + std::to_string(line(site));
}

std::string State::object_text(std::uint32_t number) const {
  const Object* const object = this->object(number);
  if (object == nullptr) return "something";
  std::string text = kind_text(object->kind);
  if (!object->name.empty()) return text + " `" + object->name + '`';
  text += " #" + std::to_string(number);
  const std::string where = place(object->site);
  return where.empty() ? text : text + " (" + where + ')';
}

std::string State::task_text(std::uint32_t number) const {
  const Task* const task = this->task(number);
  return task != nullptr ? task->name : "main()";
}

// --- Texts

void State::text_piece(const trace::Record& record) {
  trace::TextRecord piece;
  std::memcpy(&piece, &record, sizeof piece);
  const std::string_view characters(piece.text, std::min<std::size_t>(piece.length, sizeof piece.text));
  if (piece.id != 0) {
    name_text(piece, characters);
  } else if (stopped_) {
    stopped_->message += characters;
  } else if (message_of_ != Kind::text) {
    message_.text += characters;
    if (characters.size() < sizeof piece.text) message_is_complete();
  }
}

void State::message_is_complete() {
  complete_ = std::exchange(message_of_, Kind::text);
  if (complete_ != Kind::part) return;
  const std::size_t colon = std::min(message_.text.find(": "), message_.text.size());
  parts_[message_.text.substr(0, colon)] = message_.text.substr(std::min(colon + 2, message_.text.size()));
}

void State::name_text(const trace::TextRecord& piece, std::string_view characters) {
  if (piece.id > 0xffff) return;
  std::uint32_t number = piece.id;
  if (was_reset_) {
    if (piece.id >= text_numbers_.size()) text_numbers_.resize(piece.id + 1);
    std::uint32_t& here = text_numbers_[piece.id];
    if (here == 0 && texts_.size() < 0xffff) here = static_cast<std::uint32_t>(texts_.size() + 1);
    if (here == 0) return;  // more texts than a site has numbers for
    number = here;
  }
  if (number > texts_.size()) texts_.resize(number);
  std::string& text = texts_[number - 1];
  text += characters;
  if (!was_reset_ || characters.size() == sizeof piece.text) return;
  // It is complete. The program has most likely said the same before it was reset.
  const auto [known, is_new] = known_texts_.emplace(text, number);
  if (is_new || known->second == number) return;
  text_numbers_[piece.id] = known->second;
  if (number == texts_.size()) texts_.pop_back();
}

// --- A reset: the board starts again, and counts from 1

void State::renumber(trace::Record& record) const {
  const auto text_here = [this](std::uint32_t id) {
    return id < text_numbers_.size() ? text_numbers_[id] : 0;
  };
  const auto task_here = [this](std::uint32_t& task) {
    if (task != 0) task += tasks_before_;
  };
  const auto object_here = [this](std::uint32_t& object) {
    if (object != 0) object += objects_before_;
  };
  switch (record.kind) {
    case Kind::text:
    case Kind::pin:
    case Kind::conflict:
    case Kind::input:
    case Kind::console:
    case Kind::part:
    case Kind::pwm:
    case Kind::power:
    case Kind::lightsleep_begin:
    case Kind::lightsleep_end:
    case Kind::uart_setup:
    case Kind::uart_tx:
    case Kind::uart_rx:
    case Kind::uart_error:
    case Kind::i2c_setup:
    case Kind::i2c_start:
    case Kind::i2c_write:
    case Kind::i2c_read:
    case Kind::i2c_stop:
    case Kind::i2c_error:
      return;  // none of their fields is a number of that kind
    default:
      break;
  }
  record.site = text_here(record.site >> 16) << 16 | (record.site & 0xffffU);
  const auto reason = static_cast<Reason>(record.reason);
  switch (record.kind) {
    case Kind::object_created:
      record.task = text_here(record.task);
      object_here(record.object);
      break;
    case Kind::task_created:
      record.extra = static_cast<std::uint16_t>(text_here(record.extra));
      task_here(record.task);
      task_here(record.object);
      break;
    case Kind::task_ready:
    case Kind::slice_end:
      task_here(record.task);
      if (reason == Reason::task || reason == Reason::gather) {
        task_here(record.object);
      } else if (reason != Reason::sleep) {  // whose object is a time
        object_here(record.object);
      }
      break;
    case Kind::hog:
      task_here(record.task);
      break;
    case Kind::reset:
    case Kind::stop:
      break;
    default:
      task_here(record.task);
      object_here(record.object);
      break;
  }
}

void State::restart() {
  for (const std::uint32_t number : std::exchange(unfinished_, {})) {
    Task& task = tasks_[number - 1];
    enter(task, Phase::done, now_ns_);
    task.outcome = trace::Outcome::cancelled;
    task.cut_off = true;
    task.calls.clear();
  }
  for (Object& object : objects_) end_hold(object);
  ready_.clear();
  interrupts_.clear();
  pulses_.clear();
  idle_ = in_lightsleep_ = false;
  running_ = 0;
  tasks_before_ = static_cast<std::uint32_t>(tasks_.size());
  objects_before_ = static_cast<std::uint32_t>(objects_.size());
  text_numbers_.clear();
  if (was_reset_) return;
  was_reset_ = true;
  for (std::size_t i = 0; i < texts_.size(); ++i)
    known_texts_.emplace(texts_[i], static_cast<std::uint32_t>(i + 1));
}

// --- Spans

void State::end_span(const Task& task, std::uint64_t end_ns) {
  if (end_ns <= task.since_ns || task.phase == Phase::done) return;
  Span span;
  span.task = task.number;
  span.begin_ns = task.since_ns;
  span.end_ns = end_ns;
  if (task.phase == Phase::waiting) {
    span.kind = task.wait.reason == Reason::sleep ? SpanKind::sleeping : SpanKind::waiting;
    span.reason = task.wait.reason;
    span.object = task.wait.object;
    span.site = own_wait_site(task);
  } else {
    span.kind = task.phase == Phase::running ? SpanKind::running : SpanKind::ready;
    span.reason = task.wake.reason;
    span.object = task.wake.object;
    span.site = task.wake.site;
  }
  ended_.push_back(span);
}

void State::end_hold(Object& lock) {
  if (lock.owner == 0) return;
  if (now_ns_ > lock.held_since_ns) {
    ended_.push_back({SpanKind::holding, Reason::lock, lock.owner, lock.number, lock.acquire_site,
                      lock.held_since_ns, now_ns_});
  }
  lock.owner = 0;
}

void State::enter(Task& task, Phase phase, std::uint64_t since_ns) {
  if (task.phase == Phase::running) last_slice_ = {task.number, task.since_ns, since_ns};
  end_span(task, since_ns);
  task.phase = phase;
  task.since_ns = since_ns;
}

// --- Tasks

std::string State::name_for(const Task& task, std::string_view given, const Task* creator) {
  std::string name(given);
  if (name.empty() && sources_ != nullptr) {
    if (own(task.site)) {
      name = sources_->task_name(file(task.site), line(task.site));
    } else if (creator != nullptr && !creator->calls.empty() && own(creator->calls.back())) {
      // Created in core, such as in gather(): named by the line of the learner's that awaits it.
      const std::uint32_t call = creator->calls.back();
      name = sources_->task_name(file(call), line(call), creator->created_in_call);
    }
  }
  if (name.empty()) name = "task";
  const std::uint32_t same = ++names_[name];
  if (same > 1 || name == "task") name += '#' + std::to_string(same);
  return name;
}

void State::create_task(const trace::Record& record) {
  if (record.task != tasks_.size() + 1) return;  // not a trace of ours
  Task* const creator = find_task(record.object);
  Task task;
  task.number = record.task;
  task.created_by = record.object;
  task.site = record.site;
  task.since_ns = now_ns_;
  task.name = name_for(task, text(record.extra), creator);
  if (creator != nullptr) ++creator->created_in_call;
  unfinished_.push_back(task.number);
  tasks_.push_back(std::move(task));
}

void State::create_object(const trace::Record& record) {
  if (record.object != objects_.size() + 1) return;
  Object object;
  object.number = record.object;
  object.kind = static_cast<trace::ObjectKind>(record.reason);
  object.site = record.site;
  object.name = text(record.task);
  if (object.name.empty() && sources_ != nullptr) {
    const auto before = std::count_if(objects_.begin(), objects_.end(), [&](const Object& other) {
      return other.number > objects_before_ && other.site == object.site && other.kind == object.kind;
    });
    object.name = sources_->object_name(file(record.site), line(record.site), object.kind,
                                        static_cast<unsigned>(before));
  }
  objects_.push_back(std::move(object));
}

namespace {

bool has_deadline(Reason reason) { return reason == Reason::sleep || reason == Reason::timeout; }

// What a task waits for is a device to core; with its object it is known better.
Reason wait_reason(Reason reason, const Object* object) {
  if ((reason != Reason::io_read && reason != Reason::io_write) || object == nullptr) return reason;
  switch (object->kind) {
    case trace::ObjectKind::flag:
      return Reason::flag;
    case trace::ObjectKind::event:
    case trace::ObjectKind::message:
      return Reason::event;
    case trace::ObjectKind::queue:
      return reason == Reason::io_read ? Reason::queue_get : Reason::queue_put;
    default:
      return reason;
  }
}

}  // namespace

std::optional<Wake> State::due(const Task& task) const {
  if (task.phase != Phase::waiting) return std::nullopt;
  const Wait& wait = task.wait;
  Wake wake;
  wake.reason = wait.reason;
  wake.object = wait.object;
  if (has_deadline(wait.reason)) {
    if (wait.due_ns > now_ns_) return std::nullopt;
    wake.time_ns = std::max(wait.due_ns, wait.since_ns);
    return wake;
  }
  const Object* const object = this->object(wait.object);
  if (!wait.polled || object == nullptr || object->signal.record <= wait.record) return std::nullopt;
  wake.time_ns = object->signal.time_ns;
  wake.site = object->signal.site;
  wake.by_task = object->signal.by_task;
  wake.by_interrupt = object->signal.by_interrupt;
  return wake;
}

// Of several sets before anybody looks the first counts.
void State::signal(Object& object, const trace::Record& record) {
  Signal signal{records_, now_ns_, record.site, 0, interrupts_.empty() ? 0 : interrupts_.back()};
  if (signal.by_interrupt == 0) {
    signal.by_task = running_;
    if (const Task* const by = this->task(running_)) signal.site = own_site(record.site, *by);
  }
  object.signal = signal;
}

void State::become_ready(Task& task, const trace::Record& record) {
  Wake wake;
  wake.reason = static_cast<Reason>(record.reason);
  wake.object = record.object;
  wake.site = record.site;
  if (const Task* const waker = this->task(running_); waker != nullptr && record.site != 0) {
    wake.site = own_site(record.site, *waker);
  }
  wake.time_ns = now_ns_;
  if (wake.reason == Reason::sleep) {
    wake.reason = task.wait.reason == Reason::timeout ? Reason::timeout : Reason::sleep;
    if (task.wait.due_ns >= task.wait.since_ns) wake.time_ns = std::min(now_ns_, task.wait.due_ns);
  } else if (wake.reason == Reason::io_read || wake.reason == Reason::io_write) {
    if (const std::optional<Wake> due = this->due(task)) {
      wake = *due;
    } else {
      wake.reason = wait_reason(wake.reason, object(task.wait.object));
      wake.object = task.wait.object;
    }
    Object* const object = find_object(task.wait.object);
    if (object != nullptr && object->kind == trace::ObjectKind::flag)
      object->set = false;  // it clears itself
  } else if (wake.reason == Reason::yield) {
    wake.by_task = task.number;
  } else {
    wake.by_interrupt = interrupts_.empty() ? 0 : interrupts_.back();
    wake.by_task = wake.by_interrupt != 0 ? 0 : running_;
    if (wake.by_task == 0 && (wake.reason == Reason::task || wake.reason == Reason::gather))
      wake.by_task = record.object;
  }
  task.wake = wake;
  enter(task, Phase::ready, wake.time_ns);
  if (record.extra == 1) {
    ready_.push_front(task.number);
  } else {
    ready_.push_back(task.number);
  }
}

void State::begin_slice(Task& task) {
  const auto place = std::find(ready_.begin(), ready_.end(), task.number);
  if (place != ready_.end()) ready_.erase(place);
  decision_ = {decision_.number + 1, now_ns_, task.number, task.wake};
  enter(task, Phase::running, now_ns_);
  ++task.slices;
  running_ = task.number;
}

void State::end_slice(Task& task, const trace::Record& record) {
  enter(task, Phase::waiting, now_ns_);
  if (running_ == task.number) running_ = 0;
  const auto reason = static_cast<Reason>(record.reason);
  task.wait = {wait_reason(reason, object(record.object)),
               record.object,
               record.site,
               now_ns_,
               0,
               reason == Reason::io_read || reason == Reason::io_write,
               records_};
  if (task.wait.reason == Reason::finished) task.phase = Phase::done;
  if (!has_deadline(task.wait.reason)) return;
  // The deadline comes in the low 32 bits of its milliseconds.
  const auto now_ms = static_cast<std::int64_t>(now_ns_ / 1'000'000);
  const auto ahead = static_cast<std::int32_t>(record.object - static_cast<std::uint32_t>(now_ms));
  const std::int64_t due_ms = std::max<std::int64_t>(0, now_ms + ahead);
  task.wait.due_ns = static_cast<std::uint64_t>(due_ms) * 1'000'000;
  task.wait.object = 0;
}

void State::end_task(Task& task, const trace::Record& record) {
  enter(task, Phase::done, now_ns_);
  task.outcome = static_cast<trace::Outcome>(record.reason);
  task.calls.clear();
  const auto place = std::lower_bound(unfinished_.begin(), unfinished_.end(), task.number);
  if (place != unfinished_.end() && *place == task.number) unfinished_.erase(place);
  if (running_ == task.number) running_ = 0;
}

void State::lock_event(const trace::Record& record) {
  Object* const lock = find_object(record.object);
  if (lock == nullptr) return;
  if (record.kind == Kind::lock_release) {
    lock->guarded = record.site == lock->acquire_site;
    end_hold(*lock);
    return;
  }
  end_hold(*lock);
  lock->owner = record.task;
  lock->acquire_site = record.site;
  lock->held_since_ns = now_ns_;
}

void State::pwm(const trace::Record& record) {
  if (record.task == 0) {
    pulses_.erase(record.object);
  } else {
    pulses_[record.object] = {record.task, record.extra, now_ns_};
  }
}

// --- The trace

void State::apply(const trace::Record& applied) {
  ended_.clear();
  complete_ = Kind::text;
  record_ = applied;
  if (was_reset_) renumber(record_);
  const trace::Record& record = record_;
  if (record.kind == Kind::text) {
    text_piece(record);
    return;
  }
  if (record.time_ns > now_ns_) now_ns_ = record.time_ns;
  ++records_;
  Task* const task = find_task(record.task);
  switch (record.kind) {
    case Kind::object_created:
      create_object(record);
      break;
    case Kind::task_created:
      create_task(record);
      break;
    case Kind::task_ready:
      if (task != nullptr) become_ready(*task, record);
      break;
    case Kind::slice_begin:
      if (task != nullptr) begin_slice(*task);
      break;
    case Kind::slice_end:
      if (task != nullptr) end_slice(*task, record);
      break;
    case Kind::call:
      if (task != nullptr) {
        task->calls.push_back(record.site);
        task->created_in_call = 0;
      }
      break;
    case Kind::call_return:
      if (task != nullptr && !task->calls.empty()) {
        task->calls.pop_back();
        task->created_in_call = 0;
      }
      break;
    case Kind::task_done:
      if (task != nullptr) end_task(*task, record);
      break;
    case Kind::event_set:
    case Kind::event_clear:
      if (Object* const event = find_object(record.object)) {
        if (record.kind == Kind::event_set && !event->set) signal(*event, record);
        event->set = record.kind == Kind::event_set;
      }
      break;
    case Kind::lock_acquire:
    case Kind::lock_release:
      lock_event(record);
      break;
    case Kind::queue_put:
    case Kind::queue_get:
    case Kind::value:
      if (Object* const object = find_object(record.object)) {
        // For a getter the first item counts, for a putter any that leaves.
        if (record.kind != Kind::queue_put || object->count == 0) signal(*object, record);
        object->count_before = std::exchange(object->count, record.extra);
      }
      break;
    case Kind::isr_enter:
      interrupts_.push_back(record.object);
      break;
    case Kind::isr_exit:
      if (!interrupts_.empty()) interrupts_.pop_back();
      break;
    case Kind::run_begin:
      main_ = record.task;
      break;
    case Kind::idle_begin:
      idle_since_ns_ = now_ns_;
      idle_ = true;
      break;
    case Kind::idle_end:
      idle_ = false;
      break;
    case Kind::lightsleep_begin:
    case Kind::lightsleep_end:
      in_lightsleep_ = record.kind == Kind::lightsleep_begin;
      break;
    case Kind::power:
      power_ = Power{record.task, record.object, record.site};
      break;
    case Kind::pwm:
      pwm(record);
      break;
    case Kind::console:
    case Kind::input:
    case Kind::part:
      message_ = {now_ns_, record.kind == Kind::console ? running_ : 0, {}};
      message_of_ = record.kind;
      break;
    case Kind::reset:
      restart();
      break;
    case Kind::stop:
      stopped_ = Stopped{static_cast<trace::Stop>(record.reason), record.extra, record.site, {}};
      break;
    default:
      break;  // of no consequence for the state, or newer than this program
  }
}

void State::finish() {
  ended_.clear();
  complete_ = Kind::text;
  for (Task& task : tasks_) {
    if (const std::optional<Wake> due = this->due(task); due && due->time_ns < now_ns_) {
      enter(task, Phase::ready, due->time_ns);
      task.wake = *due;
    }
    end_span(task, now_ns_);
  }
  for (Object& object : objects_) {
    const std::uint32_t owner = object.owner;
    end_hold(object);
    object.owner = owner;  // still has it, for whoever asks how things stand
  }
}

}  // namespace model
