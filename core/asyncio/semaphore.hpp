// Semaphore: at most so many tasks at a time. BoundedSemaphore: one that notices a release() too many.
//
//   asyncio::Semaphore connections(3);
//   {
//     auto permit = co_await connections.scoped();   // Python's async with; released at the end of the block
//     …
//   }
//
// First come, first served, with direct hand-off: while tasks wait, release() gives the permit to the one
// that waits longest, which runs behind whatever is ready; nobody can take it in between. A task that is
// cancelled after it got one passes it on. (In Hinch's any task that runs first takes the permit, so a waiter
// may starve, and the end of `async with` yields; here neither does.)
#pragma once

#include <cstdint>

#include "asyncio/reference.hpp"
#include "asyncio/waiting_line.hpp"

namespace asyncio {

class Semaphore {
 public:
  // `value` permits; throws ValueError if negative. `name` is for the trace and is kept, not copied: a
  // literal.
  explicit Semaphore(std::int32_t value = 1, const char* name = nullptr, Site site = {})
      : Semaphore(value, UINT32_MAX, name, site) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  // A task that still waits gets a RuntimeError; one that has a guard may keep it.
  ~Semaphore() { waiting_.abandon(trace_.id()); }

  // Would acquire() have to wait?
  bool locked() const { return count_ == 0; }

  // Any task may release, one that acquired or not. BoundedSemaphore throws ValueError when every permit is
  // there.
  void release(Site site = {}) {
    if (count_ >= bound_) throw ValueError("BoundedSemaphore released too many times");
    hand_on(site);
  }

  class [[nodiscard("co_await it")]] AcquireAwaiter {
   public:
    AcquireAwaiter(Semaphore& semaphore, Site site) : semaphore_(semaphore), site_(site) {}
    AcquireAwaiter(const AcquireAwaiter&) = default;
    AcquireAwaiter& operator=(const AcquireAwaiter&) = delete;
    ~AcquireAwaiter() {
      if (turn_.leave(semaphore_.waiting_)) semaphore_.hand_on(site_);
    }
    bool await_ready() const noexcept { return semaphore_.count_ != 0; }
    void await_suspend(std::coroutine_handle<>) noexcept {
      turn_.wait(semaphore_.waiting_, trace::Reason::semaphore, semaphore_.trace_.id(), site_);
    }
    bool await_resume() {
      if (turn_.leave(semaphore_.waiting_)) {
        if (Turn::accepted()) return true;
        semaphore_.hand_on(site_);
      }
      event_loop.check_wake();
      --semaphore_.count_;
      trace::object_event(trace::Kind::value, semaphore_.trace_, site_, semaphore_.count_);
      return true;
    }

   protected:
    Semaphore& semaphore_;
    Turn turn_;
    [[no_unique_address]] Site site_;
  };
  // `co_await semaphore.acquire()`: until a permit is this task's; no yield if one is free. Always true.
  AcquireAwaiter acquire(Site site = {}) { return {*this, site}; }

  // Releases the permit when it goes out of scope. Move-only.
  class [[nodiscard(
      "the permit is released when this object goes: auto permit = co_await semaphore.scoped();")]] Guard {
   public:
    Guard(Semaphore& semaphore, Site site) noexcept : semaphore_(semaphore, semaphore.guards_), site_(site) {}
    Guard(Guard&& other) noexcept : semaphore_(other.semaphore_), site_(other.site_) {
      other.semaphore_.reset();
    }
    Guard& operator=(Guard&&) = delete;
    ~Guard() {
      Semaphore* const semaphore = semaphore_.get();
      // Over the bound: somebody released this permit already.
      if (semaphore != nullptr && semaphore->count_ < semaphore->bound_) semaphore->hand_on(site_);
    }

   private:
    Reference<Semaphore> semaphore_;
    [[no_unique_address]] Site site_;
  };
  class [[nodiscard("co_await it")]] ScopedAwaiter : public AcquireAwaiter {
   public:
    using AcquireAwaiter::AcquireAwaiter;
    Guard await_resume() {
      AcquireAwaiter::await_resume();
      return Guard(semaphore_, site_);
    }
  };
  // Python's `async with semaphore:` is `auto permit = co_await semaphore.scoped();`, until the end of the
  // block.
  ScopedAwaiter scoped(Site site = {}) { return {*this, site}; }

 protected:
  Semaphore(std::int32_t value, std::uint32_t bound, const char* name, Site site)
      : count_(static_cast<std::uint32_t>(value)),
        bound_(bound),
        trace_(trace::ObjectKind::semaphore, name, site) {
    if (value < 0) throw ValueError("Semaphore initial value must be >= 0");
    trace::object_event(trace::Kind::value, trace_, site, count_);
  }

 private:
  void hand_on(Site site) {
    if (!waiting_.empty()) {
      waiting_.serve(trace::Reason::semaphore, trace_.id(), site);
      return;
    }
    ++count_;
    trace::object_event(trace::Kind::value, trace_, site, count_);
  }

  std::uint32_t count_;  // permits nobody has; 0 while tasks wait
  std::uint32_t bound_;
  WaitingLine waiting_;
  References<Semaphore> guards_;
  [[no_unique_address]] trace::Object trace_;
};

class BoundedSemaphore : public Semaphore {
 public:
  explicit BoundedSemaphore(std::int32_t value = 1, const char* name = nullptr, Site site = {})
      : Semaphore(value, static_cast<std::uint32_t>(value), name, site) {}
};

}  // namespace asyncio
