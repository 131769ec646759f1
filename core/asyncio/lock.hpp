// Lock: one task at a time. First come, first served, with direct hand-off: release() makes the longest
// waiting task the next owner, and nobody can take the lock in between, however long that task waits for its
// turn. A next owner that is cancelled passes the lock on.
#pragma once

#include "asyncio/loop.hpp"
#include "asyncio/reference.hpp"

namespace asyncio {

class Lock {
 public:
  // `name` is for the trace and is kept, not copied: a literal.
  explicit Lock(const char* name = nullptr, Site site = {}) : trace_(trace::ObjectKind::lock, name, site) {}
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  // A task that still waits gets a RuntimeError; one that has a guard may keep it.
  ~Lock() {
    if (!waiting_.empty()) event_loop.abandon(waiting_, trace_.id());
    if (state_ == State::handed_over) {
      next_owner_->parked = Parked::ready;
      Loop::set_wake(next_owner_, Wake::destroyed);
    }
  }

  // False also between release() and the moment the next owner runs, as in MicroPython.
  bool locked() const { return state_ == State::locked; }

  // Any task may release. Throws RuntimeError if the lock is free.
  void release(Site site = {}) {
    if (state_ != State::locked) throw RuntimeError("Lock not acquired");
    hand_on(site);
  }

  class [[nodiscard("co_await it")]] AcquireAwaiter {
   public:
    AcquireAwaiter(Lock& lock, Site site) : lock_(lock), site_(site) {}
    bool await_ready() const noexcept { return lock_.state_ == State::free; }
    void await_suspend(std::coroutine_handle<>) const noexcept {
      event_loop.park_in(lock_.waiting_, trace::Reason::lock, lock_.trace_.id(), site_);
    }
    bool await_resume() const {
      if (event_loop.wake() != Wake::normal) [[unlikely]]
        give_up();
      lock_.state_ = State::locked;
      event_loop.current()->parked = Parked::ready;
      trace::task_event(trace::Kind::lock_acquire, event_loop.current()->number, lock_.trace_.id(), site_);
      return true;
    }

   protected:
    Lock& lock_;
    [[no_unique_address]] Site site_;

   private:
    // Cancelled, or the lock is gone.
    [[noreturn]] void give_up() const;
  };
  // `co_await lock.acquire()`: until the lock is this task's; no yield if it is free. Always true.
  AcquireAwaiter acquire(Site site = {}) { return {*this, site}; }

  // Releases the lock when it goes out of scope. Move-only.
  class [[nodiscard(
      "the lock is released when this object goes: auto guard = co_await lock.scoped();")]] Guard {
   public:
    explicit Guard(Lock& lock, Site site) noexcept : lock_(lock), site_(site) {}
    Guard(Guard&& other) noexcept : lock_(other.lock_), site_(other.site_) { other.lock_.reset(); }
    Guard& operator=(Guard&&) = delete;
    ~Guard() {
      Lock* const lock = lock_.get();
      if (lock != nullptr && lock->locked()) lock->hand_on(site_);
    }

   private:
    friend Lock;
    struct Held : Reference<Lock> {
      explicit Held(Lock& lock) noexcept : Reference(lock, lock.guards_), by(event_loop.current()) {}
      PromiseBase* by;
    };
    Held lock_;
    [[no_unique_address]] Site site_;
  };
  class [[nodiscard("co_await it")]] ScopedAwaiter : public AcquireAwaiter {
   public:
    using AcquireAwaiter::AcquireAwaiter;
    Guard await_resume() const {
      AcquireAwaiter::await_resume();
      return Guard(lock_, site_);
    }
  };
  // Python's `async with lock:` is `auto guard = co_await lock.scoped();`, until the end of the block.
  ScopedAwaiter scoped(Site site = {}) { return {*this, site}; }

  // For Condition: `task` has released the lock and will not acquire it again; its guard must not release
  // what another task has by now.
  void forget_guard_of(const PromiseBase* task) noexcept {
    guards_.for_each([task](Reference<Lock>& guard) {
      if (static_cast<Guard::Held&>(guard).by == task) guard.reset();
    });
  }
  // For the loop: the task it was handed to does not take it.
  void pass_on() noexcept {
    next_owner_->parked = Parked::ready;
    hand_on({nullptr, 0});
  }
  // For the loop: the task it was handed to will never run.
  void forget_next_owner() noexcept {
    next_owner_->parked = Parked::ready;
    state_ = State::free;
  }

 private:
  enum class State : unsigned char { free, locked, handed_over };

  void hand_on(Site site) {
    trace::task_event(trace::Kind::lock_release, current_number(), trace_.id(), site);
    if (waiting_.empty()) {
      state_ = State::free;
      return;
    }
    state_ = State::handed_over;
    next_owner_ = waiting_.pop_front();
    next_owner_->waits_on.lock = this;
    event_loop.make_ready(next_owner_, trace::Reason::lock, trace_.id(), site, Parked::handed);
  }
  static trace::TaskNumber current_number() {
    return event_loop.current() != nullptr ? event_loop.current()->number : trace::TaskNumber();
  }

  State state_ = State::free;
  PromiseBase* next_owner_ = nullptr;  // meaningful while handed over
  WaitList waiting_;
  References<Lock> guards_;
  [[no_unique_address]] trace::Object trace_;
};

}  // namespace asyncio
