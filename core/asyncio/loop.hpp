// The event loop: which task runs next, and when the board may sleep. Programs use run(), create_task() and
// get_event_loop() (here and in task.hpp); the primitives use the part marked "for primitives".
//
// Order, which is MicroPython's: tasks run in the order they became ready. A sleeper becomes ready at its
// deadline, before anything made ready later; among equal deadlines (ms) first come, first served. Devices
// are polled once a step, and the tasks they wake queue behind everything ready.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "asyncio/exceptions.hpp"
#include "asyncio/io_base.hpp"
#include "asyncio/port.hpp"
#include "asyncio/promise_base.hpp"
#include "asyncio/timer_wheel.hpp"
#include "trace/hooks.hpp"

// Where code is to be fast rather than small: what makes a task is compiled into where it is made, so that
// what the compiler knows of a new task need not be asked for.
#if !COROSCOPE_TRACE && defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__)
#define COROSCOPE_FAST_INLINE [[gnu::always_inline]] inline
#else
#define COROSCOPE_FAST_INLINE inline
#endif

namespace asyncio {

using trace::Site;
template <class T = void>
class Coro;
template <class T = void>
class Task;
class Loop;
struct ExceptionContext;

// Called with each exception that ended a task and that nobody retrieved. May throw: run() then ends by it.
using ExceptionHandler = void (*)(Loop& loop, const ExceptionContext& context);

class Loop {
 public:
  constexpr Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Like the functions of the same names; create_task() here also works while the loop is not running.
  template <class T>
  COROSCOPE_FAST_INLINE Task<T> create_task(Coro<T>&& coro, const char* name = nullptr, Site site = {});
  template <class T>
  T run_until_complete(Coro<T> coro, Site site = {});
  template <class T>
  T run_until_complete(Task<T> task);

  // Runs until stop(). Tasks that are left stay queued for the next run. Throws RuntimeError inside a running
  // loop.
  void run_forever();
  // Ends run_forever() when the tasks that are ready now have had their turn. Calling it again, or while
  // run_forever() is not running, does nothing.
  void stop();
  // For symmetry with Python; does nothing.
  void close() {}

  // nullptr restores the default, which prints the exception to the console. Survives new_event_loop().
  void set_exception_handler(ExceptionHandler handler) { exception_handler_ = handler; }
  ExceptionHandler get_exception_handler() const { return exception_handler_; }
  static void default_exception_handler(Loop& loop, const ExceptionContext& context);
  void call_exception_handler(const ExceptionContext& context);

  bool is_running() const { return running_; }

  // --- For primitives. Lists the task in a queue of theirs and suspends it, or wakes it.

  // The running task. Only while a task runs.
  PromiseBase* current() const { return current_; }

  // Back of the ready queue. These two and yield() have their rare case, sleepers that may be due and go
  // first, in functions of their own with nothing left to do after the call: a coroutine they are inlined
  // into then need not save registers for it.
  void make_ready(PromiseBase* task, trace::Reason reason, std::uint32_t object = 0, Site site = {nullptr, 0},
                  Parked as = Parked::ready) {
    if (next_due_us_ != port::forever) [[unlikely]] {
      make_ready_after_due(task, reason, object, site, as);
    } else {
      push_ready(task, reason, object, site, as);
    }
  }
  // All of `list`, in their order.
  void make_all_ready(WaitList& list, trace::Reason reason, std::uint32_t object, Site site) {
    if (list.empty()) return;
    if (next_due_us_ != port::forever) [[unlikely]] {
      make_all_ready_after_due(list, reason, object, site);
    } else {
      push_all_ready(list, reason, object, site);
    }
  }

  // await_suspend() of a primitive: parks the running task at the end of `list`. Who wakes it takes it out of
  // the list and calls make_ready().
  void park_in(WaitList& list, trace::Reason reason, std::uint32_t object, Site site) {
    PromiseBase* const task = current_;
    task->parked = Parked::list;
    task->waits_on.list = &list;
    list.push_waiter(task);
    trace::slice_end(task->number, reason, object, site);
  }

  // await_suspend() of sleep_ms(0): the running task goes behind everything ready.
  void yield(Site site) noexcept {
    if (next_due_us_ != port::forever) [[unlikely]] {
      yield_after_due(site);
    } else {
      trace::yielded(current_->number, site);
      ready_.push_back(current_);
    }
  }

  // await_suspend() of a sleep: until `due` (ms, as ticks() counts them).
  void sleep_until(std::uint32_t due, Site site, trace::Reason reason = trace::Reason::sleep);

