// ThreadSafeEvent: an Event that interrupts and the other core may set. Any number of tasks wait.
//
// Who resumes where: when the loop looks at devices, once a step, it makes all waiters ready, in the order
// they began to wait, behind whatever is ready then; with set_priority(true) they run next instead. They go
// on even if the event is cleared at once. A waiter that is cancelled leaves the others waiting (Hinch's
// needs a task for that).
#pragma once

#include <atomic>
#include <cstdint>

#include "asyncio/loop.hpp"

namespace asyncio {

class ThreadSafeEvent {
 public:
  // `name` is for the trace and is kept, not copied: a literal.
  explicit ThreadSafeEvent(const char* name = nullptr, Site site = {})
      : ThreadSafeEvent(trace::ObjectKind::event, name, site) {}
  ThreadSafeEvent(const ThreadSafeEvent&) = delete;
  ThreadSafeEvent& operator=(const ThreadSafeEvent&) = delete;
  // A task that still waits gets a RuntimeError.
  ~ThreadSafeEvent() {
    while (waiting_ != nullptr) {
      WaitAwaiter& waiter = *waiting_;
      waiter.leave();
      waiter.event_ = nullptr;
      event_loop.abandon(waiter);
    }
  }

  // From an interrupt, another core, or a task.
  void set(Site site = {}) {
    set_.store(true, std::memory_order_release);
    // Two that set it at once may count as one: it has changed all the same.
    sets_.store(sets_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    trace::object_event(trace::Kind::event_set, trace_, site);
  }
  void clear(Site site = {}) {
    set_.store(false, std::memory_order_release);
    trace::object_event(trace::Kind::event_clear, trace_, site);
  }
  bool is_set() const { return set_.load(std::memory_order_acquire); }

  // Its waiters run next instead of behind what is ready; for those that begin to wait from now on.
  void set_priority(bool priority) { priority_ = priority; }

  // Each waiter is a device of its own, since only one task can wait for a device.
  class [[nodiscard("co_await it")]] WaitAwaiter : public IOBase {
   public:
    WaitAwaiter(ThreadSafeEvent& event, Site site) : event_(&event), site_(site) {}
    // Before it waits.
    WaitAwaiter(const WaitAwaiter& other) : IOBase(), event_(other.event_), site_(other.site_) {}
    WaitAwaiter& operator=(const WaitAwaiter&) = delete;
    ~WaitAwaiter() override { leave(); }

    bool await_ready() noexcept {
      sets_seen_ = event_->sets_.load(std::memory_order_acquire);
      return event_->is_set();
    }
    void await_suspend(std::coroutine_handle<>) {
      next_ = event_->waiting_;
      if (next_ != nullptr) next_->previous_ = &next_;
      previous_ = &event_->waiting_;
      event_->waiting_ = this;
      set_priority(event_->priority_);
      event_loop.wait_for_io(*this, POLLIN, event_->trace_.id(), site_);
    }
    bool await_resume() {
      leave();
      event_loop.check_wake();
      if (event_ == nullptr) throw RuntimeError("the object this task waited on was destroyed");
      return true;
    }

    int ioctl(int request, int flags) override {
      if (request != MP_STREAM_POLL) return MP_STREAM_ERROR;
      return event_->is_set() || event_->sets_.load(std::memory_order_acquire) != sets_seen_ ? flags : 0;
    }
    bool has_interrupt() const override { return true; }

   protected:
    ThreadSafeEvent* event_;  // nullptr once it is gone

   private:
    friend ThreadSafeEvent;
    void leave() {
      if (previous_ == nullptr) return;
      *previous_ = next_;
      if (next_ != nullptr) next_->previous_ = previous_;
      previous_ = nullptr;
    }

    std::uint32_t sets_seen_ = 0;
    WaitAwaiter* next_ = nullptr;       // in event_->waiting_
    WaitAwaiter** previous_ = nullptr;  // not nullptr while it is in there
    [[no_unique_address]] Site site_;
  };
  // `co_await event.wait()`: until it is set; no yield if it is. Always true.
  WaitAwaiter wait(Site site = {}) { return {*this, site}; }

 protected:
  ThreadSafeEvent(trace::ObjectKind kind, const char* name, Site site) : trace_(kind, name, site) {}

 private:
  std::atomic<bool> set_ = false;
  bool priority_ = false;
  std::atomic<std::uint32_t> sets_ = 0;  // changes with each set()
  WaitAwaiter* waiting_ = nullptr;
  [[no_unique_address]] trace::Object trace_;
};

}  // namespace asyncio
