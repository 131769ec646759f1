#include "asyncio/gather_wait.hpp"

namespace asyncio {

GatherWait::GatherWait(const Task<>* tasks, std::size_t count, bool return_exceptions)
    : tasks_(tasks), count_(count), return_exceptions_(return_exceptions) {
  for (std::size_t i = 0; i < count; ++i) {
    const PromiseBase* const task = tasks[i].promise();
    if (task == nullptr) throw RuntimeError("gather(): an empty Task");
    if (task == event_loop.current()) throw RuntimeError("a task cannot await itself");
    if (!task->finished) Loop::check_not_orphan(task);
    if (!task->waiters.empty() || task->gather != nullptr) throw RuntimeError("can't gather");
  }
  for (std::size_t i = 0; i < count; ++i) {
    PromiseBase* const task = tasks[i].promise();
    if (!task->finished) {
      if (task->gather == this) continue;  // the same task twice
      task->gather = this;
      ++running_;
    } else {
      task->retrieved = true;
      if (task->failed && failed_ == nullptr && !return_exceptions) failed_ = task;
    }
  }
}

GatherWait::~GatherWait() {
  for (std::size_t i = 0; i < count_; ++i) {
    PromiseBase* const task = tasks_[i].promise();
    if (task->gather == this) task->gather = nullptr;
  }
}

void GatherWait::task_done(const PromiseBase* task) {
  --running_;
  if (task->failed && failed_ == nullptr && !return_exceptions_) failed_ = task;
  if (waiter_ == nullptr || (running_ != 0 && failed_ == nullptr)) return;
  PromiseBase* const waiter = waiter_;
  waiter_ = nullptr;
  // A waiter cancelled meanwhile is in the ready queue already.
  if (waiter->parked == Parked::gather)
    event_loop.make_ready(waiter, trace::Reason::gather, task->number.id());
}

void GatherWait::Awaiter::await_suspend(std::coroutine_handle<>) const noexcept {
  PromiseBase* const task = event_loop.current();
  task->parked = Parked::gather;
  task->waits_on.gather = &wait_;
  wait_.waiter_ = task;
  trace::slice_end(task->number, trace::Reason::gather, 0, site_);
}

void GatherWait::Awaiter::await_resume() const {
  wait_.waiter_ = nullptr;
  if (event_loop.wake() == Wake::normal) return;
  for (std::size_t i = 0; i < wait_.count_; ++i) {
    PromiseBase* const task = wait_.tasks_[i].promise();
    if (task->gather != &wait_) continue;
    task->gather = nullptr;
    wait_.tasks_[i].cancel(site_);
  }
  event_loop.check_wake();
}

}  // namespace asyncio