  // await_suspend() of a wait for a device: until it has one of `events` (POLLIN, POLLOUT). Throws
  // RuntimeError if another task already waits for the same.
  void wait_for_io(IOBase& device, int events, std::uint32_t object, Site site);

  // await_resume() of every wait: throws what the wake-up brought, CancelledError or RuntimeError. Every wait
  // must call it, or take_wake(), once, whether it suspended or not.
  void check_wake() {
    if (wake_ != Wake::normal) [[unlikely]]
      throw_wake();
  }
  [[noreturn]] static void throw_wake();
  // What the running task was woken by, for waits that have something to put right first.
  Wake wake() const { return wake_; }
  Wake take_wake() {
    const Wake wake = wake_;
    wake_ = Wake::normal;
    return wake;
  }
  // The wait of `task`, which is or will be in the ready queue, ends with `wake`.
  static void set_wake(PromiseBase* task, Wake wake);

  // The destructor of an object: whoever still waits on it gets a RuntimeError.
  void abandon(WaitList& list, std::uint32_t object);
  void abandon(const IOBase& device);
  // The object that `task` waits through is destroyed: it leaves whatever it waits in, and gets a
  // RuntimeError in its next turn, or CancelledError if it was cancelled before.
  void end_wait(PromiseBase* task);

  // Milliseconds since the start, modulo 2^32. Reads the clock.
  std::uint32_t ticks() { return ticks_at(port::now_us()); }

  // Before the running task awaits `task`, which has not finished: throws RuntimeError if that is the running
  // task or awaits it, directly or not, or belongs to a gather() or to a loop that is gone.
  void check_can_await(const PromiseBase* task) const;
  // Throws RuntimeError if new_event_loop() has forgotten `task`: it never ends.
  static void check_not_orphan(const PromiseBase* task) {
    if (task->orphan) [[unlikely]]
      throw_orphan();
  }

  // See Task::cancel().
  bool cancel(PromiseBase* task, Site site);
  // wait_for(): ends the sleep that `task` began with waits_on.task == current().
  void interrupt(PromiseBase* task);
  // wait_for(): whose end may interrupt the sleep the running task is about to begin.
  void allow_interrupt_by(PromiseBase* runner) { current_->waits_on.task = runner; }

  // `task`, just created, runs even if it is cancelled before its first turn. It begins with check_wake() or
  // take_wake(), which tell it.
  static void begin_even_if_cancelled(PromiseBase* task) { task->parked = Parked::ready; }

  // Makes a coroutine nobody has awaited into a task: in the ready queue (start) or in none yet (adopt). The
  // caller must say how many handles it has: the loop's and the caller's. Throws RuntimeError if `root` is
  // nullptr: the coroutine was awaited or moved already.
  COROSCOPE_FAST_INLINE void start(PromiseBase* root, const char* name, Site site) {
    if (root == nullptr) [[unlikely]]
      throw_awaited_already();
    adopt(root, name, site);
    if (next_due_us_ != port::forever) [[unlikely]] {
      queue_after_due(root, site);
    } else {
      trace::task_ready(root->number, trace::Reason::created, 0, site);
      ready_.push_back(root);
    }
  }
  COROSCOPE_FAST_INLINE void adopt(PromiseBase* root, const char* name, Site site) {
    root->resume = root->resume_function();
    root->frame = root->frame_address();
    root->leaf = root;
    root->gather = nullptr;
    root->waiters.clear();
    root->name = name;
    root->all = {&all_, all_.prev};
    all_.prev->next = &root->all;
    all_.prev = &root->all;
    root->number.assign();
    trace::task_created(root->number, current_ == nullptr ? nullptr : &current_->number, name, site);
  }
  // Runs until `main` has finished.
  void run(PromiseBase* main);
  // The running task goes on in another of its coroutines (called, or returned to).
  void transfer_to(PromiseBase* coroutine) {
    PromiseBase* const task = current_;
    task->resume = coroutine->resume_function();
    task->frame = coroutine->frame_address();
    task->leaf = coroutine;
    task->nested = coroutine != task;
    call_attention(transferred);
  }
  void current_finished() { call_attention(finished); }
  // The running coroutine has ended. True if it is a task nobody has a handle on and that needs no report: it
  // is forgotten, and its frame may go at once.
  bool forget_finished() {
    PromiseBase* const task = current_;
    if (!task->ends_simply()) return false;
    remove_from_all(task);
    trace::task_done(task->number, trace::Outcome::returned);
    return true;
  }
  // A handle of `task` goes away.
  static void release(PromiseBase* task) noexcept {
    if (--task->handles == 0) destroy(task);
  }
  // The unfinished tasks: a ring of PromiseBase::all, through this link.
  TaskLink& all() { return all_; }
  static constexpr char stop_name[] = "stop";  // the task run_forever() waits for; no task of the program

