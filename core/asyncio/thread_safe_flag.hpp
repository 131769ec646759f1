// ThreadSafeFlag: how an interrupt wakes a task. set() may be called from anywhere; one task waits; the flag
// clears itself when that task goes on, and sets before then count as one.
//
// By default the waiter goes behind whatever is ready when the loop sees the flag, as in MicroPython. With
// set_priority(true) it runs next instead.
#pragma once

#include "asyncio/loop.hpp"
#include "asyncio/reference.hpp"

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
    WaitAwaiter(ThreadSafeFlag& flag, Site site) : flag_(flag, flag.awaiters_), site_(site) {}
    bool await_ready() const noexcept { return flag_.get()->set_; }
    // Throws RuntimeError if another task already waits.
    void await_suspend(std::coroutine_handle<>) const {
      event_loop.wait_for_io(*flag_.get(), POLLIN, flag_.get()->trace_.id(), site_);
    }
    void await_resume() const {
      event_loop.check_wake();
      // It may have gone after the loop saw it.
      if (flag_.get() == nullptr) throw RuntimeError("the object this task waited on was destroyed");
      flag_.get()->set_ = false;
    }

   private:
    Reference<ThreadSafeFlag> flag_;
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
  References<ThreadSafeFlag> awaiters_;
  [[no_unique_address]] trace::Object trace_;
};

}  // namespace asyncio
