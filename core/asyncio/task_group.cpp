#include "asyncio/task_group.hpp"

#include <algorithm>

namespace asyncio {

namespace {

// Until `task` has finished. Unlike co_await on it, a cancellation stays with the waiting task: true.
class EndAwaiter {
 public:
  EndAwaiter(PromiseBase* task, Site site) : task_(task), site_(site) {}
  bool await_ready() const {
    if (task_.promise() == event_loop.current()) throw RuntimeError("a task cannot await itself");
    return false;
  }
  void await_suspend(std::coroutine_handle<>) const noexcept {
    event_loop.park_in(task_.promise()->waiters, trace::Reason::task, task_.promise()->number.id(), site_);
  }
  bool await_resume() const { return event_loop.take_wake() == Wake::cancelled; }

 private:
  Task<> task_;
  [[no_unique_address]] Site site_;
};

// Task::cancel() for a task that may await the running one, directly or not: that wait ends, and the running
// task is left alone.
void cancel(PromiseBase* task, Site site) {
  PromiseBase* const running = event_loop.current();
  if (task == running || task->finished || task->orphan) return;
  for (PromiseBase* waiter = task; waiter->parked == Parked::task; waiter = waiter->waits_on.task) {
    if (waiter->waits_on.task != running) continue;
    trace::task_event(trace::Kind::cancel, waiter->number, 0, site);
    running->waiters.remove(waiter);
    Loop::set_wake(waiter, Wake::cancelled);
    event_loop.make_ready(waiter, trace::Reason::cancelled, 0, site);
    return;
  }
  event_loop.cancel(task, site);
}

}  // namespace

ExceptionGroup::ExceptionGroup(std::vector<std::exception_ptr> exceptions)
    : Exception("unhandled errors in a TaskGroup"),
      exceptions_(std::make_shared<const std::vector<std::exception_ptr>>(std::move(exceptions))) {}

// --- The list of members

TaskGroup::Member::Member(TaskGroup& joined) noexcept : group(&joined), next(nullptr), prev(joined.last_) {
  (prev == nullptr ? group->first_ : prev->next) = this;
  group->last_ = this;
}

TaskGroup::Member::Member(Member&& other) noexcept
    : group(std::exchange(other.group, nullptr)), next(other.next), prev(other.prev), task(other.task) {
  (prev == nullptr ? group->first_ : prev->next) = this;
  (next == nullptr ? group->last_ : next->prev) = this;
}

TaskGroup::Member::~Member() {
  if (group == nullptr) return;
  (prev == nullptr ? group->first_ : prev->next) = next;
  (next == nullptr ? group->last_ : next->prev) = prev;
}

TaskGroup::Member* TaskGroup::first_running() const {
  Member* member = first_;
  // A member that new_event_loop() has forgotten never runs again.
  while (member != nullptr && (member->task->finished || member->task->orphan)) member = member->next;
  return member;
}

// --- Its life

TaskGroup::~TaskGroup() {
  cancel_members();
  for (Member* member = first_; member != nullptr; member = member->next) member->group = nullptr;
}

void TaskGroup::check_open() const {
  if (ended_) throw RuntimeError("TaskGroup is finished");
  if (cancelling_) throw RuntimeError("TaskGroup is shutting down");
}

void TaskGroup::cancel_members() {
  cancelling_ = true;
  for (Member* member = first_; member != nullptr; member = member->next) cancel(member->task, site_);
}

void TaskGroup::add_failure(std::exception_ptr exception) {
  // Whoever awaited a member that failed ends by the same exception.
  if (std::find(failures_.begin(), failures_.end(), exception) == failures_.end()) {
    failures_.push_back(std::move(exception));
  }
}

// The running task is a member and is about to end by `exception`.
void TaskGroup::member_failed(std::exception_ptr exception) {
  add_failure(std::move(exception));
  event_loop.current()->retrieved = true;  // by the group
  if (cancelling_) return;
  cancel_members();
  if (owner_ != nullptr) cancel(owner_, site_);
}

Coro<> TaskGroup::finish(std::exception_ptr body_failure, bool cancelled, Site site) {
  if (std::exchange(joining_, true)) throw RuntimeError("TaskGroup: only one task may join, once");
  if ((body_failure || cancelled) && !cancelling_) cancel_members();
  while (const Member* const member = first_running()) {
    if (co_await EndAwaiter(member->task, site) && !cancelling_) {
      cancelled = true;
      cancel_members();
    }
  }
  ended_ = true;
  if (body_failure) add_failure(std::move(body_failure));
  if (failures_.size() == 1) std::rethrow_exception(std::move(failures_.front()));
  if (!failures_.empty()) throw ExceptionGroup(std::move(failures_));
  if (cancelled) throw CancelledError();
}

}  // namespace asyncio