 private:
  friend Loop& new_event_loop();
  // What the loop must look at after this slice. It costs the usual slice nothing: the ready queue, which the
  // loop looks at anyway, is made to look empty. Only at the very end of a slice.
  using Attention = std::uint8_t;
  static constexpr Attention transferred = 1;  // the task goes on in another coroutine
  static constexpr Attention finished = 2;     // the task has ended
  static constexpr Attention io = 4;           // a task waits for a device; stays until none does
  static constexpr Attention hidden = 8;       // the ready queue is in hidden_ready_
  void call_attention(Attention attention) {
    attention_ |= static_cast<Attention>(attention | hidden);
    hidden_ready_ = ready_.hide();
  }

  [[noreturn, gnu::noinline]] static void throw_awaited_already();
  [[noreturn]] static void throw_orphan();
  [[noreturn]] static void throw_running();
  [[gnu::noinline]] static void queue_after_due(PromiseBase* root, Site site);
  static void destroy(PromiseBase* task) noexcept;
  std::uint32_t ticks_at(std::uint64_t now_us);
  void collect_due() {
    const std::uint64_t now = port::now_us();
    if (now >= next_due_us_) collect_due_at(now);
  }
  void collect_due_at(std::uint64_t now_us);
  void push_ready(PromiseBase* task, trace::Reason reason, std::uint32_t object, Site site, Parked as) {
    task->parked = as;
    trace::task_ready(task->number, reason, object, site);
    ready_.push_back(task);
  }
  void push_all_ready(WaitList& list, trace::Reason reason, std::uint32_t object, Site site) {
    const auto mark = [&](PromiseBase* task) {
      task->parked = Parked::ready;
      trace::task_ready(task->number, reason, object, site);
    };
    // Most often there is one.
    PromiseBase* task = list.front();
    mark(task);
    while (task->next != nullptr) [[unlikely]] {
      task = task->next;
      mark(task);
    }
    ready_.append_all_of(list);
  }
  void make_ready_after_due(PromiseBase* task, trace::Reason reason, std::uint32_t object, Site site,
                            Parked as);
  void make_all_ready_after_due(WaitList& list, trace::Reason reason, std::uint32_t object, Site site);
  static void yield_after_due(Site site) noexcept;  // static: no `this` to have at hand
  bool attend(const PromiseBase* main);
  void slice(PromiseBase* task);
  void poll_io();
  void poll_list(WaitList& waiters, bool priority);
  void wait_for_work();
  std::uint64_t next_poll_us(std::uint64_t until) const;
  bool finish(PromiseBase* task, const PromiseBase* main);
  static void remove_from_all(PromiseBase* task) {
    task->all.next->prev = task->all.prev;
    task->all.prev->next = task->all.next;
  }
  void unpark(PromiseBase* task);
  std::uint64_t us_of(std::uint32_t due) const;
  void reset();
  static void resume_cancelled(void* task);
  static void resume_woken(void* frame);
  static void resume_report(void* frame);

  WaitList ready_;
  PromiseBase* current_ = nullptr;
  std::uint64_t next_due_us_ = port::forever;  // no later than the first deadline in timers_; forever: none
  Wake wake_ = Wake::normal;                   // of the running task, until its co_await has seen it
  Attention attention_ = 0;
  PromiseBase* hidden_ready_ = nullptr;
  bool running_ = false;
  bool next_due_stale_ = false;  // the task with the first deadline left: next_due_us_ may be too early
  WaitList io_waiters_;
  WaitList priority_io_waiters_;
  TaskLink all_{&all_, &all_};
  PromiseBase* stop_task_ = nullptr;
  ExceptionHandler exception_handler_ = nullptr;
  std::uint64_t ms_begin_us_ = 0;  // when the millisecond ms_ began
  std::uint32_t ms_ = 0;
  TimerWheel timers_;
};

// The board's one loop. Programs use get_event_loop().
extern Loop event_loop;

inline void PromiseBase::InitialSuspend::await_resume() const noexcept {
  event_loop.current()->parked = Parked::ready;
}

inline bool PromiseBase::FinalSuspend::await_ready() const noexcept { return event_loop.forget_finished(); }

inline void PromiseBase::FinalSuspend::await_suspend(std::coroutine_handle<>) const noexcept {
  PromiseBase* const task = event_loop.current();
  if (task->leaf == task) {
    event_loop.current_finished();
  } else {
    trace::call_return(task->number);
    event_loop.transfer_to(task->leaf->caller);
  }
}

}  // namespace asyncio
