// TaskEnd: waits until a task has finished, however it did. Unlike co_await task it throws nothing of the
// task's, and a waiter that is cancelled leaves the task alone. For primitives.
#pragma once

#include <exception>
#include <utility>

#include "asyncio/task.hpp"

namespace asyncio {

class [[nodiscard("co_await it")]] TaskEnd {
 public:
  // The caller's wait does not depend on whoever else holds a handle.
  TaskEnd(Task<> task, Site site) : task_(std::move(task)), site_(site) {}

  bool await_ready() const {
    if (task_.done()) return true;
    if (task_.promise() == event_loop.current()) throw RuntimeError("a task cannot await itself");
    Loop::check_not_orphan(task_.promise());
    return false;
  }
  void await_suspend(std::coroutine_handle<>) const noexcept {
    // Parked in a list like any other: it is Parked::task that hands a cancellation on.
    event_loop.park_in(task_.promise()->waiters, trace::Reason::task, task_.promise()->number.id(), site_);
  }
  void await_resume() const { event_loop.check_wake(); }

 protected:
  Task<> task_;
  [[no_unique_address]] Site site_;
};

// Has a finished task ended by CancelledError?
inline bool was_cancelled(const Task<>& task) {
  if (!task.promise()->failed) return false;
  try {
    std::rethrow_exception(task.promise()->exception);
  } catch (const CancelledError&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace asyncio
