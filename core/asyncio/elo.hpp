// ELO: makes a coroutine or a task an event-like object, for WaitAny and WaitAll.
//
//   asyncio::ELO job(measure(5));                    // runs from now on, as a task
//   co_await asyncio::WaitAll(button.press, job).wait();
//   if (!job.cancelled()) int value = co_await job();
//
// The task does not depend on who waits: a WaitAny that has what it waited for leaves it running (Hinch's
// cancels it, against its document). An ELO that goes away leaves its task running too.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include "asyncio/launch.hpp"
#include "asyncio/task_end.hpp"

namespace asyncio {

template <class T = void>
class ELO {
 public:
  // The coroutine becomes a task at once. `name` is the task's and is kept, not copied: a literal.
  explicit ELO(Coro<T> coro, const char* name = nullptr, Site site = {})
      : task_(event_loop.create_task(std::move(coro), name, site)) {}
  explicit ELO(Task<T> task) : task_(std::move(task)) {}
  // A coroutine function and its arguments: ELO(measure, 5).
  template <class F, class... Args>
    requires std::same_as<std::invoke_result_t<F&, Args...>, Coro<T>>
  explicit ELO(F function, Args... args) : task_(launch(std::move(function), std::move(args)...)) {}

  class [[nodiscard("co_await it")]] WaitAwaiter : public TaskEnd {
   public:
    using TaskEnd::TaskEnd;
    void await_resume() const {
      TaskEnd::await_resume();
      if (!was_cancelled(task_)) task_.result();
    }
  };
  // `co_await elo.wait()`: until the task has finished or was cancelled; throws what else it ended by.
  WaitAwaiter wait(Site site = {}) { return WaitAwaiter(task_, site); }

  // The task: to cancel it, or to await its result. Awaited after it was cancelled it throws CancelledError
  // (Hinch's returns the exception here instead of the task).
  const Task<T>& operator()() const { return task_; }
  // Has it ended by being cancelled?
  bool cancelled() const { return task_.done() && was_cancelled(task_); }

 private:
  Task<T> task_;
};

template <class F, class... Args>
  requires launching::is_coroutine<std::invoke_result_t<F&, Args...>>
ELO(F, Args...) -> ELO<typename std::invoke_result_t<F&, Args...>::value_type>;

}  // namespace asyncio
