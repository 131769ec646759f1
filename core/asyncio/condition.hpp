// Condition: tasks that hold a lock wait until another one, which holds it then, notifies them of a change.
//
//   auto guard = co_await condition.scoped();                 // holds the lock
//   co_await condition.wait_for([&] { return level > 8; });   // lets go of it while it waits
//
// wait() releases the lock, waits to be notified, acquires the lock again and goes on. Who waits longest is
// notified first (Hinch's wakes the last first) and stands in line for the lock behind whoever waits for that
// already. Also a cancelled task has the lock again when CancelledError goes on from wait(); if it had been
// notified, the next waiter is notified instead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "asyncio/coro.hpp"
#include "asyncio/lock.hpp"
#include "asyncio/waiting_line.hpp"

namespace asyncio {

class Condition {
 public:
  // With a lock of its own. `name` is for the trace and is kept, not copied: a literal.
  explicit Condition(const char* name = nullptr, Site site = {})
      : own_lock_(std::in_place, name, site),
        lock_(*own_lock_),
        trace_(trace::ObjectKind::condition, name, site) {}
  // With a lock that others use too, and that must outlive the condition.
  explicit Condition(Lock& lock, const char* name = nullptr, Site site = {})
      : lock_(lock), trace_(trace::ObjectKind::condition, name, site) {}
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;
  // A task that still waits gets a RuntimeError; it has the lock then, unless that was the condition's own.
  ~Condition();

  // The lock: as in lock.hpp.
  Lock::AcquireAwaiter acquire(Site site = {}) { return lock_.acquire(site); }
  Lock::ScopedAwaiter scoped(Site site = {}) { return lock_.scoped(site); }
  bool locked() const { return lock_.locked(); }
  void release(Site site = {}) { lock_.release(site); }
  // `auto guard = co_await condition;` is `auto guard = co_await condition.scoped();`.
  Lock::ScopedAwaiter operator co_await() { return lock_.scoped({nullptr, 0}); }

  // Wakes the `n` tasks that wait longest, or all that wait if they are fewer. The caller keeps the lock.
  // Throws RuntimeError if the lock is free.
  void notify(std::size_t n = 1, Site site = {}) {
    if (!lock_.locked()) throw RuntimeError("cannot notify: the lock of the condition is not acquired");
    trace::object_event(trace::Kind::event_set, trace_, site);
    for (; n != 0 && !waiting_.empty(); --n) waiting_.serve(trace::Reason::condition, trace_.id(), site);
  }
  void notify_all(Site site = {}) { notify(SIZE_MAX, site); }

  // `co_await condition.wait()`: until notified. Always true. Throws RuntimeError if the lock is free.
  Coro<bool> wait(Site site = {});

  // `co_await condition.wait_for(predicate)`: until predicate() is true, which is asked at once, with the
  // lock held, and after each notification. Returns what it returned.
  template <class Predicate>
  auto wait_for(Predicate predicate, Site site = {}) -> Coro<decltype(predicate())> {
    auto result = predicate();
    while (!result) {
      co_await wait(site);
      result = predicate();
    }
    co_return result;
  }

 private:
  // One wait(), in its frame. It must not touch a condition that is gone.
  class Waiting {
   public:
    explicit Waiting(Condition& condition) : condition_(&condition), next_(condition.first_) {
      if (next_ != nullptr) next_->previous_ = &next_;
      previous_ = &condition.first_;
      condition.first_ = this;
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() {
      if (condition_ == nullptr) return;
      *previous_ = next_;
      if (next_ != nullptr) next_->previous_ = previous_;
    }
    // nullptr once it is gone.
    Condition* condition() const { return condition_; }

   private:
    friend Condition;
    Condition* condition_;
    Waiting* next_;
    Waiting** previous_;
  };

  class Unlocked;
  class NotifiedAwaiter {
   public:
    NotifiedAwaiter(Condition& condition, Site site) : condition_(condition), site_(site) {}
    NotifiedAwaiter(const NotifiedAwaiter&) = default;
    NotifiedAwaiter& operator=(const NotifiedAwaiter&) = delete;
    ~NotifiedAwaiter() {
      if (turn_.leave(condition_.waiting_)) condition_.pass_on(site_);
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) noexcept {
      turn_.wait(condition_.waiting_, trace::Reason::condition, condition_.trace_.id(), site_);
    }
    void await_resume() {
      if (turn_.leave(condition_.waiting_) && !Turn::accepted()) condition_.pass_on(site_);
      event_loop.check_wake();
    }

   private:
    Condition& condition_;
    Turn turn_;
    [[no_unique_address]] Site site_;
  };

  void pass_on(Site site) {
    if (!waiting_.empty()) waiting_.serve(trace::Reason::condition, trace_.id(), site);
  }

  std::optional<Lock> own_lock_;
  Lock& lock_;
  WaitingLine waiting_;
  Waiting* first_ = nullptr;
  [[no_unique_address]] trace::Object trace_;
};

}  // namespace asyncio
