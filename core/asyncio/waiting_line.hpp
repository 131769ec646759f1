// WaitingLine: tasks that wait for something that is handed to them one at a time, first come, first served:
// a semaphore's permit, an item of a queue, room in it. For primitives.
//
// serve() hands it to the longest waiting task. It is that task's from then on, however long it waits for its
// turn to run, and nobody can take it in between. If the task is cancelled first, or its frame destroyed, its
// Turn says so and the primitive hands the thing to the next.
#pragma once

#include "asyncio/loop.hpp"

namespace asyncio {

class WaitingLine {
 public:
  WaitingLine() = default;
  WaitingLine(const WaitingLine&) = delete;
  WaitingLine& operator=(const WaitingLine&) = delete;

  // Does nobody wait? Whoever was served waits no more.
  bool empty() const { return waiting_.empty(); }

  // The longest waiting task, of which there must be one, has been handed something: back of the ready queue.
  void serve(trace::Reason reason, std::uint32_t object, Site site) {
    PromiseBase* const task = waiting_.pop_front();
    task->waits_on.list = nullptr;  // says that it was served
    // The ready queue links by `next` only; `prev` links those who were served and have not run, in a ring.
    if (last_served_ == nullptr) {
      task->prev = task;
    } else {
      task->prev = last_served_->prev;
      last_served_->prev = task;
    }
    last_served_ = task;
    event_loop.make_ready(task, reason, object, site);
  }

  // The destructor of the primitive: who waits gets a RuntimeError, and so does who was served and has not
  // run.
  void abandon(std::uint32_t object) {
    if (!waiting_.empty()) event_loop.abandon(waiting_, object);
    while (last_served_ != nullptr) {
      PromiseBase* const first = last_served_->prev;
      take_served(first);
      first->waits_on.list = &waiting_;
      Loop::set_wake(first, Wake::destroyed);
    }
  }

 private:
  friend class Turn;

  // last_served_->prev is the first that was served; each one's `prev` is the next. They run in that order,
  // so the one that leaves is nearly always the first.
  void take_served(PromiseBase* task) {
    PromiseBase* before = last_served_;
    while (before->prev != task) before = before->prev;
    before->prev = task->prev;
    if (last_served_ == task) last_served_ = before == task ? nullptr : before;
  }

  WaitList waiting_;
  PromiseBase* last_served_ = nullptr;
};

// One task's wait in a WaitingLine; part of an awaiter, which calls wait() in await_suspend() and leave()
// first in await_resume() and in its destructor.
class Turn {
 public:
  void wait(WaitingLine& line, trace::Reason reason, std::uint32_t object, Site site) {
    task_ = event_loop.current();
    event_loop.park_in(line.waiting_, reason, object, site);
  }

  // True if the task was served: in await_resume() it goes on with what it was handed if accepted(), and
  // else, or in the destructor, hands it on. False if the task did not wait, or in vain: then
  // event_loop.check_wake() throws, and the primitive may be gone.
  bool leave(WaitingLine& line) {
    PromiseBase* const task = task_;
    if (task == nullptr) return false;
    task_ = nullptr;
    if (task->waits_on.list != nullptr) return false;
    line.take_served(task);
    return true;
  }
  static bool accepted() { return event_loop.wake() == Wake::normal; }

 private:
  PromiseBase* task_ = nullptr;  // while it waits
};

}  // namespace asyncio
