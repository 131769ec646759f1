// Event: tasks wait until another one sets it. Not for interrupts: see thread_safe_flag.hpp.
#pragma once

#include "asyncio/loop.hpp"

namespace asyncio {

class Event {
 public:
  // `name` is for the trace and is kept, not copied: a literal.
  explicit Event(const char* name = nullptr, Site site = {}) : trace_(trace::ObjectKind::event, name, site) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  // A task that still waits gets a RuntimeError.
  ~Event() {
    if (!waiting_.empty()) event_loop.abandon(waiting_, trace_.id());
  }

  bool is_set() const { return set_; }

  // Wakes every waiter, in the order they began to wait. They go on even if the event is cleared at once.
  void set(Site site = {}) {
    trace::object_event(trace::Kind::event_set, trace_, site);
    set_ = true;
    event_loop.make_all_ready(waiting_, trace::Reason::event, trace_.id(), site);
  }
  void clear(Site site = {}) {
    if (set_) trace::object_event(trace::Kind::event_clear, trace_, site);
    set_ = false;
  }

  class [[nodiscard("co_await it")]] WaitAwaiter {
   public:
    WaitAwaiter(Event& event, Site site) : event_(event), site_(site) {}
    bool await_ready() const noexcept { return event_.set_; }
    void await_suspend(std::coroutine_handle<>) const noexcept {
      event_loop.park_in(event_.waiting_, trace::Reason::event, event_.trace_.id(), site_);
    }
    bool await_resume() const {
      event_loop.check_wake();
      return true;
    }

   private:
    Event& event_;
    [[no_unique_address]] Site site_;
  };
  // `co_await event.wait()`: until it is set; no yield if it is. Always true.
  WaitAwaiter wait(Site site = {}) { return {*this, site}; }

 private:
  bool set_ = false;
  WaitList waiting_;
  [[no_unique_address]] trace::Object trace_;
};

}  // namespace asyncio
