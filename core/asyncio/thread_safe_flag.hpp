// ThreadSafeFlag: how an interrupt wakes a task. set() may be called from anywhere; one task waits; the flag
// clears itself when that task goes on, and sets before then count as one.
//
// By default the waiter goes behind whatever is ready when the loop sees the flag, as in MicroPython. With
// set_priority(true) it runs next instead.
#pragma once

#include "asyncio/loop.hpp"

namespace asyncio {

class ThreadSafeFlag final : public IOBase {
 public:
  // `name` is for the trace and is kept, not copied: a literal.
  explicit ThreadSafeFlag(const char* name = nullptr, Site site = {})
      : trace_(trace::ObjectKind::flag, name, site) {}

  // From an interrupt, another core, or a task.
  void set(Site site = {}) {
    set_ = true;
    trace::object_event(trace::Kind::event_set, trace_, site);
  }
  void clear() { set_ = false; }
  bool is_set() const { return set_; }

  class [[nodiscard("co_await it")]] WaitAwaiter {
   public:
    WaitAwaiter(ThreadSafeFlag& flag, Site site) : flag_(flag), site_(site) {}
    bool await_ready() const noexcept { return flag_.set_; }
    // Throws RuntimeError if another task already waits.
    void await_suspend(std::coroutine_handle<>) const {
      event_loop.wait_for_io(flag_, POLLIN, flag_.trace_.id(), site_);
    }
    void await_resume() const {
      event_loop.check_wake();
      flag_.set_ = false;
    }

   private:
    ThreadSafeFlag& flag_;
    [[no_unique_address]] Site site_;
  };
  // `co_await flag.wait()`: until it is set; no yield if it is.
  WaitAwaiter wait(Site site = {}) { return {*this, site}; }

  int ioctl(int request, int flags) override {
    if (request != MP_STREAM_POLL) return MP_STREAM_ERROR;
    return set_ ? flags : 0;
  }
  bool has_interrupt() const override { return true; }

 private:
  volatile bool set_ = false;  // a single byte, written whole by an interrupt
  [[no_unique_address]] trace::Object trace_;
};

}  // namespace asyncio
