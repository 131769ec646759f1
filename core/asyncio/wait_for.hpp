// wait_for(): awaits a coroutine or a task, but not longer than a given time.
//
//   int value = co_await asyncio::wait_for(read_sensor(), 2s);   // throws TimeoutError
//   int value = co_await asyncio::wait_for_ms(read_sensor(), 50);
//
// On timeout the awaited task is cancelled, and its clean-up is waited for, before TimeoutError is thrown;
// also if it swallowed the cancellation. A result or exception of the task comes through. Cancelled itself,
// it cancels the awaited task and throws CancelledError at once; destroyed, as with an AsyncGenerator that
// awaits it, it cancels it as well. A timeout of 0 still gives an immediate result. A task that cannot be
// awaited (see task.hpp) is the same RuntimeError here.
#pragma once

#include <chrono>
#include <concepts>
#include <exception>

#include "asyncio/sleep.hpp"
#include "asyncio/task.hpp"
#include "asyncio/task_end.hpp"

namespace asyncio {

namespace waiting {

// The sleep of a task that `runner` may end before its time. True: it did; false: the time is up.
class SleepOrRunner {
 public:
  SleepOrRunner(std::int64_t milliseconds, const Task<>& runner, Site site)
      : sleep_(milliseconds, site), runner_(runner.promise()), site_(site) {}
  SleepOrRunner(const SleepOrRunner&) = default;  // before it waits
  SleepOrRunner& operator=(const SleepOrRunner&) = delete;
  // Destroyed while it waits, as with an AsyncGenerator: nobody would want what the runner waits for.
  ~SleepOrRunner() {
    if (!waits_) return;
    try {
      event_loop.cancel(runner_, site_);
    } catch (...) {
      // No memory to cancel the very task that destroys this: it runs on.
    }
  }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) {
    sleep_.suspend_for_timeout();
    event_loop.allow_interrupt_by(runner_);
    waits_ = true;
  }
  bool await_resume() {
    waits_ = false;
    event_loop.allow_interrupt_by(nullptr);
    if (event_loop.wake() == Wake::interrupted) {
      event_loop.take_wake();
      return true;
    }
    event_loop.check_wake();
    return false;
  }

 private:
  SleepAwaiter sleep_;
  PromiseBase* runner_;
  bool waits_ = false;
  [[no_unique_address]] Site site_;
};

// Runs beside the task in wait_for() and ends its sleep when `awaited` has finished, however it did. The
// waiting task is in PromiseBase::prev of the runner, which a task that never sleeps has no other use for;
// not a handle, because the two would keep each other alive.
//
// It is no task of the program: cancelled before its first turn, which all_tasks() makes possible, it goes
// on, unless it was by a wait_for() that is gone. From then on it hands a cancellation on to `awaited`, like
// any task that awaits another.
inline Coro<> runner(Task<> awaited) {
  const bool cancelled = event_loop.take_wake() != Wake::normal;
  if (cancelled && event_loop.current()->prev == nullptr) {
    awaited.cancel();
    co_return;
  }
  std::exception_ptr refused;
  try {
    co_await awaited;
  } catch (...) {
    // wait_for() looks at the task itself, unless it cannot be awaited.
    if (!awaited.done()) refused = std::current_exception();
  }
  PromiseBase* const waiter = event_loop.current()->prev;
  if (waiter == nullptr) co_return;
  event_loop.interrupt(waiter);
  if (refused) std::rethrow_exception(refused);
}

// The runner of one wait_for(), which it must not outlive unknowingly.
class Runner {
 public:
  explicit Runner(Task<> awaited, Site site)
      : task_(create_task(runner(std::move(awaited)), "wait_for", site)) {
    task_.promise()->prev = event_loop.current();
    Loop::begin_even_if_cancelled(task_.promise());
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner() { task_.promise()->prev = nullptr; }
  const Task<>& task() const { return task_; }

 private:
  Task<> task_;
};

template <class T>
Coro<T> wait_for_task(Task<T> awaited, std::int64_t milliseconds, Site site) {
  if (!awaited.done()) event_loop.check_can_await(awaited.promise());
  const Runner running(awaited, site);
  bool finished = false;
  try {
    finished = co_await SleepOrRunner(milliseconds, running.task(), site);
  } catch (...) {
    running.task().cancel(site);
    throw;
  }
  if (finished) {
    if (!awaited.done()) running.task().result();  // throws why it cannot be awaited
    co_return awaited.result();
  }
  running.task().cancel(site);
  co_await TaskEnd(running.task(), site);
  throw TimeoutError();
}

}  // namespace waiting

// Up to max_sleep_ms milliseconds.
template <class T>
Coro<T> wait_for_ms(Coro<T> coro, std::int64_t milliseconds, Site site = {}) {
  Task<T> task = create_task(std::move(coro), nullptr, site);
  co_return co_await waiting::wait_for_task(std::move(task), milliseconds, site);
}
template <class T>
Coro<T> wait_for_ms(Task<T> task, std::int64_t milliseconds, Site site = {}) {
  co_return co_await waiting::wait_for_task(std::move(task), milliseconds, site);
}

template <class T, class Rep, class Period>
Coro<T> wait_for(Coro<T> coro, std::chrono::duration<Rep, Period> timeout, Site site = {}) {
  return wait_for_ms(std::move(coro), std::chrono::ceil<std::chrono::milliseconds>(timeout).count(), site);
}
template <class T, class Rep, class Period>
Coro<T> wait_for(Task<T> task, std::chrono::duration<Rep, Period> timeout, Site site = {}) {
  return wait_for_ms(std::move(task), std::chrono::ceil<std::chrono::milliseconds>(timeout).count(), site);
}
// No time limit: Python's timeout of None.
template <class T>
Coro<T> wait_for(Coro<T> coro, std::nullptr_t) {
  Task<T> task = create_task(std::move(coro));
  co_return co_await task;
}
template <class T>
Coro<T> wait_for(Task<T> task, std::nullptr_t) {
  co_return co_await task;
}

// An awaitable that is no coroutine, such as event.wait().
template <class Awaiter>
  requires requires(Awaiter awaiter) { awaiter.await_resume(); }
auto as_coroutine(Awaiter awaiter) -> Coro<decltype(awaiter.await_resume())> {
  co_return co_await awaiter;
}
template <class Awaiter, class Rep, class Period>
  requires requires(Awaiter awaiter) { awaiter.await_resume(); }
auto wait_for(Awaiter awaiter, std::chrono::duration<Rep, Period> timeout, Site site = {}) {
  return wait_for(as_coroutine(std::move(awaiter)), timeout, site);
}
template <class Awaiter>
  requires requires(Awaiter awaiter) { awaiter.await_resume(); }
auto wait_for_ms(Awaiter awaiter, std::int64_t milliseconds, Site site = {}) {
  return wait_for_ms(as_coroutine(std::move(awaiter)), milliseconds, site);
}

}  // namespace asyncio
