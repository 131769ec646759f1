// The waiting part of gather(), the same for every type of result: a task waits until all of its sub-tasks
// have finished, or one has failed.
#pragma once

#include <cstddef>
#include <exception>

#include "asyncio/task.hpp"

namespace asyncio {

class GatherWait {
 public:
  // `tasks` must outlive this object. With `return_exceptions`, a failing task does not end the wait.
  // Throws RuntimeError if a task is awaited by another one or belongs to another gather().
  GatherWait(const Task<>* tasks, std::size_t count, bool return_exceptions);
  GatherWait(const GatherWait&) = delete;
  GatherWait& operator=(const GatherWait&) = delete;
  // Lets go of the tasks that still run; they run on.
  ~GatherWait();

  // co_await: until all have finished or one has failed. Cancelled, it cancels the tasks that still run and
  // throws CancelledError without waiting for them. Afterwards first_exception() says what failed.
  class Awaiter {
   public:
    Awaiter(GatherWait& wait, Site site) : wait_(wait), site_(site) {}
    bool await_ready() const noexcept { return wait_.running_ == 0 || wait_.failed_ != nullptr; }
    void await_suspend(std::coroutine_handle<>) const noexcept;
    void await_resume() const;

   private:
    GatherWait& wait_;
    [[no_unique_address]] Site site_;
  };
  Awaiter wait(Site site = {}) { return {*this, site}; }

  // Without return_exceptions: rethrows what the first task to fail ended by, if one has.
  void rethrow_failure() const {
    if (failed_ != nullptr) std::rethrow_exception(failed_->exception);
  }

  // Loop: one of the tasks has finished.
  void task_done(const PromiseBase* task);

 private:
  const Task<>* tasks_;
  std::size_t count_;
  std::size_t running_ = 0;
  PromiseBase* waiter_ = nullptr;  // while it waits
  const PromiseBase* failed_ = nullptr;
  bool return_exceptions_;
};

}  // namespace asyncio
