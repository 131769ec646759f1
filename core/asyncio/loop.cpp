#include "asyncio/loop.hpp"

#include <memory>
#include <utility>

#include "asyncio/console.hpp"
#include "asyncio/gather_wait.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/task.hpp"

namespace asyncio {

constinit Loop event_loop;

namespace {

// How often the loop looks at devices that have no interrupt while nothing is ready.
constexpr std::uint64_t io_poll_interval_us = 1000;

bool is_cancelled(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const CancelledError&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

// --- What a coroutine ended by

void PromiseBase::unhandled_exception() noexcept { fail(std::current_exception()); }

void PromiseBase::fail(std::exception_ptr failure) noexcept {
  std::construct_at(&exception, std::move(failure));
  failed = true;
}

std::exception_ptr PromiseBase::take_exception() noexcept {
  std::exception_ptr taken = std::move(exception);
  drop_exception();
  return taken;
}

void PromiseBase::drop_exception() noexcept {
  std::destroy_at(&exception);
  failed = false;
}

// --- Time

std::uint32_t Loop::ticks_at(std::uint64_t now_us) {
  std::uint64_t elapsed = now_us - ms_begin_us_;
  if (elapsed >= 1000) {
    // Dividing 64 bits is slow on a Cortex-M0+; most steps are short.
    if (elapsed < 16'000) {
      for (; elapsed >= 1000; elapsed -= 1000) {
        ++ms_;
        ms_begin_us_ += 1000;
      }
    } else {
      const std::uint64_t whole = elapsed / 1000;
      ms_ += static_cast<std::uint32_t>(whole);
      ms_begin_us_ += whole * 1000;
    }
  }
  return ms_;
}

std::uint64_t Loop::us_of(std::uint32_t due) const {
  const auto ahead = static_cast<std::int32_t>(due - ms_);
  return ms_begin_us_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(ahead) * 1000);
}

void Loop::sleep_until(std::uint32_t due, Site site, trace::Reason reason) {
  PromiseBase* const task = current_;
  trace::slice_end(task->number, reason, due, site);
  task->parked = Parked::timer;
  task->due = due;
  if (timers_.empty()) timers_.advance(ms_, [](PromiseBase*, PromiseBase*) { return std::size_t{0}; });
  if (timers_.is_due(due)) {
    // The time passed between the call of sleep_ms() and its co_await.
    make_ready(task, reason);
    return;
  }
  timers_.insert(task);
  const std::uint64_t due_us = us_of(due);
  if (due_us < next_due_us_) {
    next_due_us_ = due_us;
    next_due_stale_ = false;
  }
}

// Sleepers whose time has come go to the ready queue. Called before anything else goes there, so that the
// queue is in the order of (time, order of going in) without its tasks carrying a time.
void Loop::collect_due_at(std::uint64_t now_us) {
  const auto make_ready = [this](PromiseBase* first, PromiseBase* last) {
    std::size_t count = 0;
    for (PromiseBase* task = first; task != nullptr; task = task->next) {
      task->parked = Parked::ready;
      trace::task_ready(task->number, trace::Reason::sleep);
      ++count;
    }
    ready_.append(first, last);
    return count;
  };
  const std::uint32_t next = timers_.advance(ticks_at(now_us), make_ready);
  next_due_stale_ = false;
  next_due_us_ = timers_.empty() ? port::forever : us_of(next);
}

void Loop::make_ready_after_due(PromiseBase* task, trace::Reason reason, std::uint32_t object, Site site,
                                Parked as) {
  collect_due();
  push_ready(task, reason, object, site, as);
}

void Loop::make_all_ready_after_due(WaitList& list, trace::Reason reason, std::uint32_t object, Site site) {
  collect_due();
  push_all_ready(list, reason, object, site);
}

void Loop::yield_after_due(Site site) noexcept {
  PromiseBase* const task = event_loop.current_;
  trace::slice_end(task->number, trace::Reason::yield, 0, site);
  event_loop.collect_due();
  trace::task_ready(task->number, trace::Reason::yield);
  event_loop.ready_.push_back(task);
}

// --- Devices

static trace::Reason reason_of(int io_events) {
  return io_events == POLLIN ? trace::Reason::io_read : trace::Reason::io_write;
}

void Loop::wait_for_io(IOBase& device, int events, std::uint32_t object, Site site) {
  for (const WaitList* waiters : {&io_waiters_, &priority_io_waiters_}) {
    for (const PromiseBase* other = waiters->front(); other != nullptr; other = waiters->after(other)) {
      if (other->waits_on.device == &device && (other->io_events & events) != 0) {
        throw RuntimeError("another task already waits for this device or ThreadSafeFlag");
      }
    }
  }
  PromiseBase* const task = current_;
  task->parked = device.priority() ? Parked::priority_io : Parked::io;
  task->waits_on.device = &device;
  task->io_events = static_cast<std::uint8_t>(events);
  task->number.set_device(object);
  (device.priority() ? priority_io_waiters_ : io_waiters_).push_back(task);
  trace::slice_end(task->number, reason_of(events), object, site);
  call_attention(io);
}

void Loop::poll_list(WaitList& waiters, bool priority) {
  // Those that run next. They get there also when the ioctl() of a device throws.
  struct Woken {
    WaitList& ready;
    WaitList tasks;
    ~Woken() {
      // `tasks` has the first to wait last; pushing each in front of the others restores their order.
      while (!tasks.empty()) {
        PromiseBase* const task = tasks.pop_front();
        trace::task_ready(task->number, reason_of(task->io_events), task->number.device(), {nullptr, 0},
                          true);
        ready.push_front(task);
      }
    }
  } woken{ready_, {}};
  for (PromiseBase* task = waiters.front(); task != nullptr;) {
    PromiseBase* const next = waiters.after(task);
    const int ready = task->waits_on.device->ioctl(MP_STREAM_POLL, task->io_events);
    if (ready > 0) {
      waiters.remove(task);
      if (priority) {
        task->parked = Parked::ready;
        woken.tasks.push_front(task);
      } else {
        make_ready(task, reason_of(task->io_events), task->number.device());
      }
    }
    task = next;
  }
}

void Loop::poll_io() {
  if (!io_waiters_.empty()) poll_list(io_waiters_, false);
  if (!priority_io_waiters_.empty()) poll_list(priority_io_waiters_, true);
  if (io_waiters_.empty() && priority_io_waiters_.empty()) attention_ &= static_cast<Attention>(~io);
}

// --- Running

void Loop::wait_for_work() {
  current_ = nullptr;
  if (next_due_us_ != port::forever) {
    collect_due();
    if (!ready_.empty()) return;
    if (next_due_stale_) {
      next_due_us_ = timers_.empty() ? port::forever : us_of(timers_.next_deadline());
      next_due_stale_ = false;
    }
  }
  std::uint64_t until = next_due_us_;
  if ((attention_ & io) != 0) until = next_poll_us(until);
  trace::loop_event(trace::Kind::idle_begin);
  port::idle_until(until);
  trace::loop_event(trace::Kind::idle_end);
  if (next_due_us_ != port::forever) collect_due();
}

// When the loop must look at devices that have no interrupt, or `until` if that is earlier or there are none.
std::uint64_t Loop::next_poll_us(std::uint64_t until) const {
  for (const WaitList* waiters : {&io_waiters_, &priority_io_waiters_}) {
    for (const PromiseBase* task = waiters->front(); task != nullptr; task = waiters->after(task)) {
      if (task->waits_on.device->has_interrupt()) continue;
      const std::uint64_t next_poll = port::now_us() + io_poll_interval_us;
      return next_poll < until ? next_poll : until;
    }
  }
  return until;
}

void Loop::run(PromiseBase* main) {
  check_not_orphan(main);
  if (running_) throw_running();
  struct Running {
    Loop& loop;
    ~Running() {
      loop.current_ = nullptr;
      loop.running_ = false;
      trace::loop_event(trace::Kind::run_end);
      trace::flush();
    }
  } const running{*this};
  running_ = true;
  trace::task_event(trace::Kind::run_begin, main->number);
  for (;;) {
    if (attention_ != 0 && attend(main)) return;
    while (!ready_.empty()) slice(ready_.pop_front());
    if (attention_ == 0) wait_for_work();
  }
}

inline void Loop::slice(PromiseBase* task) {
  current_ = task;
  trace::slice_begin(task->number);
  task->resume(task->frame);
}

// After a slice that called for attention; and while a task waits for a device, the whole loop, because
// devices are polled before each slice. True if `main` has finished.
bool Loop::attend(const PromiseBase* main) {
  const auto take = [this](Attention attention) {
    const bool called = (attention_ & attention) != 0;
    attention_ &= static_cast<Attention>(~attention);
    return called;
  };
  for (;;) {
    if (take(hidden)) ready_.show(hidden_ready_);
    if (take(transferred)) {
      current_->resume(current_->frame);
    } else if (take(finished)) {
      if (finish(current_, main)) return true;
    } else if ((attention_ & io) == 0) {
      return false;
    } else {
      poll_io();
      if (ready_.empty()) {
        wait_for_work();
      } else {
        slice(ready_.pop_front());
      }
    }
  }
}

void Loop::throw_running() {
  throw RuntimeError("run() inside a running event loop: co_await the coroutine instead");
}

void Loop::throw_awaited_already() {
  throw RuntimeError("create_task(): the coroutine was already awaited or moved");
}

void Loop::queue_after_due(PromiseBase* root, Site site) {
  event_loop.collect_due();
  trace::task_ready(root->number, trace::Reason::created, 0, site);
  event_loop.ready_.push_back(root);
}

// The running task has ended. True if it was the one run() waits for.
bool Loop::finish(PromiseBase* task, const PromiseBase* main) {
  task->finished = true;
  task->parked = Parked::finished;
  remove_from_all(task);
  bool awaited = task == main;
  if constexpr (trace::enabled) {
    trace::Outcome outcome = trace::Outcome::returned;
    if (task->failed)
      outcome = is_cancelled(task->exception) ? trace::Outcome::cancelled : trace::Outcome::failed;
    trace::task_done(task->number, outcome);
  }
  if (task->gather != nullptr) {
    task->gather->task_done(task);
    task->gather = nullptr;
    awaited = true;
  }
  if (!task->waiters.empty()) {
    make_all_ready(task->waiters, trace::Reason::task, task->number.id(), {nullptr, 0});
    awaited = true;
  }
  if (!awaited && task->failed && !task->retrieved && !is_cancelled(task->exception)) {
    // Nobody has asked for it yet. One more turn of the ready queue, then it is reported; see
    // resume_report().
    trace::task_event(trace::Kind::exception, task->number);
    task->resume = resume_report;
    task->frame = task;
    make_ready(task, trace::Reason::unretrieved);
    return false;
  }
  const bool was_main = task == main;
  release(task);
  return was_main;
}

// What a task resumes into that was cancelled before its first run: its body never executes.
void Loop::resume_cancelled(void* task) {
  static_cast<PromiseBase*>(task)->fail(std::make_exception_ptr(CancelledError()));
  event_loop.current_finished();
}

// What a finished task resumes into to report an exception nobody retrieved in the meantime.
void Loop::resume_report(void* frame) {
  auto* const task = static_cast<PromiseBase*>(frame);
  trace::slice_end(task->number, trace::Reason::finished, 0, {nullptr, 0});
  if (task->retrieved) {
    release(task);
    return;
  }
  const Task<> future = Task<>(task, TaskBase::Counted());
  event_loop.call_exception_handler({"Task exception wasn't retrieved", task->exception, future});
}

// --- Waits that would never end

void Loop::check_can_await(const PromiseBase* task) const {
  if (task == current_) throw RuntimeError("a task cannot await itself");
  check_not_orphan(task);
  if (task->gather != nullptr) throw RuntimeError("can't wait");  // MicroPython's words
  for (; task->parked == Parked::task; task = task->waits_on.task) {
    if (task->waits_on.task == current_) throw RuntimeError("these tasks would await each other");
  }
}

void Loop::throw_orphan() {
  throw RuntimeError("the task belongs to a loop that is gone: new_event_loop() has forgotten it");
}

// --- Waking by force

void Loop::throw_wake() {
  if (event_loop.take_wake() == Wake::cancelled) throw CancelledError();
  throw RuntimeError("the object this task waited on was destroyed");
}

void Loop::set_wake(PromiseBase* task, Wake wake) {
  task->wake = wake;
  task->resume = resume_woken;
}

// What a task resumes into whose wait ends otherwise than it hoped.
void Loop::resume_woken(void* frame) {
  PromiseBase* const task = event_loop.current_;
  event_loop.wake_ = task->wake;
  task->wake = Wake::normal;
  task->resume = task->leaf->resume_function();
  task->resume(frame);
}

// Takes a waiting task out of whatever it waits in. It is in no queue afterwards.
void Loop::unpark(PromiseBase* task) {
  switch (task->parked) {
    case Parked::timer:
      if (us_of(task->due) == next_due_us_) next_due_stale_ = true;
      timers_.remove(task);
      if (timers_.empty()) next_due_us_ = port::forever;
      break;
    case Parked::list:
      task->waits_on.list->remove(task);
      break;
    case Parked::io:
      io_waiters_.remove(task);
      break;
    case Parked::priority_io:
      priority_io_waiters_.remove(task);
      break;
    case Parked::task:
      task->waits_on.task->waiters.remove(task);
      break;
    case Parked::not_started:
    case Parked::ready:
    case Parked::gather:
    case Parked::handed:
    case Parked::finished:
      break;
  }
}

namespace {
Coro<void> cancel_when_parked(Task<void> task) {
  task.cancel();
  co_return;
}
}  // namespace

bool Loop::cancel(PromiseBase* task, Site site) {
  if (task->finished || task->orphan) return false;
  if (task == current_) throw RuntimeError("can't cancel self");
  while (task->parked == Parked::task) task = task->waits_on.task;
  trace::task_event(trace::Kind::cancel, task->number, 0, site);
  if (task == current_) {
    // The canceller is what the cancelled task awaits. It is cancelled as soon as it waits itself.
    create_task(cancel_when_parked(Task<>(task)), "cancel", site);
    return true;
  }
  if (task->parked == Parked::not_started) {
    task->resume = resume_cancelled;
    task->frame = task;
    return true;
  }
  if (task->wake != Wake::destroyed) set_wake(task, Wake::cancelled);
  if (next_due_us_ != port::forever) collect_due();
  // A task that is ready keeps its place.
  if (task->parked != Parked::ready && task->parked != Parked::handed) {
    unpark(task);
    make_ready(task, trace::Reason::cancelled, 0, site);
  }
  return true;
}

void Loop::interrupt(PromiseBase* task) {
  if (next_due_us_ != port::forever) collect_due();
  const bool sleeps = task->parked == Parked::timer || task->parked == Parked::ready;
  if (!sleeps || task->waits_on.task != current_ || task->wake != Wake::normal) return;
  set_wake(task, Wake::interrupted);
  if (task->parked == Parked::ready) return;  // its time came first: it keeps its place
  unpark(task);
  make_ready(task, trace::Reason::task, current_->number.id());
}

void Loop::abandon(WaitList& list, std::uint32_t object) {
  while (!list.empty()) {
    PromiseBase* const task = list.pop_front();
    set_wake(task, Wake::destroyed);
    make_ready(task, trace::Reason::destroyed, object);
  }
}

void Loop::abandon(const IOBase& device) {
  for (WaitList* waiters : {&io_waiters_, &priority_io_waiters_}) {
    for (PromiseBase* task = waiters->front(); task != nullptr;) {
      PromiseBase* const next = waiters->after(task);
      if (task->waits_on.device == &device) {
        waiters->remove(task);
        set_wake(task, Wake::destroyed);
        make_ready(task, trace::Reason::destroyed, task->number.device());
      }
      task = next;
    }
  }
}

IOBase::~IOBase() { event_loop.abandon(*this); }

// --- Ending

// Destroys a task's coroutines, innermost first as an exception would unwind them, without recursion.
void Loop::destroy(PromiseBase* task) noexcept {
  if (!task->finished) {
    for (PromiseBase* coroutine = task->leaf; coroutine != task;) {
      PromiseBase* const caller = coroutine->caller;
      if (coroutine->owner != nullptr) {
        *coroutine->owner = nullptr;
        coroutine->destroy_frame();
      }
      coroutine = caller;
    }
  }
  // For the destructors of its parameters, which may ask for current_task(): dropping that handle must not
  // begin here again.
  task->handles = 1;
  task->destroy_frame();
}

void Loop::reset() {
  TaskLink* const end = &all_;
  // First every task out of every queue, then the queues, then the tasks: destroying one runs destructors of
  // the program, which may release locks and drop handles of others.
  for (const TaskLink* link = all_.next; link != end; link = link->next) {
    PromiseBase* const task = PromiseBase::of(const_cast<TaskLink*>(link));
    if (task->parked == Parked::list || task->parked == Parked::task) unpark(task);
    if (task->parked == Parked::handed) task->waits_on.lock->forget_next_owner();
    task->orphan = true;
  }
  WaitList ready = ready_;
  ready_ = WaitList();
  timers_.clear();
  io_waiters_ = priority_io_waiters_ = WaitList();
  attention_ = 0;
  wake_ = Wake::normal;
  next_due_us_ = port::forever;
  next_due_stale_ = false;
  TaskLink* first = all_.next;
  all_.prev->next = nullptr;
  all_ = {&all_, &all_};
  stop_task_ = nullptr;
  ms_ = 0;
  ms_begin_us_ = 0;
  while (!ready.empty()) {
    PromiseBase* const task = ready.pop_front();
    if (task->finished) release(task);  // to be reported
  }
  if (first == end) return;
  while (first != nullptr) {
    TaskLink* const next = first->next;
    release(PromiseBase::of(first));
    first = next;
  }
}

Loop& new_event_loop() {
  if (event_loop.running_) throw RuntimeError("new_event_loop() inside a running event loop");
  event_loop.reset();
  return event_loop;
}

// --- run_forever

namespace {
Coro<void> stopper() { co_return; }
}  // namespace

void Loop::run_forever() {
  if (running_) throw_running();
  // A task that is queued by stop(): it ends the run when its turn comes.
  Coro<void> coro = stopper();
  PromiseBase* const task = coro.release();
  adopt(task, stop_name, {});
  task->handles = 2;
  const Task<> handle = Task<>(task, TaskBase::Counted());
  // An exception may end the run while it is in the ready queue, or in none.
  struct Stopping {
    Loop& loop;
    PromiseBase* task;
    ~Stopping() {
      loop.stop_task_ = nullptr;
      if (task->finished) return;
      if ((loop.attention_ & hidden) != 0) {
        loop.attention_ &= static_cast<Attention>(~hidden);
        loop.ready_.show(loop.hidden_ready_);
      }
      if (task->parked == Parked::ready) loop.ready_.remove(task);
      remove_from_all(task);
      release(task);
    }
  } const stopping{*this, task};
  stop_task_ = task;
  run(task);
}

void Loop::stop() {
  if (stop_task_ == nullptr) return;
  PromiseBase* const task = stop_task_;
  stop_task_ = nullptr;
  make_ready(task, trace::Reason::event);
}

// --- Unretrieved exceptions

void Loop::call_exception_handler(const ExceptionContext& context) {
  (exception_handler_ != nullptr ? exception_handler_ : default_exception_handler)(*this, context);
}

void Loop::default_exception_handler(Loop&, const ExceptionContext& context) {
  const char* const name = context.future.name();
  print("%s\nfuture: Task %s\n", context.message, name == nullptr ? "(unnamed)" : name);
  if (!context.exception) return;
  try {
    std::rethrow_exception(context.exception);
  } catch (const std::exception& error) {
    print("%s\n", error.what());
  } catch (...) {
    print("an exception that is not a std::exception\n");
  }
}

}  // namespace asyncio
