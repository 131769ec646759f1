// Task<T>: a handle on a coroutine that runs on its own, made by create_task(). Handles are shared and cheap
// to copy; the result, or the exception, is kept until the last one goes. Task<> refers to a task of any
// result. Also here: run(), create_task(), current_task(), all_tasks(), get_event_loop().
#pragma once

#include <exception>
#include <utility>
#include <vector>

#include "asyncio/coro.hpp"

namespace asyncio {

class TaskBase {
 public:
  TaskBase() noexcept = default;
  // One more handle on a task.
  explicit TaskBase(PromiseBase* promise) noexcept : promise_(promise) { retain(); }
  TaskBase(const TaskBase& other) noexcept : promise_(other.promise_) { retain(); }
  TaskBase(TaskBase&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  TaskBase& operator=(TaskBase other) noexcept {
    std::swap(promise_, other.promise_);
    return *this;
  }
  ~TaskBase() {
    if (promise_ != nullptr) Loop::release(promise_);
  }

  // Asks the task to end: CancelledError is thrown at the co_await where it waits, when its turn comes. If it
  // awaits another task, that one is cancelled. A task that never ran does not start. Cancelling twice before
  // it ran is cancelling once. False if it has finished already. Throws RuntimeError for the running task
  // itself. Called by a task that the cancelled one awaits, it takes effect at the caller's next wait (in
  // MicroPython it is lost).
  bool cancel(Site site = {}) const { return event_loop.cancel(checked(), site); }
  bool done() const { return checked()->finished; }
  // The name given to create_task(), or nullptr.
  const char* name() const { return checked()->name; }
  // The exception the task ended by, or nullptr. Counts as retrieved. Throws InvalidStateError while it runs.
  std::exception_ptr exception() const {
    retrieve();
    return promise_->failed ? promise_->exception : nullptr;
  }
  explicit operator bool() const noexcept { return promise_ != nullptr; }
  friend bool operator==(const TaskBase& a, const TaskBase& b) noexcept { return a.promise_ == b.promise_; }

  // For the loop: a handle that is counted already.
  struct Counted {};
  TaskBase(PromiseBase* promise, Counted) noexcept : promise_(promise) {}
  // For primitives: the task's frame.
  PromiseBase* promise() const noexcept { return promise_; }

 protected:
  PromiseBase* checked() const {
    if (promise_ == nullptr) throw RuntimeError("an empty Task: assign it from create_task() first");
    return promise_;
  }
  void retrieve() const {
    if (!checked()->finished) throw InvalidStateError("result is not set: the task has not finished");
    promise_->retrieved = true;
  }

 private:
  void retain() const noexcept {
    if (promise_ != nullptr) ++promise_->handles;
  }

  PromiseBase* promise_ = nullptr;
};

template <class T>
class Task : public TaskBase {
 public:
  using value_type = T;
  Task() noexcept = default;

  // The result; throws what the task ended by, or InvalidStateError while it runs.
  T result() const {
    retrieve();
    if (promise()->failed) std::rethrow_exception(promise()->exception);
    return static_cast<Promise<T>*>(promise())->share();
  }

 private:
  friend class Loop;
  using TaskBase::TaskBase;
};

template <>
class Task<void> : public TaskBase {
 public:
  using value_type = void;
  using TaskBase::TaskBase;
  Task() noexcept = default;
  template <class T>
  Task(const Task<T>& other) noexcept : TaskBase(other) {}
  template <class T>
  Task(Task<T>&& other) noexcept : TaskBase(std::move(other)) {}

  void result() const {
    retrieve();
    if (promise()->failed) std::rethrow_exception(promise()->exception);
  }
};

// co_await task: until it has finished; returns its result or throws what it ended by. No yield if it already
// has. RuntimeError if the task is the one that awaits or awaits that one, directly or not, belongs to a
// gather(), or to a loop that is gone. Waiters resume behind whatever is ready when it ends, in the order
// they began to wait. Any number of tasks may wait, and may await a failed task again (MicroPython crashes on
// the second).
template <class T>
class TaskAwaiter {
 public:
  explicit TaskAwaiter(const Task<T>& task, Site site = {nullptr, 0}) : task_(task), site_(site) {}

  bool await_ready() const {
    PromiseBase* const target = task_.promise();
    if (target == nullptr)
      throw RuntimeError("cannot await an empty Task: assign it from create_task() first");
    if (target->finished) return true;
    event_loop.check_can_await(target);
    return false;
  }
  void await_suspend(std::coroutine_handle<>) const noexcept {
    PromiseBase* const target = task_.promise();
    event_loop.park_in(target->waiters, trace::Reason::task, target->number.id(), site_);
    event_loop.current()->parked = Parked::task;
    event_loop.current()->waits_on.task = target;
  }
  T await_resume() const {
    event_loop.check_wake();
    return task_.result();
  }

 private:
  Task<T> task_;  // a handle of its own: the program may drop or reassign its own meanwhile
  [[no_unique_address]] Site site_;
};

template <class T>
TaskAwaiter<T> operator co_await(const Task<T>& task) {
  return TaskAwaiter<T>(task);
}

template <class T>
Task<T> Loop::create_task(Coro<T>&& coro, const char* name, Site site) {
  PromiseBase* const root = coro.release();
  start(root, name, site);
  root->handles = 2;  // the loop's and this one; last, so that a handle dropped at once costs nothing
  return Task<T>(root, TaskBase::Counted());
}

template <class T>
T Loop::run_until_complete(Task<T> task) {
  if (!task.done()) run(task.promise());
  return task.result();
}

template <class T>
T Loop::run_until_complete(Coro<T> coro, Site site) {
  if (running_) throw_running();
  return run_until_complete(create_task(std::move(coro), "main", site));
}

// What Loop::call_exception_handler() passes on.
struct ExceptionContext {
  const char* message;
  std::exception_ptr exception;
  Task<> future;
};

// The one loop of this board.
inline Loop& get_event_loop() { return event_loop; }

// Forgets every task and timer, destroying those nobody holds a handle on. The exception handler stays, as in
// MicroPython. Throws RuntimeError while the loop is running.
Loop& new_event_loop();

// Runs a coroutine as the task "main" until it ends; returns its result or throws what it ended by. Other
// tasks stay queued for the next run().
template <class T>
T run(Coro<T> coro, Site site = {}) {
  return event_loop.run_until_complete(std::move(coro), site);
}

[[noreturn]] void throw_no_running_loop();

// Runs a coroutine beside the others, from its next turn on. `name` is kept, not copied: a literal. Throws
// RuntimeError when no loop runs: use get_event_loop().create_task() to queue a task before run().
template <class T>
COROSCOPE_FAST_INLINE Task<T> create_task(Coro<T>&& coro, const char* name = nullptr, Site site = {}) {
  if (!event_loop.is_running()) [[unlikely]]
    throw_no_running_loop();
  return event_loop.create_task(std::move(coro), name, site);
}

// A name is kept, not copied: one in an array that is written again would be the name of many tasks.
template <class T, std::size_t N>
Task<T> create_task(Coro<T>&& coro, char (&name)[N], Site site = {}) {
  static_assert(
      N == 0, "the name of a task is kept, not copied: give it a literal, or none: create_task(blink(led))");
  return create_task(std::move(coro), static_cast<const char*>(name), site);
}

// The running task. Throws RuntimeError outside of one. (The destructors of a task's parameters run when it
// has ended; a handle taken there must not be kept.)
inline Task<> current_task() {
  if (event_loop.current() == nullptr) throw RuntimeError("no running event loop");
  return Task<>(event_loop.current());
}

// Every task that has not finished, in order of creation.
std::vector<Task<>> all_tasks();

}  // namespace asyncio
